"""What programs are told of the bot, as it runs on a Discord of our own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from discord.gateway import DiscordWebSocket
from prometheus_client.parser import text_string_to_metric_families

from bot.desk import Desk
from bot.errors import BadSetting, StoreBusy
from bot.monitoring.condition import FAR_BEHIND
from bot.running import Session
from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback.running import on_discord
from tests.ports import free_port

Asking = Callable[[str], Any]
PARTS = ("process", "store", "index", "gateway")


@asynccontextmanager
async def monitored(desk: Desk) -> AsyncIterator[tuple[Session, Asking]]:
    """Yield a session that is watched, and what asks its port: status and answer."""
    port = free_port()
    session = Session(desk, desk.settings.model_copy(update={"health_port": port}), TOKEN)
    async with session.watched(), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:

        async def ask(path: str) -> tuple[int, Any]:
            async with client.get(path) as response:
                is_json = response.content_type == "application/json"
                return response.status, await (response.json() if is_json else response.text())

        yield session, ask


def samples(page: str) -> dict[str, float]:
    """Return the figures of a page of metrics, by name and labels."""
    return {
        f"{one.name}{sorted(one.labels.values())}": one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
    }


async def test_what_it_does_is_counted(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the lamp broke")

    monkeypatch.setattr(desk, "related", broken)
    async with monitored(desk) as (session, ask), on_discord(loopback, session):
        loopback.world.faults.append("503")
        for words in ("!news whales", "!headline 99", "!related 1"):
            await loopback.says(words)
        await loopback.until(lambda: len(loopback.world.posted) == 3)
        await loopback.until(lambda: session.client and session.client.is_ready())
        assert await ask("/healthz") == (200, {"status": "ok"})
        status, told = await ask("/readyz")
        since = datetime.now(UTC) - datetime.fromisoformat(told.pop("last_ingest"))
        assert (status, told) == (200, dict.fromkeys(PARTS, "ok"))
        # The store is a copy of one that was made when the tests began.
        assert timedelta() < since < timedelta(hours=1)
        status, page = await ask("/metrics")
    assert status == 200
    found = samples(page)
    assert found["newsdesk_commands_total['answered', 'news']"] == 1
    assert found["newsdesk_commands_total['headline', 'refused']"] == 1
    assert found["newsdesk_commands_total['failed', 'related']"] == 1
    assert found["newsdesk_command_seconds_count['news']"] == 1
    assert found["newsdesk_discord_faults_total['status 503']"] >= 1
    assert [found[f"newsdesk_ready['{part}']"] for part in PARTS] == [1, 1, 1, 1]
    assert found["newsdesk_headlines[]"] == 4
    assert found["newsdesk_articles[]"] == 3
    assert found["newsdesk_changes_behind[]"] == 0
    assert found["newsdesk_last_ingest_timestamp_seconds[]"] > 1_700_000_000
    assert found["newsdesk_feeds['well']"] == 0
    assert found["newsdesk_loop_lag_seconds_count[]"] >= 1
    assert "whales" not in page


async def test_what_is_the_matter_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object) -> None:
        raise StoreBusy

    async def behind() -> int:
        return FAR_BEHIND + 1

    async with monitored(desk) as (session, ask):
        monkeypatch.setattr(desk.store, "newest", fails)
        monkeypatch.setattr(desk.headlines, "behind", behind)
        monkeypatch.setattr(desk, "stats", fails)
        session.stopping = True
        assert await ask("/healthz") == (200, {"status": "stopping"})
        status, parts = await ask("/readyz")
        assert status == 503
        assert parts == {
            "process": "stopping",
            "store": "StoreBusy",
            "index": f"{FAR_BEHIND + 1} changes behind",
            "gateway": "not connected",
            "last_ingest": "not known",
        }
        status, page = await ask("/metrics")
        assert (status, "newsdesk_commands" in page) == (200, True)
        assert [samples(page)[f"newsdesk_ready['{part}']"] for part in PARTS] == [0, 0, 0, 0]
        assert (await ask("/"))[0] == 404


async def test_a_store_that_hangs_does_not_hang_the_port(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    released = asyncio.Event()

    async def hangs(*_: object) -> None:
        # As psycopg does, which asks a server that hangs to break off before it lets itself be cancelled.
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await released.wait()
        raise StoreBusy

    monkeypatch.setattr("bot.monitoring.condition.WITHIN", 0.05)
    async with monitored(desk) as (_, ask):
        for holder, name in ((desk.store, "newest"), (desk.headlines, "behind"), (desk, "stats")):
            monkeypatch.setattr(holder, name, hangs)
        async with asyncio.timeout(2):
            status, told = await ask("/readyz")
            assert (status, told["store"], told["index"]) == (503, "no answer within 0 s", "not known")
            status, page = await ask("/metrics")
        assert (status, samples(page)["newsdesk_ready['store']"]) == (200, 0)
        released.set()


async def test_a_gateway_that_is_away_is_told(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    async with monitored(desk) as (session, ask), on_discord(loopback, session):
        await loopback.until(lambda: session.client and session.client.is_ready())
        assert (await ask("/readyz"))[0] == 200
        monkeypatch.setattr(DiscordWebSocket, "from_client", away)
        await loopback.break_off("abort")
        async with asyncio.timeout(5):
            while (answer := await ask("/readyz"))[0] == 200:
                await asyncio.sleep(0.01)
        assert "not connected" in answer[1].pop("gateway")
        assert {answer[1][part] for part in PARTS if part != "gateway"} == {"ok"}


async def test_a_port_that_is_taken_stops_the_start(desk: Desk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = desk.settings.model_copy(update={"health_port": taken.getsockname()[1]})
        with pytest.raises(BadSetting, match="NEWSDESK_HEALTH_PORT"):
            async with Session(desk, settings, TOKEN).watched():
                pass


async def test_no_port_is_open_unless_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("bot.running.Monitor", refuse)
    async with Session(desk, desk.settings, TOKEN).watched():
        pass
