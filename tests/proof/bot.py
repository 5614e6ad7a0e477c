"""`newsdesk run` in a process of its own, on a Discord on loopback: `python -m tests.proof.bot PORT [OPTIONS]`.

Its settings come from the environment. Of the options, `--hasty` shortens all pauses, and `--silence SECONDS` the time after
which a connection counts as dead; the others are those of `newsdesk run`. On SIGUSR1 it writes into its data folder in what its
headlines differ from the store.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.cli import main
from bot.desk.live import LiveHeadlines
from bot.settings import read_settings
from tests.loopback.running import hurry
from tests.loopback.server import show_the_way

DIFFERENCES: Final = "differences.json"
"""The file in which a process tells its differences: a list of sentences."""


def tell_differences(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell, when asked to by a signal, in what the headlines that follow the store differ from it."""
    following = LiveHeadlines.following

    async def tell(headlines: LiveHeadlines) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{DIFFERENCES}.part"
        part.write_text(json.dumps(await headlines.differences()), encoding="utf-8")
        part.replace(folder / DIFFERENCES)

    @asynccontextmanager
    async def asked_for(headlines: LiveHeadlines) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(
            signal.SIGUSR1, lambda: loop.create_task(tell(headlines), name="tell differences")
        )
        async with following(headlines):
            yield

    monkeypatch.setattr(LiveHeadlines, "following", asked_for)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--hasty", action="store_true")
    parser.add_argument("--silence", type=float)
    asked, others = parser.parse_known_args()
    with pytest.MonkeyPatch.context() as monkeypatch:
        show_the_way(asked.port, monkeypatch)
        tell_differences(read_settings().data_dir, monkeypatch)
        if asked.hasty:
            hurry(monkeypatch)
        if asked.silence:
            monkeypatch.setattr("bot.client.SILENCE", asked.silence)
        sys.argv = ["newsdesk", "run", *others]
        main()
