"""Fetching: limits, redirects, conditions, and what becomes of sites that do not do as they should."""

import asyncio
import gzip
import logging
import socket
import ssl
import sys
import threading
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.failures import (
    BadAddress,
    BadAnswer,
    BadCertificate,
    FetchError,
    FetchStatus,
    LostInRedirects,
    NotReached,
    RefusedAddress,
    TooMuch,
    TooSlow,
)
from bot.settings import Settings
from bot.web import Fetched, Web
from bot.web.body import NotUnpacked, read_body
from bot.web.fetch import MAX_REDIRECTS
from tests.webserver import (
    Behaviour,
    Site,
    after,
    allowing,
    answer,
    bomb,
    endless,
    head,
    once_all_came,
    raw,
    redirect,
    reset,
    silence,
    unchanged_for,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEED = b"<rss><channel><title>River Post</title></channel></rss>" * 40
# Long enough for an answer over loopback on a busy machine, and what a test waits for that something is too slow.
SOON = 0.2
CERTIFICATE = Path(__file__).parent / "selfsigned.pem"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site.open() as opened:
        yield opened


@asynccontextmanager
async def web_over(*sites: Site) -> AsyncIterator[Web]:
    async with Web.open(allowing(*sites), now=lambda: NOW) as web:
        yield web


async def fetched(site: Site, behaviour: Behaviour, *, limit: int = 100_000, deadline: float = 10) -> Fetched:
    site.routes["/feed"] = behaviour
    async with web_over(site) as web:
        return await web.get(site.url("/feed"), limit=limit, deadline=deadline)


async def failure(
    site: Site, behaviour: Behaviour, *, limit: int = 100_000, deadline: float = 10
) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetched(site, behaviour, limit=limit, deadline=deadline)
    assert caught.value.__cause__ is None
    assert caught.value.params["host"] == site.pair
    return caught.value


async def test_an_answer_comes_with_what_its_headers_say(site: Site) -> None:
    got = await fetched(
        site,
        answer(
            FEED,
            content_type="application/rss+xml; charset=utf-8",
            etag='W/"7"',
            last_modified="Sun, 01 Mar 2026 08:00:00 GMT",
            cache_control="public, max-age=900",
        ),
    )
    assert got == Fetched(
        url=site.url("/feed"),
        status=200,
        body=FEED,
        content_type="application/rss+xml; charset=utf-8",
        etag='W/"7"',
        modified="Sun, 01 Mar 2026 08:00:00 GMT",
        max_age=timedelta(minutes=15),
    )


async def test_an_answer_without_headers_is_an_answer(site: Site) -> None:
    assert await fetched(site, raw(b"HTTP/1.0 200 OK\r\n\r\n<rss/>")) == Fetched(
        url=site.url("/feed"), status=200, body=b"<rss/>"
    )


async def test_what_is_asked_is_truthful_and_bears_no_cookies(site: Site) -> None:
    site.routes["/"] = answer(set_cookie="id=7; Path=/")
    async with Web.open(allowing(site, contact="desk@news.example")) as web:
        await web.get(site.url())
        await web.get(site.url())
    asked = site.asked[1].headers
    assert asked["user-agent"] == f"Newsdesk/{version('newsdesk')} (+desk@news.example)"
    assert asked["accept-encoding"] == "gzip, deflate"
    assert "cookie" not in asked
    assert "authorization" not in asked


@pytest.mark.parametrize(
    ("settings", "agent"),
    [
        ({}, ""),
        ({"source_url": "https://code.example/newsdesk"}, " (+https://code.example/newsdesk)"),
        ({"source_url": "https://code.example", "contact": "https://me.example/"}, " (+https://me.example/)"),
    ],
)
async def test_the_contact_is_the_setting_or_the_source_code(
    site: Site, settings: dict[str, str], agent: str
) -> None:
    site.routes["/"] = answer()
    async with Web.open(allowing(site, **settings)) as web:
        await web.get(site.url())
    assert site.asked[0].headers["user-agent"] == f"Newsdesk/{version('newsdesk')}{agent}"


async def test_what_did_not_change_is_not_sent_again(site: Site) -> None:
    site.routes["/feed"] = unchanged_for('"7"', FEED)
    async with web_over(site) as web:
        first = await web.get(site.url("/feed"))
        second = await web.get(site.url("/feed"), etag=first.etag, modified="Sun, 01 Mar 2026 08:00:00 GMT")
    assert (first.status, first.body) == (200, FEED)
    assert (second.status, second.body, second.etag) == (304, b"", '"7"')
    assert second.modified == "Sun, 01 Mar 2026 08:00:00 GMT"
    assert site.asked[1].headers["if-modified-since"] == "Sun, 01 Mar 2026 08:00:00 GMT"


async def test_a_304_that_nobody_asked_for_is_a_failure(site: Site) -> None:
    failed = await failure(site, answer(status=304))
    assert isinstance(failed, FetchStatus)
    assert failed.status == 304


@pytest.mark.parametrize("etag", ["", "a\r\nX-Evil: 1", "\udc80", "ü", "x" * 600])
async def test_an_etag_that_cannot_be_sent_is_not_sent(site: Site, etag: str) -> None:
    site.routes["/feed"] = answer(FEED)
    async with web_over(site) as web:
        assert (await web.get(site.url("/feed"), etag=etag)).body == FEED
    assert "if-none-match" not in site.asked[0].headers


PACKED = {
    "gzip": ("gzip", gzip.compress(FEED)),
    "its old name": ("X-GZip", gzip.compress(FEED)),
    "two members": ("gzip", gzip.compress(FEED[:100]) + gzip.compress(FEED[100:])),
    "padding": ("gzip", gzip.compress(FEED) + bytes(30)),
    "stored": ("gzip", gzip.compress(FEED, 0)),
    "deflate": ("deflate", zlib.compress(FEED)),
    "deflate, stored": ("deflate", zlib.compress(FEED, 0)),
    "deflate without its header": ("deflate", zlib.compress(FEED)[2:-4]),
    "not at all": ("identity", FEED),
    "no encoding": ("", FEED),
}


@pytest.mark.parametrize(("encoding", "packed"), PACKED.values(), ids=PACKED)
async def test_what_is_packed_is_unpacked(site: Site, encoding: str, packed: bytes) -> None:
    assert (await fetched(site, answer(packed, content_encoding=encoding))).body == FEED

    async def bytewise() -> AsyncIterator[bytes]:
        for byte in packed:
            yield bytes([byte])

    assert await read_body(bytewise(), encoding, len(FEED) + 100) == FEED


@given(st.lists(st.binary(max_size=80), max_size=5), st.integers(1, 40))
async def test_members_that_are_cut_anywhere_come_out_whole(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(packed), size):
            yield packed[start : start + size]

    assert await read_body(pieces(), "gzip", 100_000) == b"".join(members)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate"]))
async def test_bytes_that_are_not_packed_never_raise_anything_else(data: bytes, encoding: str) -> None:
    async def once() -> AsyncIterator[bytes]:
        yield data

    with suppress(NotUnpacked):
        await read_body(once(), encoding, 100_000)


CHUNKED = head(200, {"Transfer-Encoding": "chunked"})
BAD_ANSWERS = {
    "no HTTP": raw(b"220 mail.example ESMTP\r\n"),
    "no status": raw(b"HTTP/1.1 OK\r\n\r\n"),
    "a header without end": raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n"),
    "headers without end": raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 10_000 + b"\r\n"),
    "more than promised": raw(head(200, {"Content-Length": "5"}) + b"<rss>and more"),
    "less than promised": raw(head(200, {"Content-Length": "500"}) + b"<rss>"),
    "a length that is none": raw(head(200, {"Content-Length": "-5"}) + b"<rss>"),
    "two lengths": raw(head(200, {"Content-Length": "5"})[:-2] + b"Content-Length: 6\r\n\r\n<rss>"),
    "chunks that are none": raw(CHUNKED + b"zz\r\n<rss>\r\n"),
    "chunks without the last": raw(CHUNKED + b"5\r\n<rss>\r\n"),
    "not packed as it says": answer(FEED, content_encoding="gzip"),
    "packed, without its end": answer(gzip.compress(FEED)[:-20], content_encoding="gzip"),
    "packed as nobody asked": answer(FEED, content_encoding="br"),
    "packed twice": answer(gzip.compress(gzip.compress(FEED)), content_encoding="gzip, gzip"),
}


