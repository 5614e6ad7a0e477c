"""Fetching: one address, its redirects, and an answer within limits of size and time."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.failures import (
    BadAddress,
    BadAnswer,
    BadCertificate,
    FetchStatus,
    LostInRedirects,
    NotReached,
    RefusedAddress,
    TooMuch,
    TooSlow,
)
from bot.settings import Settings
from bot.web import caching
from bot.web.address import Address, read_address
from bot.web.body import ENCODINGS, NotUnpacked, TooLong, read_body
from bot.web.guard import NotPublic, guarded_sockets
from bot.web.names import Names
from bot.web.robots import PRODUCT, Robots
from bot.web.turns import Turns

MAX_BYTES = 10 * 1024 * 1024
DEADLINE = 30.0
MAX_REDIRECTS = 5
# Requests at a time to one host and port: what browsers of the polite days did (RFC 2616, section 8.1.4).
AT_ONCE = 2
_ROBOTS_DEADLINE = 10.0
# Bytes of a header's line, and lines of all headers: aiohttp's own bounds, held on to.
_HEADER_BYTES = 8_190
_HEADER_LINES = 128
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_OK = 200
_NOT_MODIFIED = 304
# What a header may hold that is kept, and sent back as it came.
_SHORT = re.compile(r"[ -~]{1,512}")
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9,"
    " text/html;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is where it came from in the end, without credentials; 304 has no body.

    `max_age` is how long it stays fresh. `permanent` is the address to use from now on if every redirect said so; it
    still has the credentials that it was asked with, so it is not for showing.
    """

    url: str
    status: int
    body: bytes = field(repr=False)
    content_type: str | None = None
    etag: str | None = None
    modified: str | None = None
    max_age: timedelta | None = None
    permanent: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Redirect:
    to: Address
    permanent: bool


