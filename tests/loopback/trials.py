"""Trials: one question while something goes wrong, and what became of it. The bot may be in this process or in another."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from tests.loopback.server import ENDS, Loopback
from tests.loopback.state import Asked
from tests.loopback.world import words

ANSWER, HELP, RELATED = "Two whales seen", "Newsdesk", "Related to"
"""Words of the right answers, over the pages of tests/newsroom.py."""
WAYS: Final = ("message", "first answer", "announcement", "announced answer", "click")
"""What a fault of the REST API hits: a message, the first answer to a slash command, the word that one is under way, what comes
in its place, and the answer to a click."""
EVENTS: Final = (
    "message twice",
    "slash command twice",
    "click twice",
    "message again after a resume",
    "slash command again after a resume",
    "newer before older",
    "message before its guild",
    "slash command before its guild",
)
"""How events come otherwise than once and in order."""
CLOSES: Final = ("1000", "1001", "4000", "4001", "4002", "4003", "4005", "4007", "4008", "4009")
"""Close codes after which Discord says to reconnect, and those of any server that goes away."""
UNDER_WAY: Final = "absence while an answer is under way"
ABSENCES: Final = ("absence", "absence, sessions lost", UNDER_WAY)
BREAKS: Final = (*ENDS, *CLOSES, *ABSENCES)
"""Everything that ends a connection, or all of them."""
PATIENCE: Final = 10.0
"""Seconds after which no answer comes any more."""
_SETTLED: Final = 0.05
"""Seconds in which a second answer would come as well."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question."""

    answered: bool
    extra: int
    """Answers after the first one."""

    @property
    def right(self) -> bool:
        """Whether it was answered exactly once."""
        return self.answered and not self.extra


@dataclass(frozen=True, slots=True)
class Return:
    """What became of the bot after a break."""

    seconds: float | None
    """Until it answered what was asked, or, if that was lost, what was asked then; None if it did not."""
    lost: bool
    """Whether the first question was in no session that the bot still had: Discord's to lose."""
    extra: int


async def hit(loopback: Loopback, way: str, faults: Sequence[str], guild: int) -> Outcome:
    """Let faults hit the attempts of one answer, in turn; ask in a guild that nobody asked in before."""
    world = loopback.world
    clicked = await _story(loopback, guild) if way == "click" else None
    before = world.said
    world.faults.extend(faults if way != "announced answer" else ["", *faults])
    asked: Asked | None = None
    match way:
        case "message":
            message = await loopback.says("!news whales", guild, guild)
        case "first answer":
            asked = await loopback.invokes("help", guild, guild)
        case "click":
            assert clicked is not None
            asked = await loopback.clicks(clicked, control(clicked, "Related"), guild)
        case _:
            asked = await loopback.invokes("news", guild, guild, query="whales")

    def is_answered() -> bool:
        if asked is None:
            return world.answers[message] > 0
        shown = asked.clicked or asked.original
        return shown is not None and any(word in words(shown) for word in (ANSWER, HELP, RELATED))

    answered = await _comes(loopback, is_answered)
    # What an earlier attempt did is known only when the last one is made.
    with suppress(TimeoutError):
        await loopback.until(lambda: not world.faults, 1)
    world.faults.clear()
    # A second answer would come with the attempt that hangs no longer.
    await asyncio.sleep(0.4 if any("hang" in fault for fault in faults) else _SETTLED)
    fresh = 0 if clicked is not None else 1
    return Outcome(answered, max(0, len(world.said) - len(before) - fresh))


