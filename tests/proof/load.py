"""Load: the bot in one process or in two, Discord and all readers in another, over a store of 100,000 articles."""

import asyncio
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from itertools import islice, pairwise
from pathlib import Path

from benchmarks.articles import articles
from bot.desk import Desk
from bot.ingest.documents import Document
from bot.ingest.intake import Intake
from bot.settings import Settings
from tests.proof.proving import Claim, Figures
from tests.proof.readers import Readers, guild_ids, readers

TITLE = "Load"
TEST = "tests/test_proof_load.py"
STORE = Path(__file__).parents[2] / ".proof" / "load"
ARTICLES = 100_000
GUILDS = 300
SECONDS = 300
RATES = {"rate-30": (30, 1), "rate-60": (60, 1), "rate-100": (100, 1), "rate-100-by-2": (100, 2)}
"""Commands a second, and how many processes share them. Discord takes 50 requests a second of a bot; 100 is what we aim at."""
FULL_SPEED, LEG = 200_000, 50_000
"""Commands at full speed, and after how many of them its memory is looked at. It is about one process, which cannot be
parted into pieces: the better part of an hour."""
AT_ONCE = 16
"""Commands that are under way at full speed."""
P99, LAG = 0.25, 0.05
"""Seconds: aims for an answer, and for how late the event loop may be."""
GROWTH = 0.01
"""Of the memory, at most, in each leg but the first, which warms up."""


def pieces() -> Sequence[str]:
    """Name the store, the steady rate, and the pieces at full speed."""
    return ["store", *RATES, "full-speed"]


def run(piece: str) -> Figures:
    """Fill the store, or put the bot under load."""
    if piece == "store":
        return asyncio.run(_fill(ARTICLES))
    if piece == "full-speed":
        return asyncio.run(_at_full_speed(FULL_SPEED, LEG))
    rate, processes = RATES[piece]
    return asyncio.run(_steady(rate, SECONDS, processes=processes))


def claims(found: Mapping[str, Figures]) -> Sequence[Claim]:
    """Say what the runs amount to."""
    said: list[Claim] = []
    for piece in RATES:
        if steady := found.get(piece):
            said += _of_the_rate(piece, steady)
    if full := found.get("full-speed"):
        said.append(_of_full_speed(full))
    return said


def _of_the_rate(piece: str, found: Figures) -> Sequence[Claim]:
    rate, processes = RATES[piece]
    by = f", shared by {processes} processes," if processes > 1 else ""
    return [
        Claim(
            says=f"{rate} commands a second{by} for {SECONDS // 60} minutes over {ARTICLES:,} articles: the 99th percentile"
            f" within {P99 * 1000:.0f} ms, nothing unanswered",
            figure=f"{found['asked']} asked, {found['unanswered']} unanswered, {found['refused']} told to try again, median {found['p50'] * 1000:.0f} ms,"
            f" 99th percentile {found['p99'] * 1000:.0f} ms, worst {found['worst'] * 1000:.0f} ms",
            kept=found["unanswered"] == found["refused"] == 0 and found["p99"] <= P99,
            test=TEST,
            piece=piece,
        ),
        Claim(
            says=f"At {rate} a second{by} the event loop is late by more than {LAG * 1000:.0f} ms less than once in a hundred times",
            figure=f"{found['late']:.2%} of the times",
            kept=found["late"] < 0.01,
            test=TEST,
            piece=piece,
        ),
    ]


def _of_full_speed(found: Figures) -> Claim:
    grown = [after / before - 1 for before, after in pairwise(found["megabytes"])]
    return Claim(
        says=f"At full speed memory grows by less than {GROWTH:.0%} over {LEG:,} commands, after as many to warm up",
        figure=f"{found['asked']:,} asked, {found['unanswered']} unanswered, {found['per_second']:.0f} a second,"
        f" {', '.join(f'{size:.0f}' for size in found['megabytes'])} MB: {', '.join(f'{share:+.2%}' for share in grown)}",
        kept=found["unanswered"] == 0 and max(grown) < GROWTH,
        test=TEST,
        piece="full-speed",
    )


async def _fill(count: int, folder: Path = STORE) -> Figures:
    settings = Settings(data_dir=folder, seeds_dir=None)
    async with Desk.open(settings) as desk:
        intake = Intake(desk.store)
        made = articles(count, seed=1)
        while batch := [Document(one.page) for one in islice(made, 1000)]:
            await intake.take_in(batch)
    async with Desk.open(settings) as desk:
        return {"articles": (await desk.stats()).store.articles}


def _asking(folder: Path, count: int, processes: int = 1) -> AbstractAsyncContextManager[Readers]:
    first = islice(articles(count, seed=1), min(count, 5_000))
    titles = [one.page.headline for one in first]
    return readers(folder, articles=count, headlines=titles, guilds=guild_ids(GUILDS), processes=processes)


async def _steady(
    rate: float, seconds: float, folder: Path = STORE, count: int = ARTICLES, processes: int = 1
) -> Figures:
    loop = asyncio.get_running_loop()
    async with _asking(folder, count, processes) as asking:
        with _without_collections():
            start = loop.time()
            for number in range(int(rate * seconds)):
                await asyncio.sleep(max(0.0, start + number / rate - loop.time()))
                await asking.ask()
            await asking.patience()
        waits = asking.waits()
        return {
            "asked": len(asking.asked),
            "unanswered": len(asking.asked) - len(waits),
            "refused": asking.refused,
            "p50": waits[len(waits) // 2],
            "p99": waits[int(len(waits) * 0.99)],
            "worst": waits[-1],
            "late": await asking.late(LAG),
        }


@contextmanager
def _without_collections() -> Iterator[None]:
    """Collect no garbage in this process meanwhile: Discord would stand still for tenths of a second, as if the bot had."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _at_full_speed(count: int, leg: int, folder: Path = STORE, articles_: int = ARTICLES) -> Figures:
    loop = asyncio.get_running_loop()
    async with _asking(folder, articles_) as asking:
        start = loop.time()
        megabytes = []
        for _ in range(count // leg):
            await _rush(asking, leg)
            await asking.patience()
            asking.forget()
            megabytes.append(asking.megabytes())
        return {
            "asked": len(asking.asked),
            "unanswered": len(asking.asked) - len(asking.waits()),
            "per_second": len(asking.asked) / (loop.time() - start),
            "megabytes": megabytes,
        }


async def _rush(asking: Readers, count: int) -> None:
    under_way: set[str] = set()
    for _ in range(count):
        under_way.add(await asking.ask())
        while len(under_way) >= AT_ONCE:
            await asyncio.sleep(0.001)
            under_way = {message for message in under_way if not asking.answered(message)}
