"""The rules that the Discord on loopback keeps, and that the bot answers well under them."""

import asyncio

import pytest

from bot.desk import Desk
from bot.replies import admission, delivery
from tests.loopback import Loopback
from tests.loopback import world as here
from tests.loopback.buckets import IN_CHANNEL, WINDOW
from tests.loopback.permissions import EMBED_LINKS, READ_MESSAGE_HISTORY, SEND_MESSAGES, VIEW_CHANNEL
from tests.loopback.running import running

ANSWER = "Two whales seen"


def answers(loopback: Loopback) -> int:
    return sum(ANSWER in said for said in loopback.world.said)


async def ask_much(loopback: Loopback, times: int) -> None:
    for user in range(times):
        await loopback.says("!news whales", user=10_000 + user)


async def test_more_than_a_channel_takes_at_once_is_answered_in_turn(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Attempts that end before their turn would ask once more, and be counted.
    monkeypatch.setattr(delivery, "ATTEMPT", 40 * WINDOW)
    loop = asyncio.get_running_loop()
    async with running(loopback, desk):
        start = loop.time()
        await ask_much(loopback, 3 * IN_CHANNEL)
        await loopback.until(lambda: answers(loopback) == 3 * IN_CHANNEL)
    # The third five wait for two windows, but for what the first one has left.
    assert loop.time() - start > WINDOW


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


@pytest.mark.parametrize("denied", [SEND_MESSAGES, VIEW_CHANNEL])
async def test_where_it_may_not_write_or_see_the_bot_does_not_try(
    loopback: Loopback, desk: Desk, denied: int
) -> None:
    loopback.world.denied[here.GUILD] = denied
    async with running(loopback, desk):
        await loopback.says("!news whales")
        await loopback.says("!news whales", here.OTHER_GUILD)
        await loopback.until(lambda: answers(loopback) == 1)
        # An answer to an interaction needs no permission.
        asked = await loopback.invokes("news", query="whales")
        await loopback.until(lambda: asked.original)
    assert [shown["channel_id"] for shown in loopback.world.posted] == [str(here.OTHER_GUILD + 1)]


async def test_where_cards_or_replies_are_denied_the_bot_does_without(loopback: Loopback, desk: Desk) -> None:
    loopback.world.denied = {here.GUILD: EMBED_LINKS, here.OTHER_GUILD: READ_MESSAGE_HISTORY}
    async with running(loopback, desk):
        for guild in loopback.world.guilds:
            await loopback.says("!news whales", guild)
        await loopback.until(lambda: answers(loopback) == 2)
    plain, card = sorted(loopback.world.posted, key=lambda shown: int(shown["channel_id"]))
    assert (plain["embeds"], bool(card["embeds"])) == ([], True)


async def test_without_the_intent_to_read_messages_the_bot_answers_mentions_and_slash_commands(
    loopback: Loopback, desk: Desk
) -> None:
    loopback.world.privileged = 0
    async with running(loopback, desk) as task:
        await loopback.says("!news whales")
        await loopback.says(f"<@{here.BOT}> news whales", here.OTHER_GUILD)
        await loopback.until(lambda: answers(loopback) == 1)
        asked = await loopback.invokes("news", query="whales")
        await loopback.until(lambda: asked.original)
        assert not task.done()
    assert [shown["channel_id"] for shown in loopback.world.posted] == [str(here.OTHER_GUILD + 1)]


async def test_direct_messages_and_completions_keep_to_the_rules_as_well(
    loopback: Loopback, desk: Desk
) -> None:
    async with running(loopback, desk):
        await loopback.whispers("!news whales")
        await loopback.until(lambda: answers(loopback) == 1)
        typed = await loopback.types("news", "source", "Nor")
        await loopback.until(lambda: typed.choices)
    assert [choice["value"] for choice in typed.choices or []] == ["Northern Post"]


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        ("answer_within", "an interaction was answered too late"),
        ("token_lives", "a token was used after it had ended"),
    ],
)
async def test_what_comes_too_late_for_discord_is_told_to_the_log_alone(
    loopback: Loopback, desk: Desk, limit: str, rule: str, caplog: pytest.LogCaptureFixture
) -> None:
    setattr(loopback.world, limit, 0.0)
    async with running(loopback, desk):
        await loopback.invokes("news", query="whales")
        await loopback.until(lambda: "did not reach Discord" in caplog.text)
        await loopback.says("!news whales")
        await loopback.until(lambda: answers(loopback) == 1)
    assert not any(record.levelname == "ERROR" for record in caplog.records)
    # What Discord says of it is taken for an answer: the token is not used again.
    assert loopback.world.violations == [rule]
    loopback.world.violations.clear()


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
