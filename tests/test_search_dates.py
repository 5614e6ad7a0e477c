from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.search.dates import day, start

WEDNESDAY = datetime(2020, 5, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-05-04", date(2020, 5, 4)),
        ("2020-05", date(2020, 5, 1)),
        ("2020", date(2020, 1, 1)),
        ("today", date(2020, 5, 6)),
        ("Yesterday", date(2020, 5, 5)),
        ("wednesday", date(2020, 5, 6)),
        ("wed", date(2020, 5, 6)),
        ("Thursday", date(2020, 4, 30)),
        ("tue", date(2020, 5, 5)),
        ("0d", date(2020, 5, 6)),
        ("7d", date(2020, 4, 29)),
        ("2W", date(2020, 4, 22)),
        ("3m", date(2020, 2, 6)),
        ("17m", date(2018, 12, 6)),
        ("9999m", date(1187, 2, 6)),
        ("blah", None),
        ("99x", None),
        ("12345d", None),
        ("-3d", None),
        ("2020-13-01", None),
        ("2020-02-30", None),
        ("0000", None),
        ("٢٠٢٠", None),
        ("we", None),
        ("", None),
    ],
)
def test_days(text: str, expected: date | None) -> None:
    assert day(text, WEDNESDAY, UTC) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2020, 5, 31), date(2020, 2, 29)),
        (date(2021, 5, 31), date(2021, 2, 28)),
        (date(2020, 3, 31), date(2019, 12, 31)),
        (date(2020, 1, 1), date(2019, 10, 1)),
    ],
)
def test_three_months_ago_is_the_last_day_of_a_shorter_month(today: date, expected: date) -> None:
    assert day("3m", datetime(today.year, today.month, today.day, tzinfo=UTC), UTC) == expected


def test_the_zone_decides_which_day_it_is_and_when_it_begins() -> None:
    late = datetime(2020, 5, 6, 23, tzinfo=UTC)
    tokyo = ZoneInfo("Asia/Tokyo")
    assert day("today", late, UTC) == date(2020, 5, 6)
    assert day("today", late, tokyo) == date(2020, 5, 7)
    assert day("thu", late, tokyo) == date(2020, 5, 7)
    assert start(date(2020, 5, 7), UTC) - start(date(2020, 5, 7), tokyo) == 9 * 3600


@given(st.text(max_size=12), st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)))  # noqa: DTZ001 - Hypothesis adds the zone
def test_any_word_is_a_day_or_none(text: str, now: datetime) -> None:
    found = day(text, now, UTC)
    assert found is None or start(found, UTC) < now.timestamp() + timedelta(days=3_000_000).total_seconds()


@given(
    st.integers(0, 9999),
    st.sampled_from("dwm"),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)),  # noqa: DTZ001 - Hypothesis adds the zone
)
def test_what_is_ago_is_not_in_the_future(count: int, unit: str, now: datetime) -> None:
    found = day(f"{count}{unit}", now, UTC)
    assert found is not None
    assert found <= now.date()