class Web:
    """The web, as far as it is public or was allowed by name."""

    def __init__(
        self,
        *,
        public: aiohttp.ClientSession,
        allowed: aiohttp.ClientSession,
        pairs: frozenset[str],
        now: Callable[[], datetime],
    ) -> None:
        self._public = public
        self._allowed = allowed
        self._pairs = pairs
        self._now = now
        self._turns = Turns(AT_ONCE)
        self._robots = Robots(self._robots_txt, now)

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        settings: Settings,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolver: AbstractResolver | None = None,
    ) -> AsyncIterator[Self]:
        """Open the connections' pools, and close them at the end. Names are looked up by resolver, else the system's."""
        agent = user_agent(settings)
        async with AsyncExitStack() as stack:
            if resolver is None:
                resolver = Names()
                stack.push_async_callback(resolver.close)

            async def session(sockets: aiohttp.SocketFactoryType | None) -> aiohttp.ClientSession:
                return await stack.enter_async_context(
                    aiohttp.ClientSession(
                        connector=aiohttp.TCPConnector(
                            socket_factory=sockets,
                            resolver=resolver,
                            use_dns_cache=False,
                        ),
                        headers={"User-Agent": agent, "Accept": _ACCEPT, "Accept-Encoding": ENCODINGS},
                        cookie_jar=aiohttp.DummyCookieJar(),
                        timeout=aiohttp.ClientTimeout(),
                        auto_decompress=False,
                        trust_env=False,
                        max_line_size=_HEADER_BYTES,
                        max_field_size=_HEADER_BYTES,
                        max_headers=_HEADER_LINES,
                    )
                )

            yield cls(
                public=await session(guarded_sockets(settings.ports)),
                # Asked for nothing but what the setting names, so that it needs no guard, and lends nobody a connection.
                allowed=await session(None),
                pairs=frozenset(read_address(f"http://{pair}").pair for pair in settings.allowed_hosts),
                now=now,
            )

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        modified: str | None = None,
        limit: int = MAX_BYTES,
        deadline: float = DEADLINE,
        robots: bool = False,
    ) -> Fetched:
        """Fetch an address, which may hold credentials; ask its robots.txt first if robots is true.

        With the etag or modified of an earlier answer, the answer may be a 304. limit is in bytes. deadline is in
        seconds and for everything, redirects included, but not for waiting until others have their answers from the
        same host, nor for robots.txt. Raises a FetchError.
        """
        address = start = read_address(url)
        headers = _conditions(etag, modified)
        permanent = True
        loop = asyncio.get_running_loop()
        left = deadline
        for _ in range(MAX_REDIRECTS + 1):
            if robots:
                await self._robots.check(address)
            async with self._turns.at(address.pair):
                began = loop.time()
                try:
                    async with asyncio.timeout(left):
                        answer = await self._ask(address, headers, limit)
                except TimeoutError:
                    raise TooSlow(host=address.host, seconds=f"{deadline:g}") from None
                left -= loop.time() - began
            if isinstance(answer, Fetched):
                moved = permanent and address != start
                return replace(answer, permanent=str(address.given) if moved else None)
            permanent = permanent and answer.permanent
            address = answer.to
        raise LostInRedirects(host=start.host)

    async def _ask(self, address: Address, conditions: dict[str, str], limit: int) -> Fetched | _Redirect:
        """Make one request, and speak of what goes wrong in our words: aiohttp's have addresses in them."""
        session = self._allowed if address.pair in self._pairs else self._public
        headers = dict(conditions)
        if address.authorization is not None:
            headers["Authorization"] = address.authorization
        try:
            async with session.get(address.url, headers=headers, allow_redirects=False) as response:
                return await self._answer(address, response, limit)
        except aiohttp.ClientConnectorCertificateError:
            raise BadCertificate(host=address.host) from None
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, NotPublic)
            raise (RefusedAddress if refused else NotReached)(host=address.host) from None
        except (aiohttp.InvalidURL, UnicodeError):
            raise BadAddress(address=address.host) from None
        except aiohttp.ClientConnectionError:
            raise NotReached(host=address.host) from None
        except (aiohttp.ClientError, NotUnpacked):
            raise BadAnswer(host=address.host) from None
        except TooLong:
            raise TooMuch(host=address.host, limit=limit) from None

    async def _answer(
        self, address: Address, response: aiohttp.ClientResponse, limit: int
    ) -> Fetched | _Redirect:
        headers = response.headers
        if response.status in _REDIRECTS and "Location" in headers:
            return _Redirect(address.leads_to(headers["Location"]), response.status in _PERMANENT)
        asked = response.request_info.headers
        unchanged = response.status == _NOT_MODIFIED and (
            "If-None-Match" in asked or "If-Modified-Since" in asked
        )
        if response.status != _OK and not unchanged:
            wait = caching.retry_after(headers, self._now())
            raise FetchStatus(host=address.host, status=response.status, retry_after=wait)
        kept: Mapping[str, str] = asked if unchanged else {}
        body = b""
        if not unchanged:
            if (response.content_length or 0) > limit:
                raise TooLong
            body = await read_body(response.content.iter_any(), headers.get("Content-Encoding", ""), limit)
        return Fetched(
            url=str(address.url),
            status=response.status,
            body=body,
            content_type=_short(headers.get("Content-Type")),
            etag=_short(headers.get("ETag") or kept.get("If-None-Match")),
            modified=_short(headers.get("Last-Modified") or kept.get("If-Modified-Since")),
            max_age=caching.max_age(headers, self._now()),
        )

    async def _robots_txt(self, url: str) -> bytes:
        return (await self.get(url, deadline=_ROBOTS_DEADLINE)).body


def user_agent(settings: Settings) -> str:
    """Say who asks, and how to reach whoever runs it."""
    name = f"{PRODUCT}/{version('newsdesk')}"
    contact = settings.contact or (settings.source_url and str(read_address(settings.source_url).url))
    return f"{name} (+{contact})" if contact else name


def _conditions(etag: str | None, modified: str | None) -> dict[str, str]:
    conditions = {"If-None-Match": _short(etag), "If-Modified-Since": _short(modified)}
    return {name: value for name, value in conditions.items() if value}


def _short(value: str | None) -> str | None:
    return value if value and _SHORT.fullmatch(value) else None
