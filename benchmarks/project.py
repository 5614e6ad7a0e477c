"""The bot around the search: how long a start takes, what it needs, and whether it stays responsive."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks.corpus import write
from benchmarks.measure import odd_inputs, percentile
from benchmarks.queries import Asked
from bot.desk import Desk
from bot.search import parse_query
from bot.settings import Settings

STARTS = 3
"""Starts of which the median counts."""
ARTICLES = 10
"""Articles that are taken in, one after the other, while a desk follows."""
AT_ONCE = 200
"""Searches that come at the same time."""
HEARTBEAT = 0.001
"""Seconds between two looks at the clock."""


def fill(folder: Path, headlines: Sequence[str]) -> float:
    """Take headlines into a store in a folder, as `newsdesk ingest` does; return the seconds it took."""
    folder.mkdir(parents=True)
    pages = folder / "articles.jsonl"
    write(pages, headlines)
    started = time.perf_counter()
    _newsdesk(folder, "ingest", str(pages)).communicate()
    pages.unlink()
    return time.perf_counter() - started


def _newsdesk(folder: Path, *arguments: str, module: str = "bot") -> "subprocess.Popen[str]":
    environment = {**os.environ, "NEWSDESK_DATA_DIR": str(folder), "NEWSDESK_SEEDS_DIR": ""}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", module, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def start(folder: Path, query: str, *, anew: bool) -> float:
    """Return the seconds from the start of a process to its first answer, with a snapshot or without one."""
    seconds = []
    for _ in range(STARTS):
        if anew:
            (folder / "headlines.snapshot").unlink(missing_ok=True)
        started = time.perf_counter()
        with _newsdesk(folder, "search", query, "--limit", "1") as process:
            if process.stdout is not None and process.stdout.readline():
                seconds.append(time.perf_counter() - started)
            process.communicate()
    return percentile(seconds, 50)


def resident(folder: Path) -> float:
    """Return the megabytes that a process with a desk over a folder holds after its first search."""
    return float(_newsdesk(folder, module="benchmarks.resident").communicate()[0] or 0)


def answers(folder: Path, asked: Sequence[Asked]) -> dict[str, object]:
    """Measure a running desk."""
    return asyncio.run(_answers(folder, asked))


async def _answers(folder: Path, asked: Sequence[Asked]) -> dict[str, object]:
    settings = Settings(data_dir=folder, seeds_dir=None)
    async with Desk.open(settings) as desk:
        times = []
        for query in asked:
            started = time.perf_counter()
            await desk.search(parse_query(query.q))
            times.append((time.perf_counter() - started) * 1000)
        async with desk.following():
            findable = [
                await _findable(desk, folder / "one more.jsonl", number) for number in range(ARTICLES)
            ]
        index = desk.headlines.index
        searches = [desk.search(parse_query(query.q)) for query in islice(cycle(asked), AT_ONCE)]
        return {
            "headlines in memory": len(index),
            "total_ms median": percentile(times, 50),
            "total_ms p95": percentile(times, 95),
            "put to findable ms, median": percentile(findable, 50),
            "put to findable ms, worst": max(findable),
            **{
                f"loop lag ms, {AT_ONCE} searches, {name}": lag
                for name, lag in (await _lag(asyncio.gather(*searches))).items()
            },
            **{
                f"loop lag ms, folding, {name}": lag
                for name, lag in (await _lag(asyncio.to_thread(index.folded))).items()
            },
            "odd inputs, worst ms": odd_inputs(lambda text: index.search(parse_query(text), 10)),
        }


async def _findable(desk: Desk, file: Path, number: int) -> float:
    """Return the milliseconds from an article's acknowledgement until it is found by its headline."""
    name = "xyzzy" + "abcdefghij"[number] * 4
    article = {"headline": f"Rare {name} seen", "url": f"https://news.example/late/{number}"}
    file.write_text(json.dumps(article), encoding="utf-8")
    async with Desk.open(desk.settings, search=False) as other:
        (report,) = [report async for report in other.ingest([file])]
    started = time.perf_counter()
    query = parse_query(f'"{name}"')
    while True:
        if report.id in [match.id for match in desk.headlines.index.search(query, 1).hits]:
            break
        await asyncio.sleep(HEARTBEAT)
    file.unlink()
    return (time.perf_counter() - started) * 1000


async def _lag(work: Awaitable[object]) -> dict[str, float]:
    """Return how late the event loop was while some work was done, in milliseconds."""
    task = asyncio.ensure_future(work)
    late = []
    while not task.done():
        due = time.perf_counter() + HEARTBEAT
        await asyncio.sleep(HEARTBEAT)
        late.append((time.perf_counter() - due) * 1000)
    await task
    return {"p99": percentile(late, 99), "worst": max(late)}
