import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.article import Article, Kind, Page, Teaser
from bot.ingest.documents import MAX_TEASERS, Did, Document
from bot.ingest.intake import Intake
from bot.store.store import Store
from tests.databases import take_in

LEAD = "Traffic crossed the harbour bridge on Monday for the first time since a freighter damaged one of its piers."
BRIDGE = Page(
    headline="Harbour bridge reopens after three years",
    standfirst=LEAD,
    paragraphs=("The mayor walked over it.",),
)
TEASED = Teaser(headline=BRIDGE.headline, text=LEAD[:90] + "...")
FERRY = Page(
    headline="Ferry workers end their strike",
    paragraphs=("Ferry crews went back to work on Sunday after eleven days without any wages.",),
    teasers=(TEASED,),
)


async def only(store: Store, *pages: Page) -> tuple[Did, int | None]:
    (outcome,) = await take_in(store, *pages)
    return outcome.outcome, outcome.id


async def got(store: Store, id_: int) -> Article:
    article = await store.article(id_)
    assert article is not None
    return article


async def test_the_same_page_again_changes_nothing(store: Store) -> None:
    assert await only(store, BRIDGE) == (Did.ADDED, 1)
    before = await got(store, 1)
    assert await only(store, BRIDGE) == (Did.UNCHANGED, 1)
    assert await got(store, 1) == before


async def test_a_stub_is_completed_in_place(store: Store) -> None:
    await take_in(store, FERRY)
    assert (await got(store, 2)).kind is Kind.STUB
    assert await only(store, BRIDGE) == (Did.ADDED, 2)
    article = await got(store, 2)
    assert article.kind is Kind.ARTICLE
    assert article.page == BRIDGE
    assert [listing.id for listing in await store.teased(1)] == [2]
    assert await store.text_search(["mayor"], 5) == [2]
    assert await store.check() == []


async def test_a_stub_is_completed_by_its_address_whatever_the_words(store: Store) -> None:
    teaser = Teaser(headline="Bridge open", url="https://a.example/bridge?utm_source=home")
    await take_in(store, replace(FERRY, teasers=(teaser,)))
    assert await only(store, replace(BRIDGE, url="http://www.a.example/bridge/")) == (Did.ADDED, 2)


async def test_a_stub_s_address_is_kept_when_its_page_has_none(store: Store) -> None:
    await take_in(store, replace(FERRY, teasers=(replace(TEASED, url="https://a.example/bridge"),)))
    await take_in(store, BRIDGE)
    assert (await got(store, 2)).page.url == "https://a.example/bridge"
    assert await only(store, replace(BRIDGE, url="https://a.example/bridge")) == (Did.UNCHANGED, 2)


async def test_a_teaser_of_a_known_story_links_to_it(store: Store) -> None:
    await take_in(store, BRIDGE, FERRY)
    assert [listing.id for listing in await store.teased(2)] == [1]
    assert (await store.stats()).stubs == 0


async def test_one_stub_serves_many_teasers(store: Store) -> None:
    others = [replace(FERRY, headline=f"{FERRY.headline} for the {number}. time") for number in range(3)]
    await take_in(store, *others)
    assert (await store.stats()).stubs == 1


async def test_another_story_under_the_same_headline_is_another(store: Store) -> None:
    await take_in(store, FERRY)
    other = replace(
        BRIDGE,
        standfirst="A different bridge altogether, over another harbour, was opened by the queen in June.",
    )
    assert await only(store, other) == (Did.ADDED, 3)
    assert (await got(store, 2)).kind is Kind.STUB


async def test_a_page_that_teases_itself_gets_no_link(store: Store) -> None:
    await take_in(store, replace(BRIDGE, teasers=(TEASED,)))
    assert await store.teased(1) == []
    assert (await store.stats()).stubs == 0


async def test_different_addresses_are_different_articles(store: Store) -> None:
    assert await only(store, replace(BRIDGE, url="https://a.example/1")) == (Did.ADDED, 1)
    assert await only(store, replace(BRIDGE, url="https://b.example/1")) == (Did.ADDED, 2)


async def test_a_page_without_address_is_the_article_that_has_one(store: Store) -> None:
    published = datetime(2020, 5, 4, tzinfo=UTC)
    whole = replace(BRIDGE, url="https://a.example/1", source="Post", published=published)
    await take_in(store, whole)
    assert await only(store, BRIDGE) == (Did.UNCHANGED, 1)
    assert await only(store, replace(BRIDGE, language="en")) == (Did.UPDATED, 1)
    assert (await got(store, 1)).page == replace(whole, language="en")


async def test_an_article_without_address_gets_one(store: Store) -> None:
    await take_in(store, BRIDGE)
    assert await only(store, replace(BRIDGE, url="https://a.example/1")) == (Did.UPDATED, 1)
    assert await only(store, replace(BRIDGE, headline="New headline", url="https://a.example/1")) == (
        Did.UPDATED,
        1,
    )
    article = await got(store, 1)
    assert article.page.headline == "New headline"
    assert article.updated > article.added


