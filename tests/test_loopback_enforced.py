"""Each rule of the REST API on loopback is broken by a plain client, and noted: a run without a violation means something."""

from typing import Any

import pytest

from tests.loopback import world as here
from tests.loopback.buckets import IN_CHANNEL, LIMITS, WINDOW
from tests.loopback.client import HELLO, SILENT, Client
from tests.loopback.permissions import EMBED_LINKS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL

CHANNEL = f"/channels/{here.GUILD + 1}/messages"


async def test_what_may_ping_is_noted(client: Client) -> None:
    assert (await client.asks("POST", CHANNEL, {"content": "@everyone"}))[0] == 200
    assert client.world.violations == ["a message may ping"]


@pytest.mark.parametrize(
    ("denied", "sent", "status", "code"),
    [
        (VIEW_CHANNEL, HELLO, 403, 50001),
        (SEND_MESSAGES, HELLO, 403, 50013),
        (EMBED_LINKS, HELLO, 200, None),
        (EMBED_LINKS, SILENT | {"embeds": [{"title": "x"}]}, 403, 50013),
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
    assert told["retry_after"] == float(headers["X-RateLimit-Reset-After"]) == WINDOW
    assert (client.world.limited, client.world.invalid, client.world.violations) == (1, 1, [])
    # Another channel has a bucket of its own.
    assert (await client.asks("POST", f"/channels/{here.OTHER_GUILD + 1}/messages", HELLO))[0] == 200
    client.clock.passes(told["retry_after"])
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
    client.world.banned_for = 1.0
    for _ in range(3):
        await client.asks("GET", "/users/@me", headers={"Authorization": ""})
    asked = await client.loopback.invokes("news")
    status, told, headers = await client.answers(asked, 5)
    assert (status, told, headers.get("Via")) == (429, "error code: 1015", None)
    assert client.world.violations[-1] == "more invalid requests than Discord takes"
    client.clock.passes(1.0)
    assert (await client.answers(asked, 5))[0] == 204


async def test_a_nonce_is_remembered_for_a_while(client: Client) -> None:
    sent = HELLO | {"nonce": "once", "enforce_nonce": True}
    first, again = [(await client.asks("POST", CHANNEL, sent))[1]["id"] for _ in range(2)]
    assert first == again
    client.clock.passes(client.world.nonce_lives)
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
    client.clock.passes(client.world.token_lives + 1)
    assert (await client.asks("POST", hook, HELLO))[1]["code"] == 50027
    assert client.world.violations.pop() == "a token was used after it had ended"
    late = await client.loopback.invokes("news")
    client.clock.passes(client.world.answer_within + 1)
    assert (await client.answers(late, 5))[1]["code"] == 10062
    assert client.world.violations.pop() == "an interaction was answered too late"
    assert (await client.answers(late, 5))[1]["code"] == 10015
    assert client.world.violations == ["a token was used that is none, or is none any more"]