async def disorder(loopback: Loopback, how: str, guild: int) -> Outcome:
    """Let events come as EVENTS says; ask in a guild that nobody asked in before."""
    world = loopback.world
    if how == "newer before older":
        return await _swapped(loopback, guild)
    clicked = await _story(loopback, guild) if "click" in how else None
    times = 2 if how.endswith("twice") else 1
    before = len(world.said)
    if how.endswith("guild"):
        await _begin_anew(loopback)
    if clicked is not None:
        asked = await loopback.clicks(clicked, control(clicked, "Related"), guild, times=times)
        answered = await _comes(loopback, lambda: RELATED in words(clicked))
        await asyncio.sleep(_SETTLED)
        return Outcome(answered and asked.answered is not None, len(world.said) - before)
    if how.startswith("slash"):
        await loopback.invokes("news", guild, guild, times=times, query="whales")
    else:
        await loopback.says("!news whales", guild, guild, times=times)
    answered = await _comes(loopback, lambda: len(world.said) > before)
    if how.endswith("resume"):
        resumed = world.resumed
        world.repeats = 10
        await loopback.break_off("abort")
        await loopback.until(lambda: world.resumed > resumed)
        world.repeats = 0
    if how.endswith("guild"):
        world.late_guilds = False
        await loopback.gateway.show_guilds()
    await asyncio.sleep(2 * _SETTLED)
    return Outcome(answered, len(world.said) - before - 1)


async def end(loopback: Loopback, how: str, guild: int, *, away: float = 0.1) -> Return:
    """Break the connection as BREAKS says, ask at once, and see how long the answer takes. Absences last `away` seconds."""
    world = loopback.world
    loop = asyncio.get_running_loop()
    sessions = world.identified
    if how not in ABSENCES:
        await loopback.break_off(how)
    elif how != UNDER_WAY:
        await loopback.go_away(for_good=how != "absence")
    else:
        world.faults.append("hang")
    first = await loopback.says("!news whales", guild, guild)
    if how == UNDER_WAY:
        await loopback.until(lambda: not world.faults)
        await loopback.go_away()
        # An answer is given up after half a minute.
        away /= 2
    start = loop.time()
    if how in ABSENCES:
        await asyncio.sleep(away)
        await loopback.come_back()
        start = loop.time()
    asked = [first]

    def is_lost() -> bool:
        # What is under way was heard in a session before.
        anew = how != UNDER_WAY and world.identified > sessions and _listens(loopback)
        return anew and not loopback.gateway.reached(first)

    answered = await _comes(loopback, lambda: world.answers[first] or is_lost())
    lost = answered and not world.answers[first]
    if lost:
        asked.append(await loopback.says("!news whales", guild, guild + 1))
        answered = await _comes(loopback, lambda: world.answers[asked[-1]])
    seconds = round(loop.time() - start, 2) if answered else None
    await asyncio.sleep(_SETTLED)
    return Return(seconds, lost, sum(max(0, world.answers[one] - 1) for one in asked))


def control(shown: dict[str, Any], label: str) -> str:
    """Return the id of a button of a message."""
    buttons = [button for row in shown["components"] for button in row["components"]]
    found: str = next(button["custom_id"] for button in buttons if button.get("label") == label)
    return found


async def _story(loopback: Loopback, guild: int) -> dict[str, Any]:
    """Let a story be shown that others are related to; return its message."""
    asked = await loopback.says("!headline 1", guild, guild)
    await loopback.until(lambda: loopback.world.answers[asked])
    return loopback.world.posted[-1]


async def _swapped(loopback: Loopback, guild: int) -> Outcome:
    """Tell two questions in the wrong order."""
    loopback.gateway.held = []
    asked = [await loopback.says("!news whales", guild, guild + number) for number in range(2)]
    await loopback.gateway.release()
    answers = loopback.world.answers
    answered = await _comes(loopback, lambda: all(answers[one] for one in asked))
    await asyncio.sleep(_SETTLED)
    return Outcome(answered, sum(answers[one] for one in asked) - 2)


async def _begin_anew(loopback: Loopback) -> None:
    """Let the bot begin a session, in which no guild is available yet."""
    loopback.world.late_guilds = True
    sessions = loopback.world.identified
    await loopback.break_off("invalid")
    await loopback.until(lambda: loopback.world.identified > sessions and _listens(loopback))


def _listens(loopback: Loopback) -> bool:
    return any(one.tells for one in loopback.gateway.connections)


async def _comes(loopback: Loopback, holds: Any) -> bool:
    try:
        await loopback.until(holds, PATIENCE)
    except TimeoutError:
        return False
    return True
