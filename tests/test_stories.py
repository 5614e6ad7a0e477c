"""Which reports belong to one story: labelled pairs, the rules between them, and what holds for any text."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.stories import measure
from bot.article import Page
from bot.stories import (
    LANDMARKS,
    MOST_REPORTS,
    SHARED,
    WINDOW,
    Candidate,
    Report,
    is_copy,
    is_telling,
    landmarks,
    report,
    same_event,
    story_of,
    traits,
)

PAIRS = Path(__file__).parent / "pairs"
NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)

FIRST = Report(
    headline="Dam bursts above Marlow, hundreds flee",
    text="MARLOW (Pacific Wire) - Hundreds of people fled their homes on Tuesday after the Harrow dam burst above"
    " the town of Marlow and sent 2.5 million tonnes of water down the valley.\n"
    "Mayor Nadia Frost said that 14 people were missing and that the bridge to Selby was gone.\n"
    "Engineers had warned of cracks in the dam, which was built in 1958, three years ago.\n"
    "The army sent two helicopters and a field kitchen.",
    source="Pacific Wire",
    when=NOON,
)
RETOLD = Report(
    headline="Water sweeps through Marlow as Harrow dam gives way",
    text="The Harrow dam has collapsed and flooded much of Marlow; at least a dozen people are unaccounted for.\n"
    "Mayor Nadia Frost spoke of a wall of water that carried off the Selby bridge.",
    source="City Herald",
    when=NOON + timedelta(hours=3),
)
UNRELATED = Report(
    headline="Orchestra cancels tour of Iceland",
    text="The Linden Orchestra will not travel to Iceland this summer because its sponsor has withdrawn.\n"
    "Conductor Ivo Brandt called the decision painful.",
    source="City Herald",
    when=NOON,
)


def edited(told: Report, **changes: object) -> Report:
    return replace(told, **{"source": "Daily Compass"} | changes)  # type: ignore[arg-type]  # fields of several types


@pytest.mark.parametrize(
    ("kind", "judge", "precision", "recall"),
    [("copies", is_copy, 0.98, 0.95), ("tellings", same_event, 0.95, 0.8)],
)
def test_labelled_pairs_are_told_apart(kind: str, judge: type[bool], precision: float, recall: float) -> None:
    figures = measure(PAIRS / f"{kind}.jsonl", judge)
    assert figures["pairs"] == 100
    assert figures["precision"] >= precision
    assert figures["recall"] >= recall
    assert figures["compared"] >= 0.97


COPIES = {
    "another headline": edited(FIRST, headline="Hundreds run for their lives"),
    "no dateline": edited(FIRST, text=FIRST.text.removeprefix("MARLOW (Pacific Wire) - ")),
    "cut short": edited(FIRST, text="\n".join(FIRST.text.split("\n")[:2])),
    "cut in the middle": edited(
        FIRST, text="\n".join([*FIRST.text.split("\n")[:1], *FIRST.text.split("\n")[2:]])
    ),
    "a sentence more": edited(FIRST, text=FIRST.text.replace(" said that", ", who looked tired, said that")),
    "boilerplate": edited(
        FIRST, text=f"{FIRST.text}\nSign up for our newsletter to read more stories like this."
    ),
    "a house style": edited(
        FIRST, text=FIRST.text.replace("14", "fourteen").replace("three", "3").replace("tonnes", "tons")
    ),
    "a paragraph before": edited(
        FIRST, text=f"It is the worst disaster that the valley has ever seen.\n{FIRST.text}"
    ),
    "a newer figure": edited(FIRST, text=FIRST.text.replace("14 people", "19 people")),
    "a year later": edited(FIRST, when=NOON + timedelta(days=365)),
}


@pytest.mark.parametrize("how", COPIES)
def test_an_edited_text_is_a_copy(how: str) -> None:
    assert is_copy(traits(FIRST), traits(COPIES[how]))


OTHERS = {
    "its background in another story": edited(
        FIRST,
        headline="Minister resigns over dam",
        text="Water minister Rolf Engel stepped down on Friday and took the blame for the lack of inspections.\n"
        "He will be followed by Tora Lind, who has led the fisheries office since 2019, the government said.\n"
        "It was unclear whether the coalition would survive the vote that the opposition has called for Monday.\n"
        + FIRST.text.split("\n")[2],
    ),
    "one form, another place": edited(
        FIRST,
        text=FIRST.text.replace("Marlow", "Quarndon")
        .replace("Harrow", "Lathom")
        .replace("2.5", "1.1")
        .replace("14", "3")
        .replace("Nadia Frost", "Omar Reid")
        .replace("Selby", "Wick")
        .replace("1958", "1971"),
    ),
    "nothing in common": UNRELATED,
}


@pytest.mark.parametrize("how", OTHERS)
def test_another_report_is_no_copy(how: str) -> None:
    assert not is_copy(traits(FIRST), traits(OTHERS[how]))


@pytest.mark.parametrize(
    ("one", "other", "copy"),
    [
        ("Ferry sinks off Mindoro, 17 missing", "FERRY SINKS OFF MINDORO – 17 missing", True),
        ("Ferry sinks off Mindoro, 17 missing", "Ferry sinks off Mindoro, 18 missing", False),
        ("Morning briefing", "Morning briefing", False),
    ],
)
def test_headlines_alone_are_copies_when_they_say_the_same_and_enough(
    one: str, other: str, copy: bool
) -> None:
    bare = Report(headline=one, source="Pacific Wire", when=NOON)
    assert is_copy(traits(bare), traits(edited(bare, headline=other))) is copy
    assert not is_telling(traits(bare), traits(edited(bare, headline=other)))


def test_a_headline_alone_may_come_back_for_another_event() -> None:
    bare = Report(headline="Ferry sinks off Mindoro, 17 missing", when=NOON)
    texted = replace(
        bare, text="The ferry Esperanza sank on Tuesday in rough seas off Mindoro, the coastguard said."
    )
    for other in (bare, texted):
        assert is_copy(traits(bare), traits(replace(other, when=NOON + WINDOW)))
        assert not is_copy(traits(bare), traits(replace(other, when=NOON + WINDOW + timedelta(seconds=1))))


def test_what_repeats_another_report_as_its_background_is_no_telling_of_it() -> None:
    sequel = replace(
        FIRST,
        headline="Harrow dam: Marlow searches for missing as engineers are accused",
        text="Divers were searching for missing people in Marlow on Tuesday while residents accused engineers and"
        " Mayor Nadia Frost of having ignored the Harrow dam for years.\n"
        + "\n".join(FIRST.text.split("\n")[2:]),
        source="City Herald",
    )
    assert not same_event(traits(FIRST), traits(sequel))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 people", "twelve people"),
        ("1,200 tonnes", "1200 tons"),
        ("2.3 billion pounds", "£2.3bn pounds"),
        ("8 per cent of votes", "8% of votes"),
        ("the U.S. program", "the US programme"),
        ("the 7th time", "the 7 time"),
    ],
)
def test_house_styles_say_the_same(one: str, other: str) -> None:
    sides = [
        traits(Report(headline="A", text=f"They reported {told} on the day.", when=NOON))
        for told in (one, other)
    ]
    assert sides[0].tokens == sides[1].tokens


def test_numbers_of_any_length_are_read() -> None:
    assert traits(Report(headline="A", text=f"{'9' * 400} million and {'9' * 400}.", when=NOON)).numbers


def test_two_newsrooms_tell_of_one_event() -> None:
    assert is_telling(traits(FIRST), traits(RETOLD))
    assert not is_copy(traits(FIRST), traits(RETOLD))
    assert not is_telling(traits(FIRST), traits(UNRELATED))


@pytest.mark.parametrize(
    ("changes", "telling"),
    [
        ({"source": "pacific wire"}, False),
        ({"when": NOON + WINDOW}, True),
        ({"when": NOON + WINDOW + timedelta(seconds=1)}, False),
        ({"text": ""}, False),
    ],
)
def test_a_telling_is_of_another_source_and_of_these_days(changes: dict[str, object], telling: bool) -> None:
    other = replace(RETOLD, **changes)  # type: ignore[arg-type]  # fields of several types
    assert is_telling(traits(FIRST), traits(other)) is telling


def test_of_two_without_a_source_nobody_knows_that_they_are_two_newsrooms() -> None:
    assert not is_telling(traits(replace(FIRST, source=None)), traits(replace(RETOLD, source=None)))
    assert is_telling(traits(FIRST), traits(replace(RETOLD, source=None)))


QUAKE = Report(
    headline="Earthquake of magnitude 6.1 shakes Volda",
    text="An earthquake of magnitude 6.1 shook the Norwegian town of Volda, the seismological centre said.",
    source="Pacific Wire",
    when=NOON,
)


@pytest.mark.parametrize(("magnitude", "telling"), [("6.1", True), ("6.3", True), ("4.8", False)])
def test_other_magnitudes_are_other_earthquakes(magnitude: str, telling: bool) -> None:
    other = Report(
        headline=f"Volda in Norway hit by {magnitude}-magnitude quake",
        text=f"Volda in western Norway was rocked by a {magnitude}-magnitude tremor, seismologists said.",
        source="City Herald",
        when=NOON,
    )
    assert is_telling(traits(QUAKE), traits(other)) is telling


@pytest.mark.parametrize(("score", "telling"), [("3-1", True), ("0-0", False)])
def test_other_scores_are_other_matches(score: str, telling: bool) -> None:
    one = Report(
        headline="Halford City beat Penrow Wanderers 3-1",
        text="Halford City beat Penrow Wanderers at Mill Lane thanks to two goals by Jamal Fenwick.",
        source="Sportwire",
        when=NOON,
    )
    other = Report(
        headline=f"Penrow Wanderers at Halford City ends {score}",
        text="Jamal Fenwick was in the thick of it when Halford City played Penrow Wanderers.",
        source="Evening Courier",
        when=NOON,
    )
    assert is_telling(traits(one), traits(other)) is telling


def test_a_report_is_of_its_date_or_else_of_the_day_it_was_added() -> None:
    page = Page(headline="A", standfirst="B", paragraphs=("C", "D"), source="E", published=NOON)
    assert report(page, NOON + timedelta(days=1)) == Report(
        headline="A", text="B\nC\nD", source="E", when=NOON
    )
    undated = report(replace(page, published=None, standfirst=None), NOON)
    assert (undated.when, undated.text) == (NOON, "C\nD")


def test_landmarks_are_few_and_lead_from_one_telling_to_the_other() -> None:
    one, other = landmarks(traits(FIRST)), landmarks(traits(RETOLD))
    assert len(one) == LANDMARKS
    assert all(0 <= mark < 2**32 for mark in one)
    assert len(one & other) >= SHARED
    assert len(one & landmarks(traits(UNRELATED))) < SHARED
    assert landmarks(traits(replace(FIRST, text=""))) == frozenset()


def test_landmarks_are_the_same_in_another_process() -> None:
    told = (
        "from datetime import datetime, UTC; from bot.stories import Report, landmarks, traits;"
        f"print(sorted(landmarks(traits(Report(headline={FIRST.headline!r}, text={FIRST.text!r},"
        " when=datetime(2025, 3, 4, tzinfo=UTC))))))"
    )
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(sorted(landmarks(traits(FIRST))))


def test_the_nearest_story_is_joined_a_copy_before_a_telling_and_among_equals_the_oldest() -> None:
    copy, telling, other = traits(edited(FIRST, headline="Flood")), traits(RETOLD), traits(UNRELATED)
    newcomer = traits(edited(FIRST, source="Evening Courier"))
    assert story_of(newcomer, [Candidate(1, telling, 1), Candidate(2, copy, 1), Candidate(3, other, 1)]) == 2
    assert story_of(newcomer, [Candidate(9, copy, 1), Candidate(4, copy, 1)]) == 4
    assert story_of(newcomer, [Candidate(3, other, 1)]) is None
    assert story_of(newcomer, []) is None


def test_of_two_stories_the_one_that_agrees_more_is_joined() -> None:
    vague = replace(
        FIRST, text=FIRST.text.replace("Mayor Nadia Frost said", "Police said").replace("Selby", "Wick")
    )
    newcomer = traits(RETOLD)
    assert is_telling(newcomer, traits(vague))
    assert story_of(newcomer, [Candidate(1, traits(vague), 1), Candidate(2, traits(FIRST), 1)]) == 2


def test_a_full_story_is_not_joined() -> None:
    newcomer, first = traits(edited(FIRST)), traits(FIRST)
    assert story_of(newcomer, [Candidate(1, first, MOST_REPORTS - 1)]) == 1
    assert story_of(newcomer, [Candidate(1, first, MOST_REPORTS)]) is None


PARTS = "Dam|Marlow|bursts|Tuesday|14|2-1|1.2 million|flees|the|«|,|.|\n|é|地震|Mayor Frost|quake|per cent|US".split(
    "|"
)
TEXTS = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=5)), max_size=60).map(" ".join)
REPORTS = st.builds(
    Report,
    headline=TEXTS,
    text=TEXTS,
    source=st.sampled_from([None, "A", "B"]),
    when=st.datetimes(datetime(2025, 3, 1), datetime(2025, 3, 9), timezones=st.just(UTC)),  # noqa: DTZ001  # bounds are naive
)


@given(REPORTS, REPORTS)
def test_decisions_are_the_same_both_ways_and_every_time(one: Report, other: Report) -> None:
    for judge in (is_copy, is_telling):
        assert judge(traits(one), traits(other)) == judge(traits(other), traits(one))
    assert len(landmarks(traits(one))) <= LANDMARKS
    assert landmarks(traits(one)) == landmarks(traits(replace(one)))


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(st.sampled_from([FIRST, RETOLD, UNRELATED, *COPIES.values()]), st.integers(0, 200)),
        max_size=90,
    )
)
def test_no_chain_leads_away_from_a_storys_first_report(arrivals: list[tuple[Report, int]]) -> None:
    stories: dict[int, list[Report]] = {}
    for id_, (told, hours) in enumerate(arrivals):
        newcomer = replace(told, when=NOON + timedelta(hours=hours))
        known = [Candidate(story, traits(members[0]), len(members)) for story, members in stories.items()]
        joined = story_of(traits(newcomer), known)
        assert joined == story_of(traits(newcomer), known[::-1])
        stories.setdefault(id_ if joined is None else joined, []).append(newcomer)
    for members in stories.values():
        assert len(members) <= MOST_REPORTS
        assert all(same_event(traits(members[0]), traits(member)) for member in members[1:])
