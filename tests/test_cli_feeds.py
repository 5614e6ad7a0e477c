"""`newsdesk feeds`, as a shell would run it, over a site on loopback."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.feed_site import SIX, page, rss
from tests.newsroom import Newsdesk, read_here
from tests.webserver import Site, answer


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that answers while a command has the event loop for itself."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    opened = Site.open({"/feed": rss(*SIX)})
    served = asyncio.run_coroutine_threadsafe(opened.__aenter__(), loop).result()
    monkeypatch.setenv("NEWSDESK_FETCH_ALLOW_HOSTS", served.pair)
    yield served
    asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def site(served: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site, whose feeds are read in no process of their own."""
    read_here(monkeypatch)
    return served


def found(newsdesk: Newsdesk, words: str) -> list[str]:
    return [hit["headline"] for hit in newsdesk("search", words, "--json").json["hits"]]


@pytest.mark.parametrize(("take", "count"), [("none", 0), ("newest", 5), ("all", 6)])
def test_what_is_there_already_comes_in_as_it_is_wanted(
    newsdesk: Newsdesk, site: Site, take: str, count: int
) -> None:
    ran = newsdesk("feeds", "add", site.url("/feed"), "--take", take, "--no-full-text")
    assert (ran.status, ran.err) == (0, "")
    assert "The Lantern" in ran.out
    assert f"{count} added" in ran.out
    assert bool(found(newsdesk, "lighthouse")) == (take == "all")
    assert bool(found(newsdesk, "ferry")) == (take != "none")
    site.routes["/feed"] = rss("Otters return to the canal", *SIX)
    assert "1 added" in newsdesk("feeds", "poll").out
    assert found(newsdesk, "otters") == ["Otters return to the canal"]


def test_the_list_tells_how_each_feed_is(newsdesk: Newsdesk, site: Site) -> None:
    assert "There is no feed" in newsdesk("feeds", "list").err
    assert newsdesk("feeds", "list", "--json").json == []
    newsdesk("feeds", "add", site.url("/feed"), "--take", "all", "--no-full-text")
    (feed,) = newsdesk("feeds", "list", "--json").json
    assert (feed["id"], feed["title"], feed["url"]) == (1, "The Lantern", site.url("/feed"))
    assert (feed["paused"], feed["failures"], feed["added_by"], feed["full_text"]) == (False, 0, None, False)
    assert feed["last_success"] is not None
    assert feed["last_new"] is not None
    assert feed["next_poll"] > feed["last_success"]
    site.routes["/feed"] = answer(status=500)
    ran = newsdesk("feeds", "poll", 1)
    assert ran.status == 1
    assert "500" in ran.err
    listed = newsdesk("feeds", "list").out
    assert "failed 1 times since" in listed
    assert "500" in listed


def test_the_feed_behind_a_page_is_added(newsdesk: Newsdesk, served: Site) -> None:
    served.routes["/"] = page(("The Lantern", "/feed"))
    assert newsdesk("feeds", "add", served.url("/")).status == 0
    (feed,) = newsdesk("feeds", "list", "--json").json
    assert feed["url"] == served.url("/feed")


def test_a_page_with_several_feeds_asks_which(newsdesk: Newsdesk, site: Site) -> None:
    site.routes["/"] = page(("World", "/feed"), ("Sports", "/sports"))
    ran = newsdesk("feeds", "add", site.url("/"))
    assert (ran.status, ran.out) == (1, "")
    assert site.url("/feed") in ran.err
    assert site.url("/sports") in ran.err


def test_credentials_are_printed_only_where_they_are_asked_for(
    newsdesk: Newsdesk, site: Site, tmp_path: Path
) -> None:
    secret = f"http://reader:hush@{site.pair}/feed?token=sesame"
    said = [newsdesk("feeds", "add", secret)]
    assert said[0].status == 0
    said += [newsdesk("feeds", "add", secret), newsdesk("feeds", "list"), newsdesk("feeds", "list", "--json")]
    said += [newsdesk("feeds", "export"), newsdesk("feeds", "export", tmp_path / "masked.opml")]
    site.routes["/feed"] = answer(status=404)
    said += [newsdesk("feeds", "poll"), newsdesk("feeds", "list"), newsdesk("feeds", "remove", 1)]
    texts = [ran.out + ran.err for ran in said] + [(tmp_path / "masked.opml").read_text(encoding="utf-8")]
    assert [text for text in texts if "hush" in text or "sesame" in text] == []
    newsdesk("feeds", "add", secret)
    site.routes["/feed"] = rss(*SIX)
    assert newsdesk("feeds", "add", secret).status == 0
    assert secret in newsdesk("feeds", "list", "--credentials").out
    assert newsdesk("feeds", "list", "--json", "--credentials").json[0]["url"] == secret
    assert "reader:hush@" in newsdesk("feeds", "export", "--credentials").out


