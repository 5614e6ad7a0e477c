"""What is tried again, for how long; that nothing is said in any other way."""

import ast
from pathlib import Path

import pytest

from bot.replies.delivery import FIRST_PAUSE, LONGEST_PAUSE, deliver

ROOT = Path(__file__).parent.parent
SAYING = {
    "send",
    "send_message",
    "send_modal",
    "edit_message",
    "edit_original_response",
    "original_response",
    "defer",
    "reply",
    "add_reaction",
}
"""Methods of discord.py that tell Discord something."""


def test_all_that_the_bot_says_goes_through_delivery() -> None:
    found = set()
    for file in [
        *(ROOT / "bot").glob("*.py"),
        *(ROOT / "bot/replies").rglob("*.py"),
        *(ROOT / "cogs").glob("*.py"),
    ]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in SAYING:
                found.add(file.relative_to(ROOT).as_posix())
    assert found == {"bot/replies/delivery.py"}


async def test_an_attempt_is_repeated_after_growing_pauses_until_it_succeeds() -> None:
    pauses: list[float] = []
    errors = iter([ConnectionResetError(), TimeoutError(), ValueError("ours"), ConnectionResetError()])

    async def attempt() -> str:
        for error in errors:
            raise error
        return "done"

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with pytest.raises(ValueError, match="ours"):
        await deliver(attempt, within=10, sleep=sleep)
    assert await deliver(attempt, within=10, sleep=sleep) == "done"
    assert [FIRST_PAUSE / 2 <= pauses[0] <= FIRST_PAUSE, FIRST_PAUSE <= pauses[1] <= 2 * FIRST_PAUSE] == [
        True,
        True,
    ]
    assert len(pauses) == 3


async def test_what_does_not_succeed_in_time_is_raised() -> None:
    attempts = 0

    async def attempt() -> None:
        nonlocal attempts
        attempts += 1
        raise ConnectionResetError

    async def sleep(seconds: float) -> None:
        assert seconds <= LONGEST_PAUSE

    with pytest.raises(ConnectionResetError):
        await deliver(attempt, within=FIRST_PAUSE * 3, sleep=sleep)
    assert attempts == 3


async def test_a_mistake_of_ours_is_not_repeated() -> None:
    attempts = 0

    async def attempt() -> None:
        nonlocal attempts
        attempts += 1
        int(None)  # type: ignore[call-overload]  # the mistake

    with pytest.raises(TypeError):
        await deliver(attempt, within=10)
    assert attempts == 1
