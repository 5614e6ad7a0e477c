"""How alike texts are, and what of it a reader is shown."""

import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from benchmarks import related as measuring
from bot.article import Kind, Listing, Page, Similar
from bot.desk import Desk
from bot.ingest.documents import Document
from bot.ingest.intake import Intake
from bot.pages import read_page
from bot.related import MIN_SCORE, Lexicon, most_similar, stemmed_as
from bot.settings import Settings
from bot.store.rows import text_of

TEXTS = {
    1: "The volcano erupted on Monday and ash covered the island.",
    2: "Ash from the volcano closed the island's airport on Tuesday.",
    3: "The parliament elected a new speaker after a long debate.",
    4: "A debate about ash trees filled the parliament.",
}
NOON = datetime(2021, 3, 1, 12, tzinfo=UTC)


def listing(id_: int, *, day: int = 0, story: int | None = None, dated: bool = True) -> Listing:
    when = NOON + timedelta(days=day)
    return Listing(
        id=id_,
        kind=Kind.ARTICLE,
        headline=f"Article {id_}",
        published=when if dated else None,
        added=when,
        story=story,
    )


def similar_to(
    asked: Listing,
    candidates: list[tuple[Listing, str]],
    *,
    text: str = TEXTS[1],
    limit: int = 9,
    min_score: float = 0,
    group: bool = True,
) -> list[Similar]:
    lexicon = Lexicon([text, *(other for _, other in candidates)])
    return most_similar(asked, text, candidates, lexicon, limit=limit, min_score=min_score, group=group)


def ids(found: list[Similar]) -> list[int]:
    return [similar.listing.id for similar in found]


OTHERS = [(listing(id_), text) for id_, text in TEXTS.items() if id_ != 1]


def test_the_most_alike_come_first_and_what_shares_nothing_never() -> None:
    found = similar_to(listing(1), OTHERS)
    assert ids(found) == [2, 4]
    assert found[0].score > found[1].score > 0


def test_nothing_below_the_floor_is_listed() -> None:
    assert similar_to(listing(1), OTHERS, min_score=0.9) == []


def test_the_limit_holds() -> None:
    assert ids(similar_to(listing(1), OTHERS, limit=1)) == [2]


def test_forms_of_a_word_are_one() -> None:
    lexicon = Lexicon(["Volcanoes erupting.", "The volcano erupted.", "Quiet seas."])
    assert lexicon.likenesses("Volcanoes erupting.", ["The volcano erupted."])[0] > 0.99


def test_each_story_is_listed_once_by_its_best_report() -> None:
    candidates = [
        (listing(2), TEXTS[4]),
        (listing(5, story=2), TEXTS[2]),
        (listing(6, story=2), TEXTS[2] + " Flights were cancelled."),
        (listing(7), TEXTS[2] + " Flights and ferries were cancelled all week."),
    ]
    assert ids(similar_to(listing(1), candidates)) == [5, 7]
    assert ids(similar_to(listing(1), candidates, group=False)) == [5, 6, 7, 2]


def test_among_equals_the_nearest_in_time_comes_first_then_the_newest_id() -> None:
    days = {2: 9, 3: -2, 5: 2, 6: 30, 7: 1}
    candidates = [(listing(id_, day=day, dated=id_ != 7), TEXTS[2]) for id_, day in days.items()]
    found = similar_to(listing(1), candidates)
    assert len({similar.score for similar in found}) == 1
    assert ids(found) == [7, 5, 3, 2, 6]


def test_equal_is_what_looks_equal() -> None:
    longer = " ".join([*TEXTS.values(), *(f"word{number}" for number in range(400))])
    candidates = [(listing(2, day=50), longer), (listing(3, day=1), longer + " Snow.")]
    exact = Lexicon([TEXTS[1], *(text for _, text in candidates)])
    scores = exact.likenesses(TEXTS[1], [text for _, text in candidates])
    found = similar_to(listing(1), candidates)
    assert scores[0] > scores[1]
    assert found[0].score == found[1].score
    assert ids(found) == [3, 2]


def test_whatever_shares_a_word_has_a_score() -> None:
    filler = " ".join(f"word{number}" for number in range(1_000))
    (only,) = similar_to(listing(1), [(listing(2), "volcano " + filler)])
    assert only.score == 0.01


def test_the_rarest_words_look_for_relatives_in_all_their_forms() -> None:
    lexicon = Lexicon([*TEXTS.values(), "Volcanoes are mountains.", "Erupting volcanic islands."])
    assert [probe.forms for probe in lexicon.probes(TEXTS[1], 3)] == [
        ("covered",),
        ("monday",),
        ("erupted", "erupting"),
    ]
    assert ("volcano", "volcanoes") in [probe.forms for probe in lexicon.probes(TEXTS[1])]