@pytest.mark.parametrize("behaviour", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
async def test_an_answer_that_is_none_is_a_bad_answer(site: Site, behaviour: Behaviour) -> None:
    assert isinstance(await failure(site, behaviour), BadAnswer)


@pytest.mark.parametrize("behaviour", [reset, raw(b"")], ids=["reset", "closed"])
async def test_a_connection_that_breaks_is_no_connection(site: Site, behaviour: Behaviour) -> None:
    assert isinstance(await failure(site, behaviour), NotReached)


async def test_where_nobody_listens_is_not_reached() -> None:
    async with Site.open() as site:
        pass
    assert isinstance(await failure(site, silence), NotReached)


async def test_a_certificate_that_nobody_vouches_for_is_refused_and_said() -> None:
    async with Site.open({"/": answer(FEED)}, tls=certified()) as site, web_over(site) as web:
        with pytest.raises(BadCertificate):
            await web.get(site.url().replace("http:", "https:"))
    assert site.asked == []


async def test_a_page_comes_over_tls_where_the_certificate_is_trusted(tmp_path: Path) -> None:
    page = "A lighthouse is lit again\n\nThe lamp of the outer skerry was lit on Sunday evening.\n"
    async with Site.open({"/lamp.txt": answer(page, content_type="text/plain")}, tls=certified()) as site:
        # Which certificates are trusted is read once, when aiohttp is imported.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "ingest", f"https://{site.pair}/lamp.txt"),
            env={
                "SSL_CERT_FILE": str(CERTIFICATE),
                "NEWSDESK_DATA_DIR": str(tmp_path / "data"),
                "NEWSDESK_SEEDS_DIR": "",
                "NEWSDESK_FETCH_ALLOW_HOSTS": site.pair,
            },
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
    assert (process.returncode, site.paths) == (0, ["/robots.txt", "/lamp.txt"])
    assert b"1 added" in said


def certified() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_names_that_hang_hold_up_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    known = socket.getaddrinfo

    def look(host: str, *arguments: Any, **named: Any) -> Any:
        if host.endswith(".example"):
            let_go.wait()
        return known(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    _, port = site.pair.split(":")
    site.routes["/"] = answer(FEED)
    settings = Settings(_env_file=None, fetch_allow_hosts=f"localhost:{port}")
    try:
        async with Web.open(settings) as web:
            hanging = [asyncio.create_task(web.get(f"http://{n}.example/")) for n in range(20)]
            await asyncio.sleep(0)
            assert (await web.get(f"http://localhost:{port}/")).body == FEED
            assert await asyncio.to_thread(lambda: "at once") == "at once"
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)
    finally:
        let_go.set()


@pytest.mark.parametrize(
    "behaviour", [silence, endless([b"x"], pause=0.01)], ids=["silence", "a byte now and then"]
)
async def test_the_deadline_is_for_everything(site: Site, behaviour: Behaviour) -> None:
    began = asyncio.get_running_loop().time()
    failed = await failure(site, behaviour, deadline=SOON)
    assert isinstance(failed, TooSlow)
    assert failed.params["seconds"] == "0.2"
    assert asyncio.get_running_loop().time() - began < 5


async def test_redirects_share_one_deadline(site: Site) -> None:
    # Each is in time, and all together would be lost in redirects.
    assert isinstance(await failure(site, after(SOON, redirect("/feed")), deadline=SOON * 2.5), TooSlow)


async def test_who_waits_for_others_has_its_whole_deadline(site: Site) -> None:
    site.routes = {"/slow": silence, "/good": answer(FEED)}
    async with web_over(site) as web:
        slow = [web.get(site.url("/slow"), deadline=SOON * 3) for _ in range(2)]
        *failed, good = await asyncio.gather(
            *slow, web.get(site.url("/good"), deadline=SOON * 2), return_exceptions=True
        )
    assert [type(each) for each in failed] == [TooSlow, TooSlow]
    assert isinstance(good, Fetched)


HUGE = {
    "promised": answer(bytes(200_000)),
    "chunked without end": endless([b"1000\r\n" + bytes(4096) + b"\r\n"], transfer_encoding="chunked"),
    "without any length": endless(),
    "a bomb": answer(bomb(1_000), content_encoding="gzip"),
    "a bomb of zlib": answer(zlib.compress(bytes(50_000_000)), content_encoding="deflate"),
    "members without end": endless([gzip.compress(b"")], content_encoding="gzip"),
    "padding without end": endless([gzip.compress(b"x") + bytes(1000)], content_encoding="gzip"),
}


@pytest.mark.parametrize("behaviour", HUGE.values(), ids=HUGE)
async def test_more_than_the_limit_is_not_read(site: Site, behaviour: Behaviour) -> None:
    tracemalloc.start()
    try:
        failed = await failure(site, behaviour)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(failed, TooMuch)
    assert failed.params["limit"] == 100_000
    assert most < 8_000_000


@pytest.mark.parametrize(("limit", "fits"), [(len(FEED), True), (len(FEED) - 1, False)])
@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_the_limit_is_what_may_come(site: Site, limit: int, encoding: str, *, fits: bool) -> None:
    behaviour = answer(gzip.compress(FEED) if encoding else FEED, content_encoding=encoding)
    if fits:
        assert (await fetched(site, behaviour, limit=limit)).body == FEED
    else:
        assert isinstance(await failure(site, behaviour, limit=limit), TooMuch)


async def test_others_get_their_turn_while_a_bomb_is_unpacked() -> None:
    async def once() -> AsyncIterator[bytes]:
        yield gzip.compress(bytes(60_000_000))

    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    assert len(await read_body(once(), "gzip", 60_000_000)) == 60_000_000
    counting.cancel()
    assert turns > 100


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 404, 410, 418, 429, 500, 503])
async def test_a_status_is_told_with_how_long_to_wait(site: Site, status: int) -> None:
    failed = await failure(site, answer(status=status, retry_after="120"))
    assert isinstance(failed, FetchStatus)
    assert (failed.status, failed.retry_after) == (status, timedelta(minutes=2))


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        ([301], True),
        ([308], True),
        ([301, 308, 301], True),
        ([302], False),
        ([303], False),
        ([307], False),
        ([301, 302], False),
        ([302, 301], False),
    ],
)
async def test_a_move_is_remembered_if_every_step_is_for_good(
    site: Site, statuses: list[int], *, permanent: bool
) -> None:
    for step, status in enumerate(statuses):
        site.routes[f"/{step}"] = redirect(f"{step + 1}?from=us#part", status)
    site.routes[f"/{len(statuses)}"] = answer(FEED)
    end = site.url(f"/{len(statuses)}?from=us")
    async with web_over(site) as web:
        got = await web.get(site.url("/0"))
    assert (got.url, got.body) == (end, FEED)
    assert got.permanent == (end if permanent else None)


