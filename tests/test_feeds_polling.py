import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.article import Article, Kind, Page
from bot.errors import NewsError
from bot.failures import (
    FetchStatus,
    KnownFeed,
    NotAFeed,
    NotReached,
    NotWelcome,
    SeveralFeeds,
    UnknownFeed,
    remembered,
    written,
)
from bot.feeds.entries import Take
from bot.feeds.feeds import Feeds
from bot.feeds.polling import Polled
from bot.feeds.reading import Entry
from bot.feeds.schedule import MINIMUM
from bot.ingest.documents import Did
from bot.store.records import FeedRow
from bot.store.store import Store
from tests.feedworld import FEED, Clock, Site, World, entry, feeds

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BROKEN = NotReached(host="gazette.example")


class Press:
    """A store, its feeds, and a world that a test arranges."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.world = World()
        self.clock = Clock()
        self.feeds: Feeds = feeds(store, self.world, self.clock)
        self.site = self.world.sites[FEED] = Site()
        self.told: list[tuple[int, bool, str | None]] = []

    async def publish(self, *entries: Entry) -> Polled:
        """Put entries into the first feed and poll it."""
        self.site.entries = entries
        return (await self.feeds.poll([1]))[0]

    async def fail(self, error: Exception | None, times: int = 1, every: timedelta = DAY) -> FeedRow:
        self.site.fails = error
        for _ in range(times):
            self.clock.pass_(every)
            (polled,) = await self.feeds.poll([1])
        return polled.feed

    async def tell(self, row: FeedRow, well: bool) -> None:
        self.told.append((row.id, well, row.problem and str(remembered(row.problem))))

    async def articles(self) -> list[Article]:
        ids = [row[0] async for batch in self.store.headlines() for row in batch]
        found = [await self.store.article(id_) for id_ in ids]
        return [one for one in found if one and one.kind is Kind.ARTICLE]

    async def headlines(self) -> list[str]:
        return [article.page.headline for article in await self.articles()]


@pytest.fixture
async def press(sqlite_store: Store) -> Press:
    """A press with one feed that had nothing yet."""
    press = Press(sqlite_store)
    await press.feeds.add(FEED, user=7, take=Take.ALL)
    return press


async def test_new_entries_come_in_once(press: Press) -> None:
    polled = await press.publish(entry(1), entry(2))
    assert polled.count(Did.ADDED) == 2
    assert polled.feed.last_new == polled.feed.last_success == press.clock()
    assert polled.feed.title == "Gazette"
    assert (await press.publish(entry(1), entry(2), entry(3))).count(Did.ADDED) == 1
    assert len(await press.articles()) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another id"},
        {"url": "http://gazette.example/stories/1"},
        {"url": "https://www.gazette.example/stories/1/?utm_source=rss&fbclid=7#top", "key": "third"},
    ],
)
async def test_the_same_entry_otherwise_named_is_the_same_article(
    press: Press, changes: dict[str, Any]
) -> None:
    await press.publish(entry(1))
    polled = await press.publish(entry(1, **changes))
    assert polled.count(Did.ADDED) == 0
    assert len(await press.articles()) == 1
    assert (await press.articles())[0].id == 1


async def test_an_edited_entry_updates_its_article(press: Press) -> None:
    await press.publish(entry(1))
    polled = await press.publish(entry(1, headline="The ferry of ward 1 was closed in error"))
    assert polled.count(Did.UPDATED) == 1
    assert await press.headlines() == ["The ferry of ward 1 was closed in error"]


async def test_a_removed_article_stays_removed_whatever_the_feed_does(press: Press) -> None:
    await press.publish(entry(1), entry(2))
    await press.store.remove([1], "wrong")
    await press.publish(entry(1), entry(2))
    polled = await press.publish(entry(1, headline="The ferry of ward 1 was closed in error"), entry(2))
    assert polled.count(Did.REJECTED) == 1
    await press.publish(entry(1, key="another id"), entry(2))
    assert [article.id for article in await press.articles()] == [2]
    await press.store.restore([1])
    await press.publish(entry(1), entry(2))
    assert [article.id for article in await press.articles()] == [1, 2]


async def test_entries_that_share_an_id_are_told_apart(press: Press) -> None:
    same = [entry(number, key="news") for number in range(3)]
    assert (await press.publish(*same)).count(Did.ADDED) == 3
    assert (await press.publish(*same)).outcomes == ()


async def test_an_unchanged_feed_is_not_read_and_keeps_what_it_asked_for(press: Press) -> None:
    press.site.etag, press.site.ttl = '"one"', 3 * HOUR
    polled = await press.publish(entry(1))
    assert polled.feed.etag == '"one"'
    polled = await press.publish(entry(2))
    assert polled.outcomes == ()
    assert polled.feed.next_poll == press.clock() + 3 * HOUR
    assert len(await press.articles()) == 1


async def test_a_server_s_wishes_are_kept(press: Press) -> None:
    press.site.max_age = 5 * HOUR
    assert (await press.publish()).feed.next_poll == press.clock() + 5 * HOUR
    busy = FetchStatus(host="gazette.example", status=429, retry_after=7 * HOUR)
    row = await press.fail(busy)
    assert row.next_poll == press.clock() + 7 * HOUR
    assert (row.failures, row.failing_since, row.problem) == (1, press.clock(), written(busy))


async def test_a_permanent_redirect_is_remembered_unless_another_feed_has_that_address(press: Press) -> None:
    moved = "https://gazette.example/news.xml"
    press.site.permanent = moved
    assert (await press.publish(entry(1))).feed.url == moved
    press.world.sites[moved] = Site([entry(1)])
    assert (await press.feeds.poll([1]))[0].error is None
    other = "https://gazette.example/second"
    press.world.sites[other] = Site()
    row = (await press.feeds.add(other)).feed
    press.world.sites[other].permanent = moved
    (polled,) = await press.feeds.poll([row.id])
    assert polled.error is None
    assert polled.feed.url == other


async def test_what_is_no_feed_any_more_does_not_move_it(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise NotAFeed

    press.site.permanent = "https://elsewhere.example/"
    monkeypatch.setattr(press.world, "read_feed", refuse)
    row = (await press.publish()).feed
    assert (row.url, row.problem, row.failures) == (FEED, written(NotAFeed()), 1)


async def test_a_feed_that_is_gone_is_paused_soon_and_never_deleted(press: Press) -> None:
    press.feeds.notices.callback = press.tell
    gone = FetchStatus(host="gazette.example", status=410)
    assert not (await press.fail(gone, 2, HOUR)).paused
    assert (await press.fail(gone, 1, HOUR)).paused
    assert press.told == [(1, False, str(gone))]
    assert [row.id for row in await press.feeds.list()] == [1]


async def test_a_pause_and_the_recovery_are_told_once_each_through_restarts(press: Press) -> None:
    row = await press.fail(BROKEN, 12)
    assert row.paused
    for _ in range(3):
        restarted = feeds(press.store, press.world, press.clock)
        restarted.notices.callback = press.tell
        await restarted.notices.tell_all()
        await restarted.poll([1])
    assert press.told == [(1, False, str(BROKEN))]
    press.feeds.notices.callback = press.tell
    row = await press.fail(None, 3)
    assert not row.paused
    assert press.told[1:] == [(1, True, None)]


async def test_what_could_not_be_told_is_told_later(press: Press, caplog: pytest.LogCaptureFixture) -> None:
    async def refuse(*_: object) -> None:
        raise NewsError

    await press.fail(BROKEN, 12)
    press.feeds.notices.callback = refuse
    await press.fail(BROKEN)
    press.feeds.notices.callback = press.tell
    await press.fail(BROKEN)
    assert press.told == [(1, False, str(BROKEN))]
    assert "could not be told" in caplog.text


async def test_pause_and_resume_by_hand(press: Press) -> None:
    row = await press.feeds.pause(1)
    assert row.paused
    assert await press.feeds.poll() == []
    row = await press.feeds.resume(1)
    assert (row.paused, row.next_poll) == (False, press.clock())
    assert len(await press.feeds.poll()) == 1


async def test_nothing_of_a_password_is_shown(press: Press, caplog: pytest.LogCaptureFixture) -> None:
    url = "https://anna:hunter2@gazette.example/private?token=abc123"
    press.world.sites[url] = Site(fails=ValueError(f"what is {url}?"))
    with pytest.raises(ValueError, match="what"):
        await press.feeds.add(url)
    row = await press.feeds.add_unseen(url)
    with caplog.at_level(logging.DEBUG):
        (polled,) = await press.feeds.poll([row.id])
    assert polled.feed.failures == 1
    assert "ValueError" in caplog.text
    for text in (caplog.text, repr(polled), str(polled.error), polled.feed.problem or ""):
        assert "hunter2" not in text
        assert "abc123" not in text


@pytest.mark.parametrize(("take", "came"), [(Take.NONE, 0), (Take.NEWEST, 5), (Take.ALL, 8)])
async def test_what_is_taken_of_the_old_entries_is_chosen_once(press: Press, take: Take, came: int) -> None:
    url = "https://gazette.example/second"
    old = [entry(number) for number in (17, 12, 14, 11, 15, 16, 13, 18)]
    site = press.world.sites[url] = Site(old)
    assert len((await press.feeds.preview(url, take)).entries) == came
    added = await press.feeds.add(url, take=take)
    assert added.count(Did.ADDED) == came
    newest = {one.page.headline for one in sorted(old, key=lambda one: one.key)[:came]}
    assert set(await press.headlines()) == newest
    # Neither a correction nor another id nor the lifting of a tombstone brings them in.
    site.entries = [
        entry(10),
        *(replace(one, page=replace(one.page, byline=("Ada",))) for one in old[:4]),
        *(replace(one, key=f"{one.key}#new") for one in old[4:]),
    ]
    (polled,) = await press.feeds.poll([added.feed.id])
    assert polled.count(Did.ADDED) == 1
    assert len(await press.articles()) == came + 1


async def test_a_feed_added_unseen_chooses_at_its_first_poll(press: Press) -> None:
    url = "https://gazette.example/second"
    site = press.world.sites[url] = Site([entry(1), entry(2)], fails=BROKEN)
    row = await press.feeds.add_unseen(url, take=Take.NONE)
    await press.feeds.poll([row.id])
    site.fails = None
    (polled,) = await press.feeds.poll([row.id])
    assert polled.error is None
    assert await press.articles() == []


async def test_what_is_published_before_the_first_poll_is_new(press: Press) -> None:
    url = "https://gazette.example/second"
    site = press.world.sites[url] = Site([entry(1), entry(2)], fails=BROKEN)
    row = await press.feeds.add_unseen(url, take=Take.NONE)
    press.clock.pass_(timedelta(hours=3))
    since = press.clock() - timedelta(hours=1)
    site.entries = [
        entry(3, published=since),
        entry(4, published=since + timedelta(days=1)),
        entry(5, published=None),
        *site.entries,
    ]
    site.fails = None
    (polled,) = await press.feeds.poll([row.id])
    assert polled.error is None
    assert await press.headlines() == [entry(3).page.headline]


async def test_a_feed_is_known_however_its_address_is_written(press: Press) -> None:
    for url in (FEED, FEED.replace("https", "http"), FEED.replace("//", "//www.") + "/"):
        press.world.sites[url] = press.site
        with pytest.raises(KnownFeed):
            await press.feeds.add(url)
        with pytest.raises(KnownFeed):
            await press.feeds.add_unseen(url)


async def test_a_removed_feed_is_unknown_and_its_articles_stay(press: Press) -> None:
    await press.publish(entry(1))
    await press.feeds.remove(1)
    with pytest.raises(UnknownFeed):
        await press.feeds.poll([1])
    assert len(await press.articles()) == 1


async def test_a_feed_removed_while_it_is_polled_leaves_nothing(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_feed = press.world.read_feed

    async def remove_first(*arguments: object) -> object:
        await press.feeds.remove(1)
        return await read_feed(*arguments)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(press.world, "read_feed", remove_first)
    with pytest.raises(UnknownFeed):
        await press.publish(entry(1))
    assert await press.store.files("feed:1") == {}


WHOLE = Page(
    headline="Ward 1 ferry, Gazette",
    paragraphs=(
        "People who live near the ferry in ward 1 saw on day 1 how it opens. They had waited for it.",
        "The mayor of the ward came with a pair of scissors and a long speech about the ferry.",
    ),
    source="gazette.example",
)
PAGE = "https://gazette.example/stories/1"


async def test_a_summary_is_completed_from_its_page(press: Press) -> None:
    press.world.pages[PAGE] = WHOLE
    teaser = entry(1, teaser=True)
    await press.publish(teaser)
    (article,) = await press.articles()
    said = teaser.page
    expected = replace(
        WHOLE, headline=said.headline, published=said.published, source=said.source, url=said.url
    )
    assert article.page == expected
    # What is there already is not asked for again, whoever tells of it.
    await press.publish(teaser, entry(1, teaser=True, key="another id"))
    assert press.world.asked.count(PAGE) == 1
    await press.publish(entry(1, teaser=True, headline="The ferry of ward 1 opens at last"))
    assert press.world.asked.count(PAGE) == 2
    (article,) = await press.articles()
    assert article.page == replace(expected, headline="The ferry of ward 1 opens at last")


CONSENT = Page(headline="Your privacy", paragraphs=("We and our partners value cookies. " * 30,))


@pytest.mark.parametrize(
    "page", [NotReached(host="x"), NotWelcome(host="x"), CONSENT, replace(WHOLE, paragraphs=("Short.",))]
)
async def test_a_summary_whose_page_cannot_be_had_comes_in_as_it_is(
    press: Press, page: Page | NewsError
) -> None:
    press.world.pages[PAGE] = page
    assert (await press.publish(entry(1, teaser=True))).count(Did.ADDED) == 1
    (article,) = await press.articles()
    assert article.page == entry(1).page


async def test_a_text_once_had_survives_an_edit_whose_page_cannot_be_had(press: Press) -> None:
    press.world.pages[PAGE] = WHOLE
    await press.publish(entry(1, teaser=True))
    press.world.pages[PAGE] = NotReached(host="x")
    await press.publish(entry(1, teaser=True, headline="The ferry of ward 1 opens at last"))
    (article,) = await press.articles()
    assert article.page.headline == "The ferry of ward 1 opens at last"
    assert article.page.paragraphs == WHOLE.paragraphs


async def test_a_site_whose_pages_fail_is_not_asked_for_all_of_them(press: Press) -> None:
    for number in range(12):
        press.world.pages[f"https://gazette.example/stories/{number}"] = NotReached(host="x")
    polled = await press.publish(*(entry(number, teaser=True) for number in range(12)))
    assert polled.count(Did.ADDED) == 12
    assert len([url for url in press.world.asked if url in press.world.pages]) < 6


async def test_full_texts_can_be_left_alone(press: Press) -> None:
    url = "https://gazette.example/second"
    press.world.pages[PAGE] = WHOLE
    press.world.sites[url] = Site([entry(1, teaser=True)])
    await press.feeds.add(url, take=Take.ALL, full_text=False)
    assert PAGE not in press.world.asked


async def test_a_page_leads_to_its_feed(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    home, found = "https://post.example/", "https://post.example/atom"
    press.world.sites |= {home: Site(), found: Site([entry(1)])}
    read_feed = press.world.read_feed

    async def refuse_home(data: bytes, *rest: object) -> object:
        if data.decode() == home:
            raise NotAFeed
        return await read_feed(data, *rest)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(press.world, "read_feed", refuse_home)
    links: list[tuple[str, str]] = []
    monkeypatch.setattr("bot.feeds.feeds.feeds_of", lambda *_: links)
    with pytest.raises(NotAFeed):
        await press.feeds.add(home)
    links += [("News", found), ("Sport", "https://x:pw@post.example/sport")]
    with pytest.raises(SeveralFeeds) as raised:
        await press.feeds.add(home)
    assert raised.value.found == tuple(links)
    assert "pw" not in str(raised.value)
    del links[1]
    polled = await press.feeds.add(home, take=Take.ALL)
    assert polled.feed.url == found
    assert polled.count(Did.ADDED) == 1


async def test_siblings_are_polled_whatever_one_of_them_does(press: Press) -> None:
    ids = [1]
    for number, error in enumerate([BROKEN, RuntimeError("odd"), NotAFeed()]):
        url = f"https://broken.example/{number}"
        press.world.sites[url] = Site(fails=error)
        ids.append((await press.feeds.add_unseen(url)).id)
    press.site.entries = [entry(1)]
    polled = await press.feeds.poll(ids)
    assert [one.error is None for one in polled] == [True, False, False, False]
    assert all(one.feed.next_poll == press.clock() + MINIMUM for one in polled[1:])
    assert len(await press.articles()) == 1


async def test_a_page_that_names_no_feed_is_looked_for_where_feeds_are(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.world.sites |= {"https://post.example/": Site(), "https://post.example/rss.xml": Site([entry(1)])}
    read_feed = press.world.read_feed

    async def refuse_home(data: bytes, *rest: object) -> object:
        if data == b"https://post.example/":
            raise NotAFeed
        return await read_feed(data, *rest)  # type: ignore[arg-type]  # handed on as they came

    monkeypatch.setattr(press.world, "read_feed", refuse_home)
    assert (await press.feeds.add("https://post.example/")).feed.url == "https://post.example/rss.xml"


async def test_a_list_goes_out_and_comes_in_again(press: Press) -> None:
    other = "https://post.example/feed"
    await press.feeds.add_unseen(other)
    listed = await press.feeds.export()
    await press.feeds.remove(2)
    known, new = await press.feeds.import_(listed, user=7)
    assert isinstance(known.error, KnownFeed)
    assert new.feed is not None
    assert (new.feed.url, new.feed.added_by, new.feed.next_poll) == (other, 7, press.clock())
    with pytest.raises(NotAFeed):
        await press.feeds.import_(b"no list")


async def test_credentials_are_exported_only_if_asked_for(press: Press) -> None:
    private = "https://anna:hunter2@post.example/feed"
    await press.feeds.add_unseen(private)
    assert b"hunter2" not in await press.feeds.export()
    assert private.encode() in await press.feeds.export(secrets=True)
