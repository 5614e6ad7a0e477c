import asyncio
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import numpy as np
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.util import await_only

from bot.article import Kind, Page, Teaser
from bot.errors import StoreBusy, StoreError
from bot.ingest.documents import Did
from bot.related import Probe
from bot.store.fulltext import DEPTH, weightiest
from bot.store.readers import READERS
from bot.store.store import Store
from tests.databases import probes, take_in

FULL = Page(
    headline="Zürich “votes” — 東京 مرحبا 🗳",
    standfirst="A standfirst with a 'quote' and a \\ backslash.",
    paragraphs=("First paragraph about ferries.", "Second\tparagraph: 100 % Straße."),
    byline=("Ada Lindqvist", "Bo Ek"),
    published=datetime(2019, 3, 3, 23, 30, 0, 123456, tzinfo=timezone(timedelta(hours=-5))),
    source="Harbour Gazette",
    url="https://www.Example.com/story/?utm_source=x&b=2&a=1#top",
    language="de",
    image="https://example.com/i.jpg",
    teasers=(
        Teaser(headline="Ferry workers end their strike", text="Ferry crews went back to work on Sun..."),
        Teaser(headline="Whales seen in the inner fjord", url="https://example.com/whales"),
        Teaser(headline="Ferry workers end their strike", text="Ferry crews went back to work on Sun..."),
    ),
)


def page(headline: str, *paragraphs: str, **fields: object) -> Page:
    return Page(headline=headline, paragraphs=paragraphs, **fields)  # type: ignore[arg-type]  # a test's shorthand


async def test_a_page_comes_back_as_it_went_in(store: Store) -> None:
    before = datetime.now(UTC)
    (outcome,) = await take_in(store, FULL)
    assert outcome.outcome is Did.ADDED
    assert outcome.id == 1
    article = await store.article(1)
    assert article is not None
    assert article.kind is Kind.ARTICLE
    assert article.page == FULL
    assert article.page.published is not None
    assert article.page.published.utcoffset() == timedelta(0)
    assert before <= article.added == article.updated <= datetime.now(UTC)
    assert article.added.utcoffset() == timedelta(0)


async def test_teasers_become_stubs_and_each_is_listed_once(store: Store) -> None:
    await take_in(store, FULL)
    teased = await store.teased(1)
    assert [listing.headline for listing in teased] == [
        "Ferry workers end their strike",
        "Whales seen in the inner fjord",
    ]
    assert {listing.kind for listing in teased} == {Kind.STUB}
    stub = await store.article(teased[1].id)
    assert stub is not None
    assert stub.page == Page(
        headline="Whales seen in the inner fjord", url="https://example.com/whales", source=FULL.source
    )


async def test_listings_keep_the_order_asked_for_and_leave_out_the_missing(store: Store) -> None:
    await take_in(store, page("One story"), page("Two stories"), page("Three stories"))
    listed = await store.listings([3, 99, 1, -1, 2**40, 2])
    assert [listing.headline for listing in listed] == ["Three stories", "One story", "Two stories"]


