"""What an answer's headers say about time: how long it stays fresh, and when to come back."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# Nobody means more, and what is added to a date must stay a date.
_LONGEST = timedelta(days=366)
_SECONDS = re.compile(r"[0-9]{1,12}")
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?([0-9]{1,12})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read Retry-After, given in seconds or as a date (RFC 9110, section 10.2.3); a date that is past means at once."""
    text = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        return _bounded(timedelta(seconds=int(text)))
    return _until(text, headers, now)


def max_age(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Read how long an answer stays fresh from now on (RFC 9111, section 4.2); None where it says nothing of it."""
    control = headers.get("Cache-Control", "")
    if _NOT_KEPT.search(control):
        return timedelta(0)
    if given := _MAX_AGE.search(control):
        age = headers.get("Age", "").strip()
        spent = int(age) if _SECONDS.fullmatch(age) else 0
        return _bounded(timedelta(seconds=int(given[1]) - spent))
    if "Expires" not in headers:
        return None
    # RFC 9111, section 5.3: what is no date, above all 0, is in the past.
    return _until(headers["Expires"], headers, now) or timedelta(0)


def _until(text: str, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Measure by the server's own clock where it shows it: it may be wrong, and both dates are told by it."""
    date = _date(text)
    return None if date is None else _bounded(date - (_date(headers.get("Date", "")) or now))


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _bounded(duration: timedelta) -> timedelta:
    return min(max(duration, timedelta(0)), _LONGEST)