def test_what_a_text_says_often_weighs_more() -> None:
    twice, once = Lexicon(TEXTS.values()).probes("parliament airport airport")
    assert [twice.forms, once.forms] == [("airport",), ("parliament",)]
    assert [twice.weight, once.weight] == pytest.approx([1 + math.log(2), 1.0])


def test_what_no_article_has_is_as_rare_as_can_be() -> None:
    lexicon = Lexicon(TEXTS.values())
    assert [probe.forms[0] for probe in lexicon.probes("parliament airport unheard")] == [
        "unheard",
        "airport",
        "parliament",
    ]
    assert Lexicon(()).likenesses("unheard", ["unheard"]) == [1.0]


@pytest.mark.parametrize(
    ("language", "expected"), [(None, "en"), ("de", "de"), ("xx", "en"), ("", "en"), ("ja", "en")]
)
def test_a_language_without_a_stemmer_is_read_as_english(language: str | None, expected: str) -> None:
    assert stemmed_as(language) == expected


def test_texts_are_stemmed_as_of_the_language_that_is_asked_about() -> None:
    texts = ["Die Vulkane brachen aus.", "Ein Vulkan brach aus."]
    german, english = Lexicon(texts, "de"), Lexicon(texts)
    one, other = texts
    assert german.likenesses(one, [other]) > english.likenesses(one, [other])


def test_stop_words_say_nothing() -> None:
    idle = "This is the one that I was on after all"
    assert Lexicon(()).likenesses(idle, [idle, "volcano"]) == [0.0, 0.0]
    assert Lexicon(()).probes(idle) == []


@given(st.text(), st.text())
def test_a_score_is_between_0_and_1_and_the_same_both_ways(one: str, other: str) -> None:
    lexicon = Lexicon([one, other])
    (there,) = lexicon.likenesses(one, [other])
    assert 0 <= there <= 1
    assert lexicon.likenesses(other, [one]) == pytest.approx([there])


def test_stems_that_are_remembered_no_more_still_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.related._REMEMBERED", 0)
    lexicon = Lexicon(TEXTS.values())
    volcano, eruption, parliament = lexicon.likenesses(
        "The volcano", ["Volcanoes erupting.", "The eruption", "the a of"]
    )
    assert 0.5 < volcano < 1
    assert eruption == parliament == 0


@given(st.text(min_size=1))
def test_a_text_is_wholly_like_itself(text: str) -> None:
    lexicon = Lexicon([text])
    says = bool(lexicon.probes(text))
    assert lexicon.likenesses(text, [text]) == pytest.approx([1.0 if says else 0.0])


SUBJECTS = [
    {"002", "008", "009", "010", "011", "012", "013", "014", "015", "016", "017"},  # space
    {"006", "023", "024", "025", "026", "027", "046"},  # diseases
    {"003", "019", "020", "022"},  # earthquakes
    {"037", "038", "039"},  # canals
    {"030", "031", "035", "040", "042"},  # Europe
    {"028", "029"},  # climate
    {"005", "018"},  # brains in the sea
]
"""The shipped pages that have company, by their numbers."""


def test_of_the_shipped_pages_the_most_alike_are_on_one_subject() -> None:
    seeds = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
    texts = {file.name[:3]: text_of(read_page(file.name, file.read_bytes())) for file in seeds}
    lexicon = Lexicon(texts.values())
    right = asked = 0
    for subject in SUBJECTS:
        for name in subject:
            others = {other: text for other, text in texts.items() if other != name}
            scores = dict(zip(others, lexicon.likenesses(texts[name], list(others.values())), strict=True))
            nearest = max(scores, key=lambda other: scores[other])
            asked += 1
            right += nearest in subject and scores[nearest] >= MIN_SCORE
    assert right >= 0.85 * asked, f"{right} of {asked}"


async def fill(settings: Settings, texts: list[str]) -> None:
    pages = [Page(headline=f"Report {chr(97 + at)}", paragraphs=(text,)) for at, text in enumerate(texts)]
    async with Desk.open(settings, search=False) as desk:
        await Intake(desk.store).take_in([Document(page) for page in pages])


async def test_whoever_asks_for_all_gets_all_that_share_a_stem(settings: Settings) -> None:
    await fill(settings, ["Volcanoes!", "A volcano erupts.", "The eruption.", "An erupting geyser."])
    async with Desk.open(settings, search=False) as desk:
        every = await desk.related(2, min_score=0, group=False, limit=9)
        assert {similar.listing.id for similar in every.similar} == {1, 3, 4}


