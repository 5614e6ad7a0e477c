"""`python -m benchmarks.feeds`: how fast local feeds are polled and stored, and what hostile ones among them cost."""

import asyncio
import contextlib
import gzip
import json
import logging
import multiprocessing
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any, TypeAlias
from xml.sax.saxutils import escape

import typer

from benchmarks.articles import articles
from benchmarks.measure import percentile
from bot.article import Page
from bot.feeds import Feeds, Take
from bot.settings import Settings
from bot.store.records import FeedRow
from bot.store.store import Store

HOSTS = 50
"""Ports that the good feeds are spread over: at most two requests at a time go to each."""
ENTRIES = 20
LAG_EVERY = 0.005
"""Seconds between two looks at how late the event loop is."""
MEMORY_EVERY = 1.0
LOOK_EVERY = 0.5
SEED = 1
_BOMB = 300 * 1024
_MEGABYTE = b"x" * 2**20

Answer: TypeAlias = Callable[[asyncio.StreamWriter], Awaitable[None]]


def main(
    *,
    n: Annotated[int, typer.Option("--n", min=10, help="Good feeds.")] = 1_000,
    hostile: Annotated[int, typer.Option("--hostile", min=0, help="Hostile feeds among them.")] = 100,
    whole: Annotated[bool, typer.Option("--whole", help="Whole texts in the feeds, not summaries.")] = False,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Times that all are polled.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Measure the polling of feeds that are served on loopback."""
    logging.basicConfig(level="CRITICAL")
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve, args=(there, n, hostile, whole), daemon=True)
    server.start()
    good, bad = here.recv()
    try:
        with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as scratch:
            report = asyncio.run(_measured(Path(scratch), good, bad, rounds))
    finally:
        server.kill()
        server.join()
    if as_json:
        typer.echo(json.dumps(report, indent=2))
        return
    for name, value in report.items():
        typer.echo(f"{name}: {value:.1f}" if isinstance(value, float) else f"{name}: {value}")


async def _measured(scratch: Path, good: list[str], bad: list[str], rounds: int) -> dict[str, Any]:
    pairs = sorted({url.split("/")[2] for url in (*good, *bad)})
    settings = Settings(data_dir=scratch, seeds_dir=None, fetch_allow_hosts=",".join(pairs))
    lags: list[float] = []
    memory: list[int] = []
    async with Store.open(settings.url) as store, Feeds.open(store, settings) as feeds:
        every = max(1, len(good) // max(1, len(bad)))
        left = iter(bad)
        good_ids: set[int] = set()
        for at, url in enumerate(good):
            good_ids.add((await feeds.add_unseen(url, take=Take.ALL, full_text=False)).id)
            if at % every == 0 and (hostile := next(left, None)):
                await feeds.add_unseen(hostile, take=Take.ALL, full_text=False)
        taken: list[float] = []
        async with _watched(lags, memory):
            for _ in range(rounds):
                started = time.perf_counter()
                begun = datetime.now(UTC)
                await _due_now(store)
                async with feeds.polling():
                    await _all_polled(store, good_ids, begun)
                    taken.append(time.perf_counter() - started)
        stats = await store.stats()
        return {
            "good feeds": len(good),
            "hostile feeds": len(bad),
            "good ones polled and stored, s": ", ".join(f"{one:.1f}" for one in taken),
            "articles stored": stats.articles,
            "articles expected": len(good) * ENTRIES,
            "event loop late, ms, p50": percentile(lags, 50) * 1000,
            "event loop late, ms, p99": percentile(lags, 99) * 1000,
            "event loop late, ms, most": max(lags) * 1000,
            "memory, MB, after a quarter of the time": memory[len(memory) // 4] / 1024 if memory else 0.0,
            "memory, MB, at the end": memory[-1] / 1024 if memory else 0.0,
            "memory, MB, at its peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }


async def _due_now(store: Store) -> None:
    """Let every feed be polled, the first ones first."""
    for row in await store.feeds.all():
        if row.last_success or row.failures:
            await store.feeds.change(row.id, _due)


def _due(row: FeedRow) -> FeedRow:
    return replace(row, next_poll=row.added + timedelta(seconds=row.id), etag=None, modified=None)


async def _all_polled(store: Store, ids: set[int], since: datetime) -> None:
    """Wait until the feeds with some ids were polled."""
    while True:
        rows = [row for row in await store.feeds.all() if row.id in ids]
        if all(row.last_success and row.last_success >= since for row in rows):
            return
        await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def _watched(lags: list[float], memory: list[int]) -> AsyncIterator[None]:
    """Note meanwhile how late the event loop is, in seconds, and the memory of this process, in kB."""

    async def lag() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(LAG_EVERY)
            lags.append(max(0.0, time.perf_counter() - started - LAG_EVERY))

    async def size() -> None:
        while True:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            memory.append(pages * resource.getpagesize() // 1024)
            await asyncio.sleep(MEMORY_EVERY)

    tasks = [asyncio.create_task(lag()), asyncio.create_task(size())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def serve(ready: Connection, n: int, hostile: int, whole: bool) -> None:
    """Serve feeds in a process of its own; send the addresses of the good and the hostile ones."""
    asyncio.run(_serve(ready, n, hostile, whole))


async def _serve(ready: Connection, n: int, hostile: int, whole: bool) -> None:
    made = articles(n * ENTRIES, SEED)
    async with AsyncExitStack() as stack:

        async def site(routes: dict[str, Answer]) -> str:
            async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    request = await reader.readuntil(b"\r\n\r\n")
                    await routes[request.split()[1].decode()](writer)
                writer.close()

            server = await stack.enter_async_context(await asyncio.start_server(connected, "127.0.0.1", 0))
            return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

        good: list[str] = []
        routes: list[dict[str, Answer]] = [{} for _ in range(HOSTS)]
        bases = [await site(one) for one in routes]
        for at in range(n):
            path = f"/{at}.xml"
            routes[at % HOSTS][path] = _document(
                _feed(at, [one.page for one in islice(made, ENTRIES)], whole=whole)
            )
            good.append(bases[at % HOSTS] + path)
        bad = [await site({"/": _HOSTILE[at % len(_HOSTILE)]}) + "/" for at in range(hostile)]
        ready.send((good, bad))
        await asyncio.Event().wait()


def _feed(at: int, pages: list[Page], *, whole: bool) -> bytes:
    items = []
    for number, page in enumerate(pages):
        told = (page.standfirst or "", *page.paragraphs) if whole else (page.first_text,)
        text = escape("".join(f"<p>{escape(paragraph)}</p>" for paragraph in told if paragraph))
        date = format_datetime(page.published or datetime.now(UTC))
        items.append(
            f"<item><title>{escape(page.headline)}</title><guid>{at}-{number}</guid><pubDate>{date}</pubDate>"
            f"<link>https://feed{at}.example/{number}</link><description>{text}</description></item>"
        )
    return f'<rss version="2.0"><channel><title>Feed {at}</title>{"".join(items)}</channel></rss>'.encode()


def _head(length: int | None, **headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/rss+xml", "Connection: close"]
    lines += [] if length is None else [f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _document(body: bytes, **headers: str) -> Answer:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(_head(len(body), **headers) + body)
        await writer.drain()

    return act


async def _silent(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def _slow(writer: asyncio.StreamWriter) -> None:
    writer.write(_head(None))
    while True:
        writer.write(b"<")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(_head(None))
    while True:
        writer.write(_MEGABYTE)
        await writer.drain()


def _rss(description: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>x</title><item><title>A title of it</title>'
        f"<description>{description}</description></item></channel></rss>"
    ).encode()


_ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
_HOSTILE: list[Answer] = [
    _silent,
    _slow,
    _endless,
    _document(_rss(f"<![CDATA[{'<b>' * (_BOMB // 3)}]]>")),
    _document(_rss("&e9;", f'<!DOCTYPE rss [<!ENTITY e0 "boom">{_ENTITIES}]>')),
    _document(gzip.compress(bytes(2**30 // 4), 9), Content_Encoding="gzip"),
    _document(b"\x00\xff" * 100_000),
    _document(_rss("<a>" * (_BOMB // 3))),
    _document(b"<html><body>" + b"<div>" * 200_000),
    _document(b"[" * 1_000_000),
]


if __name__ == "__main__":
    typer.run(main)
