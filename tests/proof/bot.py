"""The bot in a process of its own, on a Discord on loopback: `python -m tests.proof.bot PORT [SHARD COUNT]`.

Its settings come from the environment. On SIGUSR1 it writes into its data folder in what its headlines differ from the store.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.client import Shards
from bot.desk.live import LiveHeadlines
from bot.logs import log_to_stderr
from bot.running import serve
from bot.settings import read_settings
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
    with pytest.MonkeyPatch.context() as monkeypatch:
        show_the_way(int(sys.argv[1]), monkeypatch)
        settings = read_settings()
        log_to_stderr(settings)
        tell_differences(settings.data_dir, monkeypatch)
        part = [int(number) for number in sys.argv[2:]]
        shards = Shards(range(part[0], part[0] + 1), part[1]) if part else None
        asyncio.run(serve(settings, shards))