async def test_a_move_is_told_also_when_nothing_changed(site: Site) -> None:
    site.routes = {"/old": redirect("/new", 308), "/new": unchanged_for('"7"', FEED)}
    async with web_over(site) as web:
        got = await web.get(site.url("/old"), etag='"7"')
    assert (got.status, got.permanent) == (304, site.url("/new"))


async def test_a_page_that_did_not_move_has_no_new_address(site: Site) -> None:
    assert (await fetched(site, answer(FEED))).permanent is None


async def test_redirects_end(site: Site) -> None:
    assert isinstance(await failure(site, redirect("/feed")), LostInRedirects)
    assert len(site.asked) == MAX_REDIRECTS + 1
    site.asked.clear()
    for step in range(MAX_REDIRECTS):
        site.routes[f"/{step}"] = redirect(f"/{step + 1}")
    site.routes[f"/{MAX_REDIRECTS}"] = answer(FEED)
    async with web_over(site) as web:
        assert (await web.get(site.url("/0"))).body == FEED


async def test_a_redirect_without_a_place_is_a_status(site: Site) -> None:
    assert isinstance(await failure(site, answer(status=301)), FetchStatus)


@pytest.mark.parametrize("to", ["ftp://host/x", "file:///etc/passwd", "data:text/plain,x", "http://[::1"])
async def test_a_redirect_to_what_is_no_web_address_is_told(site: Site, to: str) -> None:
    site.routes["/feed"] = redirect(to)
    async with web_over(site) as web:
        with pytest.raises((BadAddress, RefusedAddress)):
            await web.get(site.url("/feed"))


