"""Dates as news pages print them. Strict: what is not wholly understood is no date, and none is invented."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import chain

from bot.pages.datewords import in_english

_EARLIEST_YEAR = 1900
_LATEST_YEAR = 2100
"""Years between which a saved page can have been published; outside, something was misread."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

# Hours east of UTC of the abbreviations that mean one zone to those who print them: the American ones
# as RFC 5322 has them; IST is India's, whose papers print it on every page. ET, PT and the like
# depend on the season and are left out: of such a line the day is read and the time is not.
_ZONES = {
    "utc": 0.0, "gmt": 0.0, "z": 0.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0,
    "mdt": -6.0, "pst": -8.0, "pdt": -7.0, "bst": 1.0, "wet": 0.0, "west": 1.0, "cet": 1.0, "cest": 2.0,
    "eet": 2.0, "eest": 3.0, "trt": 3.0, "brt": -3.0, "art": -3.0, "msk": 3.0, "pkt": 5.0, "ist": 5.5, "wib": 7.0, "sgt": 8.0, "hkt": 8.0,
    "awst": 8.0, "jst": 9.0, "kst": 9.0, "aest": 10.0, "aedt": 11.0, "nzst": 12.0, "nzdt": 13.0,
}  # fmt: skip

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|[.ºª])?"
_YEAR = r"(?P<year>\d{4})"
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?)?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?\s*(?:hrs\.?|hours|h)?"
    r"(?:\s*\(?(?P<zone>[a-z]{1,4}\b)?\s*(?P<offset>[+-]\d{1,2}:?(?:\d{2})?)?\)?)?"
)
_GAP = r"\s*(?:[,|/·•–—-]|\bat\b|\bon\b)?\s*"
_DAYS = (
    rf"{_DAY}\s*(?:of\s+)?{_MONTH},?\s*{_YEAR}",
    rf"{_DAY}-{_MONTH}-{_YEAR}",
    rf"{_MONTH}\s*{_DAY},?\s+{_YEAR}",
    rf"{_YEAR}\s+{_MONTH}\s+{_DAY}",
    r"(?P<first>\d{1,2})(?P<sep>[/.-])(?P<other>\d{1,2})(?P=sep)(?P<year>\d{4})",
    r"(?P<year>\d{4})(?P<sep>[/.-])(?P<number>\d{1,2})(?P=sep)(?P<day>\d{1,2})",
)
_AGO = (
    r"(?:\s*[/|]\s*(?:an?|\d+)\s+\w+\s+ago|\s*\(?local time\)?"
    r"|\s*(?P<elsewhere>\([^\W\d_]+(?:\s[^\W\d_]+){1,3}\)|[^\W\d_]+\stime))?"
)
_PRINTED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for day in _DAYS
    for pattern in (
        rf"{_WEEKDAY}{day}(?:{_GAP}{_TIME})?{_AGO}",
        rf"{_TIME}{_GAP}{_WEEKDAY}{day}{_AGO}",
    )
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?)?\Z")
_DIGITS_OF_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MAX_PRINTED = 80
"""Characters of the longest printed date, weekday, zone and all."""


def read_date(text: str) -> datetime | None:
    """Read a printed date in UTC: midnight without a time, UTC without a zone; None for what is no date.

    Months may be in any language of phrases/. Days like 3/4/2019, which two halves of the world read
    differently, are not read; 13/4/2019 is, and 3.4.2019, as points stand between day, month and year only.
    """
    text = text.strip()
    if not _can_be(text):
        return None
    return (read_iso(text) if _ISO.match(text) else None) or _read_printed(text)


def read_iso(text: str) -> datetime | None:
    """Read a date in ISO 8601; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return in_range(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def in_range(moment: datetime) -> datetime | None:
    """Return the moment if a page can have been published then."""
    return moment if _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR else None


def is_date(text: str) -> bool:
    """Tell whether text has the form of a date, be it one that cannot be or that can be read in two ways."""
    text = text.strip()
    return _can_be(text) and (_ISO.match(text) is not None or _match(text) is not None)


def _can_be(text: str) -> bool:
    return 0 < len(text) <= _MAX_PRINTED and _DIGITS_OF_YEAR.search(text) is not None


def _match(text: str) -> re.Match[str] | None:
    """Match a date; a reading in which a word would be a zone that nobody knows is the last choice."""
    uncertain = None
    for match in _matches(text):
        if (match["zone"] or "utc").lower() in _ZONES:
            return match
        uncertain = uncertain or match
    return uncertain


def _matches(text: str) -> Iterator[re.Match[str]]:
    for reading in chain((text,), in_english(text)):
        for pattern in _PRINTED:
            match = pattern.fullmatch(reading)
            if match and (not match["hour"] or match["minute"] or match["half"]):
                yield match


def _read_printed(text: str) -> datetime | None:
    match = _match(text)
    if match is None:
        return None
    found = {name: value or "" for name, value in match.groupdict().items()}
    try:
        day, month = _day_and_month(found)
        moment = datetime(int(found["year"]), month, day, tzinfo=UTC)
        if found["hour"]:
            moment += _clock(found)
        return in_range(moment)
    except (ValueError, OverflowError):
        return None


def _day_and_month(found: dict[str, str]) -> tuple[int, int]:
    """Return the day and the month; raise ValueError if they could be taken for one another."""
    if month := found.get("month"):
        return int(found["day"]), _MONTHS[month.lower()]
    if number := found.get("number"):
        return int(found["day"]), int(number)
    first, other = int(found["first"]), int(found["other"])
    if first > 12 or first == other or found["sep"] == ".":
        return first, other
    if other > 12:
        return other, first
    raise ValueError


def _clock(found: dict[str, str]) -> timedelta:
    """Return what to add to the day's midnight to have the moment in UTC: nothing if the zone is unknown.

    Raises ValueError for a time that no clock shows.
    """
    hour, half = int(found["hour"]), found["half"].lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    shown = time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    zone = found["zone"].lower() or "utc"
    if zone not in _ZONES or found["elsewhere"]:
        return timedelta()
    east = timedelta(hours=_ZONES[zone])
    if found["offset"] and not east:
        east = _offset(found["offset"])
    return timedelta(hours=shown.hour, minutes=shown.minute, seconds=shown.second) - east


def _offset(text: str) -> timedelta:
    """Read +1, +0530 or +05:30."""
    digits = text[1:].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    east = timedelta(hours=int(hours), minutes=int(minutes))
    return -east if text[0] == "-" else east
