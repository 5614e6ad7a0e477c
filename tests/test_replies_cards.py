"""Cards keep to Discord's limits whatever an article says."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Article, Hit, Kind, Listing, Page, Related, Results, Similar, Story, Where
from bot.guilds import LANGUAGES, PAGE_SIZES, GuildSettings
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.cards import (
    page_count,
    related_card,
    reports_card,
    results_card,
    story_card,
    trouble_card,
)
from bot.replies.language import speaking
from bot.text import clean
from tests import hostile
from tests.discord_markdown import formats, links

NOW = hostile.NOW
ASKER = Audience(asker=1, prefix="!", choices=GuildSettings())
audiences = st.builds(
    lambda size, prefix, language: replace(
        ASKER, prefix=prefix, choices=GuildSettings(results=size), language=language
    ),
    st.sampled_from(PAGE_SIZES),
    st.sampled_from(["!", "/", "**", "newsdesk, "]),
    st.sampled_from(LANGUAGES),
)
OURS = {"bold", "italic", "code", "timestamp"}


def assert_fits(card: discord.Embed) -> None:
    assert limits.length(card.title or "") <= limits.EMBED_TITLE
    assert 0 < limits.length(card.description or "") <= limits.EMBED_DESCRIPTION
    assert limits.length(card.footer.text or "") <= limits.EMBED_FOOTER
    assert (
        sum(map(limits.length, (card.title or "", card.description or "", card.footer.text or ""))) <= 6_000
    )
    assert len(card.url or "") <= 2_048
    assert len(card.image.url or "") <= 2_048


def assert_harmless(card: discord.Embed, *addresses: str | None) -> None:
    """Only our own formats occur, and only articles' own addresses have a text of their own."""
    shown = f"{card.title}\n{card.description}"
    assert "@everyone" not in shown
    assert formats(shown) <= OURS
    masked = [target for label, target in links(card.description or "") if label != target]
    assert len(masked) <= len([address for address in addresses if address])
    assert all(target.startswith(("http://", "https://")) for target in masked)


@given(st.lists(hostile.hits, min_size=1, max_size=3), st.integers(1, 25), hostile.text, audiences)
def test_results_fit_and_leave_no_story_out(
    found: list[Hit], count: int, query: str, audience: Audience
) -> None:
    hits = tuple(
        replace(hit, listing=replace(hit.listing, id=number))
        for number in range(1, count + 1)
        for hit in [found[number % len(found)]]
    )
    results = Results(query=query, hits=hits)
    ids = []
    for page in range(page_count(results, audience)):
        with speaking(audience.language):
            card = results_card(results, page, audience)
        assert_fits(card)
        assert_harmless(card, *(hit.listing.url for hit in hits))
        ids += re.findall(r"^\*\*(\d+)\.\*\* `(\d+)` ", card.description or "", re.MULTILINE)
    assert ids == [(str(number), str(number)) for number in range(1, count + 1)]


@given(hostile.stories, st.none() | hostile.text, audiences)
def test_stories_fit(story: Story, found_by: str | None, audience: Audience) -> None:
    with speaking(audience.language):
        card = story_card(story, audience, found_by=found_by)
    assert_fits(card)
    assert_harmless(card)


@given(hostile.related, audiences)
def test_relatives_fit_and_no_similar_one_is_left_out(related: Related, audience: Audience) -> None:
    with speaking(audience.language):
        card = related_card(related, audience)
    assert_fits(card)
    assert_harmless(
        card, *(told.url for told in related.teasers), *(near.listing.url for near in related.similar)
    )
    assert (card.description or "").count("50 % ") == len(related.similar)


@given(hostile.many, audiences)
def test_reports_fit(reports: tuple[Listing, ...], audience: Audience) -> None:
    with speaking(audience.language):
        card = reports_card(reports, audience)
    assert_fits(card)
    assert_harmless(card, *(report.url for report in reports))


@given(st.text(min_size=1), st.lists(hostile.text, max_size=5))
def test_trouble_fits(sentence: str, suggestions: list[str]) -> None:
    assert_fits(trouble_card(sentence, suggestions))


