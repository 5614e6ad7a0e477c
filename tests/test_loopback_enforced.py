"""Each rule that the Discord on loopback keeps is broken by a plain client, and noted: a run without a violation means something."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.canaries import TOKEN
from tests.loopback import Loopback, limits
from tests.loopback import world as here
from tests.loopback.buckets import IN_CHANNEL, LIMITS
from tests.loopback.gateway import ACK, COMMANDS, HEARTBEAT, LARGEST, Gateway
from tests.loopback.permissions import EMBED_LINKS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL
from tests.loopback.server import gateway_url
from tests.loopback.state import MESSAGE_CONTENT, Asked, World

SILENT: dict[str, Any] = {"allowed_mentions": {"parse": []}}
HELLO = {"content": "hello"} | SILENT
CHANNEL = f"/channels/{here.GUILD + 1}/messages"
BEAT = {"op": HEARTBEAT, "d": None}
GUILDS, GUILD_MESSAGES = 1 << 0, 1 << 9


@dataclass
class Client:
    """Somebody who talks to Discord without discord.py."""

    loopback: Loopback
    session: aiohttp.ClientSession

    @property
    def world(self) -> World:
        return self.loopback.world

    async def asks(self, method: str, path: str, sent: Any = None, **how: Any) -> tuple[int, Any, Any]:
        """Return the status, the answer, and its headers."""
        url = f"http://127.0.0.1:{self.loopback.port}/api/v10{path}"
        async with self.session.request(method, url, json=sent, **how) as response:
            text = await response.text()
            is_json = response.headers.get("Content-Type") == "application/json"
            return response.status, json.loads(text) if is_json else text, response.headers

    async def answers(self, asked: Asked, kind: int, **data: Any) -> tuple[int, Any, Any]:
        """Answer an interaction for the first time."""
        path = f"/interactions/{asked.payload['id']}/{asked.payload['token']}/callback"
        return await self.asks("POST", path, {"type": kind, "data": data | SILENT})

    async def connects(self, **query: str) -> aiohttp.ClientWebSocketResponse:
        """Open a connection to the gateway."""
        query = {"v": "10", "encoding": "json", "compress": "zlib-stream"} | query
        return await self.session.ws_connect(gateway_url(self.loopback.port), params=query, autoping=False)

    async def sends(self, *payloads: Any, **query: str) -> int | None:
        """Open a connection and send payloads; return the code with which it was closed, None if it was not."""
        texts = [sent if isinstance(sent, str) else json.dumps(sent) for sent in (*payloads, BEAT)]
        beats = sum('"op": 1,' in text for text in texts)
        async with await self.connects(**query) as socket:
            with suppress(ConnectionError):
                for text in texts:
                    await socket.send_str(text)
            inflate = zlib.decompressobj()
            # What was sent is answered in order: the last heartbeat tells that nothing else comes.
            while beats:
                frame = await socket.receive(timeout=5)
                if frame.type is aiohttp.WSMsgType.CLOSE:
                    return int(frame.data)
                beats -= json.loads(inflate.decompress(frame.data))["op"] == ACK
            await socket.close(code=4000)
        return None


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bot {TOKEN}"}
    async with Loopback.serving() as loopback, aiohttp.ClientSession(headers=headers) as session:
        yield Client(loopback, session)


def identify(intents: int = GUILDS | GUILD_MESSAGES, **more: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": TOKEN, "intents": intents} | more}


def embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]} | SILENT


def buttons(*given: dict[str, Any]) -> dict[str, Any]:
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Go"} | one for one in given]}
    return HELLO | {"components": [row]}


def select(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    control = {"type": 3, "custom_id": "a", "options": list(options)} | more
    return HELLO | {"components": [{"type": 1, "components": [control]}]}


def option(**parts: Any) -> dict[str, Any]:
    return {"label": "a", "value": "a"} | parts


FIELD = {"name": "n", "value": "v"}
TOO_MUCH: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("content is longer than 2000", {"content": "x" * 2_000} | SILENT, {"content": "x" * 2_001} | SILENT),
    ("content is longer than 2000", {"content": "😀" * 1_000} | SILENT, {"content": "😀" * 1_001} | SILENT),
    ("nonce is longer than 25", HELLO | {"nonce": "n" * 25}, HELLO | {"nonce": "n" * 26}),
    ("a message is empty", HELLO, SILENT),
    ("title is longer than 256", embed(title=" " + "x" * 256), embed(title="x" * 257)),
    ("description is longer than 4096", embed(description="x" * 4_096), embed(description="x" * 4_097)),
    ("footer is longer than 2048", embed(footer={"text": "x" * 2_048}), embed(footer={"text": "x" * 2_049})),
    ("author is longer than 256", embed(author={"name": "x" * 256}), embed(author={"name": "x" * 257})),
    ("more than 25 fields", embed(fields=[FIELD] * 25), embed(fields=[FIELD] * 26)),
    ("name is longer than 256", embed(fields=[FIELD | {"name": "x" * 256}]), embed(fields=[FIELD | {"name": "x" * 257}])),
    ("name is empty", embed(fields=[FIELD]), embed(fields=[FIELD | {"name": " "}])),
    ("value is longer than 1024", embed(fields=[FIELD | {"value": "x" * 1_024}]), embed(fields=[FIELD | {"value": "x" * 1_025}])),
    ("more than 10 embeds", SILENT | {"embeds": [{"title": "x"}] * 10}, SILENT | {"embeds": [{"title": "x"}] * 11}),
    (
        "embeds are longer than 6000",
        SILENT | {"embeds": [{"description": "x" * 4_000}, {"footer": {"text": "x" * 1_998}, "fields": [FIELD]}]},
        SILENT | {"embeds": [{"description": "x" * 4_000}, {"footer": {"text": "x" * 1_999}, "fields": [FIELD]}]},
    ),
    ("more than 5 rows", HELLO | {"components": [buttons({"custom_id": str(n)})["components"][0] for n in range(5)]},
     HELLO | {"components": [buttons({"custom_id": str(n)})["components"][0] for n in range(6)]}),
    ("more than 5 buttons", buttons(*({"custom_id": str(n)} for n in range(5))), buttons(*({"custom_id": str(n)} for n in range(6)))),
    ("two controls have one custom_id", buttons({"custom_id": "a"}, {"custom_id": "b"}), buttons({"custom_id": "a"}, {"custom_id": "a"})),
    ("custom_id is longer than 100", buttons({"custom_id": "a" * 100}), buttons({"custom_id": "a" * 101})),
    ("custom_id is empty", buttons({"custom_id": "a"}), buttons({})),
    ("label is longer than 80", buttons({"custom_id": "a", "label": "x" * 80}), buttons({"custom_id": "a", "label": "x" * 81})),
    ("a button shows nothing", buttons({"custom_id": "a"}), buttons({"custom_id": "a", "label": ""})),
    ("url is longer than 512", buttons({"style": 5, "url": "h" * 512}), buttons({"style": 5, "url": "h" * 513})),
    ("a link has a custom_id", buttons({"style": 5, "url": "h"}), buttons({"style": 5, "url": "h", "custom_id": "a"})),
    ("a button has an address", buttons({"custom_id": "a"}), buttons({"custom_id": "a", "url": "h"})),
    ("a row holds something else than up to five buttons or one select", select(option()),
     HELLO | {"components": [{"type": 1, "components": []}]}),
    ("more than 25 options", select(*[option()] * 25), select(*[option()] * 26)),
    ("a select offers nothing", select(option()), select()),
    ("an option's label is longer than 100", select(option(label="x" * 100)), select(option(label="x" * 101))),
    ("an option's value is longer than 100", select(option(value="x" * 100)), select(option(value="x" * 101))),
    ("an option's description is longer than 100", select(option(description="x" * 100)), select(option(description="x" * 101))),
    ("placeholder is longer than 150", select(option(), placeholder="x" * 150), select(option(), placeholder="x" * 151)),
    ("there is no control of type 5", select(option()), select(option(), type=5)),
]  # fmt: skip
"""What is broken, and what is just within it, and what just beyond."""


def test_messages_are_counted_exactly() -> None:
    for rule, within, beyond in TOO_MUCH:
        assert (rule, list(limits.of_message(within)), list(limits.of_message(beyond))) == (rule, [], [rule])


def test_completions_and_commands_are_counted_exactly() -> None:
    choice = {"name": "n" * 100, "value": "v" * 100}
    assert list(limits.of_completion([choice] * 25)) == []
    assert list(limits.of_completion([choice] * 26)) == ["more than 25 choices"]
    assert list(limits.of_completion([{"name": "", "value": 7}])) == ["a choice's name is empty"]
    command = {"name": "n" * 32, "description": "d" * 100, "type": 1}
    assert list(limits.of_commands([command])) == []
    argument = {"name": "o", "description": "d", "type": 3, "required": True}
    for rule, commands in {
        "more than 100 commands of type 1": [command | {"name": f"n{n}"} for n in range(101)],
        "two commands have one name": [command, command],
        "a command's name is longer than 32": [command | {"name": "n" * 33}],
        "a command's name is not in small letters": [command | {"name_localizations": {"de": "Neu"}}],
        "a command's description is longer than 100": [command | {"description": "d" * 101}],
        "a command's description is empty": [command | {"options": [argument | {"description": ""}]}],
        "more than 25 options of a command": [
            command | {"options": [argument | {"name": f"o{n}"} for n in range(26)]}
        ],
        "two options have one name": [command | {"options": [argument, argument]}],
        "a required option follows one that is not": [
            command | {"options": [argument | {"required": False}, argument | {"name": "p"}]}
        ],
        "a command is longer than 8000": [
            command | {"options": [argument | {"name": f"o{n}", "choices": [choice] * 5} for n in range(8)]}
        ],
    }.items():
        assert list(limits.of_commands(commands)) == [rule]


async def test_what_breaks_a_limit_is_refused_wherever_it_is_sent(client: Client) -> None:
    asked = await client.loopback.invokes("news")
    shown = (await client.asks("POST", CHANNEL, HELLO))[1]
    clicked = await client.loopback.clicks(client.world.posted[0], "a")
    typed = await client.loopback.types("news", "source", "N")
    too_long = {"content": "x" * 2_001}
    assert (await client.answers(clicked, 7, content="changed"))[0] == 204
    hook = f"/webhooks/{here.BOT}/{clicked.payload['token']}"
    refused = [
        await client.asks("POST", CHANNEL, too_long | SILENT),
        await client.asks("PATCH", f"{CHANNEL}/{shown['id']}", too_long),
        await client.answers(asked, 4, **too_long),
        await client.answers(typed, 8, choices=[{"name": "", "value": ""}]),
        await client.asks("PATCH", f"{hook}/messages/@original", too_long),
        await client.asks("POST", hook, too_long | SILENT),
        await client.asks("PUT", f"/applications/{here.BOT}/commands", [{"name": "A", "type": 1}]),
    ]
    assert {(status, told["code"]) for status, told, _ in refused} == {(400, 50035)}
    assert client.world.violations.count("content is longer than 2000") == 5
    assert {*client.world.violations} == {
        "content is longer than 2000",
        "a choice's name is empty",
        "a command's name is not in small letters",
        "a command's description is empty",
    }
    assert [one["content"] for one in client.world.posted] == ["changed"]


async def test_what_may_ping_is_noted(client: Client) -> None:
    assert (await client.asks("POST", CHANNEL, {"content": "@everyone"}))[0] == 200
    assert client.world.violations == ["a message may ping"]


@pytest.mark.parametrize(
    ("denied", "sent", "status", "code"),
    [
        (VIEW_CHANNEL, HELLO, 403, 50001),
        (SEND_MESSAGES, HELLO, 403, 50013),
        (EMBED_LINKS, HELLO, 200, None),
        (EMBED_LINKS, embed(title="x"), 403, 50013),
        (READ_MESSAGE_HISTORY, HELLO, 200, None),
        (READ_MESSAGE_HISTORY, HELLO | {"message_reference": {"message_id": "1"}}, 400, 160002),
    ],
)
async def test_what_is_denied_is_refused(
    client: Client, denied: int, sent: dict[str, Any], status: int, code: int | None
) -> None:
    client.world.denied[here.GUILD] = denied
    seen, told, _ = await client.asks("POST", CHANNEL, sent)
    assert (seen, told.get("code")) == (status, code)
    assert len(client.world.violations) == (code is not None)


async def test_a_stranger_is_found_out(client: Client) -> None:
    assert (await client.asks("GET", "/users/@me", headers={"Authorization": "Bot other"}))[0] == 401
    assert client.world.violations == ["who asks? GET /api/v10/users/@me"]
    assert (await client.asks("GET", "/no/such/route"))[0] == 404
    assert client.world.violations[1:] == ["no such route: GET /api/v10/no/such/route"]


async def test_a_client_that_does_not_wait_is_told_to(client: Client) -> None:
    seen = [await client.asks("POST", CHANNEL, HELLO) for _ in range(IN_CHANNEL + 1)]
    left = [(status, headers["X-RateLimit-Remaining"]) for status, _, headers in seen]
    assert left == [*((200, str(IN_CHANNEL - at)) for at in range(1, IN_CHANNEL + 1)), (429, "0")]
    _, told, headers = seen[-1]
    assert headers["Via"]
    assert headers["X-RateLimit-Scope"] == "user"
    assert 0 < told["retry_after"] <= float(headers["X-RateLimit-Reset-After"]) + 0.1
    assert (client.world.limited, client.world.invalid, client.world.violations) == (1, 1, [])
    # Another channel has a bucket of its own.
    assert (await client.asks("POST", f"/channels/{here.OTHER_GUILD + 1}/messages", HELLO))[0] == 200
    await asyncio.sleep(told["retry_after"])
    assert (await client.asks("POST", CHANNEL, HELLO))[0] == 200
    for _ in range(2 * IN_CHANNEL):
        await client.asks("POST", CHANNEL, HELLO)
    assert client.world.violations == ["messages: requests go on though they are told to wait"]


async def test_every_route_tells_its_limit(client: Client) -> None:
    for method, route in LIMITS:
        path = route.format(id=here.GUILD + 1, token="none", message=1)  # noqa: S106 - made up
        _, _, headers = await client.asks(
            method, path, [] if "commands" in path else HELLO | {"recipient_id": "7"}
        )
        assert headers["X-RateLimit-Bucket"] == LIMITS[method, route].bucket
        assert headers["X-RateLimit-Limit"] == str(LIMITS[method, route].most)


async def test_more_requests_a_second_than_a_bot_may_make_are_refused_but_interactions(
    client: Client,
) -> None:
    client.world.per_second = 2
    for number in range(2):
        await client.asks("DELETE", f"{CHANNEL}/{number}")
    status, told, headers = await client.asks("POST", CHANNEL, HELLO)
    assert (status, told["global"], headers["X-RateLimit-Scope"]) == (429, True, "global")
    assert (await client.answers(await client.loopback.invokes("news"), 5))[0] == 204


async def test_whoever_gets_too_many_refusals_is_shut_out(client: Client) -> None:
    client.world.invalid_limit = 3
    client.world.banned_for = 0.1
    for _ in range(3):
        await client.asks("GET", "/users/@me", headers={"Authorization": ""})
    asked = await client.loopback.invokes("news")
    status, told, headers = await client.answers(asked, 5)
    assert (status, told, headers.get("Via")) == (429, "error code: 1015", None)
    assert client.world.violations[-1] == "more invalid requests than Discord takes"
    await asyncio.sleep(0.1)
    assert (await client.answers(asked, 5))[0] == 204


async def test_a_nonce_is_remembered_for_a_while(client: Client) -> None:
    client.world.nonce_lives = 0.05
    sent = HELLO | {"nonce": "once", "enforce_nonce": True}
    first, again = [(await client.asks("POST", CHANNEL, sent))[1]["id"] for _ in range(2)]
    assert first == again
    await asyncio.sleep(0.05)
    assert (await client.asks("POST", CHANNEL, sent))[1]["id"] != first
    assert len(client.world.posted) == 2


async def test_only_the_bots_own_messages_are_changed_and_deleted(client: Client) -> None:
    id_ = (await client.asks("POST", CHANNEL, HELLO))[1]["id"]
    assert (await client.asks("PATCH", f"{CHANNEL}/{id_}", {"content": "bye"}))[1]["content"] == "bye"
    assert (await client.asks("DELETE", f"{CHANNEL}/{id_}"))[0] == 204
    assert [(await client.asks(how, f"{CHANNEL}/{id_}", {}))[0] for how in ("PATCH", "DELETE")] == [404, 404]


async def test_an_interaction_is_answered_once_in_time_and_in_a_fitting_way(client: Client) -> None:
    asked = await client.loopback.invokes("news")
    hook = f"/webhooks/{here.BOT}/{asked.payload['token']}"
    assert (await client.asks("POST", hook, HELLO))[0] == 404
    assert client.world.violations.pop() == "an interaction was followed up before it was answered"
    assert (await client.answers(asked, 8))[0] == 400
    assert client.world.violations.pop() == "an interaction does not take an answer of type 8"
    assert (await client.answers(asked, 5))[0] == 204
    status, told, _ = await client.answers(asked, 4, content="again")
    assert (status, told["code"]) == (400, 40060)
    assert client.world.violations.pop() == "an interaction was answered twice"
    client.world.token_lives = 0.0
    assert (await client.asks("POST", hook, HELLO))[1]["code"] == 50027
    assert client.world.violations.pop() == "a token was used after it had ended"
    client.world.answer_within = 0.0
    late = await client.loopback.invokes("news")
    assert (await client.answers(late, 5))[1]["code"] == 10062
    assert client.world.violations.pop() == "an interaction was answered too late"
    assert (await client.answers(late, 5))[1]["code"] == 10015
    assert client.world.violations == ["a token was used that is none, or is none any more"]


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
