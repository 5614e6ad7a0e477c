"""`python -m benchmarks.commands`: how soon commands and clicks are answered, on a simulated Discord: `make bench-commands`.

The clock runs from the moment that a message is sent or a button clicked to the last request that answers it: what
discord.py reads, prefix, guild's choices, cooldown, store, search, card and controls. The network is not in it.
"""

import asyncio
import json
import logging
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import discord
import simcord
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.articles import articles
from benchmarks.measure import percentile
from benchmarks.queries import Typist
from bot.desk import Desk
from bot.ingest.documents import Document
from bot.ingest.intake import BATCH, Intake
from bot.preview.stage import BETWEEN_MESSAGES, Stage, stage
from bot.running import collecting_rarely
from bot.settings import Settings

SEED = 1
WITHIN = 50.0
"""Milliseconds in which an answer feels instant: half of what people notice, the other half is Discord's way."""
UNDER_WAY = {5, 6}
"""Discord's numbers for a word that an answer is under way, or an edit: no answer yet."""
PATIENCE = 30.0
"""Seconds after which no answer comes any more."""
FLOOR = 0.99
"""Share of all that is asked that has to be answered WITHIN."""


class _Sent(list[simcord.HttpLogEntry]):
    """Requests to Discord, and when the one left that answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = asyncio.Event()
        self.at = self.busy = 0.0
        """By the clock, and by the processor time of this process: seconds."""

    def append(self, entry: simcord.HttpLogEntry, /) -> None:
        super().append(entry)
        told = entry.json if isinstance(entry.json, dict) else {}
        if not (entry.path.endswith("/callback") and told.get("type") in UNDER_WAY):
            self.at, self.busy = time.perf_counter(), time.process_time()
            self.answered.set()


@dataclass
class Reader:
    """Somebody who asks, clicks and chooses, and looks at the clock."""

    stage: Stage
    sent: _Sent = field(default_factory=_Sent)
    took: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Milliseconds, by what was done."""
    busy: list[float] = field(default_factory=list)
    """Milliseconds of processor time of all of it: what is left where nobody else uses the machine."""

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["Reader"]:
        """Have the clock looked at for as long as the context lasts."""
        with patch.object(self.stage.env.backend, "http_requests", self.sent):
            yield self

    @asynccontextmanager
    async def _clocked(self, name: str) -> AsyncIterator[None]:
        """Measure what is done in the context, which returns once it is answered."""
        env, sent = self.stage.env, self.sent
        await env.advance_time(BETWEEN_MESSAGES)

        async def until_answered(**_: object) -> None:
            async with asyncio.timeout(PATIENCE):
                await sent.answered.wait()

        sent.answered.clear()
        # While the simulation waits it looks through all tasks and timers again and again: no work of the bot's.
        with patch.object(env, "_settle_internal", until_answered):
            begun, worked = time.perf_counter(), time.process_time()
            yield
        self.took[name].append((sent.at - begun) * 1000)
        self.busy.append((sent.busy - worked) * 1000)
        await env.settle()

    async def say(self, name: str, text: str) -> None:
        """Send a message."""
        async with self._clocked(f"!{name}"):
            await self.stage.reader.send(self.stage.channel, f"!{name} {text}".rstrip())

    async def slash(self, name: str, **options: str) -> None:
        """Give a slash command."""
        async with self._clocked(f"/{name}"):
            await self.stage.reader.slash(self.stage.channel, name, **options)

    async def complete(self, name: str, option: str, typed: str) -> None:
        """Type an option of a slash command."""
        async with self._clocked(f"/{name}, completion"):
            await self.stage.reader.autocomplete(self.stage.channel, name, option, typed)

    async def find(self, text: str) -> None:
        """Have what is related to a message found."""
        message = await self.stage.reader.send(self.stage.channel, text)
        async with self._clocked("Find related news"):
            await self.stage.reader.context_menu(self.stage.channel, "Find related news", message)

    async def choose(self) -> None:
        """Choose the first story of the newest message's select, if it has one."""
        message = self.stage.last_message()
        for control in _controls(message):
            if control["type"] == discord.ComponentType.select.value:
                async with self._clocked("[Read a story…]"):
                    await self.stage.reader.select(message, [control["options"][0]["value"]])

    async def click(self, label: str) -> None:
        """Click a button of the newest message, if it has it."""
        message = self.stage.last_message()
        if any(control.get("label") == label for control in _controls(message)):
            async with self._clocked(f"[{label}]"):
                await self.stage.reader.click(message, label=label)


