"""The desk: in what order it finds, and how it follows what others change."""

import asyncio
from pathlib import Path

import pytest

from bot.article import Article, Where
from bot.desk import ANSWERS_AT_ONCE, Desk
from bot.errors import RemovedArticle, UnknownArticle
from bot.search import parse_query
from bot.settings import Settings
from bot.store.store import Store
from tests.newsroom import FERRY, HARBOUR, STUB, WHALES


async def ids(desk: Desk, query: str) -> list[int]:
    return [hit.listing.id for hit in (await desk.search(parse_query(query))).hits]


async def add(desk: Desk, folder: Path, *headlines_and_texts: tuple[str, str]) -> list[int]:
    """Take pages in and return their ids."""
    folder.mkdir(exist_ok=True)
    added = []
    for number, (headline, text) in enumerate(headlines_and_texts):
        file = folder / f"{number}.txt"
        file.write_text(f"{headline}\n\n{text}\n", encoding="utf-8")
        added += [report.id async for report in desk.ingest([file]) if report.id is not None]
    await desk.headlines.catch_up()
    return added


async def test_headlines_come_before_texts_and_texts_before_corrections(
    empty_desk: Desk, tmp_path: Path
) -> None:
    headline, text, near = await add(
        empty_desk,
        tmp_path / "p",
        ("Martens seen in the old forest", "Two of them were photographed by a walker on Monday."),
        ("A quiet week for the rangers", "They counted owls, and martens were heard at night."),
        ("Marten’s law of large numbers explained", "A professor gave a lecture on Tuesday about chance."),
    )
    results = await empty_desk.search(parse_query("martens"))
    found = [(hit.listing.id, hit.where) for hit in results.hits]
    assert found[0] == (headline, Where.HEADLINE)
    assert (text, Where.TEXT) in found
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)
    assert results.corrections == ()
    assert near not in [id_ for id_, where in found if where is Where.TEXT]


async def test_a_word_that_only_texts_have_is_not_corrected_away(empty_desk: Desk, tmp_path: Path) -> None:
    in_text, _near = await add(
        empty_desk,
        tmp_path / "p",
        ("Minister resigns over contract", "Officials named the company as Pultin at a hearing on Monday."),
        ("Putting the garden to bed", "It is time to cover the roses and to clean the tools."),
    )
    results = await empty_desk.search(parse_query("Pultin"))
    assert results.hits[0].listing.id == in_text
    assert results.hits[0].where is Where.TEXT


async def test_a_corrected_headline_is_a_headline_hit(desk: Desk) -> None:
    results = await desk.search(parse_query("harbuor"))
    assert (results.hits[0].listing.id, results.hits[0].where) == (HARBOUR, Where.HEADLINE)


async def test_an_excluded_word_may_stand_neither_in_headline_nor_text(desk: Desk) -> None:
    assert HARBOUR in await ids(desk, "bridge")
    assert HARBOUR not in await ids(desk, "bridge -repairs")
    assert HARBOUR not in await ids(desk, "bridge -ferries")


async def test_a_story_has_its_summary_and_what_its_page_teased(desk: Desk) -> None:
    story = await desk.story(HARBOUR)
    assert story.summary[0].startswith("Traffic crossed the harbour bridge")
    assert [listing.id for listing in story.teased] == [FERRY, STUB]


@pytest.mark.parametrize("id_", [-1, 0, 99, 2**31, 2**63, 10**30])
async def test_an_id_that_no_article_has(desk: Desk, id_: int) -> None:
    with pytest.raises(UnknownArticle):
        await desk.article(id_)
    with pytest.raises(UnknownArticle):
        await desk.related(id_)


async def test_a_removed_article_is_not_unknown(desk: Desk) -> None:
    await desk.remove([WHALES])
    with pytest.raises(RemovedArticle):
        await desk.story(WHALES)


async def test_what_another_process_changes_is_served_at_once(
    desk: Desk, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "late.txt"
    file.write_text("Lighthouse keeper retires\n\nShe had lit the lamp for forty years.\n", encoding="utf-8")
    async with asyncio.timeout(10), desk.following(), Desk.open(settings, search=False) as other:
        (added,) = [report.id async for report in other.ingest([file]) if report.id is not None]
        await _until(desk, "lighthouse", [added])
        await other.remove([added])
        while (await desk.stats()).behind:
            await asyncio.sleep(0)
        assert await ids(desk, "lighthouse") == []
        assert added not in desk.headlines.index


async def _until(desk: Desk, query: str, expected: list[int]) -> None:
    while await ids(desk, query) != expected:
        await asyncio.sleep(0)


async def test_following_outlives_a_store_that_fails_for_a_while(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    from bot.errors import StoreBusy

    failing = True
    real = desk.store.changes

    async def changes(after: int) -> object:
        if failing:
            raise StoreBusy
        return await real(after)

    monkeypatch.setattr(desk.store, "changes", changes)
    monkeypatch.setattr("bot.desk.live.FOLLOW_EVERY", 0)
    async with asyncio.timeout(10), desk.following():
        while "cannot follow" not in caplog.text:
            await asyncio.sleep(0)
        failing = False
        file = tmp_path / "late.txt"
        file.write_text("Lighthouse keeper retires\n", encoding="utf-8")
        (added,) = [report.id async for report in desk.ingest([file]) if report.id is not None]
        await _until(desk, "lighthouse", [added])
    assert caplog.text.count("cannot follow") == 1


async def test_check_compares_the_index_with_the_store(desk: Desk) -> None:
    assert await desk.check() == []
    desk.headlines.index.drop([WHALES])
    assert await desk.check() == [
        f"Article {WHALES} is missing from the headline index.",
        "The headline index has 3 entries, the store 4.",
    ]


async def test_a_missing_folder_of_seeds_is_said_and_stops_nothing(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Desk.open(settings.model_copy(update={"seeds_dir": tmp_path / "nowhere"})) as desk:
        assert await ids(desk, "anything") == []
    assert "there is no folder" in caplog.text


async def test_a_seed_that_cannot_be_read_is_named_and_the_rest_goes_on(
    settings: Settings, pages: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (pages / "broken.txt").write_bytes(b"\x00\xff" * 40)
    async with Desk.open(settings.model_copy(update={"seeds_dir": pages})) as desk:
        assert len(desk.headlines) == 4
    assert "broken.txt was not taken in" in caplog.text


async def test_a_few_questions_are_answered_at_a_time_and_the_first_ones_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = most = 0
    real = Store.article

    async def article(self: Store, id_: int) -> Article | None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        found = await real(self, id_)
        under_way -= 1
        return found

    monkeypatch.setattr(Store, "article", article)
    answered: list[int] = []

    async def ask(number: int) -> None:
        await (desk.related(HARBOUR) if number % 2 else desk.story(HARBOUR))
        answered.append(number)

    await asyncio.gather(*map(ask, range(5 * ANSWERS_AT_ONCE)))
    assert most == ANSWERS_AT_ONCE
    # Nobody is overtaken by more than those who are answered at the same time.
    assert all(abs(number - place) < 2 * ANSWERS_AT_ONCE for place, number in enumerate(answered))