async def test_scores_follow_what_comes_in(settings: Settings) -> None:
    await fill(settings, ["The volcano sleeps.", "A volcano wakes."])
    async with Desk.open(settings, search=False) as desk:
        (before,) = (await desk.related(1)).similar
        later = [Page(headline=f"Volcano watch, day {day}", paragraphs=("Quiet.",)) for day in range(30)]
        await Intake(desk.store).take_in([Document(page) for page in later])
        found = (await desk.related(1, limit=99, min_score=0)).similar
        (after,) = (similar for similar in found if similar.listing.id == 2)
        assert after.score < before.score


def _measured(*arguments: object) -> Any:
    app = typer.Typer()
    app.command()(measuring.main)
    printed = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert printed.exit_code == 0, printed.output
    return json.loads(printed.output)


def test_the_benchmark_finds_what_it_made_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "TEASED", 20)
    monkeypatch.setattr(measuring, "ASKED", 20)
    report = _measured("--n", 300)
    assert report["articles"] == 300
    assert report["similar stories found"]["first is of the same event"] > 0.9
    assert report["teasers that found their story"]["share"] > 0.9
    assert report["similar stories, ms"]["p95"] >= report["similar stories, ms"]["median"] > 0


def test_the_benchmark_compares_scores_with_ratings(tmp_path: Path) -> None:
    lines = [f"{TEXTS[1]} Smoke.", TEXTS[2], TEXTS[3], f"{TEXTS[4]} Smoke."]
    (tmp_path / "lee.cor").write_text("\n".join(lines), encoding="latin-1")
    (tmp_path / "lee_background.cor").write_text("Rain fell all day.\nNobody came.\n", encoding="latin-1")
    ratings = "1 0.9 0.1 0.3\n0 1 0.1 0.2\n0 0 1 0.8\n0 0 0 1\n"
    (tmp_path / "similarities0-1.txt").write_text(ratings, encoding="latin-1")
    report = _measured("--lee", tmp_path)
    assert set(report) == {"newsdesk", "TF-IDF of whole words", "BM25 of whole words"}
    assert report["newsdesk"]["Pearson"] > 0.7
    assert report["newsdesk"]["nDCG@5"] > 0.9


async def test_a_story_is_never_like_its_own_reports_and_others_are_listed_once(settings: Settings) -> None:
    told = {
        "Volcano buries harbour of Sorven under ash": "A volcano above the harbour of Sorven erupted at dawn and"
        " buried forty fishing boats under ash, the coast guard said, while ferries took the islanders to Lund.",
        "Ash from Sorven volcano grounds flights in Lund": "Ash from the volcano above Sorven drifted over the"
        " airport of Lund on Sunday evening, where two hundred flights were cancelled and passengers slept on"
        " folding beds that the army had put up.",
    }
    pages = [
        Page(headline=headline, paragraphs=(text,), source=host, url=f"https://{host}/{at}", published=NOON)
        for at, (headline, text) in enumerate(told.items())
        for host in ("gazette.example", "post.example")
    ]
    async with Desk.open(settings, search=False) as desk:
        outcomes = await Intake(desk.store).take_in([Document(page) for page in pages])
        first, copy, other, other_copy = [outcome.id or 0 for outcome in outcomes]
        grouped = (await desk.related(first, min_score=0)).similar
        assert ids(list(grouped)) in ([other], [other_copy])
        every = (await desk.related(first, min_score=0, group=False)).similar
        assert {similar.listing.id for similar in every} == {copy, other, other_copy}
        assert every[0].listing.id == copy


async def test_one_story_of_many_reports_leaves_room_for_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are more than can be compared; and those that may not be listed take no place of those that may."""
    reports = {id_: listing(id_, story=1) for id_ in range(2, 50)}
    stored = reports | {id_: listing(id_) for id_ in (60, 61, 62)}
    read: list[int] = []

    async def listings(ids: Iterable[int]) -> list[Listing]:
        asked = list(ids)
        read.extend(asked)
        return [stored[id_] for id_ in asked]

    def may_be_listed(one: Listing) -> bool:
        return one.id != 61

    async with Desk.open(settings, search=False) as desk:
        monkeypatch.setattr(desk.store, "listings", listings)
        first = await desk._relatives._first([*stored], 5, may_be_listed)
        assert [one.id for one in first] == [2, 3, 4, 60, 62]
        read.clear()
        assert [one.id for one in await desk._relatives._first([*stored], 2, may_be_listed)] == [2, 3]
        assert read == [2, 3, 4], "no more are read than are needed"
        every = await desk._relatives._first([*stored], 99, may_be_listed)
        assert [one.id for one in every] == [2, 3, 4, 60, 62, *range(5, 50)]