@given(hostile.text, st.lists(hostile.text, max_size=3))
def test_no_more_than_six_hundred_characters_of_an_article_are_shown(
    headline: str, summary: list[str]
) -> None:
    page = Page(headline=headline)
    article = Article(id=1, kind=Kind.ARTICLE, page=page, added=NOW, updated=NOW)
    card = story_card(Story(article=article, summary=tuple(summary)), ASKER)
    written = re.sub(r"\\([^\w\s]|_)", r"\1", f"{card.title}{card.description}").replace("\u200b", "")
    assert len(written) <= limits.EXCERPT or "no text below" in written


def test_a_summary_is_cut_between_its_sentences() -> None:
    sentences = (f"{'A first one ' * 20}.", f"{'A second ' * 20}.", f"{'A third one ' * 20}.")
    article = Article(id=1, kind=Kind.ARTICLE, page=Page(headline="A headline"), added=NOW, updated=NOW)
    card = story_card(Story(article=article, summary=sentences), ASKER)
    assert card.description == " ".join(map(clean, sentences[:2]))


def test_a_stub_says_that_it_is_a_teaser() -> None:
    stub = Article(id=1, kind=Kind.STUB, page=Page(headline="A headline"), added=NOW, updated=NOW)
    assert "teaser" in (story_card(Story(article=stub, summary=()), ASKER).description or "")


LISTING = Listing(id=7, kind=Kind.ARTICLE, headline="See [this]", url="https://www.news.example/7", added=NOW)


def described(listing: Listing, **of_hit: str) -> str:
    hit = Hit(listing=listing, score=1, where=Where.HEADLINE, **of_hit)  # type: ignore[arg-type]  # only texts here
    return results_card(Results(query="x", hits=(hit,)), 0, ASKER).description or ""


def test_the_articles_own_address_is_the_only_masked_link() -> None:
    description = described(replace(LISTING, headline="See [this](http://evil.example)"))
    assert "](https://www.news.example/7)" not in description, "a text with an address in it is not masked"
    description = described(LISTING)
    assert r"**1.** `7` [See \[this\]](https://www.news.example/7)" in description
    assert "*news.example*" in description, "its host stands beside it"
    assert "*The Post · news.example*" in described(replace(LISTING, source="The Post"))
    assert "*news.example*" in described(replace(LISTING, source="news.example")), "once is enough"


def test_the_end_of_a_long_host_is_shown() -> None:
    description = described(replace(LISTING, url=f"https://bank.com.{'a' * 60}.evil.example/"))
    assert re.search(r"\*…a+\.evil\.example\*", description)


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        (datetime(2020, 5, 4, tzinfo=UTC), "<t:1588593600:D>"),
        (datetime(2020, 5, 4, 17, 30, tzinfo=UTC), "<t:1588613400:f>"),
    ],
)
def test_a_time_is_shown_where_one_is_known(published: datetime, shown: str) -> None:
    assert shown in described(replace(LISTING, published=published))


def test_a_story_without_a_headline_can_be_seen() -> None:
    assert "[(no headline)](https" in described(replace(LISTING, headline="\u200b\u202e"))


def test_related_stories_stand_in_two_lists() -> None:
    teasers = tuple(replace(LISTING, id=number, headline=f"Teased {number}") for number in range(1, 12))
    similar = (Similar(listing=replace(LISTING, id=40, headline="Alike"), score=0.25),)
    lines = (
        related_card(Related(article=LISTING, teasers=teasers, similar=similar), ASKER).description or ""
    ).split("\n")
    assert lines[0] == "**On the page**"
    assert "*and 3 more stories*" in lines
    assert lines[-3:] == ["**Similar**", "`40` [Alike](https://www.news.example/7)", lines[-1]]
    assert "25 % alike" in lines[-1]
    assert "nothing in the store is like it" in (
        related_card(Related(article=LISTING, teasers=(), similar=()), ASKER).description or ""
    )
