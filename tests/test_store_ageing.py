"""Texts that were kept long enough: they go, and nothing else does."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from bot.article import Page, Teaser
from bot.desk import Desk, upkeep
from bot.errors import StoreBusy
from bot.ingest.documents import Did, Document, FileRef
from bot.ingest.intake import Intake
from bot.settings import Settings
from bot.store import ageing
from bot.store.models import articles, files, landmarks, reports, teasers, tombstones
from bot.store.store import Store
from bot.summary import summarise
from tests.databases import probes, take_in

BRIDGE = Page(
    headline="Harbour bridge reopens after three years of repairs",
    standfirst="Traffic crossed the harbour bridge on Monday for the first time since a freighter damaged a pier.",
    paragraphs=(
        "The mayor, Ada Lindqvist, walked over the bridge at noon with the shipyard’s oldest welder.",
        "Repairs had cost more than twice what was planned, and the city council will debate the bill in June.",
    ),
    byline=("Tove Jansson",),
    published=datetime(2020, 5, 4, tzinfo=UTC),
    source="Harbour Gazette",
    url="https://gazette.example/bridge",
    language="en",
    teasers=(
        Teaser(headline="Ferry workers end their strike", text="Ferry crews went back to work on Sunday..."),
    ),
)
FERRY = Page(
    headline="Ferry workers end their strike",
    paragraphs=(
        "Ferry crews went back to work on Sunday after eleven days, when their union agreed on new rosters.",
        "The union had asked for longer breaks between “night”, \"early\" and 'late' crossings.",
    ),
)
BRIEF = Page(
    headline="Fog on the sound", paragraphs=('It said "fog", "mist" and so on: \\", \\" and no more.',)
)
ALONE = Page(headline="A headline alone")
FAR = datetime(2999, 1, 1, tzinfo=UTC)


async def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Read all tables as they are."""
    tables = (articles, teasers, reports, landmarks, tombstones, files)
    return await store._database.read(
        lambda connection: {
            table.name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for table in tables
        }
    )


@pytest.fixture
async def filled(store: Store) -> Store:
    await take_in(store, BRIDGE, FERRY, BRIEF, ALONE)
    return store


async def test_all_but_headline_and_lead_goes(filled: Store) -> None:
    assert await filled.drop_texts(FAR) == 2
    kept = [await filled.article(id_) for id_ in (1, 2, 3, 4)]
    assert [article.page.paragraphs for article in kept if article] == [
        (),
        FERRY.paragraphs[:1],
        BRIEF.paragraphs,
        (),
    ]
    assert kept[0] is not None
    assert kept[0].page == replace(BRIDGE, paragraphs=())
    assert summarise(kept[0].page) == (BRIDGE.standfirst,)
    assert await filled.text_search(["lindqvist"], 10) == []
    assert await filled.text_search(["freighter"], 10) == [1]
    assert await filled.text_search(["rosters"], 10) == [2]
    assert await filled.text_candidates(probes("welder", "council", "crossings"), 10) == []
    assert await filled.check() == []


async def test_what_came_later_keeps_its_text(filled: Store) -> None:
    article = await filled.article(1)
    assert article is not None
    assert await filled.drop_texts(article.added) == 0
    assert await filled.drop_texts(article.added - timedelta(days=1)) == 0
    assert await filled.text_search(["lindqvist"], 10) == [1]
    assert await filled.drop_texts(article.added + timedelta(microseconds=1)) == 2


async def test_whoever_follows_is_told_once(filled: Store) -> None:
    before = await filled.position()
    await filled.drop_texts(FAR)
    assert (await filled.changes(before) or ([], 0))[0] == [1, 2]
    after, state = await filled.position(), await everything(filled)
    assert await filled.drop_texts(FAR) == 0
    assert await filled.position() == after
    assert await everything(filled) == state


async def test_the_same_page_does_not_bring_its_text_back(filled: Store) -> None:
    file = FileRef("/seeds", "bridge.txt", b"1" * 16)
    intake = Intake(filled)
    assert (await intake.take_in([Document(BRIDGE, file)]))[0].outcome is Did.UNCHANGED
    await filled.drop_texts(FAR)
    state = await everything(filled)
    outcomes = await intake.take_in(
        [Document(BRIDGE, file), Document(BRIDGE), Document(FERRY), Document(BRIEF)]
    )
    assert [(outcome.outcome, outcome.id) for outcome in outcomes] == [
        (Did.UNCHANGED, id_) for id_ in (1, 1, 2, 3)
    ]
    assert await everything(filled) == state


