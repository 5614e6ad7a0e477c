from datetime import UTC, datetime
from itertools import product

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from bot.pages.dates import is_date, read_date
from bot.pages.wording import languages


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("domingo, 3 de marzo de 2019 a las 18:02", "2019-03-03T18:02"),
        ("03 mar 2019 - 18:02 CET", "2019-03-03T17:02"),
        ("Le 3 mars 2019 à 18h02", "2019-03-03T18:02"),
        ("mar. 5 mars 2019", "2019-03-05T00:00"),
        ("1er septembre 2019", "2019-09-01T00:00"),
        ("Sonntag, 3. März 2019, 18.02 Uhr", "2019-03-03T18:02"),
        ("03.04.2019, 18:02 Uhr", "2019-04-03T18:02"),
        ("3. März 2019 um 18:02 Uhr MEZ", "2019-03-03T17:02"),
        ("3 de março de 2019 às 18h02", "2019-03-03T18:02"),
        ("domenica 3 marzo 2019, ore 18:02", "2019-03-03T18:02"),
        ("3 марта 2019 г., 18:02 МСК", "2019-03-03T15:02"),
        ("18:02, 3 марта 2019 года", "2019-03-03T18:02"),
        ("الأحد، 3 مارس/آذار 2019", "2019-03-03T00:00"),
        ("٣ مارس ٢٠١٩", "2019-03-03T00:00"),
        ("3 تشرين الثاني 2019 م", "2019-11-03T00:00"),
        ("3 مارس 2019 6:02 م", "2019-03-03T18:02"),
        ("रविवार, 3 मार्च 2019, 18:02 IST", "2019-03-03T12:32"),
        ("३ मार्च २०१९", "2019-03-03T00:00"),
        ("zondag 3 maart 2019 om 18:02 uur", "2019-03-03T18:02"),
        ("3 marca 2019 r. godz. 18:02", "2019-03-03T18:02"),
        ("3 Mart 2019 Pazar 18:02", "2019-03-03T18:02"),
        ("2019年3月3日（日）18:02", "2019-03-03T18:02"),
        ("2019年03月03日 18時02分", "2019-03-03T18:02"),
    ],
)
def test_dates_are_read_in_other_languages(text: str, expected: str) -> None:
    assert read_date(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert is_date(text)


@pytest.mark.parametrize("place", ["(heure de Paris)", "Moscow time", "ET"])
def test_of_a_place_without_a_zone_only_the_day_is_read(place: str) -> None:
    assert read_date(f"3 March 2019, 18:02 {place}") == datetime(2019, 3, 3, tzinfo=UTC)


def test_no_name_of_a_month_means_two() -> None:
    names: dict[str, set[int]] = {}
    for code in languages():
        months = Locale.parse(code).months
        for context, width in product(("format", "stand-alone"), ("wide", "abbreviated")):
            for number, name in months[context][width].items():
                names.setdefault(name.lower().removesuffix("."), set()).add(number)
    assert {name: numbers for name, numbers in names.items() if len(numbers) > 1} == {}


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
        "12 hombres de 2019",
        "3 muertos en marzo de 2019",
        "Sonntag 2019",
        "марта 2019 года",
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
