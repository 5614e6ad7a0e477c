from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.dates import is_date, read_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 March 2019", "2019-03-03T00:00"),
        ("3rd March, 2019", "2019-03-03T00:00"),
        ("March 3, 2019", "2019-03-03T00:00"),
        ("Mar. 3, 2019", "2019-03-03T00:00"),
        ("Sunday, 3 March 2019", "2019-03-03T00:00"),
        ("Sept. 5, 2020", "2020-09-05T00:00"),
        ("3-Mar-2019", "2019-03-03T00:00"),
        ("2019/03/04", "2019-03-04T00:00"),
        ("March 3, 2019 6:02 pm IST", "2019-03-03T12:32"),
        ("March 3, 2019, 6:02 p.m. EST", "2019-03-03T23:02"),
        ("3 March 2019, 18.02", "2019-03-03T18:02"),
        ("3 March 2019 at 12am", "2019-03-03T00:00"),
        ("3 March 2019 18:02 (GMT+1)", "2019-03-03T17:02"),
        ("3 March 2019 18:02 UTC+5:30", "2019-03-03T12:32"),
        ("3 March 2019 00:30 CET", "2019-03-02T23:30"),
        ("Sun, 03 Mar 2019 10:00:00 +0200", "2019-03-03T08:00"),
        ("Sun 3 Mar 2019 10.02 GMT", "2019-03-03T10:02"),
        ("18:02 GMT, 3 March 2019", "2019-03-03T18:02"),
        ("MARCH 3, 2019 / 10:02 AM / 2 YEARS AGO", "2019-03-03T10:02"),
        ("2019-03-03", "2019-03-03T00:00"),
        ("2019-03-03T10:00:00Z", "2019-03-03T10:00"),
        ("2019-03-03 10:00", "2019-03-03T10:00"),
        ("2019-03-03T10:00:00+05:30", "2019-03-03T04:30"),
        ("03/03/2019", "2019-03-03T00:00"),
        ("13/04/2019", "2019-04-13T00:00"),
        ("4/13/2019", "2019-04-13T00:00"),
    ],
)
def test_printed_dates_are_read_in_utc(text: str, expected: str) -> None:
    assert read_date(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert is_date(text)


def test_of_an_uncertain_zone_only_the_day_is_read() -> None:
    assert read_date("3:04 PM ET, Sun March 3, 2019") == datetime(2019, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["03/04/2019", "31 February 2019", "3 March 1850", "3 March 2019 25:00", "0001-01-01T00:00:00+05:00"],
)
def test_no_date_is_invented_where_it_looks_like_one(text: str) -> None:
    assert read_date(text) is None
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019",
        "March 3",
        "May 2019",
        "3 March 2019 5",
        "In March 2019 3 people came",
        "20190303",
        "x" * 500,
    ],
)
def test_other_things_are_no_dates(text: str) -> None:
    assert read_date(text) is None
    assert not is_date(text)


_PIECES = "3 31 99 2019 0000 March Mar. Feb / - , : 10:00 25:99 pm IST +99:99 Z T at Sunday ( ) ago .".split()


@given(st.one_of(st.text(max_size=90), st.lists(st.sampled_from(_PIECES), max_size=9).map(" ".join)))
def test_any_text_is_read_or_not_without_an_error(text: str) -> None:
    found = read_date(text)
    assert found is None or (found.tzinfo is UTC and is_date(text))
