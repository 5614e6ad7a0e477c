"""Each rule of the gateway on loopback is broken by a plain client, and noted: a run without a violation means something."""

from typing import Any

import aiohttp
import pytest

from tests.canaries import TOKEN
from tests.loopback import world as here
from tests.loopback.client import BEAT, GUILD_MESSAGES, Client, identify
from tests.loopback.gateway import COMMANDS, LARGEST, Gateway
from tests.loopback.permissions import VIEW_CHANNEL
from tests.loopback.state import MESSAGE_CONTENT


@pytest.mark.parametrize(
    ("payload", "code", "rule"),
    [
        ({"op": 2, "d": {"token": "other", "intents": 0}}, 4004, "who begins a session?"),
        ({"op": 6, "d": {"token": "other", "session_id": "", "seq": 1}}, 4004, "who resumes a session?"),
        (identify(shard=[2, 2]), 4010, "there is no shard 2 of 2"),
        (identify(1 << 30), 4013, "an intent is none"),
        ({"op": 3, "d": {}}, 4003, "something was sent before a session was begun"),
        ("{", 4002, "a payload is no JSON"),
        ("x" * (LARGEST + 1), 4002, f"a payload is larger than {LARGEST} bytes"),
    ],
)
async def test_a_payload_that_is_none_ends_the_connection(
    client: Client, payload: Any, code: int, rule: str
) -> None:
    assert await client.sends(payload) == code
    assert client.world.violations == [rule]


async def test_what_does_not_belong_into_a_session_ends_the_connection(client: Client) -> None:
    for payload, code, rule in [
        (identify(), 4005, "identified twice on one connection"),
        ({"op": 99, "d": None}, 4001, "opcode 99 is not for the bot to send"),
        ({"op": 1, "d": 99}, None, "a heartbeat tells of an event that there was not"),
    ]:
        assert await client.sends(identify(), payload) == code
        assert client.world.violations.pop() == rule
    assert await client.sends(v="9") == 4012
    assert client.world.violations.pop().startswith("the gateway was asked for v=9")
    # Heartbeats do not count.
    assert await client.sends(identify(), *[BEAT] * (COMMANDS + 1)) is None


async def test_a_connection_takes_so_many_payloads_a_minute(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.loopback.gateway.COMMANDS", 0)
    assert await client.sends(identify()) == 4008
    assert client.world.violations == ["more than 0 payloads in a minute"]


async def test_intents_that_are_not_granted_are_asked_for_once(client: Client) -> None:
    client.world.privileged = 0
    assert await client.sends(identify(MESSAGE_CONTENT)) == 4014
    assert client.world.violations == []
    assert await client.sends(identify(MESSAGE_CONTENT)) == 4014
    assert client.world.violations == ["intents were asked for again that are not granted"]


async def test_a_session_sees_what_it_has_intents_and_permissions_for(client: Client) -> None:
    def contents(gateway: Gateway) -> list[str]:
        session = gateway.connections[-1].session
        assert session is not None
        events = session.since(0, 0) or []
        return [event["d"]["content"] for event in events if event["t"] == "MESSAGE_CREATE"]

    for intents, seen in {
        GUILD_MESSAGES | MESSAGE_CONTENT: ["!news", "<@100> news"],
        GUILD_MESSAGES: ["", "<@100> news"],
        MESSAGE_CONTENT: [],
    }.items():
        async with await client.connects() as socket:
            await socket.send_json(identify(intents))
            await client.loopback.connected()
            for words in ("!news", "<@100> news"):
                await client.loopback.says(words)
            client.world.denied[here.GUILD] = VIEW_CHANNEL
            await client.loopback.says("<@100> unseen")
            await client.loopback.whispers("private")
            client.world.denied.clear()
            assert contents(client.loopback.gateway) == seen
        await client.loopback.until(lambda: not client.loopback.gateway.connections)


async def test_sessions_begin_one_after_another_in_each_bucket(client: Client) -> None:
    client.world.identify_spacing = 5.0
    client.world.max_concurrency = 2
    for shard in (0, 1):
        assert await client.sends(identify(shard=[shard, 4])) is None
    assert client.world.violations == []
    await client.sends(identify(shard=[2, 4]))
    assert client.world.violations == ["two sessions were begun too soon after one another"]


async def test_sessions_of_a_day_are_counted_down_and_cost_the_token(client: Client) -> None:
    client.world.sessions_a_day = 2
    for left in (2, 1):
        limit = (await client.asks("GET", "/gateway/bot"))[1]["session_start_limit"]
        assert (limit["remaining"], limit["max_concurrency"]) == (left, 1)
        assert await client.sends(identify()) is None
    assert await client.sends(identify()) == 4004
    assert client.world.violations == ["more sessions were begun than a day has"]
    assert (await client.asks("GET", "/users/@me"))[0] == 401


async def test_a_session_is_resumed_only_where_it_can_be(client: Client) -> None:
    client.world.replay = 3

    async def resumes(seq: int, session: str | None = None) -> int | None:
        session = session or next(iter(client.loopback.gateway._sessions))
        return await client.sends({"op": 6, "d": {"token": TOKEN, "session_id": session, "seq": seq}})

    assert await client.sends(identify()) is None
    last = 1 + len(client.world.guilds)
    assert await resumes(last) is None
    assert client.world.resumed == 1
    # It was told that it is resumed, which is an event as well.
    assert await resumes(last + 2) == 4007
    assert client.world.violations == ["a session was resumed after an event that there was not"]
    assert await client.sends(identify()) is None
    for _ in range(4):
        await client.loopback.says("!news")
    assert await resumes(last) is None
    assert await resumes(1, "none") is None
    assert client.world.resumed == 1


async def test_a_connection_without_heartbeat_is_given_up(client: Client) -> None:
    client.world.silence = 0.02
    async with await client.connects() as socket:
        while (frame := await socket.receive(timeout=5)).type is not aiohttp.WSMsgType.CLOSE:
            pass
    assert frame.data == 4009
    assert client.world.violations == ["a connection had no heartbeat"]


async def test_whoever_says_goodbye_cannot_resume(client: Client) -> None:
    async with await client.connects() as socket:
        await socket.send_json(identify())
        await client.loopback.connected()
        assert client.loopback.gateway._sessions
        await socket.close(code=1000)
    await client.loopback.until(lambda: not client.loopback.gateway.connections)
    assert not client.loopback.gateway._sessions
