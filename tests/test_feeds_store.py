from dataclasses import replace

import pytest

from bot.article import Page
from bot.failures import KnownFeed, UnknownFeed
from bot.ingest.documents import Document, FileRef
from bot.ingest.identity import keys_of
from bot.ingest.intake import Intake
from bot.store.records import PASSED_OVER
from bot.store.store import Store
from tests.databases import take_in
from tests.feedworld import HOUR, NOON, added


async def test_a_feed_is_kept_as_it_was_added(store: Store) -> None:
    row = await added(store, "a")
    assert row == await store.feeds.get(row.id)
    assert (row.added_by, row.added, row.next_poll, row.take) == (2**60, NOON, NOON, "none")
    assert (row.paused, row.failures, row.told) == (False, 0, False)
    assert "secret" not in repr(row)
    other = await added(store, "b")
    assert await store.feeds.all() == [row, other]


async def test_a_feed_is_known_by_its_key(store: Store) -> None:
    row = await added(store, "a")
    with pytest.raises(KnownFeed) as raised:
        await added(store, "a")
    assert raised.value.params == {"id": row.id}


@pytest.mark.parametrize("id_", [0, 77, -1, 2**31, 10**30])
async def test_feeds_that_are_not_there(store: Store, id_: int) -> None:
    for asked in (store.feeds.get(id_), store.feeds.remove(id_), store.feeds.change(id_, lambda row: row)):
        with pytest.raises(UnknownFeed):
            await asked


async def test_a_change_builds_on_what_others_changed(store: Store) -> None:
    row = await added(store, "a", failing_since=NOON, last_new=NOON, last_success=NOON, etag='"x"', ttl=60)
    await store.feeds.change(row.id, lambda known: replace(known, paused=True))
    changed = await store.feeds.change(row.id, lambda known: replace(known, problem="It broke.", failures=3))
    assert (
        changed == await store.feeds.get(row.id) == replace(row, paused=True, problem="It broke.", failures=3)
    )


async def test_an_address_that_another_feed_has_is_not_taken(store: Store) -> None:
    one, other = await added(store, "a"), await added(store, "b")
    moved = await store.feeds.change(
        one.id, lambda row: replace(row, url=other.url, key=other.key, title="A")
    )
    assert moved == replace(one, title="A")
    moved = await store.feeds.change(one.id, lambda row: replace(row, url="https://c.example", key=b"c" * 16))
    assert (moved.url, (await store.feeds.get(one.id)).key) == ("https://c.example", b"c" * 16)


async def test_entries_that_are_passed_over_are_remembered_until_the_feed_is_removed(store: Store) -> None:
    row, other = await added(store, "a"), await added(store, "b")
    for _ in range(2):
        await store.feeds.pass_over(await store.claims.take(row.id, NOON, HOUR), ["x", "y", "x"])
    await store.feeds.pass_over(await store.claims.take(other.id, NOON, HOUR), ["x"])
    assert (await store.feeds.get(row.id)).take is None
    known = await store.feeds.known(row.root, ["x", "y", "z"])
    assert {path: entry.reason for path, entry in known.items()} == {"x": PASSED_OVER, "y": PASSED_OVER}
    await store.feeds.remove(row.id)
    assert await store.feeds.known(row.root, ["x", "y"]) == {}
    assert set(await store.feeds.known(other.root, ["x"])) == {"x"}
    again = await added(store, "a")
    assert again.id not in {row.id, other.id}, "a number is never given twice"


async def test_articles_stay_when_their_feed_is_removed(store: Store) -> None:
    row = await added(store, "a")
    page = Page(headline="Harbour bridge reopens", standfirst="It was closed for three years of repairs.")
    await Intake(store).take_in([Document(page, FileRef(row.root, "x", b"h" * 16))])
    assert (await store.feeds.known(row.root, ["x"]))["x"].article_id == 1
    await store.feeds.remove(row.id)
    assert await store.article(1) is not None


async def test_which_addresses_need_no_second_look(store: Store) -> None:
    whole = Page(headline="Ferry strike ends", paragraphs=("They sail.",), url="https://a.example/1")
    short = Page(headline="Whales seen in the fjord", standfirst="Two of them.", url="https://a.example/2")
    gone = Page(headline="Storm uproots trees", standfirst="Hundreds.", url="https://a.example/3")
    *_, last = await take_in(store, whole, short, gone)
    await store.remove([last.id or 0], "wrong")
    keys = [keys_of(page).url or b"" for page in (whole, short, gone)]
    assert await store.feeds.settled([*keys, b"?" * 16]) == {keys[0], keys[2]}


async def test_what_may_come_back_is_looked_for_in_feeds_that_did_not_change(store: Store) -> None:
    row = await added(store, "a", etag='"x"', modified="yesterday")
    await take_in(store, Page(headline="Ferry strike ends", paragraphs=("They sail.",)))
    await store.remove([1], "wrong")
    assert (await store.feeds.get(row.id)).etag == '"x"'
    await store.restore([1])
    assert await store.feeds.get(row.id) == replace(row, etag=None, modified=None)


async def test_a_summary_does_not_replace_a_text_but_corrects_its_headline(store: Store) -> None:
    url = "https://a.example/1"
    whole = Page(headline="Ferry strike ends", standfirst="It is over.", paragraphs=("They sail.",), url=url)
    file = FileRef("feed:1", "x", b"1" * 16)
    await Intake(store).take_in([Document(whole, file)])
    edited = Page(headline="Ferry strike is over", paragraphs=("In short, it ended.",), url=url)
    summary = Document(edited, replace(file, content_hash=b"2" * 16), partial=True)
    await Intake(store).take_in([summary])
    article = await store.article(1)
    assert article is not None
    assert article.page == replace(whole, headline=edited.headline)
