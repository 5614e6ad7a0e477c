import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.article import Page, Teaser
from bot.errors import BadRecord
from bot.pages import page_record, parse_record

_MOMENT = datetime(2019, 3, 3, 10, 0, tzinfo=UTC)


def read(**fields: Any) -> Page:
    return parse_record(json.dumps({"headline": "Two ministers meet", **fields}), 1)


def test_a_headline_is_enough() -> None:
    assert parse_record(b'{"headline": " Two\\u00a0ministers  meet "}', 1) == Page(
        headline="Two ministers meet"
    )


def test_all_fields_are_read() -> None:
    page = read(
        standfirst="They met.",
        paragraphs=["One.", " ", "Two.\nlines"],
        byline=["Jane Roe", "John Doe"],
        published="2019-03-03T12:00:00+02:00",
        source="Example Wire",
        url="https://example.org/a?b=c",
        language="en-GB",
        image="https://example.org/a.jpg",
        teasers=["A headline", {"headline": "Another", "text": "Words...", "url": "https://example.org/b"}],
        blocks=[{"text": "ignored", "role": "headline", "why": ""}],
        unknown={"more": [1, 2]},
    )
    assert page == Page(
        headline="Two ministers meet",
        standfirst="They met.",
        paragraphs=("One.", "Two. lines"),
        byline=("Jane Roe", "John Doe"),
        published=_MOMENT,
        source="Example Wire",
        url="https://example.org/a?b=c",
        language="en",
        image="https://example.org/a.jpg",
        teasers=(
            Teaser(headline="A headline"),
            Teaser(headline="Another", text="Words...", url="https://example.org/b"),
        ),
    )


@pytest.mark.parametrize("body", ["One.\n\nTwo.", "One.\r\nTwo.", "\n One. \n \n\nTwo.\n"])
def test_a_body_is_cut_into_paragraphs(body: str) -> None:
    assert read(body=body).paragraphs == ("One.", "Two.")
    assert read(body=body, paragraphs=["Three."]).paragraphs == ("Three.",)


@pytest.mark.parametrize(
    "value",
    ["2019-03-03T10:00:00Z", "2019-03-03T10:00:00", "2019-03-03 15:30+05:30", 1551607200, 1551607200.0],
)
def test_dates_are_read_in_utc(value: object) -> None:
    assert read(published=value).published == _MOMENT
    assert read(published_at=value).published == _MOMENT


@pytest.mark.parametrize(
    "value",
    ["soon", "", "03/04/2019", "1066-10-14", "9999-12-31T23:59:59-12:00", 10**12, -(10**15), 1e300, -1e11],
)
def test_dates_that_cannot_be_are_none(value: object) -> None:
    assert read(published=value).published is None


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/a",
        "javascript:alert(1)",
        "example.org/a",
        "https://",
        "http://[::1",
        "https://example.org:99999/",
        "https://user:password@example.org/",
        "https://example.org/a b",
        "https://example.org/\u202eb",
        "",
    ],
)
def test_what_is_no_web_address_is_dropped(url: str) -> None:
    assert read(url=url, image=url, teasers=[{"headline": "A", "url": url}]) == read(teasers=["A"])


def test_null_is_as_good_as_absent() -> None:
    keys = (
        "standfirst paragraphs body byline published published_at source url language image teasers".split()
    )
    assert read(**dict.fromkeys(keys)) == read()
    assert read(paragraphs=[], byline=[], teasers=[], standfirst="", language="") == read()


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{}", "headline is missing"),
        ('{"headline": null}', "headline is missing"),
        ('{"headline": " "}', "headline is empty"),
        ('{"headline": 5}', "headline is not a string"),
        ('{"headline": "A", "standfirst": ["b"]}', "standfirst is not a string"),
        ('{"headline": "A", "paragraphs": "b"}', "paragraphs is not a list"),
        ('{"headline": "A", "paragraphs": [1]}', "paragraphs holds something else than strings"),
        ('{"headline": "A", "body": 1}', "body is not a string"),
        ('{"headline": "A", "byline": {}}', "byline is not a string or a list of strings"),
        ('{"headline": "A", "published": true}', "published is not a date"),
        ('{"headline": "A", "published": []}', "published is not a date"),
        ('{"headline": "A", "url": 1}', "url is not a string"),
        ('{"headline": "A", "teasers": "b"}', "teasers is not a list"),
        ('{"headline": "A", "teasers": [1]}', "teasers holds something else than strings and objects"),
        ('{"headline": "A", "teasers": [{"text": "b"}]}', "a teaser has no headline"),
        ('{"headline": "A", "teasers": [{"headline": 1}]}', "a teaser's headline is not a string"),
        ("[]", "it is not a JSON object"),
        ("{", "it is not valid JSON"),
        ("", "it is not valid JSON"),
        (b'{"headline": "\xff"}', "it is not UTF-8"),
        ('{"headline": "\\ud800"}', "it holds characters that are no text"),
        ('{"headline": "\ud800"}', "it holds characters that are no text"),
        ('{"headline": "A\\u0000"}', "it holds characters that are no text"),
        ('{"headline": "A", "b": [{"\\uDFFF": 1}]}', "it holds characters that are no text"),
        ('{"headline": ' + "[" * 100_000, "it is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said(line: str | bytes, cause: str) -> None:
    with pytest.raises(BadRecord) as raised:
        parse_record(line, 7)
    assert raised.value.params == {"line": 7, "cause": cause}


def test_pairs_of_surrogates_and_backslashes_are_text() -> None:
    assert (
        parse_record('{"headline": "\\ud83d\\ude80 \\\\ud800 \\\\u0000"}', 1).headline == "🚀 \\ud800 \\u0000"
    )


_KEYS = "headline standfirst paragraphs body byline published published_at source url language image teasers text".split()
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["https://example.org/", "2019-03-03"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON) | _JSON)
@example({"headline": "A", "published": float("nan")})
@example({"headline": "A", "published": float("-inf")})
@example({"headline": "A", "published": 10**400})
def test_every_line_is_a_page_or_a_bad_record(value: object) -> None:
    for line in (json.dumps(value), json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")):
        try:
            page = parse_record(line, 1)
        except BadRecord:
            continue
        assert page.headline
        assert parse_record(json.dumps(page_record(page)), 1) == page


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_every_junk_is_a_bad_record(line: str | bytes) -> None:
    with pytest.raises(BadRecord):
        parse_record(line, 1)
