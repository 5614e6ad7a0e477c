"""JSON Feed 1.0 and 1.1 (jsonfeed.org) -> what it tells of itself and of its entries."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.failures import NotAFeed
from bot.feeds.document import MAX_ENTRIES
from bot.feeds.entry import Told
from bot.feeds.wording import Markup

_VERSION = re.compile(r"jsonfeed\.org\\?/version")
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_OF_ENTRIES = frozenset({"id", "content_html", "content_text", "summary", "date_published"})
"""The names of which an object in a broken document has one at least if it is an entry."""
_MOST_FAULTS = 1_000
"""Places at which reading a broken document is begun again."""


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """A document's own words, and its entries as they stand there."""

    title: str
    site: str
    language: str
    items: tuple[Any, ...]


def read_json(text: str) -> JsonFeed:
    """Read a document; of one that is cut or broken the entries that are whole. Raises NotAFeed."""
    if not _VERSION.search(text):
        raise NotAFeed
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = _around(text) | {"items": list(_whole(text))}
    if not isinstance(told, dict):
        raise NotAFeed
    items = told.get("items")
    return JsonFeed(
        _text(told.get("title")),
        _text(told.get("home_page_url")),
        _text(told.get("language")),
        tuple(items[:MAX_ENTRIES]) if isinstance(items, list) else (),
    )


def read_item(item: Any) -> Told:
    """Return an entry as it is told. Raises ValueError for what is none."""
    if not isinstance(item, dict):
        raise ValueError(item)  # noqa: TRY004 - the document's fault, not a caller's
    html, plain = _text(item.get("content_html")), _text(item.get("content_text"))
    attached = [part for part in _list(item.get("attachments")) if isinstance(part, dict)]
    authors = [*_list(item.get("authors")), item.get("author")]
    images = [part.get("url") for part in attached if _text(part.get("mime_type")).startswith("image/")]
    identity = item.get("id")
    return Told(
        id=str(identity) if isinstance(identity, int | float) else _text(identity),
        title=Markup(_text(item.get("title")), is_html=False),
        summary=Markup(_text(item.get("summary")), is_html=False),
        content=Markup(html or plain, is_html=bool(html)),
        links=_texts(item.get("url"), item.get("external_url"), identity),
        images=_texts(item.get("image"), item.get("banner_image"), *images),
        authors=_texts(*(author.get("name") for author in authors if isinstance(author, dict))),
        dates=_texts(item.get("date_published"), item.get("date_modified")),
        language=_text(item.get("language")),
    )


def _text(value: object) -> str:
    # JSON can hold halves of surrogate pairs, which no encoding can.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(text for value in values if (text := _text(value)))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _around(text: str) -> dict[str, Any]:
    """Return what a broken document says before its entries."""
    items = _ITEMS.search(text)
    try:
        told = json.loads(text[: items.start()].rstrip().rstrip(",") + "}") if items else {}
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _whole(text: str) -> Iterator[dict[str, Any]]:
    items = _ITEMS.search(text)
    at = text.find("{", items.end() if items else len(text))
    decoder = json.JSONDecoder()
    faults = 0
    while at >= 0 and faults < _MOST_FAULTS:
        end = at + 1
        try:
            found, after = decoder.raw_decode(text, at)
            if _OF_ENTRIES & found.keys():
                yield found
            end = after
        except (ValueError, RecursionError):
            faults += 1
        at = text.find("{", end)
