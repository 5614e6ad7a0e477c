"""The rules that the Discord on loopback keeps, and that the bot answers well under them."""

import asyncio

import aiohttp
import pytest

from bot.desk import Desk
from bot.replies import admission
from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback import world as here
from tests.loopback.buckets import IN_CHANNEL
from tests.loopback.running import running

ANSWER = "Two whales seen"
AUTHOR = {"Authorization": f"Bot {TOKEN}"}


def answers(loopback: Loopback) -> int:
    return sum(ANSWER in said for said in loopback.world.said)


async def ask_much(loopback: Loopback, times: int) -> None:
    for user in range(times):
        await loopback.says("!news whales", user=10_000 + user)


async def test_more_than_a_channel_takes_at_once_is_answered_in_turn(loopback: Loopback, desk: Desk) -> None:
    async with running(loopback, desk):
        await ask_much(loopback, 3 * IN_CHANNEL)
        await loopback.until(lambda: answers(loopback) == 3 * IN_CHANNEL)
    assert loopback.world.limited > 0


async def test_what_discord_lets_nobody_send_for_a_moment_is_sent_then(
    loopback: Loopback, desk: Desk
) -> None:
    async with running(loopback, desk):
        loopback.world.per_second = 3
        # An attempt ends sooner here than the second that discord.py waits.
        await ask_much(loopback, 5)
        await loopback.until(lambda: answers(loopback) == 5)
        await asyncio.sleep(0.05)
    assert answers(loopback) == 5
    assert loopback.world.invalid > 0


async def test_where_it_may_not_write_the_bot_does_not_try(loopback: Loopback, desk: Desk) -> None:
    loopback.world.silent.add(here.GUILD)
    async with running(loopback, desk):
        await loopback.says("!news whales")
        await loopback.says("!news whales", here.OTHER_GUILD)
        await loopback.until(lambda: answers(loopback) == 1)
        await asyncio.sleep(0.05)
    assert [shown["channel_id"] for shown in loopback.world.posted] == [str(here.OTHER_GUILD + 1)]


@pytest.mark.parametrize("limit", ["answer_within", "token_lives"])
async def test_what_comes_too_late_for_discord_is_told_to_the_log_alone(
    loopback: Loopback, desk: Desk, limit: str, caplog: pytest.LogCaptureFixture
) -> None:
    setattr(loopback.world, limit, 0.0)
    async with running(loopback, desk):
        await loopback.invokes("news", query="whales")
        await loopback.until(lambda: "did not reach Discord" in caplog.text)
        await loopback.says("!news whales")
        await loopback.until(lambda: answers(loopback) == 1)
    assert not any(record.levelname == "ERROR" for record in caplog.records)


async def test_what_is_more_than_can_be_answered_is_refused_at_once(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "AT_ONCE", 1)
    async with running(loopback, desk):
        loopback.world.faults.extend(["hang"])
        await loopback.says("!news whales")
        await loopback.until(lambda: not loopback.world.faults)
        await loopback.says("!news whales", here.OTHER_GUILD)
        await loopback.until(lambda: any("More is asked of me" in said for said in loopback.world.said))
        await loopback.until(lambda: answers(loopback) == 1)
        await loopback.says("!headline 999", here.OTHER_GUILD, 77)
        await loopback.until(lambda: any("no article 999" in said for said in loopback.world.said))


async def test_a_stranger_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback.open(monkeypatch) as loopback, aiohttp.ClientSession() as client:
        async with client.get(f"http://127.0.0.1:{loopback.port}/api/v10/users/@me") as response:
            assert response.status == 401
        assert loopback.world.violations == ["who asks? GET /api/v10/users/@me"]


async def test_a_client_that_does_not_wait_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Loopback.open(monkeypatch) as loopback, aiohttp.ClientSession(headers=AUTHOR) as client:
        url = f"http://127.0.0.1:{loopback.port}/api/v10/channels/301/messages"
        seen = []
        for _ in range(IN_CHANNEL + 1):
            async with client.post(url, json={"allowed_mentions": {"parse": []}}) as response:
                seen.append((response.status, response.headers["X-RateLimit-Remaining"]))
        assert seen == [*((200, str(IN_CHANNEL - at)) for at in range(1, IN_CHANNEL + 1)), (429, "0")]
        assert (loopback.world.limited, loopback.world.invalid) == (1, 1)


async def test_sessions_that_follow_too_soon_and_connections_without_heartbeat_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.loopback.gateway._SILENCE", 0.0)
    identify = {"op": 2, "d": {"token": TOKEN, "intents": 0}}
    async with Loopback.open(monkeypatch) as loopback, aiohttp.ClientSession() as client:
        loopback.world.identify_spacing = 5.0
        url = f"{loopback.gateway.url}?v=10&encoding=json&compress=zlib-stream"
        async with client.ws_connect(url) as one, client.ws_connect(url) as other:
            await one.send_json(identify)
            await loopback.connected()
            await other.send_json(identify)
            await loopback.until(lambda: loopback.world.identified == 2)
            await loopback.says("!news whales")
            await loopback.until(lambda: len(loopback.world.violations) == 2)
    assert loopback.world.violations == [
        "two sessions were begun too soon after one another",
        "a connection had no heartbeat",
    ]
