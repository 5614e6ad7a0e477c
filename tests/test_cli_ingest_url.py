"""`newsdesk ingest` with addresses, from a site on loopback."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from bot.settings import Settings
from tests.newsroom import PAGES, WHALES, Newsdesk, read_here
from tests.webserver import Site, answer, redirect

STORY = """<!doctype html><html lang="en"><head><title>Lighthouse keeper retires after forty years</title>
{head}</head><body><article><h1>Lighthouse keeper retires after forty years</h1>
<p>Jonna Aaltonen lit the lamp of the outer skerry for the last time on Sunday evening, watched by her family.</p>
<p>{more}</p>
<p>Her successor will look after it from a desk on the mainland, and the house is to become a small hostel.</p>
</article></body></html>"""
MORE = "She had lit it on every night of the last forty years, and once kept it burning through a storm."
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Gazette</title>
<link>https://gazette.example/</link><description>News</description><item><title>Two whales seen</title>
<link>https://gazette.example/whales</link><description>In the fjord.</description></item></channel></rss>"""


def story(head: str = "", more: str = MORE) -> str:
    return STORY.format(head=head, more=more)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that runs beside the command, which has an event loop of its own."""
    loop = asyncio.new_event_loop()
    opened = Site.open()
    made = loop.run_until_complete(opened.__aenter__())
    thread = Thread(target=loop.run_forever)
    thread.start()
    monkeypatch.setenv("NEWSDESK_FETCH_ALLOW_HOSTS", made.pair)
    try:
        yield made
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(opened.__aexit__(None, None, None))
        loop.close()


@pytest.fixture
def site(served: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site, whose pages are read in no process of their own."""
    read_here(monkeypatch)
    return served


def test_a_page_is_fetched_and_found(newsdesk: Newsdesk, served: Site) -> None:
    served.routes["/lamp"] = answer(story(), content_type="text/html; charset=utf-8")
    ran = newsdesk("ingest", served.url("/lamp"), "--json")
    assert ran.status == 0
    assert ran.lines == [
        {"path": served.url("/lamp"), "outcome": "added", "id": 1, "reason": None},
        {"total": {"added": 1, "updated": 0, "unchanged": 0, "rejected": 0, "documents": 1}},
    ]
    shown = newsdesk("show", 1, "--json").json
    assert shown["headline"] == "Lighthouse keeper retires after forty years"
    assert shown["url"] == served.url("/lamp")
    assert "/robots.txt" in served.paths
    assert newsdesk("search", "hostel", "--json").json["hits"][0]["id"] == 1


def test_the_same_address_is_the_same_article(newsdesk: Newsdesk, site: Site) -> None:
    site.routes["/lamp"] = answer(story(), content_type="text/html")
    site.routes["/old"] = redirect("/lamp")
    newsdesk("ingest", site.url("/lamp"))
    ran = newsdesk("ingest", site.url("/lamp"), site.url("/old"), "--json")
    assert [(line["outcome"], line["id"]) for line in ran.lines[:-1]] == [("unchanged", 1)] * 2
    assert newsdesk("ingest", site.url("/lamp?utm_source=x"), "--json").lines[0]["id"] == 1
    site.routes["/lamp"] = answer(story(more=MORE.replace("storm", "hurricane")), content_type="text/html")
    ran = newsdesk("ingest", site.url("/lamp"), "--json")
    assert [(line["outcome"], line["id"]) for line in ran.lines[:-1]] == [("updated", 1)]
    assert newsdesk("db", "check").status == 0


def test_the_address_that_a_page_names_counts(newsdesk: Newsdesk, site: Site) -> None:
    named = '<link rel="canonical" href="https://gazette.example/lamp">'
    site.routes["/mirror"] = answer(story(named), content_type="text/html")
    site.routes["/relative"] = answer(story('<link rel="canonical" href="/lamp">'), content_type="text/html")
    newsdesk("ingest", site.url("/mirror"))
    assert newsdesk("show", 1, "--json").json["url"] == "https://gazette.example/lamp"
    newsdesk("ingest", site.url("/relative"))
    assert newsdesk("show", 2, "--json").json["url"] == site.url("/lamp")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/story.php", "text/html"), ("/2020/05/04.12345", "text/plain"), ("/x.txt", "text/plain")],
)
def test_what_a_path_ends_in_decides_nothing(newsdesk: Newsdesk, site: Site, path: str, kind: str) -> None:
    site.routes[path] = answer(story() if kind == "text/html" else PAGES["whales.txt"], content_type=kind)
    assert newsdesk("ingest", site.url(path)).status == 0
    assert newsdesk("show", 1, "--json").json["url"] == site.url(path)


