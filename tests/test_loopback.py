"""The bot on a Discord of our own: answers arrive once whatever goes wrong, and it comes back whatever ends it."""

import asyncio
from typing import Any

import pytest

from bot.desk import Desk
from bot.errors import SessionRefused, WrongToken
from bot.replies import delivery
from bot.running import Session
from tests.canaries import TOKEN
from tests.loopback import Loopback
from tests.loopback import world as here
from tests.loopback.faults import FAULTS
from tests.loopback.running import on_discord, running
from tests.loopback.trials import BREAKS, EVENTS, WAYS, control, disorder, end, hit
from tests.loopback.world import words


async def answered(loopback: Loopback, words: str, times: int = 1) -> None:
    """Wait for an answer, and a moment longer for another one that there must not be."""
    world = loopback.world
    await loopback.until(lambda: sum(words in said for said in world.said) >= times)
    await asyncio.sleep(0.05)
    assert sum(words in said for said in world.said) == times


async def test_messages_and_slash_commands_are_answered(loopback: Loopback, desk: Desk) -> None:
    async with running(loopback, desk):
        await loopback.says("!news whales")
        await answered(loopback, "Two whales seen")
        asked = await loopback.invokes("headline", article="4")
        await loopback.until(lambda: asked.original)
        assert "humpback" in loopback.world.said[-1]


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_arrives_exactly_once_whatever_fault_hits_it(
    loopback: Loopback, desk: Desk, way: str
) -> None:
    loopback.world.guilds = [1000 + number for number in range(len(FAULTS))]
    async with running(loopback, desk):
        outcomes = {
            fault: await hit(loopback, way, [fault], guild)
            for fault, guild in zip(FAULTS, loopback.world.guilds, strict=True)
        }
    assert {fault: outcome for fault, outcome in outcomes.items() if not outcome.right} == {}


async def test_a_fault_may_come_again(loopback: Loopback, desk: Desk) -> None:
    async with running(loopback, desk):
        assert (await hit(loopback, "message", ["reset", "503 done", "429"], here.GUILD)).right


async def test_events_that_come_twice_or_in_another_order_are_answered_once(
    loopback: Loopback, desk: Desk
) -> None:
    loopback.world.guilds = [1000 + number for number in range(len(EVENTS))]
    async with running(loopback, desk):
        outcomes = {
            how: await disorder(loopback, how, guild)
            for how, guild in zip(EVENTS, loopback.world.guilds, strict=True)
        }
    assert {how: outcome for how, outcome in outcomes.items() if not outcome.right} == {}


async def test_what_never_reaches_discord_is_logged_and_no_mistake_of_ours(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery, "MESSAGE", 0.1)
    async with running(loopback, desk):
        loopback.world.faults.extend(["reset"] * 100)
        await loopback.says("!news ?!")
        await loopback.until(lambda: "did not reach Discord" in caplog.text)
        loopback.world.faults.clear()
        await loopback.says("!news whales")
        await answered(loopback, "Two whales seen")
    assert not any(record.levelname == "ERROR" for record in caplog.records)


