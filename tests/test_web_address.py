"""What is read without the web: addresses, settings, and headers about time."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadSetting
from bot.failures import BadAddress
from bot.settings import Settings, read_settings
from bot.web import read_address, shown
from bot.web.caching import max_age, retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


LATER = "Sun, 01 Mar 2026 13:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "0"}, timedelta(0)),
        ({"Retry-After": " 120 "}, timedelta(minutes=2)),
        ({"Retry-After": LATER}, timedelta(hours=1)),
        ({"Retry-After": LATER, "Date": "Sun, 01 Mar 2026 12:50:00 GMT"}, timedelta(minutes=10)),
        ({"Retry-After": "Sun, 01 Mar 2020 12:00:00 GMT"}, timedelta(0)),
        ({"Retry-After": "999999999999"}, timedelta(days=366)),
        ({"Retry-After": "9" * 5000}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Sun, 99 Mar 2026 12:00:00 GMT"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: Mapping[str, str], wait: timedelta | None) -> None:
    assert retry_after(headers, NOW) == wait


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, None),
        ({"Cache-Control": "public"}, None),
        ({"Cache-Control": "max-age=60"}, timedelta(minutes=1)),
        ({"Cache-Control": 'PRIVATE,Max-Age="60"'}, timedelta(minutes=1)),
        ({"Cache-Control": "max-age=60", "Age": "45"}, timedelta(seconds=15)),
        ({"Cache-Control": "max-age=60", "Age": "90"}, timedelta(0)),
        ({"Cache-Control": "max-age=60, no-cache"}, timedelta(0)),
        ({"Cache-Control": "no-store"}, timedelta(0)),
        ({"Cache-Control": "max-age=60", "Expires": LATER}, timedelta(minutes=1)),
        ({"Cache-Control": "max-age=999999999999"}, timedelta(days=366)),
        ({"Expires": LATER}, timedelta(hours=1)),
        ({"Expires": LATER, "Date": "Sun, 01 Mar 2026 12:59:00 GMT"}, timedelta(minutes=1)),
        ({"Expires": "0"}, timedelta(0)),
        ({"Expires": "Mon, 01 Jan 0001 00:00:00 +2359"}, timedelta(0)),
    ],
)
def test_freshness_is_read_from_either_header(headers: Mapping[str, str], fresh: timedelta | None) -> None:
    assert max_age(headers, NOW) == fresh


@given(st.text(), st.text(), st.text())
def test_no_header_about_time_raises(one: str, other: str, date: str) -> None:
    for headers in (
        {"Retry-After": one, "Date": date},
        {"Cache-Control": one, "Age": other},
        {"Expires": one},
    ):
        retry_after(headers, NOW)
        max_age(headers, NOW)


@pytest.mark.parametrize(
    ("given_at", "to", "kept"),
    [
        ("http://u:p@news.example/", "https://news.example/feed", True),
        ("https://u:p@news.example/", "http://news.example/feed", False),
        ("http://u:p@news.example:8080/", "https://news.example/feed", False),
        ("https://u:p@news.example/", "https://news.example:8443/feed", False),
        ("https://u:p@news.example/", "https://feeds.news.example/", False),
        ("https://u:p@news.example/", "feed", True),
    ],
)
def test_credentials_follow_to_https_of_the_same_host_only(given_at: str, to: str, *, kept: bool) -> None:
    assert (read_address(given_at).leads_to(to).authorization is not None) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "news",
        "news.example/feed",
        "ftp://news.example/",
        "http://",
        "http:///feed",
        "http://:80/",
        "javascript:1",
        "http://a b.example/",
        "http://news.example:0/",
        "http://news.example:99999/",
        "http://a..example/",
        "http://[::1",
        "http://news.example/\nX: 1",
        "http://news.example\\@10.0.0.1/",
        f"http://{'a' * 64}.example/",
        "http://x/" + "a" * 9000,
    ],
)
def test_what_is_no_address_is_said(text: str) -> None:
    with pytest.raises(BadAddress):
        read_address(text)


@pytest.mark.parametrize(
    ("text", "pair", "host"),
    [
        ("http://News.Example", "news.example:80", "news.example"),
        (" HTTPS://news.example/feed#part ", "news.example:443", "news.example"),
        ("https://news.example:8443/", "news.example:8443", "news.example:8443"),
        ("https://bücher.example/ä", "xn--bcher-kva.example:443", "xn--bcher-kva.example"),
        ("http://[2001:DB8:0::1]/", "[2001:db8::1]:80", "[2001:db8::1]"),
        ("http://１２７.０.０.１:8080/", "127.0.0.1:8080", "127.0.0.1:8080"),
    ],
)
def test_an_address_is_read(text: str, pair: str, host: str) -> None:
    address = read_address(text)
    assert (address.pair, address.host) == (pair, host)
    assert "#" not in str(address.url)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("https://news.example/feed?page=2", "https://news.example/feed?page=2"),
        ("https://reader:sesame@news.example/feed", "https://***@news.example/feed"),
        ("https://sesame@news.example/feed", "https://***@news.example/feed"),
        ("https://news.example/f?token=sesame&a=1", "https://news.example/f?token=***&a=1"),
        ("https://news.example/f?a=1&API_KEY=sesame", "https://news.example/f?a=1&API_KEY=***"),
        ("https://news.example/f?keyword=syria", "https://news.example/f?keyword=syria"),
        ("https://reader:ses/ame@news.example/feed", "https://***@news.example/feed"),
        ("ftp://reader:sesame@news.example/", "***@news.example/"),
        ("reader:sesame@news.example", "***@news.example"),
        ("no address", "no address"),
    ],
)
def test_an_address_is_shown_without_its_secrets(text: str, seen: str) -> None:
    assert shown(text) == seen


@given(st.text() | st.builds("//{}".format, st.text()) | st.builds("http://{}".format, st.text()))
def test_any_place_is_an_address_of_the_web_or_a_bad_one(location: str) -> None:
    with suppress(BadAddress):
        target = read_address("https://u:p@news.example/").leads_to(location)
        assert target.given.scheme in {"http", "https"}
        assert target.authorization is None or target.host == "news.example"


@given(st.text(), st.sampled_from(["http://{}/", "https://u:{}@h/", "{}", "https://h/{}"]))
def test_whatever_was_typed_can_be_shown(text: str, shape: str) -> None:
    shown(shape.format(text))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FETCH_PORTS", "web"),
        ("FETCH_PORTS", "0"),
        ("FETCH_PORTS", "80;443"),
        ("FETCH_PORTS", "65536"),
        ("FETCH_PORTS", "٨٠"),
    ]
    + [
        ("FETCH_ALLOW_HOSTS", value)
        for value in ("intranet", "intranet:0", "http://intranet:80", "a@b:80", "::1:80")
    ]
    + [("CONTACT", "me\r\nX: 1"), ("CONTACT", "(me)")],
)
def test_a_setting_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"NEWSDESK_{name}", value)
    with pytest.raises(BadSetting, match=f"NEWSDESK_{name}"):
        read_settings()


def test_settings_of_the_web_are_lists_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDESK_FETCH_PORTS", "80, 8080")
    monkeypatch.setenv("NEWSDESK_FETCH_ALLOW_HOSTS", "intranet:8080, [::1]:81,")
    settings = read_settings()
    assert settings.ports == {80, 8080}
    assert settings.allowed_hosts == ("intranet:8080", "[::1]:81")
    assert Settings(_env_file=None, fetch_ports="").ports == {80, 443}
