"""The load, and how cost grows, in small: the bot in a process of its own."""

from pathlib import Path

from tests.proof import growth, load
from tests.proof.readers import PATIENCE


async def test_a_bot_under_load_answers_everything_and_ends_in_time(tmp_path: Path) -> None:
    assert (await load._fill(200, tmp_path))["articles"] == 200
    figures = await load._steady(40, 2, tmp_path, 200)
    assert (figures["asked"], figures["unanswered"], figures["refused"]) == (80, 0, 0)
    assert 0 < figures["p50"] <= figures["p99"] <= figures["worst"] < PATIENCE
    assert 0 <= figures["late"] < 1


async def test_at_full_speed_everything_is_answered_and_memory_looked_at(tmp_path: Path) -> None:
    await load._fill(50, tmp_path)
    figures = await load._at_full_speed(40, 20, tmp_path, 50)
    assert (figures["asked"], figures["unanswered"], len(figures["megabytes"])) == (40, 0, 2)


async def test_a_store_is_filled_in_steps_and_what_a_question_costs_is_seen(tmp_path: Path) -> None:
    assert (await growth.fill(tmp_path, 40, 25))["articles"] == 25
    assert (await growth.fill(tmp_path, 40, 40))["articles"] == 40
    figures = await growth.cost(tmp_path, 40, guilds=3, asked=5, rate=20, idle=0.5)
    assert figures["asked"] == 5
    assert 0 < figures["median"] < PATIENCE
    assert figures["megabytes"] > 10
    assert figures["start"] > 0
