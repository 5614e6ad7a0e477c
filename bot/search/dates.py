"""Days as people type them: 2020-05-04, today, friday, 7d. Pure: the present moment and the zone are given."""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta, tzinfo

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMED = {"today": 0, "yesterday": 1}
_WEEKDAY = {name[:length]: at for at, name in enumerate(_WEEKDAYS) for length in (3, len(name))}
# Reduced precision as ISO 8601 has it: a month or a year stands for its first day.
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_AGO = re.compile(r"(\d{1,4})([dwm])", re.ASCII)


def day(text: str, now: datetime, zone: tzinfo) -> date | None:
    """Return the day that a word means to someone in a zone; None if it means none.

    A weekday is the last one, today included. `7d`, `2w` and `3m` are that many days, weeks and calendar
    months ago; where that month is shorter, its last day.
    """
    text = text.casefold()
    today = now.astimezone(zone).date()
    if text in _NAMED:
        return today - timedelta(days=_NAMED[text])
    if text in _WEEKDAY:
        return today - timedelta(days=(today.weekday() - _WEEKDAY[text]) % 7)
    if written := _ISO.fullmatch(text):
        year, month, day_of_month = (int(part or 1) for part in written.groups())
        try:
            return date(year, month, day_of_month)
        except ValueError:
            return None
    if ago := _AGO.fullmatch(text):
        return _before(today, int(ago[1]), ago[2])
    return None


def _before(today: date, count: int, unit: str) -> date:
    if unit != "m":
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def start(of: date, zone: tzinfo) -> int:
    """Return the second at which a day begins in a zone."""
    return int(datetime(of.year, of.month, of.day, tzinfo=zone).timestamp())
