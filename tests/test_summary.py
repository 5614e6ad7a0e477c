from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Page
from bot.summary import MAX_CHARACTERS, MAX_SENTENCES, summarise
from tests.speed import growth

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
    cut = "A bottle that was thrown into the sea has reached Cape…"
    assert lead(cut) == (cut,)
    assert lead(f"{_FIRST} {cut}") == (_FIRST,)
    assert lead(cut, _FIRST) == (_FIRST,)
    assert lead(None, cut) == (cut,)


@pytest.mark.parametrize("mark", ["...", " ...", "…", " …", " [...]", " […]", "... "])
def test_what_breaks_off_ends_in_an_ellipsis(mark: str) -> None:
    assert lead(None, f"A bottle has reached Cape{mark}") == ("A bottle has reached Cape…",)


def test_no_heading_and_no_item_is_a_sentence() -> None:
    assert lead(None, "Key points", _FIRST, "What was aboard:", _SECOND) == (_FIRST, _SECOND)
    assert lead(None, f"• {_FIRST}", f"- {_SECOND}", "— a third") == (_FIRST, _SECOND)
    assert lead(None, "Key points") == ("Key points",)


@pytest.mark.parametrize(
    "said",
    [
        "Sign up for our morning newsletter.",
        "To get the news by e-mail, sign up here.",
        "Click here to see the pictures.",
        "Download our app for the latest news.",
        "Follow us on Facebook.",
        "Follow Island News on Instagram.",
        "Read more: Ice in the strait.",
        "Also read: Ice in the strait.",
        "Learn more about the islands.",
        "This article was originally published in May.",
        "This post may contain affiliate links.",
        "The post Ferry runs again appeared first on Island News.",
        "(Reporting by Jane Roe; Editing by John Doe)",
        "© 2024 Island News.",
    ],
)
def test_what_a_site_says_to_its_readers_is_left_out(said: str) -> None:
    assert lead(None, said, f"{_FIRST} {said}", _SECOND) == (_FIRST, _SECOND)


@pytest.mark.parametrize(
    "told",
    [
        "Share prices of the app's maker fell on Friday.",
        "Follow-up letters were found in his inbox.",
        "Like other apps, it sends alerts to subscribers.",
        "Reporting by the town's newspaper brought it to light.",
        "Published on Monday, the study names four islands.",
        "Read by millions, the newsletter has closed.",
        "Copyright law has not changed since.",
        "Get-out clauses let the newsletter's owner leave.",
        "Watch makers from the islands are on strike.",
    ],
)
def test_a_story_may_be_about_what_sites_say(told: str) -> None:
    assert lead(None, told, _FIRST) == (told, _FIRST)


def test_of_two_sentences_that_say_the_same_the_fuller_one_is_shown() -> None:
    standfirst = "The northern islands have received flour, milk and medicines by ferry."
    first = "The northern islands on Wednesday received flour, milk and medicines by the first ferry in three days."
    assert lead(standfirst, first, _FOURTH) == (first, _FOURTH)


def test_other_numbers_and_short_answers_are_no_repeats() -> None:
    north = "In the northern villages 40 houses were flooded on Friday, officials said."
    south = "In the southern villages 70 houses were flooded on Friday, officials said."
    assert lead(north, south) == (north, south)
    assert lead(None, "Why?", "Nobody knows why the ferry stopped.") == (
        "Why?",
        "Nobody knows why the ferry stopped.",
    )


def test_a_quotation_is_shown_whole_or_in_marks_of_its_own() -> None:
    assert lead(None, "“We waited. Nobody came,” she said.", _SECOND) == (
        "“We waited. Nobody came,” she said.",
        _SECOND,
    )
    speech = "We waited for three days and saw no ship on the water. " * 3
    for opening, closing in (("“", "”"), ('"', '"'), ("«", "»")):
        found = lead(
            None, f"{opening}{speech}Then the ferry came, and we wept. Nobody had expected it.", "It left."
        )
        assert found[0].startswith(opening)
        assert all(sentence.startswith(opening) and sentence.endswith(closing) for sentence in found[:-1])


def test_an_inch_or_a_stray_mark_opens_no_quotation() -> None:
    told = 'A 6" pipe burst on Friday.'
    assert lead(None, f"{told} {_FIRST}") == (told, _FIRST)
    assert lead(None, f"The “brave move was dropped. {_FIRST}") == ("The “brave move was dropped.", _FIRST)


def test_a_megabyte_in_one_paragraph_takes_no_longer_than_a_quarter_of_it() -> None:
    told = "The ferry left in the morning with milk. "
    assert len(lead(None, told * 25_000)) == 1
    assert growth(partial(lead, None), told * 6_250, told * 25_000) < 2


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
