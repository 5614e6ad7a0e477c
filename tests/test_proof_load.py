"""The load, and how cost grows, in small: a bot in a process of its own, which all of them ask."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.newsroom import forget_settings
from tests.proof import growth, load
from tests.proof.readers import PATIENCE, Readers, guild_ids, readers

ARTICLES = 200
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("load")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(folder: Path) -> AsyncIterator[Readers]:
    """A bot, which has to end in time when all is asked, having broken none of Discord's rules."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        forget_settings(monkeypatch)
        assert (await load._fill(ARTICLES, folder))["articles"] == ARTICLES
        async with readers(
            folder, articles=ARTICLES, headlines=[], guilds=guild_ids(load.GUILDS), processes=2
        ) as asking:
            yield asking


@pytest.fixture(autouse=True)
def _the_same_bot(bot: Readers, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def again(
        there: Path, *, articles: int, headlines: Sequence[str], guilds: Sequence[int], processes: int = 1
    ) -> AsyncIterator[Readers]:
        assert (there, processes) == (folder, 1)
        bot._loopback.world.guilds = list(guilds)
        yield Readers(bot._loopback, bot._bots, headlines, articles, bot.start)

    monkeypatch.setattr(load, "readers", again)
    monkeypatch.setattr(growth, "readers", again)


async def test_a_bot_under_load_answers_everything(folder: Path) -> None:
    figures = await load._steady(40, 2, folder, ARTICLES)
    assert (figures["asked"], figures["unanswered"], figures["refused"]) == (80, 0, 0)
    assert 0 < figures["p50"] <= figures["p99"] <= figures["worst"] < PATIENCE
    assert 0 <= figures["late"] < 1


async def test_at_full_speed_everything_is_answered_and_memory_looked_at(folder: Path) -> None:
    figures = await load._at_full_speed(40, 20, folder, ARTICLES)
    assert (figures["asked"], figures["unanswered"], len(figures["megabytes"])) == (40, 0, 2)


async def test_a_store_is_filled_in_steps(tmp_path: Path) -> None:
    assert (await growth.fill(tmp_path, 40, 25))["articles"] == 25
    assert (await growth.fill(tmp_path, 40, 40))["articles"] == 40


async def test_what_a_question_costs_is_seen(folder: Path) -> None:
    figures = await growth.cost(folder, ARTICLES, guilds=3, asked=5, rate=20, idle=0.5)
    assert figures["asked"] == 5
    assert 0 < figures["median"] < PATIENCE
    assert figures["megabytes"] > 10
    assert figures["start"] > 0