async def test_headlines_come_in_batches_by_id(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.store.store.HEADLINES_AT_ONCE", 2)
    published = datetime(2020, 1, 2, tzinfo=UTC)
    await take_in(store, page("One", published=published), page("Two"), page("Three"))
    batches = [batch async for batch in store.headlines()]
    assert [len(batch) for batch in batches] == [2, 1]
    rows = [row for batch in batches for row in batch]
    assert [(row[0], row[1], row[2]) for row in rows] == [
        (1, "One", published),
        (2, "Two", None),
        (3, "Three", None),
    ]
    assert all(row[3].tzinfo is UTC for row in rows)
    assert sorted(await store.headlines_of([3, 77, 1])) == [rows[0], rows[2]]


@pytest.mark.parametrize("id_", [0, -1, 5, 2**31, 2**63, 10**30])
async def test_ids_that_no_article_has_find_nothing(store: Store, id_: int) -> None:
    await take_in(store, page("One"))
    assert await store.article(id_) is None
    assert await store.tombstone(id_) is None
    assert await store.teased(id_) == []
    assert await store.texts([id_]) == {}
    assert await store.headlines_of([id_]) == []


async def test_full_text_finds_all_words_newest_first(store: Store) -> None:
    await take_in(
        store,
        page("Ferries", "The harbour bridge reopens in May."),
        page("The bridge", "Nothing else."),
        page("Harbour", standfirst="A bridge of sighs."),
        page("Zürich", "東京の橋 Straße"),
    )
    assert await store.text_search(["harbour", "bridge"], 10) == [3, 1]
    assert await store.text_search(["bridge"], 2) == [3, 2]
    assert await store.text_search(["bridge"], 2, exclude=[3, 50]) == [2, 1]
    assert await store.text_search(["zurich"], 5) == [4]
    assert await store.text_search(["東京", "strasse"], 5) == [4]
    assert await store.text_search(["harbour", "sausage"], 5) == []
    assert await store.text_search(["bridge"], 5, ids=range(2, 4)) == [3, 2]
    assert await store.text_search(["bridge"], 5, ids=range(1, 3), exclude=[2]) == [1]
    assert await store.text_search(["bridge"], 5, ids=range(5, 2**31)) == []
    assert await store.text_search(["bridge"], 5, ids=range(0)) == []
    assert await store.text_search([], 5) == []
    assert await store.text_search(["bridge"], 0) == []


async def test_twenty_four_words_are_found_together(store: Store) -> None:
    words = [f"word{number}" for number in range(24)]
    await take_in(store, page("Many words", " ".join(words)), page("Fewer words", " ".join(words[:23])))
    assert await store.text_search(words, 10) == [1]
    assert await store.text_search(words[:23], 10) == [2, 1]


@pytest.mark.parametrize(
    "hostile", ['"', "'", "a'b", 'a"b', "\\", "a\\", "OR", "a:*", "NEAR(", "& !x", "😀", ""]
)
async def test_no_word_breaks_the_query(store: Store, hostile: str) -> None:
    await take_in(store, page("A story"))
    await store.text_search([hostile, "story"], 5)
    assert await store.text_candidates(probes(hostile, "story"), 5) == [1]


async def test_candidates_share_some_words_most_first(store: Store) -> None:
    await take_in(
        store,
        page("Bridge", "harbour ferry"),
        page("Bridge", "harbour storm"),
        page("Sausage", "festival tonight"),
        page("Bridge", "mountain rescue team"),
    )
    asked = probes("harbour", "ferry", "bridge")
    found = await store.text_candidates(asked, 10)
    assert found == [1, 2, 4]
    assert await store.text_candidates(asked, 1) == found[:1]
    many = probes(*(f"no{number}" for number in range(600)), "ferry")
    assert await store.text_candidates(many, 5) == [1]


async def test_of_the_forms_of_a_probe_any_will_do_and_none_counts_twice(store: Store) -> None:
    await take_in(store, page("Ferry", "ferries sail"), page("Sails", "sailing calms"), page("Calm"))
    sail = Probe(("sail", "sails", "sailing"))
    # Of equally long ones that weigh the same, the newest comes first.
    assert await store.text_candidates([sail], 10) == [2, 1]
    ferry = Probe(("ferry",))
    assert await store.text_candidates([sail, replace(ferry, weight=0.5)], 10) == [1, 2]


async def test_of_texts_with_the_same_words_the_longest_comes_last(store: Store) -> None:
    long = " ".join(f"word{number}" for number in range(20_000))
    await take_in(store, page("Ferry leaves", "At noon"), page("Ferry leaves", long), page("A ferry", "Left"))
    assert await store.text_candidates(probes("ferry"), 10) == [3, 1, 2]


def test_probes_weigh_as_they_do_in_a_cosine() -> None:
    rare, common, none = np.array([40, 7]), np.array([40, 9, 8, 7]), np.array([], np.int64)
    weighed = weightiest([rare, none, common], [1.0, 5.0, 2.0], 10)
    of_rare, of_common = math.log1p(40 / 2) ** 2, 2 * math.log1p(40 / 4) ** 2
    assert list(weighed) == [40, 7, 9, 8]
    assert list(weighed.values()) == pytest.approx([of_rare + of_common] * 2 + [of_common] * 2)
    assert list(weightiest([rare, none, common], [1.0, 5.0, 2.0], 3)) == [40, 7, 9]
    assert weightiest([none], [1.0], 3) == weightiest([], [], 3) == {}


def test_what_too_many_have_decides_among_equals_alone() -> None:
    many = np.arange(3 * DEPTH, 2 * DEPTH, -1)
    few = np.array([5, 4])
    assert list(weightiest([many, few, np.array([4, 3])], [9.0, 1.0, 1.0], 3)) == [4, 5, 3]
    assert list(weightiest([many, np.array([3 * DEPTH, 4])], [9.0, 1.0], 2)) == [3 * DEPTH, 4]


async def test_texts_are_whole(store: Store) -> None:
    await take_in(store, FULL)
    assert await store.texts([1, 55]) == {
        1: "\n".join([FULL.headline, FULL.standfirst or "", *FULL.paragraphs]),
    }


async def test_stubs_are_found_by_their_text(store: Store) -> None:
    await take_in(store, FULL)
    assert await store.text_search(["crews"], 5) == [2]


async def test_stats_count_what_is_there(store: Store) -> None:
    empty = await store.stats()
    assert (empty.articles, empty.stubs, empty.sources, empty.tombstones, empty.newest) == (0, 0, 0, 0, None)
    await take_in(store, FULL, page("Two", source="Post"), page("Three", source="Post"), page("Four"))
    await store.remove([4], "a test")
    stats = await store.stats()
    assert (stats.articles, stats.stubs, stats.sources, stats.tombstones) == (3, 2, 2, 1)
    assert stats.newest is not None
    assert stats.size > 0


async def test_meta_keeps_values(store: Store) -> None:
    assert await store.meta_get("commands") is None
    await store.meta_set("commands", "one")
    await store.meta_set("commands", "two")
    assert await store.meta_get("commands") == "two"
    assert len(await store.meta_get("store_id") or "") == 32


async def test_words_beyond_a_tsvector_s_capacity_are_left_out(postgres_store: Store) -> None:
    huge = " ".join(f"{number:x}{'wörter' * 5}" for number in range(40_000))
    (outcome,) = await take_in(postgres_store, page("Dictionary", huge))
    assert outcome.outcome is Did.ADDED
    assert await postgres_store.text_search(["dictionary", "0" + "worter" * 5], 5) == [1]
    assert await postgres_store.check() == []


async def test_common_and_rare_words_are_found_each_in_its_way(postgres_store: Store) -> None:
    await take_in(postgres_store, *(page(f"Common story {number % 40} {number}") for number in range(400)))
    async with postgres_store._database.writing() as connection:
        await connection.execute(text("ANALYZE article_words"))
    # One word that most have is found by walking, one that few have by collecting.
    assert await postgres_store.text_search(["common"], 3) == [400, 399, 398]
    assert await postgres_store.text_search(["common", "7"], 3) == [368, 328, 288]


async def test_a_reading_sees_one_state_or_where_it_need_not_the_latest(store: Store) -> None:
    count = text("SELECT count(*) FROM articles")
    loop = asyncio.get_running_loop()

    def counted_twice(connection: Connection, headline: str) -> tuple[int, int]:
        before = connection.scalar(count)
        taking_in = take_in(store, Page(headline=headline))
        if connection.dialect.name == "postgresql":
            await_only(taking_in)
        else:
            asyncio.run_coroutine_threadsafe(taking_in, loop).result(10)
        return before or 0, connection.scalar(count) or 0

    for snapshot, seen in ((True, 0), (False, 1)):
        question = partial(counted_twice, headline=f"Ferry {seen} leaves")
        before, after = await store._database.read(question, snapshot=snapshot)
        assert after == before + seen


def _for_long(connection: Connection) -> None:
    """Ask what takes a minute, unless it is interrupted."""
    connection.execute(
        text(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000000) SELECT max(i) FROM n"
        )
    )


