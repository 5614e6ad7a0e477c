import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.search.deletes import Deletes, is_filed
from bot.search.slips import cost
from bot.search.vocabulary import MOST_COMPLETIONS, Vocabulary

_WORD = st.text("abcdeé", min_size=3, max_size=9)


def _vocabulary(**frequencies: int) -> Vocabulary:
    return Vocabulary(list(frequencies), list(frequencies.values()))


def _near(vocabulary: Vocabulary, typed: str) -> list[str]:
    return [vocabulary.words[number] for _, number in vocabulary.near(typed)]


@given(st.sets(_WORD, min_size=1, max_size=30), _WORD)
def test_deletes_miss_no_word_within_one_edit(words: set[str], typed: str) -> None:
    filed = sorted(words)
    half = len(filed) // 2
    deletes = Deletes.of(enumerate(filed[:half]))
    for number, word in enumerate(filed[half:], half):
        deletes.add(number, word)
    candidates = {filed[number] for number in deletes.candidates(typed, 1)}
    assert {word for word in filed if OSA.distance(typed, word) <= 1} <= candidates


@given(st.text("abcde", min_size=6, max_size=12), st.text("abcde", min_size=6, max_size=12))
def test_deletes_miss_no_long_word_within_two_edits(word: str, typed: str) -> None:
    if OSA.distance(typed, word) <= 2:
        assert Deletes.of([(7, word)]).candidates(typed, 2) == [7]


def test_hashes_are_the_same_in_every_process() -> None:
    program = "from bot.search.deletes import _hashes; print(_hashes(['syria', 'syrie'], 5, 2).tolist())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("word", ["ab", "covid19", "2024", "x" * 25])
def test_what_is_never_corrected(word: str) -> None:
    assert not is_filed(word)
    assert not _vocabulary(abc=5, covid18=5, xxxx=1).near(word)


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [
        (("syira", "syria"), ("sysia", "syria")),
        (("tomorow", "tomorrow"), ("tomorrw", "tomorrow")),
        (("syrua", "syria"), ("syrba", "syria")),
        (("definate", "definite"), ("defingte", "definite")),
        (("syrba", "syria"), ("byria", "syria")),
        (("syrba", "syria"), ("sbrba", "syria")),
    ],
)
def test_some_slips_are_likelier(likely: tuple[str, str], unlikely: tuple[str, str]) -> None:
    assert 0 < cost(*likely) < cost(*unlikely)


@given(st.text("abcq", max_size=8), st.text("abcq", max_size=8))
def test_cost_is_nothing_for_the_same_and_never_more_than_all_edits(typed: str, meant: str) -> None:
    assert cost(typed, typed) == 0
    assert cost(typed, meant) <= OSA.distance(typed, meant) + 1
    assert (cost(typed, meant) == 0) == (typed == meant)


def test_the_more_frequent_of_near_words_comes_first() -> None:
    assert _near(_vocabulary(vaccines=1, vaccine=500), "vacxine")[0] == "vaccine"
    assert _near(_vocabulary(minister=800, sinister=1), "linister")[0] == "minister"


def test_short_words_have_one_edit_and_long_words_two() -> None:
    assert _near(_vocabulary(syria=5), "sirya") == []
    assert _near(_vocabulary(government=5), "govermant") == ["government"]
    assert _near(_vocabulary(government=5), "guvermant") == []


def test_words_without_a_headline_are_forgotten() -> None:
    vocabulary = _vocabulary(syria=1)
    numbers = vocabulary.add(["syrian", "talks"])
    vocabulary.forget(numbers)
    vocabulary.forget([0])
    assert vocabulary.number("syria") is None
    assert vocabulary.near("siria") == []
    assert vocabulary.completions("syr") == []
    assert vocabulary.add(["syria"]) == [0]
    assert _near(vocabulary, "siria") == ["syria"]


def test_completions_are_the_most_frequent_and_the_shorter_first() -> None:
    vocabulary = _vocabulary(**{f"pre{chr(97 + i)}{chr(97 + j)}": 1 for i in range(8) for j in range(8)})
    vocabulary.add(["president", "president"])
    vocabulary.add(["president"])
    completions = [vocabulary.words[number] for number in vocabulary.completions("pre")]
    assert len(completions) == MOST_COMPLETIONS
    assert completions[-1] == "president"
    assert "pre" not in completions


def test_weights_behave_in_stores_of_any_size() -> None:
    vocabulary = _vocabulary()
    for headlines in (0, 1, 2, 50, 1_000_000):
        weights = [vocabulary.weight(frequency, headlines) for frequency in range(min(headlines, 9) + 1)]
        assert min(weights) > 0
        assert weights == sorted(weights, reverse=True)
        assert vocabulary.word_weight("the", 0, headlines) < vocabulary.word_weight("oil", 0, headlines)
