"""Records: pages as JSON objects, one a line (JSONL), as `newsdesk parse --json` prints them."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from bot.article import Page, Teaser
from bot.errors import BadRecord
from bot.pages.address import web_address
from bot.pages.dates import in_range, read_date, read_iso
from bot.text import clean

LONGEST_HEADLINE = 1_000
"""Characters. Of 211,333 real headlines the longest has 180; beyond this it is the text of a page."""

_LANGUAGE = re.compile(r"[a-z]{2}\b", re.IGNORECASE)
# Escapes of which JSON allows more than text can hold: halves of surrogate pairs, and NUL.
_SUSPECT = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)
_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


class _Unfit(Exception):
    """A record has a field of a wrong type; the message says which."""


def parse_record(line: str | bytes, number: int) -> Page:
    """Read one line of JSONL; `number` counts from 1. Raises BadRecord, and nothing else.

    `headline` is required. `body`, one string with its paragraphs on lines of their own, is read where
    there are no `paragraphs`; `published_at` where there is no `published`: ISO 8601 (UTC without a zone),
    a date as pages print it, or seconds since 1970. What has the right type but no use is dropped: dates
    that cannot be read, URLs that are not http. Unknown keys are ignored, and null is as good as absent.
    """
    try:
        return _page(_load(line))
    except _Unfit as error:
        raise BadRecord(line=number, cause=str(error)) from None


def page_record(page: Page) -> dict[str, Any]:
    """Return the JSON object of a page; parse_record of it gives the same page back, its blocks aside."""
    return {
        "headline": page.headline,
        "standfirst": page.standfirst,
        "paragraphs": list(page.paragraphs),
        "byline": list(page.byline),
        "published": page.published.isoformat() if page.published else None,
        "source": page.source,
        "url": page.url,
        "language": page.language,
        "image": page.image,
        "teasers": [{"headline": t.headline, "text": t.text, "url": t.url} for t in page.teasers],
        "blocks": [{"text": b.text, "role": b.role.value, "why": b.why} for b in page.blocks],
    }


def _load(line: str | bytes) -> dict[str, Any]:
    try:
        text = line if isinstance(line, str) else line.decode()
    except UnicodeDecodeError:
        raise _Unfit("it is not UTF-8") from None
    try:
        record = json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        raise _Unfit("it is not valid JSON") from None
    except RecursionError:
        raise _Unfit("it is nested too deeply") from None
    if not isinstance(record, dict):
        raise _Unfit("it is not a JSON object")
    if (_SUSPECT.search(text) or not text.isascii()) and _holds_no_text(record):
        raise _Unfit("it holds characters that are no text")
    return record


def _holds_no_text(record: dict[str, Any]) -> bool:
    waiting: list[Any] = [record]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if _NOT_TEXT.search(value):
                return True
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


def _page(record: dict[str, Any]) -> Page:
    get = record.get
    headline = _text(record, "headline")
    if headline is None:
        raise _Unfit("headline is missing" if get("headline") is None else "headline is empty")
    if len(headline) > LONGEST_HEADLINE:
        raise _Unfit(f"headline has {len(headline)} characters; at most {LONGEST_HEADLINE} are read")
    published = get("published")
    if published is None:
        published = get("published_at")
    return Page(
        headline=headline,
        standfirst=_text(record, "standfirst"),
        paragraphs=_paragraphs(record),
        byline=_byline(get("byline")),
        published=None if published is None else _moment(published),
        source=_text(record, "source"),
        url=_link(record, "url"),
        language=_language(record),
        image=_link(record, "image"),
        teasers=_teasers(get("teasers")),
    )


def _text(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Unfit(f"{key} is not a string")
    return clean(value) or None


def _paragraphs(record: dict[str, Any]) -> tuple[str, ...]:
    paragraphs = record.get("paragraphs")
    if paragraphs is None:
        body = record.get("body")
        if body is None:
            return ()
        if not isinstance(body, str):
            raise _Unfit("body is not a string")
        return _texts(body.splitlines())
    if not isinstance(paragraphs, list):
        raise _Unfit("paragraphs is not a list")
    if not all(isinstance(paragraph, str) for paragraph in paragraphs):
        raise _Unfit("paragraphs holds something else than strings")
    return _texts(paragraphs)


def _texts(lines: list[str]) -> tuple[str, ...]:
    return tuple(text for line in lines if (text := clean(line)))


def _byline(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _Unfit("byline is not a string or a list of strings")
    return _texts(names)


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        return read_iso(value) or read_date(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unfit("published is not a date")
    try:
        return in_range(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _link(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _Unfit(f"{key} is not a string")
    return web_address(value)


def _language(record: dict[str, Any]) -> str | None:
    value = _text(record, "language")
    code = value and _LANGUAGE.match(value)
    return code.group().lower() if code else None


def _teasers(value: object) -> tuple[Teaser, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _Unfit("teasers is not a list")
    return tuple(teaser for item in value if (teaser := _teaser(item)))


def _teaser(item: object) -> Teaser | None:
    if isinstance(item, str):
        item = {"headline": item}
    if not isinstance(item, dict):
        raise _Unfit("teasers holds something else than strings and objects")
    try:
        headline, text, url = _text(item, "headline"), _text(item, "text"), _link(item, "url")
    except _Unfit as error:
        raise _Unfit(f"a teaser's {error}") from None
    if headline is None:
        raise _Unfit("a teaser has no headline")
    return Teaser(headline=headline, text=text, url=url)