def _controls(message: discord.Message) -> list[dict[str, Any]]:
    rows: list[Any] = [row.to_dict() for row in message.components]
    return [control for row in rows for control in row["components"]]


async def read(reader: Reader, typed: str, id_: int, headline: str) -> None:
    """Ask for everything once: what somebody typed, and an article by its number."""
    await reader.say("news", typed)
    await reader.click("Next")
    await reader.choose()
    await reader.click("Related")
    await reader.say("headline", str(id_))
    await reader.say("related", str(id_))
    await reader.complete("news", "query", typed[: len(typed) // 2 + 1])
    await reader.slash("news", query=typed)
    await reader.slash("headline", article=str(id_))
    await reader.slash("related", article=str(id_))
    await reader.find(headline)
    await reader.say("help", "")
    await reader.say("about", "")


async def measure(folder: Path, n: int, rounds: int, seed: int) -> Reader:
    """Have everything asked over `n` made-up articles; return the reader with what they measured."""
    settings = Settings(data_dir=folder, seeds_dir=None)
    headlines: list[str] = []
    made = articles(n, seed)
    async with Desk.open(settings, search=False) as desk:
        intake = Intake(desk.store)
        while batch := [one.page for one in islice(made, BATCH)]:
            await intake.take_in([Document(page) for page in batch])
            headlines += [page.headline for page in batch]
    rng = random.Random(seed)
    asked = Typist(headlines, seed).queries(rounds)
    rng.shuffle(asked)
    async with (
        Desk.open(settings) as desk,
        desk.following(),
        stage(desk, settings) as channel,
        Reader(channel).watching() as reader,
    ):
        with collecting_rarely():
            for query in asked[:rounds]:
                at = rng.randrange(n)
                await read(reader, query.q, at + 1, headlines[at])
    return reader


def summary(took: Sequence[float]) -> dict[str, float]:
    """Sum some milliseconds up."""
    return {
        "answers": len(took),
        "median": percentile(took, 50),
        "p95": percentile(took, 95),
        "p99": percentile(took, 99),
        "worst": max(took),
        "within": sum(one <= WITHIN for one in took) / len(took),
    }


def main(
    *,
    n: Annotated[int, typer.Option("--n", min=100, help="Articles to make up.")] = 10_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Times that everything is asked for.")] = 40,
    seed: Annotated[int, typer.Option("--seed", help="Of articles and queries.")] = SEED,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Measure how soon commands and clicks are answered; exit with 1 where fewer than 99 % take 50 ms or less."""
    logging.basicConfig(level="ERROR")
    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as scratch:
        reader = asyncio.run(measure(Path(scratch), n, rounds, seed))
    everything = summary([one for each in reader.took.values() for one in each])
    report = {name: summary(each) for name, each in reader.took.items()}
    report |= {"everything": everything, "processor time": summary(reader.busy)}
    if as_json:
        typer.echo(json.dumps({"articles": n, "milliseconds": report}, indent=2, ensure_ascii=False))
    else:
        _show(n, report)
    if everything["within"] < FLOOR:
        raise typer.Exit(1)


def _show(n: int, report: dict[str, dict[str, float]]) -> None:
    table = Table(box=SIMPLE, title=f"{n:,} articles; milliseconds from the event to the answer")
    table.add_column("asked")
    for name in ("answers", "median", "p95", "p99", "worst", f"within {WITHIN:.0f} ms"):
        table.add_column(name, justify="right")
    for name, figures in report.items():
        times = [f"{figures[each]:.1f}" for each in ("median", "p95", "p99", "worst")]
        table.add_row(name, f"{figures['answers']:.0f}", *times, f"{figures['within']:.1%}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
