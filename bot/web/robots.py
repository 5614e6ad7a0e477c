"""What sites ask of programs: robots.txt (RFC 9309)."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego
from yarl import URL

from bot.failures import BadAddress, FetchError, FetchStatus, LostInRedirects, NotWelcome
from bot.web.address import Address
from bot.web.turns import Turns

# The name by which a robots.txt may speak of us (RFC 9309, section 2.2.1).
PRODUCT = "Newsdesk"
# RFC 9309, section 2.4: a robots.txt should not be used for longer.
_KEPT = timedelta(hours=24)
# How long a site is left alone whose robots.txt could not be read for now.
_KEPT_FAILURE = timedelta(minutes=10)
# RFC 9309, section 2.5: at least so much of a robots.txt is to be read.
_READ = 500 * 1024
# Of all that are kept, in bytes as they came; most have one or two thousand. Read rules take about twenty times as much.
_KEPT_BYTES = 2 * 1024 * 1024
_TOO_MANY_REQUESTS = 429
_AGENT = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*([^#/]*)", re.IGNORECASE)
_OTHER = "other"


@dataclass(frozen=True, slots=True)
class _Kept:
    rules: Protego | FetchError
    size: int
    until: datetime


class Robots:
    """What each site asks for, kept for a day."""

    def __init__(self, get: Callable[[str], Awaitable[bytes]], now: Callable[[], datetime]) -> None:
        self._get = get
        self._now = now
        self._kept: dict[str, _Kept] = {}
        self._turns = Turns(1)

    async def check(self, address: Address) -> None:
        """Raise NotWelcome where a site asks us to stay away, and FetchError while that cannot be known."""
        site = address.url.origin()
        async with self._turns.at(str(site)):
            kept = self._kept.get(str(site))
            if kept is None or kept.until <= self._now():
                kept = await self._ask(site)
        if isinstance(kept.rules, FetchError):
            raise kept.rules.with_traceback(None)
        # In a thread, as parsing is: tens of thousands of rules, which a hostile site may have, take a tenth of a second.
        if not await asyncio.to_thread(kept.rules.can_fetch, str(address.url), PRODUCT):
            raise NotWelcome(host=address.host)

    async def _ask(self, site: URL) -> _Kept:
        text = b""
        until = self._now() + _KEPT
        rules: Protego | FetchError
        try:
            text = (await self._get(str(site.with_path("/robots.txt"))))[:_READ]
            rules = await asyncio.to_thread(_read, text)
        except FetchError as failure:
            # Section 2.3.1: where there is none, everything may be fetched; where that is not known, nothing for now.
            if _is_none(failure):
                rules = _read(b"")
            else:
                rules = failure
                until = self._now() + _KEPT_FAILURE
        return self._keep(str(site), _Kept(rules, len(text), until))

    def _keep(self, site: str, kept: _Kept) -> _Kept:
        self._kept.pop(site, None)
        self._kept[site] = kept
        # An entry without rules takes room as well.
        while sum(old.size + 1024 for old in self._kept.values()) > _KEPT_BYTES:
            del self._kept[next(iter(self._kept))]
        return kept


def _is_none(failure: FetchError) -> bool:
    if isinstance(failure, FetchStatus):
        status = failure.status
        return isinstance(status, int) and 400 <= status < 500 and status != _TOO_MANY_REQUESTS
    return isinstance(failure, LostInRedirects | BadAddress)


def _read(text: bytes) -> Protego:
    """Read a robots.txt. Agents other than us are made one: a rule is kept once for each agent that it is for."""
    lines = text.decode("utf-8-sig", errors="replace").splitlines()
    return Protego.parse(
        "\n".join(_AGENT.sub(_agent, line) if _AGENT.match(line) else line for line in lines)
    )


def _agent(line: re.Match[str]) -> str:
    name = line[1].strip()
    return f"User-agent: {name if name == '*' or name.casefold() == PRODUCT.casefold() else _OTHER}#"
