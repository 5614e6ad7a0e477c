"""How alike texts are."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.related import Lexicon, cosine, most_similar, rarest, subject_words, vector

TEXTS = {
    1: "The volcano erupted on Monday and ash covered the island.",
    2: "Ash from the volcano closed the island's airport on Tuesday.",
    3: "The parliament elected a new speaker after a long debate.",
    4: "A debate about ash trees filled the parliament.",
}


def lexicon(texts: dict[int, str]) -> Lexicon:
    counts = Counter(word for text in texts.values() for word in subject_words(text))
    return Lexicon(counts, len(texts))


def test_the_most_alike_come_first() -> None:
    ranked = most_similar(
        TEXTS[1], {i: t for i, t in TEXTS.items() if i != 1}, lexicon(TEXTS), limit=5, min_score=0
    )
    assert [id_ for id_, _ in ranked] == [2, 4]
    assert ranked[0][1] > ranked[1][1] > 0


def test_nothing_below_the_floor_is_listed() -> None:
    ranked = most_similar(TEXTS[1], {4: TEXTS[4]}, lexicon(TEXTS), limit=5, min_score=0.9)
    assert ranked == []


def test_copies_are_listed_once_and_never_beside_their_original() -> None:
    texts = {**TEXTS, 5: TEXTS[2], 6: TEXTS[1]}
    others = {i: t for i, t in texts.items() if i != 1}
    grouped = [id_ for id_, _ in most_similar(TEXTS[1], others, lexicon(texts), limit=9, min_score=0)]
    assert grouped == [5, 4]
    every = [
        id_ for id_, _ in most_similar(TEXTS[1], others, lexicon(texts), limit=9, min_score=0, group=False)
    ]
    assert every == [6, 5, 2, 4]


def test_the_limit_holds() -> None:
    assert (
        len(most_similar(TEXTS[1], dict.fromkeys((2, 5, 7), TEXTS[2]), lexicon(TEXTS), limit=2, group=False))
        == 2
    )


def test_rare_words_that_another_story_shares_look_for_relatives() -> None:
    found = rarest(subject_words(TEXTS[1]), lexicon(TEXTS))
    assert found == ["island", "volcano", "ash"]


def test_stop_words_say_nothing() -> None:
    assert subject_words("This is the one that was on it after all") == Counter()


@given(st.text(), st.text())
def test_a_score_is_between_0_and_1_and_the_same_both_ways(one: str, other: str) -> None:
    words = lexicon({1: one, 2: other})
    a, b = vector(subject_words(one), words), vector(subject_words(other), words)
    assert 0 <= cosine(a, b) <= 1
    assert cosine(a, b) == pytest.approx(cosine(b, a))


@given(st.text(min_size=1))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    own = vector(subject_words(text), lexicon({1: text}))
    assert cosine(own, own) == pytest.approx(1.0 if own else 0.0)
