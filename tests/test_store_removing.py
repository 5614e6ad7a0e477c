import pytest

from bot.article import Kind, Page, Teaser
from bot.errors import RemovedArticle, UnknownArticle
from bot.ingest.documents import Did
from bot.store.store import Store
from tests.databases import probes, take_in

WHALES = Teaser(
    headline="Whales seen in the inner fjord",
    text="Fishermen saw two humpback whales in the inner fjord on Tuesday, the first there in nine...",
)
STORM = Teaser(
    headline="Storm Brunhild uproots hundreds of trees",
    text="More than four hundred trees fell when storm Brunhild crossed the coast in the night to...",
)
BRIDGE = Page(
    headline="Harbour bridge reopens",
    paragraphs=("Traffic crossed the harbour bridge on Monday for the first time since a freighter hit it.",),
    teasers=(WHALES, STORM),
)
FERRY = Page(
    headline="Ferry workers end their strike",
    paragraphs=("Ferry crews went back to work on Sunday after eleven days of talks with their company.",),
    teasers=(STORM, Teaser(headline=BRIDGE.headline, text=BRIDGE.paragraphs[0][:70] + "...")),
)
WHALES_PAGE = Page(
    headline=WHALES.headline,
    paragraphs=(
        "Fishermen saw two humpback whales in the inner fjord on Tuesday, the first there in nine years.",
    ),
)


async def test_an_article_goes_with_its_text_teasers_and_lonely_stubs(store: Store) -> None:
    await take_in(store, BRIDGE, FERRY)
    assert [listing.headline for listing in await store.teased(1)] == [WHALES.headline, STORM.headline]
    assert [listing.id for listing in await store.teased(4)] == [3, 1]
    assert await store.remove([1], "by request") == [1, 2]
    assert await store.article(1) is None
    assert await store.article(2) is None
    assert [listing.id for listing in await store.teased(4)] == [3]
    assert await store.text_search(["harbour"], 5) == []
    day = await store.tombstone(1)
    assert day is not None
    assert (await store.stats()).tombstones == 1
    assert await store.check() == []


async def test_the_text_of_a_removed_article_is_nowhere(store: Store) -> None:
    await take_in(store, BRIDGE)
    await store.remove([1], "by request")
    assert await store.text_candidates(probes("harbour", "freighter", "bridge"), 5) == []


async def test_unknown_and_removed_ids_are_named_and_nothing_is_removed(store: Store) -> None:
    await take_in(store, BRIDGE, FERRY)
    with pytest.raises(UnknownArticle, match="77"):
        await store.remove([4, 77], "x")
    with pytest.raises(UnknownArticle):
        await store.remove([2**70], "x")
    await store.remove([1], "x")
    with pytest.raises(RemovedArticle, match="1"):
        await store.remove([4, 1], "x")
    assert await store.article(4) is not None
    with pytest.raises(UnknownArticle, match="77"):
        await store.restore([1, 77])
    assert (await store.stats()).tombstones == 1


async def test_a_removed_page_is_kept_out_and_says_why(store: Store) -> None:
    await take_in(store, BRIDGE)
    await store.remove([1], "x")
    (outcome,) = await take_in(store, BRIDGE)
    assert outcome.outcome is Did.REJECTED
    assert outcome.id == 1
    assert outcome.reason is not None
    assert "newsdesk remove 1 --undo" in outcome.reason
    assert (await store.stats()).articles == 0


async def test_a_removed_story_is_not_teased_back(store: Store) -> None:
    await take_in(store, BRIDGE)
    await store.remove([1], "x")
    await take_in(store, FERRY)
    headlines = [row[1] async for batch in store.headlines() for row in batch]
    assert BRIDGE.headline not in headlines
    assert [listing.headline for listing in await store.teased(4)] == [STORM.headline]


async def test_a_restored_article_comes_back_under_its_old_id_with_its_links(store: Store) -> None:
    await take_in(store, BRIDGE, FERRY)
    await store.remove([1], "x")
    assert await store.restore([1]) == [1]
    assert await store.restore([1]) == []
    assert (await store.stats()).tombstones == 0
    outcomes = await take_in(store, FERRY, BRIDGE)
    assert [(outcome.outcome, outcome.id) for outcome in outcomes] == [(Did.UPDATED, 4), (Did.ADDED, 1)]
    assert [listing.id for listing in await store.teased(4)] == [3, 1]
    assert [listing.id for listing in await store.teased(1)] == [2, 3]
    assert await store.tombstone(1) is None
    assert await store.check() == []


async def test_restoring_what_is_there_does_nothing(store: Store) -> None:
    await take_in(store, BRIDGE)
    assert await store.restore([1]) == []


async def test_a_removed_stub_leaves_a_tombstone_that_keeps_its_page_out(store: Store) -> None:
    await take_in(store, BRIDGE)
    assert await store.remove([2], "x") == [2]
    assert [listing.id for listing in await store.teased(1)] == [3]
    (outcome,) = await take_in(store, WHALES_PAGE)
    assert (outcome.outcome, outcome.id) == (Did.REJECTED, 2)
    await store.restore([2])
    (outcome,) = await take_in(store, WHALES_PAGE)
    assert (outcome.outcome, outcome.id) == (Did.ADDED, 2)


async def test_a_lonely_stub_comes_back_under_its_id_when_it_is_teased_again(store: Store) -> None:
    await take_in(store, BRIDGE)
    await store.remove([1], "x")
    assert await store.tombstone(2) is not None
    await take_in(store, Page(headline="Another page about animals", teasers=(WHALES,)))
    stub = await store.article(2)
    assert stub is not None
    assert stub.kind is Kind.STUB


async def test_a_source_goes_whatever_its_case(store: Store) -> None:
    await take_in(
        store,
        Page(headline="One", source="Ärger Post"),
        Page(headline="Two", source="ÄRGER POST"),
        Page(headline="Three", source="Post"),
    )
    assert await store.remove_source("ärger post", "x") == [1, 2]
    assert await store.remove_source("Nobody", "x") == []
    assert [row[0] for batch in [b async for b in store.headlines()] for row in batch] == [3]


async def test_many_articles_go_at_once(store: Store) -> None:
    await take_in(store, *(Page(headline=f"Story number {number}", source="Post") for number in range(1_200)))
    assert len(await store.remove_source("Post", "x")) == 1_200
    assert (await store.stats()).articles == 0
    assert await store.check() == []
