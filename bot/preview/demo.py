"""A conversation over the shipped seeds: what `make demo` shows. Its store is its own, under the data folder."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.desk import Desk
from bot.preview.stage import Stage, stage
from bot.preview.terminal import show
from bot.settings import read_settings

_FIRST_ID = re.compile(r"^\*\*1\.\*\* `(\d+)` ", re.MULTILINE)


async def demo(console: Console) -> bool:
    """Hold the conversation; tell whether every command was answered with what it is for."""
    settings = read_settings()
    own = settings.model_copy(
        update={
            "data_dir": settings.data_dir / "demo",
            "database_url": None,
            "seeds_dir": Path("seeds"),
            "prefix": "!",
            "prefix_commands": True,
        }
    )
    async with Desk.open(own) as desk, stage(desk, own) as channel:
        found = await _ask(console, channel, "!news Syria")
        first = _FIRST_ID.search(found)
        if first is None:
            return False
        answers = [
            await _ask(console, channel, f"!headline {first[1]}"),
            await _ask(console, channel, f"!related {first[1]}"),
            corrected := await _ask(console, channel, "!news Siria"),
        ]
        return all(answers) and "Syria" in corrected


async def _ask(console: Console, channel: Stage, text: str) -> str:
    """Ask and print; return the answer's text, empty where there was none or only trouble."""
    replies = await channel.say(text)
    show(console, text, replies)
    return "\n".join(_content(reply) for reply in replies)


def _content(reply: dict[str, Any]) -> str:
    # Cards about trouble have no title.
    return "\n".join(embed.get("description", "") for embed in reply["embeds"] if embed.get("title"))


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(demo(Console())) else 1)