async def test_credentials_are_sent_and_stay_with_their_host(site: Site) -> None:
    async with Site.open({"/feed": answer(FEED)}) as other:
        site.routes = {
            "/old": redirect("/feed", 301),
            "/feed": answer(FEED),
            "/away": redirect(other.url("/feed"), 301),
        }
        there = site.url("/old").replace("//", "//reader:p%40ss@")
        async with web_over(site, other) as web:
            got = await web.get(there)
            away = await web.get(there.replace("/old", "/away"))
    assert [asked.headers["authorization"] for asked in site.asked] == ["Basic cmVhZGVyOnBAc3M="] * 3
    assert got.url == site.url("/feed")
    assert got.permanent == there.replace("/old", "/feed")
    assert "authorization" not in other.asked[0].headers
    assert away.permanent == other.url("/feed")
    assert "p@ss" not in repr(got)
    assert "p%40ss" not in repr(got)


async def test_a_redirect_brings_no_credentials_of_its_own(site: Site) -> None:
    site.routes = {"/": redirect(site.url("/feed").replace("//", "//them:secret@")), "/feed": answer(FEED)}
    async with web_over(site) as web:
        await web.get(site.url())
    assert "authorization" not in site.asked[1].headers


async def test_two_at_a_time_are_asked_of_one_host(site: Site) -> None:
    async with Site.open() as other:
        # Of each host two come at once, so that the first four are held back until all four are there.
        together = once_all_came(4, answer(FEED))
        site.routes["/feed"] = other.routes["/feed"] = together
        async with web_over(site, other) as web:
            got = await asyncio.gather(*(web.get(each.url("/feed")) for each in [site, other] * 10))
    assert len(got) == 20
    assert (site.at_once, other.at_once) == (2, 2)


async def test_nothing_that_is_logged_or_raised_has_an_address(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    hidden = "sesame"
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    site.routes = {
        "/feed": answer(FEED),
        "/broken": raw(b"junk"),
        "/away": redirect(f"http://10.0.0.1/?{hidden}=1"),
    }
    async with web_over(site) as web:
        for path in ("/feed", "/broken", "/away", "/none"):
            try:
                await web.get(site.url(path).replace("//", f"//reader:{hidden}@") + f"?key={hidden}")
            except FetchError:
                logging.getLogger("bot").exception("not fetched")
    assert "not fetched" in caplog.text
    assert hidden not in caplog.text


async def test_a_place_in_bytes_that_are_no_text_is_told(site: Site) -> None:
    site.routes["/feed"] = raw(b"HTTP/1.1 302 Found\r\nLocation: http://\xff/\r\n\r\n")
    async with web_over(site) as web:
        with pytest.raises(BadAddress) as caught:
            await web.get(site.url("/feed"))
    assert str(caught.value).encode()
