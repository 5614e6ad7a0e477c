"""How cost grows: from one guild to a thousand, and from ten thousand articles to a million."""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.articles import articles
from benchmarks.corpus import headlines, published
from bot.article import Page
from bot.desk import Desk
from bot.ingest.documents import Document
from bot.ingest.intake import Intake
from bot.settings import Settings
from tests.proof.load import STORE
from tests.proof.proving import Claim, Figures
from tests.proof.readers import Readers, guild_ids, readers

TITLE = "How cost grows"
TEST = "tests/test_proof_load.py"
GUILDS = (1, 10, 100, 1_000)
ARTICLES = (10_000, 100_000, 1_000_000)
WITH_TEXT = 10
"""Of so many articles one has a text of 200 words; the others are headlines alone, as many feeds give them."""
AT_ONCE = 250_000
"""Articles that one piece takes in."""
ASKED = 60
"""Questions after as many to warm up."""
RATE = 1.8
"""Questions a second, for any number of guilds: one guild alone may ask twenty in ten seconds."""
IDLE = 10.0
"""Seconds in which nobody asks, to see what goes on all the same."""


def pieces() -> Sequence[str]:
    """Name what takes articles in, and what then asks."""
    return [
        *(f"guilds-{guilds}" for guilds in GUILDS),
        *(piece for count in ARTICLES for piece in [*_fills(count), f"articles-{count}"]),
    ]


def _fills(count: int) -> list[str]:
    return [f"fill-{count}-to-{up_to}" for up_to in range(min(count, AT_ONCE), count + 1, AT_ONCE)]


def run(piece: str) -> Figures:
    """Take articles in, or ask."""
    kind, _, rest = piece.partition("-")
    if kind == "fill":
        count, up_to = map(int, rest.split("-to-"))
        return asyncio.run(fill(_store(count), count, up_to))
    number = int(rest)
    if kind == "guilds":
        count = min(ARTICLES)
        asyncio.run(fill(_store(count), count, count))
        return asyncio.run(cost(_store(count), count, number))
    return asyncio.run(cost(_store(number), number, max(GUILDS)))


def _store(count: int) -> Path:
    return STORE.with_name(f"growth-{count}")


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Say how each figure of the smallest grows."""
    said: list[Claim] = []
    for kind, sizes, what in (("guilds", GUILDS, "guilds"), ("articles", ARTICLES, "articles")):
        runs = {size: found[f"{kind}-{size}"] for size in sizes if f"{kind}-{size}" in found}
        said += _of(runs, kind, what)
    return said


def _of(runs: Mapping[int, Figures], kind: str, what: str) -> Sequence[Claim]:
    if not runs:
        return []
    cost_ = {"guilds": 1.25, "articles": 2.0}[kind]
    first, last = min(runs), max(runs)
    times = runs[last]["milliseconds"] / runs[first]["milliseconds"]
    span = f"from {first:,} to {last:,} {what}"
    return [
        Claim(
            says=f"A question costs at most {cost_:g} times the processor time {span}",
            figure=f"{_list(runs, 'milliseconds', '.1f')} ms: {times:.2f} times",
            kept=times <= cost_,
            test=TEST,
        ),
        Claim(
            says=f"Half of all questions are answered within 50 ms {span}",
            figure=f"{_list(runs, 'median', '.0f', 1000)} ms",
            kept=all(figures["median"] <= 0.05 for figures in runs.values()),
            test=TEST,
        ),
        Claim(
            says=f"A process needs less than a gigabyte and starts within 15 s {span}",
            figure=f"{_list(runs, 'megabytes', '.0f')} MB; {_list(runs, 'start', '.1f')} s",
            kept=all(figures["megabytes"] < 1_000 and figures["start"] < 15 for figures in runs.values()),
            test=TEST,
        ),
    ]


def _list(runs: Mapping[int, Figures], name: str, form: str, times: float = 1) -> str:
    return ", ".join(f"{figures[name] * times:{form}}" for figures in runs.values())


def pages(count: int) -> Iterator[Page]:
    """Make up articles, oldest first."""
    whole = articles(max(1, count // WITH_TEXT), seed=1)
    bare = iter(headlines(count, seed=1))
    for at in range(count):
        made = next(whole).page if at % WITH_TEXT == 0 else Page(headline=next(bare), language="en")
        yield replace(
            made, url=f"https://news.example/{at}", source=f"Source {at % 50}", published=published(at)
        )


async def fill(folder: Path, count: int, up_to: int) -> Figures:
    """Take in the first of `count` articles, as many as are missing."""
    settings = Settings(data_dir=folder, seeds_dir=None)
    async with Desk.open(settings, search=False) as desk:
        there = (await desk.stats()).store.articles
        missing = islice(pages(count), there, up_to)
        intake = Intake(desk.store)
        start = time.monotonic()
        while batch := [Document(page) for page in islice(missing, 1_000)]:
            await intake.take_in(batch)
        passed = time.monotonic() - start
        there = (await desk.stats()).store.articles
    if up_to == count:
        # Its snapshot is written, which the next start reads.
        async with Desk.open(settings):
            pass
    return {"articles": there, "seconds": round(passed, 1)}


async def cost(
    folder: Path, count: int, guilds: int, asked: int = ASKED, rate: float = RATE, idle: float = IDLE
) -> Figures:
    """Ask, from so many guilds, each of which chose something."""
    ours = guild_ids(guilds)
    async with Desk.open(Settings(data_dir=folder, seeds_dir=None), search=False) as desk:
        for guild in ours:
            await desk.guilds.change(guild, "results", "5", 1, datetime.now(UTC))
    first = [page.headline for page in islice(pages(count), min(count, 5_000))]
    async with readers(folder, articles=count, headlines=first, guilds=ours) as asking:
        await _ask(asking, asked, rate)
        without = await _idle(asking, idle)
        start, used = time.monotonic(), asking.processor()
        await _ask(asking, asked, rate)
        used = asking.processor() - used - without * (time.monotonic() - start)
        waits = asking.waits(asked)
        assert len(waits) == asked, "not all were answered"
        return {
            "asked": asked,
            "milliseconds": 1_000 * used / asked,
            "median": waits[len(waits) // 2],
            "megabytes": asking.megabytes(),
            "start": asking.start,
        }


async def _ask(asking: Readers, times: int, rate: float) -> None:
    for _ in range(times):
        await asking.ask()
        await asyncio.sleep(1 / rate)
    await asking.patience()


async def _idle(asking: Readers, seconds: float) -> float:
    """Return how much processor time the bot has while nobody asks: seconds in a second."""
    used = asking.processor()
    await asyncio.sleep(seconds)
    return (asking.processor() - used) / seconds
