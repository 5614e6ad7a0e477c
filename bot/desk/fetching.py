"""Pages that are taken in by their addresses: fetched, read apart from everything else, and stored."""

import codecs
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from bot.article import Page
from bot.errors import PageError
from bot.failures import FetchError, IsAFeed
from bot.feeds.workers import Workers
from bot.ingest.documents import Did, Document, Report
from bot.ingest.intake import Intake
from bot.settings import Settings
from bot.web import Fetched, Web, read_address, shown

_MARKUP = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w:.+-]{2,40})", re.IGNORECASE)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


async def take_in(settings: Settings, intake: Intake, addresses: Sequence[str]) -> AsyncIterator[Report]:
    """Fetch pages and take them in, one after the other; each report comes after its page was committed.

    A report's path is the address with credentials masked. What cannot be fetched or read is rejected, by a
    FetchError or a PageError. Raises StoreErrors.
    """
    async with Web.open(settings) as web, Workers.open(count=1) as workers:
        for address in addresses:
            try:
                page = await _page(web, workers, address)
            except (FetchError, PageError) as error:
                yield Report(Did.REJECTED, None, error, path=shown(address))
                continue
            (outcome,) = await intake.take_in([Document(page)])
            yield Report(outcome.outcome, outcome.id, outcome.error, path=shown(address))


async def _page(web: Web, workers: Workers, address: str) -> Page:
    fetched = await web.get(address, robots=True)
    try:
        await workers.read_feed(fetched.body, fetched.url, fetched.content_type, datetime.now(UTC))
    except PageError:
        # No feed, or too much for one: then it is a page, or says itself why it is none.
        url = _without_secrets(fetched.url)
        marked = _MARKUP.match(fetched.content_type or "") is not None
        page = await workers.read_page(
            "page.html" if marked else "page", _as_saved(fetched, url, marked=marked)
        )
        return replace(page, url=page.url or url)
    raise IsAFeed


def _without_secrets(url: str) -> str | None:
    """Return an address that everyone may see; None for one that has a key for its reader in it."""
    return url if shown(url) == read_address(url).url.human_repr() else None


def _as_saved(fetched: Fetched, url: str | None, *, marked: bool) -> bytes:
    """Return a page as browsers save it: with its address, and in UTF-8 where its header alone says what it is in.

    The address is what links in it are relative to.
    """
    data = fetched.body
    named = _CHARSET.search(fetched.content_type or "")
    with suppress(UnicodeError):
        data.decode()
        named = None
    if named and not data.startswith(_MARKS):
        with suppress(LookupError, UnicodeError):
            data = codecs.BOM_UTF8 + data.decode(named[1]).encode()
    if url is None or not marked or data.startswith(_MARKS[1:]):
        return data
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark + f"<!-- saved from url=(0000){url} -->\n".encode() + data.removeprefix(mark)
