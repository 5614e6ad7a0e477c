import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Page
from bot.summary import MAX_CHARACTERS, MAX_SENTENCES, summarise

_FIRST = "The ferry to the northern islands left on Wednesday."
_SECOND = "It carried flour, milk and medicines."
_THIRD = "Nobody had been to the islands for three days."
_FOURTH = "The next one is planned for Friday."


def lead(standfirst: str | None, *paragraphs: str, headline: str = "Ferry runs again") -> tuple[str, ...]:
    return summarise(Page(headline=headline, standfirst=standfirst, paragraphs=paragraphs))


def test_the_summary_is_the_first_three_sentences() -> None:
    assert lead(_FIRST, f"{_SECOND} {_THIRD} {_FOURTH}") == (_FIRST, _SECOND, _THIRD)
    assert lead(None, _FIRST, _SECOND) == (_FIRST, _SECOND)
    assert lead(f"{_FIRST} {_SECOND}") == (_FIRST, _SECOND)


def test_a_headline_alone_has_no_summary() -> None:
    assert lead(None) == ()
    assert lead("Ferry runs again") == ()
    assert lead("Ferry runs again.", "“Ferry runs again!”") == ()


def test_nothing_is_said_twice() -> None:
    assert lead(_FIRST, _FIRST, _SECOND) == (_FIRST, _SECOND)
    assert lead(_FIRST, _FIRST.upper(), _SECOND) == (_FIRST, _SECOND)
    assert lead("Ferry runs again, officials say.", _SECOND) == (_SECOND,)
    longer = "Ferry runs again after three days of ice in the strait."
    assert lead(longer, _SECOND) == (longer, _SECOND)
    assert lead("The ferry left", "The ferry left on Wednesday.") == ("The ferry left on Wednesday.",)


@pytest.mark.parametrize(
    "dateline", ["CAPE NORTH (Reuters) - ", "PARIS — ", "March 3 (Reuters) - ", "(AP) — "]
)
def test_datelines_are_left_out(dateline: str) -> None:
    assert lead(_FIRST, f"{dateline}{_FIRST} {_SECOND}") == (_FIRST, _SECOND)
    assert lead(f"{dateline}{_FIRST}", _SECOND) == (_FIRST, _SECOND)


@pytest.mark.parametrize("credit", ["(AP Photo/Jane Roe)", "The ferry at the quay. (File photo)", "© AFP"])
def test_credits_are_left_out(credit: str) -> None:
    assert credit not in " ".join(lead(_FIRST, credit, _SECOND))
    assert lead(_FIRST, credit, _SECOND)[-1] == _SECOND


def test_a_standfirst_may_be_a_fragment_and_a_paragraph_may_not() -> None:
    assert lead("No crossing for three days", "More food, less wine", _FIRST) == (
        "No crossing for three days",
        _FIRST,
    )


def test_what_breaks_off_is_used_only_if_there_is_nothing_else() -> None:
    cut = "A bottle that was thrown into the sea has reached Cape..."
    assert lead(cut) == (cut,)
    assert lead(f"{_FIRST} {cut}") == (_FIRST,)
    assert lead(cut, _FIRST) == (_FIRST,)
    assert lead(None, cut) == (cut,)


def test_a_summary_ends_before_it_is_too_long() -> None:
    long = "It carried " + "flour, " * 73 + "and milk."
    assert lead(_FIRST, long, _SECOND) == (_FIRST, long)
    assert lead(long, long.replace("carried", "brought"), _SECOND) == (long,)
    (shortened,) = lead("It carried " + "flour, " * 200 + "and milk.")
    assert len(shortened) <= MAX_CHARACTERS
    assert shortened.endswith("flour…")


def test_scripts_without_full_stops_have_a_summary_too() -> None:
    assert lead("เรือข้ามฟากออกเดินทางเมื่อวันพุธ") == ("เรือข้ามฟากออกเดินทางเมื่อวันพุธ",)
    assert lead(None, "เรือข้ามฟากออกเดินทางเมื่อวันพุธ") == ("เรือข้ามฟากออกเดินทางเมื่อวันพุธ",)


_TEXT = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from([_FIRST, _SECOND, "A", "...", "“We go.”", "x" * 300])).map(" ".join),
)


@given(_TEXT, st.none() | _TEXT, st.lists(_TEXT, max_size=6))
def test_the_limits_hold(headline: str, standfirst: str | None, paragraphs: list[str]) -> None:
    found = lead(standfirst, *paragraphs, headline=headline)
    assert len(found) <= MAX_SENTENCES
    assert len(" ".join(found)) <= MAX_CHARACTERS
    assert all(found)
    assert len(set(found)) == len(found)