def test_a_feed_is_paused_resumed_and_removed(newsdesk: Newsdesk, site: Site) -> None:
    newsdesk("feeds", "add", site.url("/feed"), "--take", "all", "--no-full-text")
    assert newsdesk("feeds", "pause", 1).out == "Paused: 1  The Lantern\n"
    asked = len(site.asked)
    assert newsdesk("feeds", "poll").out == ""
    assert len(site.asked) == asked
    assert newsdesk("feeds", "list", "--json").json[0]["paused"] is True
    assert newsdesk("feeds", "resume", 1).out == "Resumed: 1  The Lantern\n"
    assert newsdesk("feeds", "list", "--json").json[0]["paused"] is False
    assert newsdesk("feeds", "remove", 1).out == "Removed: 1  The Lantern\n"
    assert newsdesk("feeds", "list", "--json").json == []
    assert found(newsdesk, "lighthouse") == ["Lighthouse gets a new lamp"]


@pytest.mark.parametrize("command", ["remove", "pause", "resume", "poll"])
def test_a_feed_that_is_not_there(newsdesk: Newsdesk, command: str) -> None:
    ran = newsdesk("feeds", command, 7)
    assert (ran.status, ran.out, ran.err) == (1, "", "newsdesk: There is no feed 7.\n")


def test_a_feed_is_added_once(newsdesk: Newsdesk, site: Site) -> None:
    newsdesk("feeds", "add", site.url("/feed"))
    ran = newsdesk("feeds", "add", site.url("/feed"))
    assert (ran.status, ran.err) == (1, "newsdesk: This feed is known already; it has the number 1.\n")


def test_feeds_go_out_and_come_in_again(newsdesk: Newsdesk, site: Site, tmp_path: Path) -> None:
    site.routes["/more"] = rss("Choir sings on the pier", title="Pier & Quay")
    for path in ("/feed", "/more"):
        newsdesk("feeds", "add", site.url(path))
    file = tmp_path / "feeds.opml"
    assert newsdesk("feeds", "export", file).status == 0
    assert newsdesk("feeds", "export").out == file.read_text(encoding="utf-8")
    again = newsdesk("feeds", "export", file)
    assert (again.status, again.out) == (1, "")
    newsdesk("feeds", "remove", 2)
    assert newsdesk("feeds", "import", file).out == "1 added, 1 known already, 0 rejected\n"
    assert [feed["url"] for feed in newsdesk("feeds", "list", "--json").json] == [
        site.url("/feed"),
        site.url("/more"),
    ]
    assert newsdesk("feeds", "poll").status == 0
    assert [feed["title"] for feed in newsdesk("feeds", "list", "--json").json] == [
        "The Lantern",
        "Pier & Quay",
    ]


def test_what_is_no_list_of_feeds_is_not_imported(newsdesk: Newsdesk, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    missing = newsdesk("feeds", "import", file)
    assert (missing.status, missing.out) == (1, "")
    assert missing.err.count("\n") == 1
    file.write_text("Dear reader,", encoding="utf-8")
    ran = newsdesk("feeds", "import", file)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/feed", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://localhost/"]
)
def test_an_address_that_is_not_public_is_refused_in_a_sentence(newsdesk: Newsdesk, address: str) -> None:
    ran = newsdesk("feeds", "add", address)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("newsdesk: I do not fetch from ")
    assert ran.err.count("\n") == 1
    assert newsdesk("feeds", "list", "--json").json == []


@pytest.mark.parametrize(
    "address", ["feed", "ftp://lantern.example/feed", "http://", "file:///etc/passwd", ""]
)
def test_what_is_no_address_of_the_web(newsdesk: Newsdesk, address: str) -> None:
    ran = newsdesk("feeds", "add", address)
    assert (ran.status, ran.out) == (1, "")
    assert "is not an address that begins with http" in ran.err


def test_a_page_without_a_feed(newsdesk: Newsdesk, site: Site) -> None:
    site.routes = {"/": page()}
    ran = newsdesk("feeds", "add", site.url("/"))
    assert (ran.status, ran.err) == (1, "newsdesk: This is not a feed that I can read.\n")
