"""Which reports the store holds to be of one story, whatever is added, changed or removed."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.article import Page, Teaser
from bot.ingest.documents import Document
from bot.ingest.intake import Intake
from bot.store.store import Store
from bot.stories import MOST_REPORTS
from tests.databases import take_in

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
AGENCY = Page(
    headline="Ferry with 80 aboard runs aground off Kalvøy",
    standfirst="A ferry with 80 passengers ran aground on rocks off the island of Kalvøy early on Wednesday.",
    paragraphs=(
        "Lifeboats took everyone to the harbour of Sundvik within two hours, the coastguard said.",
        "The Marie Elise had left Sundvik in thick fog. Its captain, Jonas Brekke, was questioned by police.",
        "Divers are to look at the hull before tugs try to pull the ferry off at high tide.",
    ),
    source="North Wire",
    url="https://wire.example/ferry",
    published=NOON,
)
COPY = replace(
    AGENCY,
    headline="Passengers rescued after ferry hits rocks",
    paragraphs=AGENCY.paragraphs[:2],
    source="Daily Beacon",
    url="https://beacon.example/ferry",
    published=NOON + timedelta(hours=3),
)
TELLING = Page(
    headline="Ferry aground off Kalvøy: all 80 passengers safe",
    standfirst="All 80 passengers were brought to safety when a ferry hit rocks off Kalvøy in fog on Wednesday.",
    paragraphs=(
        "Police want to hear from captain Jonas Brekke how the Marie Elise left its course.",
        "Lifeboats brought the passengers to Sundvik, the coastguard said. Tugs wait for high tide.",
    ),
    source="Coast Radio",
    published=NOON + timedelta(hours=5),
)
OTHER = Page(
    headline="Bakers of Tornby ask for help with the price of flour",
    standfirst="Eleven bakeries in Tornby have asked the council to help them with the price of flour.",
    paragraphs=(
        "A sack costs twice what it did last summer, said Marit Foss, who has baked there since 1988.",
    ),
    source="Daily Beacon",
    published=NOON,
)


def elsewhere(page: Page, source: str) -> Page:
    """The same page at another paper's address."""
    return replace(page, source=source, url=f"https://{source.replace(' ', '')}.example/1")


async def stories(store: Store, *ids: int) -> list[int]:
    return [listing.story or listing.id for listing in await store.listings(ids)]


async def test_copies_and_tellings_join_the_first_report(store: Store) -> None:
    for page in (AGENCY, OTHER, COPY, TELLING):
        await take_in(store, page)
    assert await stories(store, 1, 2, 3, 4) == [1, 2, 1, 1]
    assert await store.reports([1, 2]) == {1: [1, 3, 4], 2: [2]}
    article = await store.article(3)
    assert article is not None
    assert article.story == 1
    assert await store.check() == []


async def test_a_batch_groups_as_single_additions_do(store: Store) -> None:
    await take_in(store, AGENCY, OTHER, COPY, TELLING)
    assert await stories(store, 1, 2, 3, 4) == [1, 2, 1, 1]


async def test_headlines_alone_are_copies_when_they_are_equal(store: Store) -> None:
    same = Page(headline="Storm takes the roof off Sundvik's town hall", published=NOON)
    await take_in(store, elsewhere(same, "North Wire"))
    await take_in(
        store,
        elsewhere(replace(same, headline="STORM takes the roof off Sundvik's Town Hall"), "Daily Beacon"),
        elsewhere(replace(same, headline="Storm takes the roof off Sundvik's church"), "Coast Radio"),
    )
    assert await stories(store, 1, 2, 3) == [1, 1, 3]


async def test_the_same_event_long_after_is_another_story(store: Store) -> None:
    await take_in(store, AGENCY, replace(TELLING, published=NOON + timedelta(days=5)))
    assert await stories(store, 1, 2) == [1, 2]


async def test_a_corrected_page_finds_its_story_anew(store: Store) -> None:
    await take_in(store, AGENCY, replace(OTHER, url=COPY.url))
    assert await stories(store, 1, 2) == [1, 2]
    await take_in(store, COPY)
    assert await stories(store, 1, 2) == [1, 1]
    await take_in(store, replace(OTHER, url=COPY.url))
    assert await stories(store, 1, 2) == [1, 2]
    assert (await store.stats()).articles == 2


async def test_a_change_of_the_picture_alone_leaves_the_story(store: Store) -> None:
    await take_in(store, AGENCY, COPY)
    await take_in(store, replace(COPY, image="https://beacon.example/ferry.jpg"))
    assert await stories(store, 1, 2) == [1, 1]


async def test_a_first_report_that_tells_something_else_now_releases_the_others(store: Store) -> None:
    await take_in(store, AGENCY, COPY, elsewhere(COPY, "Evening Post"))
    assert await stories(store, 1, 2, 3) == [1, 1, 1]
    await take_in(store, replace(OTHER, url=AGENCY.url))
    assert await stories(store, 1, 2, 3) == [1, 2, 2]
    assert await store.check() == []


async def test_when_the_first_report_is_removed_the_others_remain_one_story(store: Store) -> None:
    await take_in(store, AGENCY, COPY, elsewhere(COPY, "Evening Post"))
    await store.remove([1], "by request")
    assert await stories(store, 2, 3) == [2, 2]
    await store.remove([3], "by request")
    assert await stories(store, 2) == [2]
    await take_in(store, elsewhere(COPY, "Gazette"))
    assert await stories(store, 2, 4) == [2, 2]
    assert await store.check() == []


async def test_a_stub_joins_when_its_page_arrives(store: Store) -> None:
    page = replace(OTHER, teasers=(Teaser(headline=COPY.headline, text=f"{COPY.first_text[:70]}..."),))
    await take_in(store, page, AGENCY)
    assert await stories(store, 1, 2, 3) == [1, 2, 3]
    await take_in(store, COPY)
    assert await stories(store, 1, 2, 3) == [1, 3, 3]


async def test_a_story_has_a_cap(sqlite_store: Store) -> None:
    for number in range(MOST_REPORTS + 2):
        await take_in(sqlite_store, elsewhere(COPY, f"Paper {number}"))
    sizes = [len(ids) for ids in (await sqlite_store.reports([1, MOST_REPORTS + 1])).values()]
    assert sizes == [MOST_REPORTS, 2]


async def test_other_rules_group_a_store_anew_when_it_opens(sqlite_url: str) -> None:
    async with Store.open(sqlite_url) as store:
        await Intake(store).take_in([Document(page) for page in (AGENCY, OTHER, COPY)])
    path = Path(make_url(sqlite_url).database or "")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM reports")
        connection.execute("DELETE FROM landmarks")
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'stories'")
    async with Store.open(sqlite_url) as store:
        assert await stories(store, 1, 2, 3) == [1, 2, 1]
        await take_in(store, TELLING)
        assert await stories(store, 4) == [1]


async def test_a_chain_of_stories_is_damage(sqlite_url: str) -> None:
    async with Store.open(sqlite_url) as store:
        await take_in(store, AGENCY, COPY, OTHER)
    path = Path(make_url(sqlite_url).database or "")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO reports VALUES (3, 2)")
    async with Store.open(sqlite_url) as store:
        assert await store.check() == ["article 3: the first report of its story is itself another one's"]
