"""What Discord tells of twice is done once."""

import asyncio
from typing import Any

import pytest

from bot.desk import Desk
from bot.replies.heard import Heard
from tests.loopback import Loopback
from tests.loopback.running import running
from tests.loopback.trials import control

BUTTON = 2
"""The type of a button."""


def test_as_many_events_are_remembered_as_were_asked_for() -> None:
    heard = Heard(2)
    assert [heard.again(event) for event in (1, 1, 2, 1, 3, 1, 3)] == [
        False,
        True,
        False,
        True,
        False,
        False,
        True,
    ]


async def test_the_work_for_an_event_that_is_told_twice_is_done_once(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def counted(name: str) -> Any:
        work = getattr(desk, name)

        async def do(*asked: Any, **how: Any) -> Any:
            done.append(name)
            return await work(*asked, **how)

        return do

    for name in ("answer", "story", "related"):
        monkeypatch.setattr(desk, name, counted(name))
    async with running(loopback, desk):
        await loopback.invokes("news", times=2, query="whales")
        await loopback.says("!headline 1", times=2)
        await loopback.until(lambda: len(loopback.world.said) == 2)
        (shown,) = loopback.world.posted
        clicked = await loopback.clicks(shown, control(shown, "Related"), times=2)
        await loopback.until(lambda: clicked.answered)
        await loopback.clicks(shown, control(shown, "Back to the story"), times=2)
        await loopback.until(lambda: "Related to" not in loopback.world.said[0])
    assert sorted(done) == ["answer", "related", "story"]


async def test_a_click_on_a_control_that_is_too_old_is_told_of_once(loopback: Loopback, desk: Desk) -> None:
    async with running(loopback, desk):
        await loopback.says("!headline 1")
        await loopback.until(lambda: loopback.world.posted)
        (shown,) = loopback.world.posted
        # As another run of the bot would have named it.
        button = next(
            one for row in shown["components"] for one in row["components"] if one["type"] == BUTTON
        )
        button["custom_id"] = "newsdesk:0:1"
        await loopback.clicks(shown, "newsdesk:0:1", times=2)
        await loopback.until(lambda: len(loopback.world.posted) > 1)
        await asyncio.sleep(0.05)
    assert ["too old" in said for said in loopback.world.said] == [False, True]