async def test_an_edited_page_comes_back_until_the_next_day(filled: Store) -> None:
    await filled.drop_texts(FAR)
    edited = replace(
        BRIDGE, paragraphs=(*BRIDGE.paragraphs, "The ferries will keep running until the autumn.")
    )
    assert [(one.outcome, one.id) for one in await take_in(filled, edited)] == [(Did.UPDATED, 1)]
    assert await filled.text_search(["lindqvist"], 10) == [1]
    assert await filled.check() == []
    assert await filled.drop_texts(FAR) == 1
    assert await filled.text_search(["lindqvist"], 10) == []
    assert [one.outcome for one in await take_in(filled, edited)] == [Did.UNCHANGED]
    assert await filled.check() == []


async def test_an_article_without_its_text_is_removed_and_comes_back(filled: Store) -> None:
    await filled.drop_texts(FAR)
    removed = await filled.remove([1, 2], "")
    assert await filled.check() == []
    await filled.restore(removed)
    outcomes = await take_in(filled, BRIDGE, FERRY)
    assert [(one.outcome, one.id) for one in outcomes] == [(Did.ADDED, 1), (Did.ADDED, 2)]
    assert await filled.text_search(["lindqvist"], 10) == [1]
    assert await filled.check() == []


async def test_stories_stay_as_they_are(store: Store) -> None:
    other = replace(BRIDGE, url="https://post.example/harbour-bridge", source="Northern Post", teasers=())
    await take_in(store, replace(BRIDGE, teasers=()), other)
    before = await everything(store)
    assert before["reports"] == [(2, 1)]
    await store.drop_texts(FAR)
    assert (await everything(store))["reports"] == [(2, 1)]
    third = replace(
        other, url="https://daily.example/bridge", source="Daily Mail", standfirst=BRIDGE.standfirst
    )
    await take_in(store, third)
    assert (await everything(store))["reports"] == [(2, 1), (3, 1)]


async def test_landmarks_are_those_of_what_is_left(filled: Store, sqlite_store: Store) -> None:
    await filled.drop_texts(FAR)
    stored = [await filled.article(id_) for id_ in (1, 2, 3, 4)]
    await take_in(sqlite_store, *(article.page for article in stored if article))
    assert (await everything(filled))["landmarks"] == (await everything(sqlite_store))["landmarks"]


async def test_it_goes_in_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ageing, "BATCH", 3)
    pages = [
        replace(
            FERRY,
            headline=f"Ferry {number} sails",
            paragraphs=(f"It is the {number}th.", f"Captain{number}."),
        )
        for number in range(10)
    ]
    await take_in(store, *pages)
    before = await store.position()
    assert await store.drop_texts(FAR) == 10
    assert await store.position() == before + 10
    assert await store.text_search(["captain7"], 10) == []
    assert await store.text_search(["7th"], 10) == [8]
    assert await store.check() == []


async def test_the_desk_drops_at_once_what_is_older_than_the_setting(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with Desk.open(settings.model_copy(update={"keep_text_days": 30})) as desk:
        await take_in(desk.store, BRIDGE, FERRY)
        month = int(timedelta(days=30, minutes=1).total_seconds() * 1_000_000)
        async with desk.store._database.writing() as connection:
            await connection.execute(
                text("UPDATE articles SET added = added - :month WHERE id = 1"), {"month": month}
            )
        async with asyncio.timeout(10), desk.following(), desk.upkeep():
            while await desk.store.text_search(["lindqvist"], 10):
                await asyncio.sleep(0.01)
            while "texts of 1 articles" not in caplog.text:
                await asyncio.sleep(0.01)
        assert await desk.store.text_search(["crossings"], 10) == [2]
        assert await desk.check() == []


async def test_without_the_setting_texts_are_kept_for_ever(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = [await desk.store.article(id_) for id_ in (1, 2, 3)]
    async with asyncio.timeout(10), desk.upkeep():
        while "put together" not in caplog.text:
            await asyncio.sleep(0.01)
    assert [await desk.store.article(id_) for id_ in (1, 2, 3)] == before


async def test_a_store_that_is_busy_is_tried_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries = 0

    async def drop_texts(_before: datetime) -> int:
        nonlocal tries
        tries += 1
        raise StoreBusy

    monkeypatch.setattr(sqlite_store, "drop_texts", drop_texts)
    monkeypatch.setattr(upkeep, "EVERY", 0.01)
    async with asyncio.timeout(10), upkeep.looking_after(sqlite_store, 1):
        while tries < 3:
            await asyncio.sleep(0.01)
    assert "looked after later" in caplog.text


@pytest.mark.parametrize(("written", "read"), [("", None), ("30", 30), (" ", None)])
def test_the_setting(monkeypatch: pytest.MonkeyPatch, written: str, read: int | None) -> None:
    monkeypatch.setenv("NEWSDESK_KEEP_TEXT_DAYS", written)
    assert Settings().keep_text_days == read
