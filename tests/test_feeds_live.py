"""Feeds over HTTP: the real fetching and reading, against a site on loopback."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest

from bot.failures import NotReached, RefusedAddress
from bot.feeds import Feeds, Take
from bot.ingest.documents import Did
from bot.settings import Settings
from bot.store.store import Store
from tests.webserver import Asked, Site, answer

LEAD = "The last of the fishing boats left the old quay of Marden on Tuesday, watched by half of the town."
REST = (
    "The quay will be filled in before the winter, and flats for four hundred people will stand there in three years.",
    "Nobody in the harbour office could say where the nets are to be dried from now on, said the skipper Ines Arroyo.",
)


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>Marden Courier</title>{''.join(items)}</channel></rss>"


def item(number: int, link: str, text: str) -> str:
    return (
        f"<item><title>Boats leave the old quay of Marden, part {number}</title><guid>courier-{number}</guid>"
        f"<link>{link}</link><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate>"
        f"<description>{escape(text)}</description></item>"
    )


def article(number: int) -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in (LEAD, *REST))
    headline = f"Boats leave the old quay of Marden, part {number}"
    return (
        f"<!doctype html><html lang='en'><head><title>{headline}</title></head>"
        f"<body><article><h1>{headline}</h1>{paragraphs}</article></body></html>"
    )


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site.open() as site:
        site.routes["/robots.txt"] = answer(status=404)
        yield site


@pytest.fixture
async def feeds(site: Site, sqlite_store: Store, tmp_path: Path) -> AsyncIterator[Feeds]:
    settings = Settings(data_dir=tmp_path, seeds_dir=None, fetch_allow_hosts=site.pair)
    async with Feeds.open(sqlite_store, settings) as feeds:
        yield feeds


async def test_a_site_s_feed_is_found_read_and_read_again_only_when_it_changed(
    site: Site, feeds: Feeds, sqlite_store: Store
) -> None:
    body = rss(item(1, site.url("/1.html"), LEAD), item(2, site.url("/2.html"), LEAD))

    async def unless_known(asked: Asked, writer: asyncio.StreamWriter) -> None:
        known = asked.headers.get("if-none-match") == '"v1"'
        act = answer(status=304) if known else answer(body, etag='"v1"', cache_control="max-age=7200")
        await act(asked, writer)

    site.routes |= {
        "/": answer(
            "<html><head><link rel='alternate' type='application/rss+xml' href='/news.xml'></head></html>",
            content_type="text/html",
        ),
        "/news.xml": unless_known,
        "/1.html": answer(article(1), content_type="text/html; charset=utf-8"),
    }
    added = await feeds.add(site.url("/"), take=Take.ALL)
    assert added.count(Did.ADDED) == 2
    assert (added.feed.title, added.feed.url) == ("Marden Courier", site.url("/news.xml"))
    assert added.feed.next_poll is not None
    assert added.feed.next_poll >= added.feed.added + timedelta(hours=2)
    pages = [one.page for id_ in (1, 2) if (one := await sqlite_store.article(id_))]
    assert pages[0].source == "Marden Courier"
    assert all(text in " ".join(pages[0].paragraphs) for text in REST), "from its own page"
    assert pages[1].first_text == LEAD, "its own page is not there"
    asked = len(site.asked)
    (polled,) = await feeds.poll()
    assert polled.error is None
    assert len(site.asked) == asked + 1


async def test_what_servers_answer_is_understood(site: Site, feeds: Feeds) -> None:
    site.routes |= {
        "/old.xml": answer(status=301, location="/new.xml"),
        "/new.xml": answer(rss(item(1, "https://courier.example/1", LEAD))),
        "/gone.xml": answer(status=410),
        "/busy.xml": answer(status=503, retry_after="7200"),
        "/page.xml": answer("<html><body><p>No news here.</p></body></html>", content_type="text/html"),
    }
    for path in ("/old.xml", "/gone.xml", "/busy.xml", "/page.xml"):
        await feeds.add_unseen(site.url(path), take=Take.ALL, full_text=False)
    moved, gone, busy, page = [polled.feed for polled in await feeds.poll()]
    assert moved.url == site.url("/new.xml")
    assert (gone.failures, busy.failures, page.failures) == (1, 1, 1)
    assert busy.failing_since is not None
    assert busy.next_poll is not None
    assert busy.next_poll - busy.failing_since >= timedelta(hours=2)
    assert page.problem is not None
    assert "feed" in page.problem


async def test_addresses_that_are_not_public_are_refused_in_the_round_as_well(feeds: Feeds) -> None:
    row = await feeds.add_unseen("http://127.0.0.2/feed")
    (polled,) = await feeds.poll([row.id])
    assert isinstance(polled.error, RefusedAddress)
    with pytest.raises((RefusedAddress, NotReached)):
        await feeds.preview("http://[::1]/feed")


async def test_the_round_polls_what_is_due(site: Site, feeds: Feeds, sqlite_store: Store) -> None:
    site.routes["/a.xml"] = answer(rss(item(1, "https://courier.example/1", LEAD)))
    site.routes["/b.xml"] = answer(status=500)
    for path in ("/b.xml", "/a.xml"):
        await feeds.add_unseen(site.url(path), take=Take.ALL, full_text=False)
    async with feeds.polling():
        async with asyncio.timeout(10):
            while not all(row.last_success or row.failures for row in await feeds.list()):
                await asyncio.sleep(0.02)
    assert (await sqlite_store.stats()).articles == 1