def test_the_header_says_what_a_page_is_written_in(newsdesk: Newsdesk, site: Site) -> None:
    body = story(more="Маяк горел сорок лет подряд, и однажды его не погасил даже сильный шторм.").encode(
        "cp1251"
    )
    site.routes["/lamp"] = answer(body, content_type="text/html; charset=windows-1251")
    assert newsdesk("ingest", site.url("/lamp")).status == 0
    assert newsdesk("search", "маяк", "--json").json["hits"][0]["id"] == 1


def test_files_and_addresses_are_taken_in_their_order(newsdesk: Newsdesk, site: Site, pages: Path) -> None:
    site.routes["/lamp"] = answer(story(), content_type="text/html")
    ran = newsdesk("ingest", pages, site.url("/lamp"), pages / "missing.txt", site.url("/gone"), "--json")
    assert ran.status == 1
    assert [Path(line["path"]).name for line in ran.lines[:-1]] == [
        *sorted(PAGES),
        "lamp",
        "missing.txt",
        "gone",
    ]
    assert [line["outcome"] for line in ran.lines[:-1]] == [*["added"] * 4, "rejected", "rejected"]
    assert ran.lines[3]["id"] == WHALES + 1
    assert "404" in ran.lines[-2]["reason"]


def test_a_feed_is_sent_to_where_feeds_belong(newsdesk: Newsdesk, site: Site) -> None:
    site.routes["/feed"] = answer(FEED, content_type="text/html")
    ran = newsdesk("ingest", site.url("/feed"))
    assert ran.status == 1
    assert "newsdesk feeds add" in ran.err


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "http://[::ffff:10.0.0.1]/x", "http://2130706433/"])
def test_a_refused_address_is_one_sentence(newsdesk: Newsdesk, address: str) -> None:
    ran = newsdesk("ingest", address)
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1
    assert "address" in ran.err


@pytest.mark.parametrize("address", ["http://", "https://:80/", "ftp://gazette.example/x"])
def test_what_is_no_address_of_the_web_is_said(newsdesk: Newsdesk, address: str) -> None:
    ran = newsdesk("ingest", address)
    assert (ran.status, len(ran.err.splitlines())) == (1, 1)
    assert "not an address" in ran.err


def test_robots_are_heeded(newsdesk: Newsdesk, site: Site) -> None:
    site.routes["/robots.txt"] = answer("User-agent: *\nDisallow: /private\n")
    site.routes["/private/lamp"] = answer(story(), content_type="text/html")
    ran = newsdesk("ingest", site.url("/private/lamp"))
    assert ran.status == 1
    assert "robots.txt" in ran.err
    assert site.paths == ["/robots.txt"]


def test_what_is_no_page_is_said(newsdesk: Newsdesk, site: Site) -> None:
    site.routes["/x.png"] = answer(b"\x89PNG\r\n\x1a\n" + bytes(200), content_type="image/png")
    site.routes["/empty"] = answer(b"", content_type="text/html")
    ran = newsdesk("ingest", site.url("/x.png"), site.url("/empty"))
    assert (ran.status, len(ran.err.splitlines())) == (1, 2)


def test_nobody_at_home(newsdesk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        pair = f"127.0.0.1:{taken.getsockname()[1]}"
        monkeypatch.setenv("NEWSDESK_FETCH_ALLOW_HOSTS", pair)
        ran = newsdesk("ingest", f"http://{pair}/lamp")
    assert ran.status == 1
    assert "cannot be reached" in ran.err


def test_credentials_are_neither_shown_nor_stored(
    newsdesk: Newsdesk, site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site.routes["/lamp"] = answer(story(), content_type="text/html")
    site.routes["/robots.txt"] = answer("")
    secret = site.url("/lamp?token=hunter2").replace("http://", "http://ada:swordfish@")
    caplog.set_level("DEBUG")
    ran = newsdesk("ingest", secret, secret.replace("/lamp", "/gone"), "--json")
    assert [line["outcome"] for line in ran.lines[:-1]] == ["added", "rejected"]
    assert any("authorization" in asked.headers for asked in site.asked)
    said = ran.out + ran.err + caplog.text + newsdesk("show", 1, "--json").out
    stored = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file())
    for word in ("swordfish", "hunter2"):
        assert word not in said
        assert word.encode() not in stored


def test_the_settings_are_what_opens_an_intranet(
    newsdesk: Newsdesk, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSDESK_FETCH_ALLOW_HOSTS")
    assert Settings().fetch_allow_hosts is None
    ran = newsdesk("ingest", site.url("/lamp"))
    assert ran.status == 1
    assert site.connections == 0
