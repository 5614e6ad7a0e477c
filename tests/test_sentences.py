from collections.abc import Callable, Iterator
from pathlib import Path

import nupunkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sentences import passages, sentences
from bot.text import squeeze
from tests.speed import LINEAR, growth

_GOLDEN = Path(__file__).parent / "golden"
_RULES = 48
_RULES_KEPT = 47
"""Of the rules; the last one would begin a sentence with an ellipsis."""


def cases(name: str) -> Iterator[tuple[str, list[str]]]:
    """Give the heading and the sentences of each case: blocks of lines under a heading, a sentence a line."""
    heading = ""
    for block in (_GOLDEN / name).read_text(encoding="utf-8").split("\n\n"):
        lines = block.splitlines()
        if lines[0].startswith("# "):
            heading = lines.pop(0)[2:]
        yield heading, lines


def by_nupunkt(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in nupunkt.sent_spans(text)]


def errors(name: str, split: Callable[[str], list[str]], joint: str = " ") -> tuple[list[str], list[str]]:
    """Return the false and the missed boundaries, each as the characters around it."""
    false, missed = [], []
    for heading, expected in cases(name):
        text = joint.join(expected)
        bare = text.replace(" ", "")
        right, found = _ends(expected), _ends(split(text))
        false += [f"{heading}: {bare[at - 12 : at]}|{bare[at : at + 12]}" for at in found - right]
        missed += [f"{heading}: {bare[at - 12 : at]}|{bare[at : at + 12]}" for at in right - found]
    return false, missed


def _ends(parts: list[str]) -> set[int]:
    """Return how many characters, spaces aside, stand before each boundary."""
    ends: set[int] = set()
    at = 0
    for part in parts[:-1]:
        at += len(part.replace(" ", ""))
        ends.add(at)
    return ends


def test_the_rules_are_kept() -> None:
    rules = list(cases("rules.txt"))
    assert len(rules) == _RULES
    broken = [heading for heading, expected in rules if sentences(" ".join(expected)) != expected]
    assert _RULES - len(broken) >= _RULES_KEPT, broken


def test_news_prose_has_no_false_boundary_and_hardly_one_too_few() -> None:
    false, missed = errors("prose.txt", sentences)
    assert not false
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("name", ["prose.txt", "languages.txt"])
def test_nothing_is_lost_against_nupunkt_alone(name: str) -> None:
    false, missed = errors(name, sentences)
    false_alone, missed_alone = errors(name, by_nupunkt)
    assert len(false) < len(false_alone)
    assert len(missed) < len(missed_alone)


@pytest.mark.parametrize(("name", "joint"), [("languages.txt", " "), ("unspaced.txt", "")])
def test_other_languages_are_split_at_their_own_marks(name: str, joint: str) -> None:
    assert errors(name, sentences, joint) == ([], [])


@pytest.mark.parametrize(
    "expected",
    [
        ["Lt. Col. Smith spoke.", "He left."],
        ["Mr. and Mrs. Jones met Sen. Smith and Gov. Brown.", "They talked."],
        ["The two spoke of the U.S.", "His answer was short."],
        ["They moved to the U.S. in May.", "The U.S. Army said so."],
        ["He met U.S. President George W. Bush.", "J. K. Rowling was there."],
        ["Google Inc. Chairman Ed Stone left.", "Others stayed."],
        ["The columnist George F. Will wrote that.", "J. An said so."],
        ["The talks end Dec. 3, 2019.", "It was cold."],
        ["They were sent to A.M. Best Company in May."],
        ["She has MS.", "Nobody knows.", "The town is in PR.", "It is hot there."],
        ["He asked “Why?” and left.", "“Why?” he asked."],
        ["“Why?” Mr. Smith asked.", "“Why?” the boy said."],
        ["The firm (based in Leeds. It had moved.) closed.", "Nobody noticed."],
        ["(He was ill.", "He had a cold.)", "They left."],
        ["“This one is never closed.", "It goes on in the next paragraph."],
        ["The y.m.c.a. members came.", "iPhone sales fell.", "eBay rose."],
        ["He won in 1999.", "2000 was worse."],
        ["1. FC Köln won.", "Nobody cheered."],
        ["1) cost, 2) time and 3) risk were named.", "No more was said."],
        ["Он приехал в среду.", "Его ждали."],
    ],
)
def test_news_prose_is_split_where_sentences_end(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["“We agree. We go.”", "He left."],
        ["“We agree. We go,” he said.", "Then he left."],
        ['"We agree. We go."', "He left."],
        ["„Wir bleiben. Wir warten“, sagte er.", "Dann ging er."],
        ["He left (he was ill. He had a cold).", "They stayed."],
    ],
)
def test_a_passage_keeps_a_quotation_whole(expected: list[str]) -> None:
    assert passages(" ".join(expected)) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0", "No full stop", "…", "." * 50, "“", ")("])
def test_little_text_is_one_sentence_or_none(text: str) -> None:
    assert " ".join(sentences(text)) == squeeze(text)


def test_a_long_speech_is_split_although_it_is_quoted() -> None:
    speech = "“" + "We shall not stay here for long. " * 20 + "”"
    assert len(passages(speech)) > 10


_PROSE = st.lists(
    st.sampled_from(
        "He She left. stayed! Why? “We go.” U.S. Lt. Col. No. 5 Jan. ( ) [ ] « » \" ' ” Yahoo! … ... 3.5 iPhone a.m. 1. 2. a) b) •"
        " \u00a0 \n Ü. 日本。 「 。」 ！？ ؟ । 3. Oktober".split(" ")
    ),
    max_size=60,
).map(" ".join)


@given(st.one_of(st.text(max_size=300), _PROSE))
def test_nothing_is_lost_but_white_space(text: str) -> None:
    for found in (sentences(text), passages(text)):
        assert "".join(found).replace(" ", "") == "".join(text.split())
        assert all(part == part.strip() != "" for part in found)


@given(_PROSE)
def test_passages_are_sentences_put_together(text: str) -> None:
    assert _ends(passages(text)) <= _ends(sentences(text))


@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "!",
        ".)",
        "...",
        ". ",
        "“",
        '" "',
        "(“[",
        "。",
        "？」",
        "؟",
        "1. ",
        "2) ",
        "• ",
        "A. ",
        "U.S. The ",
        "He left. ",
        ".” ",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    count = 12_500 // len(unit)
    assert growth(sentences, unit * count, unit * (4 * count)) < LINEAR
