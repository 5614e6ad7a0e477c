"""Several processes share one store and one Discord: each has its shards, and all serve what any of them takes in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.client import Shards
from bot.desk import Desk
from bot.running import Session
from bot.settings import Settings
from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback import world as here
from tests.newsroom import PAGES
from tests.proof import processes


@asynccontextmanager
async def process(url: str, folder: Path, shard: int) -> AsyncIterator[tuple[Desk, asyncio.Task[None]]]:
    """Run what a process would: a desk of its own, and one of two shards."""
    settings = Settings(data_dir=folder / str(shard), seeds_dir=None, database_url=url)
    async with Desk.open(settings) as desk, desk.following():
        task = asyncio.create_task(Session(desk, settings, TOKEN, Shards(range(shard, shard + 1), 2)).run())
        try:
            yield desk, task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_each_process_serves_its_guilds_from_the_store_of_all(
    loopback: Loopback, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half a second lies between what the bot keeps and what Discord asks for, as with the real ones.
    monkeypatch.setattr("bot.desk.identifies.SPACING", timedelta(seconds=0.75))
    loopback.world.identify_spacing = 0.25
    page = tmp_path / "whales.txt"
    page.write_text(PAGES["whales.txt"], encoding="utf-8")
    async with (
        process(postgres_url, tmp_path, 0) as (first, killed),
        process(postgres_url, tmp_path, 1) as (second, _),
    ):
        await loopback.connected(2)
        one, other = loopback.world.identified_at
        assert other - one >= loopback.world.identify_spacing
        start = asyncio.get_running_loop().time()
        assert [report.outcome async for report in first.ingest([page])] == ["added"]
        await loopback.until(lambda: len(second.headlines) == len(first.headlines) == 1, 1)
        assert asyncio.get_running_loop().time() - start < 1
        for guild in (here.GUILD, here.OTHER_GUILD):
            await loopback.says("!news whales", guild)
        await loopback.until(lambda: len(loopback.world.posted) == 2)
        killed.cancel()
        await loopback.until(lambda: len(loopback.gateway.connections) == 1)
        await loopback.says("!headline 1", here.OTHER_GUILD)
        await loopback.until(lambda: len(loopback.world.posted) == 3)
        await asyncio.sleep(0.05)
    places = [int(shown["channel_id"]) - 1 for shown in loopback.world.posted]
    assert sorted(places[:2]) == [here.GUILD, here.OTHER_GUILD]
    assert places[2:] == [here.OTHER_GUILD]
    assert await _differences(postgres_url, tmp_path) == []


async def _differences(url: str, folder: Path) -> list[str]:
    async with Desk.open(Settings(data_dir=folder / "looking", seeds_dir=None, database_url=url)) as desk:
        return await desk.check()


@pytest.mark.parametrize("broken", ["lost", "late", "late_feeds", "missed", "differences", "violations"])
def test_the_proof_tells_of_what_was_not_kept(broken: str) -> None:
    figures = dict(processes._NOTHING) | {"slowest": 0.1, "takeover": 9.0}
    assert all(claim.kept for claim in processes.claims({"kills-1": figures}))
    kept = [claim.kept for claim in processes.claims({"kills-1": figures, "kills-2": figures | {broken: 1}})]
    assert kept.count(False) == 1


@pytest.mark.parametrize(
    "given",
    [
        ["--shards", "0-3"],
        ["--of", "4"],
        ["--shards", "2-1", "--of", "4"],
        ["--shards", "0-4", "--of", "4"],
        ["--shards", "x", "--of", "4"],
    ],
)
def test_shards_that_cannot_be_are_refused(given: list[str]) -> None:
    done = CliRunner().invoke(app, ["run", *given])
    assert done.exit_code == 2
    assert "--shards" in done.output


def test_the_shards_that_are_asked_for_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Shards | None] = []

    async def serve(_: Settings, shards: Shards | None) -> None:
        served.append(shards)

    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setattr("bot.running.serve", serve)
    monkeypatch.setattr("bot.cli.talking.log_to_stderr", lambda _: None)
    for given in (["--shards", "4-7", "--of", "16"], ["--shards", "3", "--of", "16"], []):
        assert CliRunner().invoke(app, ["run", *given]).exit_code == 0
    assert served == [Shards(range(4, 8), 16), Shards(range(3, 4), 16), None]
