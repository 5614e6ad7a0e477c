from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Page, Teaser
from bot.ingest.identity import canonical_url, content_hash, keys_of

SAME = "news.example/a/b"


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a/b",
        "http://news.example/a/b",
        "HTTPS://WWW.News.Example/a/b",
        "https://news.example:443/a/b",
        "http://news.example:80/a/b/",
        "https://news.example/a/b///",
        "https://news.example/a/b#comments",
        "https://news.example/a/b?utm_source=rss&UTM_medium=x&fbclid=1&gclid=2",
        "  https://news.example./a/b?  ",
    ],
)
def test_addresses_of_one_page_are_one(url: str) -> None:
    assert canonical_url(url) == SAME


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/A/b",
        "https://news.example:8080/a/b",
        "https://m.news.example/a/b",
        "https://news.example/a/b?id=1",
        "https://news.example/a",
        "https://news.example/a/b/index.html",
    ],
)
def test_addresses_of_other_pages_differ(url: str) -> None:
    assert canonical_url(url) not in {None, SAME}


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b", "news", "https://", "http://[::1", "http://host:port/", "tag:x"]
)
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical_url(url) is None


def test_the_order_of_a_query_does_not_matter() -> None:
    assert canonical_url("https://x.example/?b=2&a=1&c=") == canonical_url("http://x.example?c=&a=1&b=2")


@given(st.text())
def test_any_text_is_taken(url: str) -> None:
    canonical_url(url)
    canonical_url(f"https://{url}")
    keys_of(Page(headline=url or "x", standfirst=url, url=url))


@given(
    st.from_regex(
        r"https?://[a-z]{1,9}\.example(/[a-z%0-9]{0,9}){0,3}(\?([a-z]=[a-z0-9%]{0,4}&?){0,3})?",
        fullmatch=True,
    )
)
def test_canonical_addresses_stay_as_they_are(url: str) -> None:
    once = canonical_url(url)
    assert once is not None
    assert canonical_url(f"https://{once}") == once


def test_case_accents_and_punctuation_do_not_part_stories() -> None:
    one = keys_of(Page(headline="Élysée: Macron’s “choice”!", standfirst="It was — he said — no choice."))
    assert one == keys_of(Page(headline="ELYSEE Macron's choice", standfirst="it was, he said, no choice"))


def test_the_lead_needs_sixty_characters() -> None:
    assert keys_of(Page(headline="x", standfirst="a" * 59)).lead is None
    long = "word " * 30
    assert (
        keys_of(Page(headline="x", standfirst=long)).lead
        == keys_of(Page(headline="y", standfirst=long + "z")).lead
    )


def test_a_teaser_s_cut_text_has_the_lead_of_its_page() -> None:
    text = "Traffic crossed the harbour bridge on Monday for the first time since a freighter damaged it."
    whole = keys_of(Page(headline="x", paragraphs=(text,)))
    assert keys_of(Page(headline="x", standfirst=text[:75] + "...")).lead == whole.lead is not None


def test_headlines_without_words_are_told_apart() -> None:
    assert keys_of(Page(headline="!!!")).headline != keys_of(Page(headline="???")).headline


def test_every_field_that_is_stored_counts() -> None:
    page = Page(headline="x")
    changes: dict[str, Any] = {
        "headline": "y",
        "standfirst": "s",
        "paragraphs": ("p",),
        "byline": ("b",),
        "published": datetime(2020, 1, 1, tzinfo=UTC),
        "source": "s",
        "url": "u",
        "language": "en",
        "image": "i",
        "teasers": (Teaser(headline="t"),),
    }
    assert changes.keys() == {field.name for field in fields(Page)} - {"blocks"}
    hashes = {content_hash(replace(page, **{name: value})) for name, value in changes.items()}
    assert len(hashes | {content_hash(page)}) == len(changes) + 1


def test_one_moment_in_two_zones_is_the_same_content() -> None:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=5)))
    assert content_hash(Page(headline="x", published=moment)) == content_hash(
        Page(headline="x", published=elsewhere)
    )
