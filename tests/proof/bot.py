"""The bot in a process of its own, on a Discord on loopback: `python -m tests.proof.bot PORT [SHARD COUNT]`.

Its settings come from the environment.
"""

import asyncio
import sys

import pytest

from bot.client import Shards
from bot.logs import log_to_stderr
from bot.running import serve
from bot.settings import read_settings
from tests.loopback.server import show_the_way

if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as monkeypatch:
        show_the_way(int(sys.argv[1]), monkeypatch)
        settings = read_settings()
        log_to_stderr(settings)
        part = [int(number) for number in sys.argv[2:]]
        shards = Shards(range(part[0], part[0] + 1), part[1]) if part else None
        asyncio.run(serve(settings, shards))