async def test_who_is_cancelled_while_reading_holds_nobody_up(sqlite_store: Store) -> None:
    for _ in range(3):
        readers = [asyncio.create_task(sqlite_store._database.read(_for_long)) for _ in range(2 * READERS)]
        await asyncio.sleep(0.01)
        for reader in readers:
            reader.cancel()
        done = await asyncio.gather(*readers, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in done)
    async with asyncio.timeout(10):
        assert await sqlite_store.listings([1]) == []
        await take_in(sqlite_store, Page(headline="Ferry leaves"))
        assert len(await sqlite_store.listings([1])) == 1


async def test_who_gets_no_connection_is_told_that_the_store_is_busy(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.readers.TURN", 0.01)
    readers = [asyncio.create_task(sqlite_store._database.read(_for_long)) for _ in range(READERS)]
    await asyncio.sleep(0)
    with pytest.raises(StoreBusy):
        await sqlite_store.listings([1])
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    monkeypatch.setattr("bot.store.readers.TURN", 10)
    assert await sqlite_store.listings([1]) == []


async def test_a_reading_that_fails_leaves_the_next_one_a_connection(store: Store) -> None:
    def failing(connection: Connection) -> None:
        connection.execute(text("SELECT 1"))
        raise LookupError

    for _ in range(2 * READERS):
        with pytest.raises(LookupError):
            await store._database.read(failing)
        with pytest.raises(StoreError):
            await store._database.read(lambda connection: connection.execute(text("SELECT nothing")))
    assert await store.listings([1]) == []


async def test_a_question_that_needs_no_statement_leaves_no_transaction_open(store: Store) -> None:
    # With an open one, the next question would see the store as it was, and the one after it would fail.
    assert await store.article(0) is None
    for value in ("old", "new"):
        await store.meta_set("key", value)
        assert await store.meta_get("key") == value
    assert await store.article(1) is None