async def test_the_bot_is_back_whatever_ends_its_connection(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.client.SILENCE", 1.0)
    loopback.world.guilds = [1000 + number for number in range(len(BREAKS))]
    async with running(loopback, desk) as task:
        returns = {
            how: await end(loopback, how, guild)
            for how, guild in zip(BREAKS, loopback.world.guilds, strict=True)
        }
        assert not task.done()
    assert {how: one for how, one in returns.items() if one.seconds is None or one.extra} == {}
    sessions_end = {"invalid", "malformed", "garbled", "4003", "4007", "4009", "absence, sessions lost"}
    assert {how for how, one in returns.items() if one.lost} <= {*sessions_end, "absence"}


async def test_what_is_asked_while_the_connection_is_down_is_answered_when_it_resumes(
    loopback: Loopback, desk: Desk
) -> None:
    async with running(loopback, desk):
        await loopback.break_off("4000")
        await loopback.says("!news whales")
        await answered(loopback, "Two whales seen")
        assert (loopback.world.identified, loopback.world.resumed) == (1, 1)


@pytest.mark.parametrize(
    ("code", "error"), [(4004, WrongToken), *((code, SessionRefused) for code in range(4010, 4015))]
)
async def test_what_discord_closes_for_good_ends_the_bot_with_a_sentence(
    loopback: Loopback, desk: Desk, code: int, error: type[Exception]
) -> None:
    loopback.world.closes_with = code
    with pytest.raises(error):
        async with asyncio.timeout(5):
            await Session(desk, desk.settings, TOKEN).run()


def held_up(monkeypatch: pytest.MonkeyPatch, part: object, name: str) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold up what a part answers; return what tells that it was asked, and what lets it go on."""
    begun, goes_on = asyncio.Event(), asyncio.Event()
    at_once = getattr(part, name)

    async def slow(*asked: Any, **how: Any) -> Any:
        begun.set()
        await goes_on.wait()
        return await at_once(*asked, **how)

    monkeypatch.setattr(part, name, slow)
    return begun, goes_on


async def test_told_to_end_it_finishes_what_is_under_way_and_takes_nothing_new(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = held_up(monkeypatch, desk, "story")
    session = Session(desk, desk.settings, TOKEN)
    async with on_discord(loopback, session) as task:
        await loopback.says("!headline 4")
        await begun.wait()
        session.stop()
        await asyncio.sleep(0.05)
        await loopback.says("!news whales")
        await answered(loopback, "being restarted")
        goes_on.set()
        await asyncio.wait_for(task, 5)
    assert sum("humpback" in said for said in loopback.world.said) == 1


async def test_told_to_end_it_still_answers_what_has_not_been_let_in_yet(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(desk, desk.settings, TOKEN)
    async with on_discord(loopback, session) as task:
        begun, goes_on = held_up(monkeypatch, desk.guilds, "of")
        await loopback.says("!news whales")
        await begun.wait()
        session.stop()
        await asyncio.sleep(0.05)
        goes_on.set()
        await asyncio.wait_for(task, 5)
    assert sum("being restarted" in said for said in loopback.world.said) == 1


@pytest.mark.parametrize("named", ["Related", "Read a story…"])
async def test_a_click_on_a_message_that_discord_has_not_confirmed_yet_is_answered_once(
    loopback: Loopback, desk: Desk, named: str
) -> None:
    world = loopback.world
    async with running(loopback, desk):
        world.faults.append("hang done")
        await loopback.says("!headline 1" if named == "Related" else "!news whales")
        await loopback.until(lambda: world.posted)
        shown = world.posted[-1]
        (used,) = [
            one
            for row in shown["components"]
            for one in row["components"]
            if named in (one.get("label"), one.get("placeholder"))
        ]
        values = [option["value"] for option in used.get("options", [])][:1]
        await loopback.clicks(shown, used["custom_id"], values=values)
        await loopback.until(lambda: "Related to" in words(shown) or "humpback" in words(shown))
        await asyncio.sleep(0.05)
    assert len(world.posted) == 1


async def test_told_to_end_before_it_is_on_discord_it_never_goes_there(
    loopback: Loopback, desk: Desk
) -> None:
    session = Session(desk, desk.settings, TOKEN)
    session.stop()
    await asyncio.wait_for(session.run(), 5)
    assert loopback.world.identified == 0


async def test_told_to_end_it_finishes_a_click_on_a_message_that_is_not_confirmed_yet(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, goes_on = held_up(monkeypatch, desk, "related")
    session = Session(desk, desk.settings, TOKEN)
    async with on_discord(loopback, session) as task:
        loopback.world.faults.append("hang done")
        await loopback.says("!headline 4")
        await loopback.until(lambda: loopback.world.posted)
        shown = loopback.world.posted[-1]
        await loopback.clicks(shown, control(shown, "Related"))
        await begun.wait()
        session.stop()
        client = session.client
        assert client is not None
        # By now its message is confirmed and its command done: the click alone is left.
        await loopback.until(lambda: not client.admission._under_way)
        await asyncio.sleep(0.05)
        goes_on.set()
        await asyncio.wait_for(task, 5)
    assert "Related to" in words(shown)
