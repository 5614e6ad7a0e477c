"""A feed's document -> Feed: RSS 0.9x to 2.0, Atom and RDF through feedparser, and JSON Feed. Pure."""

import calendar
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser

from bot.article import Page
from bot.errors import NoHeadline
from bot.failures import NotAFeed
from bot.feeds.document import MAX_ENTRIES, decode_feed, well_formed
from bot.feeds.entry import MAX_KEY, Around, Told, language, read_entry
from bot.feeds.jsonfeed import read_item, read_json
from bot.feeds.wording import Markup, read_line
from bot.ingest.identity import digest
from bot.pages.address import web_address

__all__ = ["MAX_ENTRIES", "MAX_KEY", "Entry", "Feed", "read_feed"]

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
"""RSS module Syndication 1.0."""
_LONGEST_TTL = timedelta(days=365)
_NUMBER = re.compile(r"\s*(\d{1,7})\s*")
_LONGEST_TITLE = 200
"""Characters of a feed's title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One story of a feed."""

    key: str
    """By what it is known again in its feed, where it is the only one of this key; at most MAX_KEY characters."""
    page: Page
    teaser: bool
    """Whether the feed has only the story's beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, and its entries in its own order."""

    title: str
    site: str | None = None
    language: str | None = None
    ttl: timedelta | None = None
    """How long it asks to be left alone."""
    entries: tuple[Entry, ...] = ()
    dropped: int = 0
    """Entries that could not be read."""


def read_feed(data: bytes, *, url: str, content_type: str | None, now: datetime) -> Feed:
    """Read a feed that was fetched from an address, whatever type HTTP gave it.

    At most MAX_ENTRIES entries are read. Nothing is fetched and no file is opened. Raises NotAFeed.
    """
    text = decode_feed(data, content_type)
    if text.lstrip().startswith("{"):
        told = read_json(text)
        around = _around(Markup(told.title, is_html=False), told.language, url, now)
        feed = _read(told.items, read_item, around)
        return replace(feed, site=web_address(told.site))
    document, lost = well_formed(text)
    parsed = _parsed(document)
    channel = parsed["feed"]
    around = _around(_markup(channel, "title"), _get(channel, "language"), url, now)
    feed = _read(parsed["entries"], _told, around)
    site = web_address(_get(channel, "link"))
    return replace(feed, site=site, ttl=_ttl(channel), dropped=feed.dropped + lost)


def _parsed(document: bytes) -> Any:
    # A stream: strings feedparser takes for addresses and names of files, too.
    parsed = feedparser.parse(
        BytesIO(document),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed["entries"]:
        raise NotAFeed
    return parsed


def _around(title: Markup, code: str, url: str, now: datetime) -> Around:
    return Around(source=read_line(title)[:_LONGEST_TITLE], url=url, language=language(code), now=now)


def _read(given: Iterable[Any], told: Callable[[Any], Told], around: Around) -> Feed:
    entries: dict[str, Entry] = {}
    dropped = 0
    for at, one in enumerate(given):
        if at == MAX_ENTRIES:
            break
        try:
            key, page, teaser = read_entry(told(one), around)
        except (NoHeadline, ValueError, OverflowError):
            dropped += 1
            continue
        if key in entries and (page.url, page.headline) != (
            entries[key].page.url,
            entries[key].page.headline,
        ):
            # Two stories with one id, a fault of their feed.
            key = digest(f"{key}\n{page.url}\n{page.headline}").hex()
        entries.setdefault(key, Entry(key=key, page=page, teaser=teaser))
    return Feed(
        title=around.source, language=around.language, entries=tuple(entries.values()), dropped=dropped
    )


def _get(told: Any, name: str) -> str:
    # feedparser's own access gives another element's value for a missing one, with a warning.
    value = dict.get(told, name)
    return value if isinstance(value, str) else ""


def _list(told: Any, name: str) -> list[Any]:
    value = dict.get(told, name)
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _markup(told: Any, name: str) -> Markup:
    detail = dict.get(told, f"{name}_detail") or {}
    kind = dict.get(detail, "type") or ""
    text = _get(told, name)
    # RSS does not say which; in Atom a text is plain if it says so.
    return Markup(text, is_html=kind != "text/plain" or "<" not in text)


def _told(entry: Any) -> Told:
    """Return an entry of feedparser as it is told."""
    contents = [
        Markup(
            _get(part, "value"), is_html=_get(part, "type") != "text/plain" or "<" not in _get(part, "value")
        )
        for part in _list(entry, "content")
    ]
    links = _list(entry, "links")
    linked = [_get(link, "href") for link in links if (_get(link, "rel") or "alternate") == "alternate"]
    identity, link = _get(entry, "id"), _get(entry, "link")
    if link == identity:
        # An id alone: feedparser takes it for an address unless the feed says that it is none.
        link = _address(identity)
    return Told(
        id=identity,
        title=_markup(entry, "title"),
        summary=_markup(entry, "summary"),
        content=max(contents, key=lambda part: len(part.text), default=Markup()),
        links=(_get(entry, "feedburner_origlink"), link, *linked, _address(identity)),
        images=tuple(_images(entry, links)),
        authors=tuple(_get(author, "name") for author in _list(entry, "authors")) or (_get(entry, "author"),),
        dates=tuple(_date(entry, name) for name in ("published", "created", "updated")),
        language=_get(dict.get(entry, "title_detail") or {}, "language"),
    )


def _address(text: str) -> str:
    return text if web_address(text) else ""


def _images(entry: Any, links: list[Any]) -> Iterable[str]:
    for part in _list(entry, "media_content"):
        if _get(part, "medium") == "image" or _get(part, "type").startswith("image/"):
            yield _get(part, "url")
    for part in links:
        if _get(part, "rel") == "enclosure" and _get(part, "type").startswith("image/"):
            yield _get(part, "href")
    for part in _list(entry, "media_thumbnail"):
        yield _get(part, "url")


def _date(entry: Any, name: str) -> datetime | str | None:
    parsed = dict.get(entry, f"{name}_parsed")
    if isinstance(parsed, struct_time):
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return _get(entry, name) or None


def _ttl(channel: Any) -> timedelta | None:
    minutes = _NUMBER.fullmatch(_get(channel, "ttl"))
    if minutes and int(minutes[1]):
        return min(timedelta(minutes=int(minutes[1])), _LONGEST_TTL)
    period = _PERIODS.get(_get(channel, "sy_updateperiod").strip().lower())
    times = _NUMBER.fullmatch(_get(channel, "sy_updatefrequency") or "1")
    if period is None or times is None or not int(times[1]):
        return None
    return timedelta(seconds=math.ceil(period.total_seconds() / int(times[1])))