async def test_an_update_replaces_teasers_and_text(store: Store) -> None:
    url = "https://a.example/ferry"
    await take_in(store, replace(FERRY, url=url))
    await take_in(store, replace(FERRY, url=url, paragraphs=("Wholly new words.",), teasers=()))
    assert await store.teased(1) == []
    assert await store.text_search(["wages"], 5) == []
    assert await store.text_search(["wholly"], 5) == [1]
    assert await store.check() == []


async def test_a_feed_s_line_keeps_the_page_s_text_and_links(store: Store) -> None:
    url = "https://a.example/ferry"
    await take_in(store, replace(FERRY, url=url))
    line = Page(headline="Ferry strike is over", standfirst="In short.", url=url)
    assert await only(store, line) == (Did.UPDATED, 1)
    article = await got(store, 1)
    assert article.page == replace(FERRY, headline="Ferry strike is over", url=url)
    assert [listing.id for listing in await store.teased(1)] == [2]
    assert await only(store, line) == (Did.UNCHANGED, 1)


async def test_documents_of_a_batch_see_each_other(store: Store) -> None:
    outcomes = await take_in(store, FERRY, BRIDGE, FERRY, replace(BRIDGE, url="https://a.example/1"))
    assert [(outcome.outcome, outcome.id) for outcome in outcomes] == [
        (Did.ADDED, 1),
        (Did.ADDED, 2),
        (Did.UNCHANGED, 1),
        (Did.UPDATED, 2),
    ]
    assert [listing.id for listing in await store.teased(1)] == [2]


async def test_thousands_with_one_headline_stay_apart_and_quick(store: Store) -> None:
    pages = [Page(headline="Morning briefing", url=f"https://a.example/{number}") for number in range(1_500)]
    outcomes = await take_in(store, *pages)
    assert {outcome.outcome for outcome in outcomes} == {Did.ADDED}
    assert await only(store, Page(headline="Morning briefing")) == (Did.UNCHANGED, 1)


async def test_an_empty_batch_is_nothing(store: Store) -> None:
    assert await take_in(store) == []


WORDS = "harbour bridge ferry strike storm trees whales fjord mayor council election budget".split()


def _made_up(seed: int) -> list[Page]:
    """Pages that often are the same story, tease each other, or come back edited."""
    rng = random.Random(seed)
    headlines = [" ".join(rng.sample(WORDS, 5)) for _ in range(5)]
    leads = [" ".join(rng.choices(WORDS, k=20)) for _ in range(5)]
    urls = [None, None, *(f"https://a.example/{number}" for number in range(4))]

    def teaser() -> Teaser:
        at = rng.randrange(5)
        text = rng.choice([None, leads[at][:80] + "...", leads[rng.randrange(5)][:80] + "..."])
        return Teaser(headline=headlines[at], text=text, url=rng.choice(urls))

    def page() -> Page:
        at = rng.randrange(5)
        return Page(
            headline=headlines[at],
            standfirst=rng.choice([None, leads[at], leads[rng.randrange(5)]]),
            paragraphs=rng.choice([(), ("Body " + rng.choice(WORDS),)]),
            source=rng.choice([None, "Post"]),
            url=rng.choice(urls),
            teasers=tuple(teaser() for _ in range(rng.randrange(4))),
        )

    return [page() for _ in range(25)]


async def _everything(store: Store) -> list[object]:
    ids = [row[0] for batch in [batch async for batch in store.headlines()] for row in batch]
    found: list[object] = []
    for id_ in ids:
        article = await got(store, id_)
        found.append(
            (article.id, article.kind, article.page, [teased.id for teased in await store.teased(id_)])
        )
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_a_batch_is_the_same_as_one_after_the_other(
    seed: int, sqlite_store: Store, postgres_store: Store
) -> None:
    pages = _made_up(seed)

    async def both_take_in() -> None:
        at_once = [(one.outcome, one.id) for one in await take_in(sqlite_store, *pages)]
        assert at_once == [await only(postgres_store, page) for page in pages]
        assert await _everything(sqlite_store) == await _everything(postgres_store)
        assert await sqlite_store.check() == await postgres_store.check() == []

    await both_take_in()
    stored = [row[0] for batch in [batch async for batch in sqlite_store.headlines()] for row in batch]
    gone = random.Random(seed).sample(stored, 3)
    assert sorted(await sqlite_store.remove(gone, "x")) == sorted(await postgres_store.remove(gone, "x"))
    await both_take_in()
    assert sorted(await sqlite_store.restore(gone)) == sorted(await postgres_store.restore(gone))
    await both_take_in()


async def test_many_teasers_of_one_headline_are_taken_in_quickly(store: Store) -> None:
    teasers = tuple(
        Teaser(headline="Morning briefing for today", text=f"Story {n} begins here " * 4)
        for n in range(3_000)
    )
    async with asyncio.timeout(20):
        (outcome,) = await Intake(store).take_in([Document(Page(headline="A front page", teasers=teasers))])
    article = await store.article(outcome.id or 0)
    assert article is not None
    assert len(article.page.teasers) == MAX_TEASERS
