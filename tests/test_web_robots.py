"""robots.txt: asked for where that was wanted, kept for a day, and believed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.failures import FetchError, FetchStatus, NotReached, NotWelcome, RefusedAddress, TooMuch
from bot.web import Web
from tests.webserver import Behaviour, Site, allowing, answer, raw, redirect, reset

ROBOTS = "/robots.txt"


@dataclass
class Clock:
    time: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    routes = dict.fromkeys(("/page", "/private/page", "/other"), answer("a page"))
    async with Site.open(routes) as opened:
        yield opened


@pytest.fixture
async def web(site: Site, clock: Clock) -> AsyncIterator[Web]:
    async with Web.open(allowing(site), now=clock) as opened:
        yield opened


async def is_welcome(web: Web, site: Site, path: str) -> bool:
    try:
        await web.get(site.url(path), robots=True)
    except NotWelcome:
        return False
    return True


@pytest.mark.parametrize(
    ("robots", "page", "private"),
    [
        ("", True, True),
        ("User-agent: *\nDisallow: /", False, False),
        ("User-agent: *\nDisallow: /private/", True, False),
        ("User-agent: *\nDisallow: /*/page$", True, False),
        ("User-agent: *\nDisallow: /\nAllow: /page", True, False),
        ("User-agent: newsdesk\nDisallow: /private\n\nUser-agent: *\nDisallow: /", True, False),
        ("User-agent: Newsdesk/2.0 # us\nDisallow: /private\n\nUser-agent: *\nDisallow: /", True, False),
        ("User-agent: news\nDisallow: /\n\nUser-agent: *\nDisallow: /private", True, False),
        ("User-agent: newsdeskbot\nDisallow: /", True, True),
        (
            "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nDisallow: /private",
            True,
            False,
        ),
        ("User-agent: Other\nUser-agent: Newsdesk\nDisallow: /private", True, False),
        ("\ufeffUser-agent: *\r\nDisallow: /private\r\n", True, False),
        ("<!doctype html><title>Not found</title>", True, True),
    ],
)
async def test_a_site_is_asked_first_and_believed(
    web: Web, site: Site, robots: str, *, page: bool, private: bool
) -> None:
    site.routes[ROBOTS] = answer(robots)
    assert await is_welcome(web, site, "/page") == page
    assert await is_welcome(web, site, "/private/page") == private
    assert site.paths == [ROBOTS, *(["/page"] if page else []), *(["/private/page"] if private else [])]


async def test_only_who_wants_to_know_asks(web: Web, site: Site) -> None:
    site.routes[ROBOTS] = answer("User-agent: *\nDisallow: /")
    assert (await web.get(site.url("/page"))).body == b"a page"
    assert site.paths == ["/page"]


async def test_bytes_that_are_no_text_forbid_nothing(web: Web, site: Site) -> None:
    site.routes[ROBOTS] = answer(bytes(range(256)) * 100)
    assert await is_welcome(web, site, "/page")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_where_there_is_none_everything_is_allowed(web: Web, site: Site, status: int) -> None:
    site.routes[ROBOTS] = answer(status=status)
    assert await is_welcome(web, site, "/page")


async def test_redirects_are_followed_and_redirects_without_end_lead_to_none(web: Web, site: Site) -> None:
    site.routes |= {ROBOTS: redirect("/real"), "/real": answer("User-agent: *\nDisallow: /private")}
    assert not await is_welcome(web, site, "/private/page")


async def test_redirects_without_end_are_no_robots_txt(web: Web, site: Site) -> None:
    site.routes[ROBOTS] = redirect(ROBOTS)
    assert await is_welcome(web, site, "/page")


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (answer(status=500), FetchStatus),
        (answer(status=503, retry_after="60"), FetchStatus),
        (answer(status=429), FetchStatus),
        (reset, NotReached),
        (raw(b"junk\r\n\r\n"), FetchError),
        (answer(bytes(11 * 1024 * 1024)), TooMuch),
        (redirect("http://10.0.0.1/robots.txt"), RefusedAddress),
    ],
)
async def test_what_cannot_be_known_now_forbids_for_now(
    web: Web, site: Site, clock: Clock, behaviour: Behaviour, error: type[FetchError]
) -> None:
    site.routes[ROBOTS] = behaviour
    for path in ("/page", "/other"):
        with pytest.raises(error):
            await web.get(site.url(path), robots=True)
    assert set(site.paths) == {ROBOTS}
    asked = len(site.asked)
    site.routes[ROBOTS] = answer("User-agent: *\nDisallow: /private")
    with pytest.raises(error):
        await web.get(site.url("/page"), robots=True)
    assert len(site.asked) == asked
    clock.time += timedelta(minutes=11)
    assert await is_welcome(web, site, "/page")


async def test_an_answer_is_kept_for_a_day(web: Web, site: Site, clock: Clock) -> None:
    site.routes[ROBOTS] = answer("User-agent: *\nDisallow: /private")
    for _ in range(3):
        assert await is_welcome(web, site, "/page")
        clock.time += timedelta(hours=7)
    assert site.paths.count(ROBOTS) == 1
    site.routes[ROBOTS] = answer("User-agent: *\nDisallow: /")
    clock.time += timedelta(hours=4)
    assert not await is_welcome(web, site, "/page")
    assert site.paths.count(ROBOTS) == 2


async def test_many_pages_at_once_ask_once(web: Web, site: Site) -> None:
    site.routes[ROBOTS] = answer("User-agent: *\nDisallow: /private")
    await asyncio.gather(*(web.get(site.url("/page"), robots=True) for _ in range(10)))
    assert site.paths.count(ROBOTS) == 1


async def test_the_host_that_a_page_leads_to_is_asked_as_well(site: Site) -> None:
    async with Site.open({ROBOTS: answer("User-agent: *\nDisallow: /")}) as other:
        site.routes["/page"] = redirect(other.url("/page"))
        async with Web.open(allowing(site, other)) as web:
            assert not await is_welcome(web, site, "/page")
    assert other.paths == [ROBOTS]


async def test_credentials_are_not_for_robots_txt(web: Web, site: Site) -> None:
    site.routes[ROBOTS] = answer()
    await web.get(site.url("/page").replace("//", "//reader:sesame@"), robots=True)
    assert ["authorization" in asked.headers for asked in site.asked] == [False, True]


async def test_thousands_of_agents_and_rules_are_read_in_no_time(web: Web, site: Site) -> None:
    # Each of the 20,000 rules once for each of the 12,000 agents would be 240 million.
    agents = "".join(f"User-agent: bot{number}\n" for number in range(12_000))
    rules = "".join(f"Disallow:/{number}\n" for number in range(20_000))
    site.routes[ROBOTS] = answer(agents + "User-agent: *\n" + rules)
    async with asyncio.timeout(20):
        assert await is_welcome(web, site, "/page")


async def test_what_is_kept_is_bounded() -> None:
    routes = {ROBOTS: answer("#" + "x" * 400_000), "/page": answer()}
    async with AsyncExitStack() as stack:
        sites = [await stack.enter_async_context(Site.open(routes)) for _ in range(6)]
        web = await stack.enter_async_context(Web.open(allowing(*sites)))
        for site in [*sites[:5], *sites[:5], sites[5], sites[0]]:
            await web.get(site.url("/page"), robots=True)
    assert [site.paths.count(ROBOTS) for site in sites] == [2, 1, 1, 1, 1, 1]
