"""The load in small: the bot in a process of its own."""

from pathlib import Path

from tests.proof import load


async def test_a_bot_under_load_answers_everything_and_ends_in_time(tmp_path: Path) -> None:
    assert (await load._fill(200, tmp_path))["articles"] == 200
    figures = await load._steady(40, 2, folder=tmp_path, articles_=200)
    assert (figures["asked"], figures["unanswered"], figures["refused"]) == (80, 0, 0)
    assert 0 < figures["p50"] <= figures["p99"] <= figures["worst"] < load.PATIENCE
    assert 0 <= figures["late"] < 1
