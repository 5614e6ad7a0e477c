"""Cards keep to Discord's limits whatever an article says."""

from datetime import UTC, datetime

import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.article import Article, Hit, Kind, Listing, Page, Related, Results, Similar, Story, Where
from bot.replies import limits
from bot.replies.cards import PAGE_SIZE, help_card, related_card, results_card, story_card, trouble_card

NOW = datetime(2026, 1, 2, tzinfo=UTC)

text = st.one_of(
    st.text(max_size=300),
    st.sampled_from(
        ["*" * 3000, "[x](http://y)" * 300, "word " * 900, "𝔘" * 2500, "@everyone", "http://" + "a" * 900]
    ),
)
maybe = st.none() | text
listings = st.builds(
    Listing,
    id=st.integers(1, 2**31 - 1),
    kind=st.sampled_from(Kind),
    headline=text,
    source=maybe,
    published=st.none() | st.just(NOW),
    url=maybe,
    added=st.just(NOW),
)
hits = st.builds(
    Hit,
    listing=listings,
    score=st.floats(0, 1),
    where=st.sampled_from(Where),
    matched=st.just(("word", "x")),
    excerpt=maybe,
)
pages = st.builds(
    Page,
    headline=text,
    standfirst=maybe,
    byline=st.lists(text, max_size=4).map(tuple),
    published=st.none() | st.just(NOW),
    source=maybe,
    url=maybe,
    image=maybe,
)
stories = st.builds(
    Story,
    article=st.builds(
        Article,
        id=st.integers(1, 999),
        kind=st.sampled_from(Kind),
        page=pages,
        added=st.just(NOW),
        updated=st.just(NOW),
    ),
    summary=st.lists(text, max_size=3).map(tuple),
)


def assert_fits(card: discord.Embed) -> None:
    assert limits.length(card.title or "") <= limits.EMBED_TITLE
    assert 0 < limits.length(card.description or "") <= limits.EMBED_DESCRIPTION
    assert limits.length(card.footer.text or "") <= limits.EMBED_FOOTER
    assert len(card) <= limits.EMBED_TOTAL
    assert "@everyone" not in (card.description or "") + (card.title or "")


@given(st.lists(hits, min_size=1, max_size=12), text)
def test_results_fit(found: list[Hit], query: str) -> None:
    results = Results(query=query, hits=tuple(found))
    for page in range(-(-len(found) // PAGE_SIZE)):
        assert_fits(results_card(results, page, "!"))


@given(stories, maybe)
def test_stories_fit(story: Story, found_by: str | None) -> None:
    assert_fits(story_card(story, "!", found_by=found_by))


@given(listings, st.lists(listings, max_size=8), st.lists(listings, max_size=6))
def test_relatives_fit(article: Listing, teasers: list[Listing], similar: list[Listing]) -> None:
    found = tuple(Similar(listing=listing, score=0.5) for listing in similar)
    assert_fits(related_card(Related(article=article, teasers=tuple(teasers), similar=found), "!"))


@given(st.text(min_size=1), st.lists(text, max_size=5))
def test_trouble_fits(sentence: str, suggestions: list[str]) -> None:
    assert_fits(trouble_card(sentence, suggestions))


def test_no_more_than_six_hundred_characters_of_an_article_are_shown() -> None:
    page = Page(headline="A headline")
    article = Article(id=1, kind=Kind.ARTICLE, page=page, added=NOW, updated=NOW)
    card = story_card(Story(article=article, summary=("A long sentence. " * 30, "Another one. " * 30)), "!")
    assert len(card.description or "") <= limits.EXCERPT


def test_a_stub_says_that_it_is_a_teaser() -> None:
    stub = Article(id=1, kind=Kind.STUB, page=Page(headline="A headline"), added=NOW, updated=NOW)
    assert "teaser" in (story_card(Story(article=stub, summary=()), "!").description or "")


def test_the_articles_own_address_is_the_only_masked_link() -> None:
    listing = Listing(
        id=7,
        kind=Kind.ARTICLE,
        headline="See [this](http://evil.example)",
        url="https://news.example/7",
        added=NOW,
    )
    results = Results(query="x", hits=(Hit(listing=listing, score=1, where=Where.HEADLINE),))
    description = results_card(results, 0, "!").description or ""
    assert "](https://news.example/7)" not in description, "a text with an address in it is not masked"
    plain = Listing(id=7, kind=Kind.ARTICLE, headline="See [this]", url="https://news.example/7", added=NOW)
    results = Results(query="x", hits=(Hit(listing=plain, score=1, where=Where.HEADLINE),))
    description = results_card(results, 0, "!").description or ""
    assert r"[See \[this\]](https://news.example/7)" in description
    assert "*news.example*" in description, "its host stands beside it"


def test_help_fits() -> None:
    assert_fits(help_card("!"))
