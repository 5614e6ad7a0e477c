"""What the commands print: JSON documents and lines, and a progress line for what takes over a second."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from threading import Timer
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from bot.article import Hit, Listing, Results
from bot.desk import Desk
from bot.logs import log_to_stderr
from bot.settings import Settings, read_settings

PATIENCE = 1.0
"""Seconds after which whoever waits is shown how far it got."""


def document(value: object) -> None:
    """Print one JSON document on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def line(value: object) -> None:
    """Print one JSON line on stdout, at once."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def iso(when: datetime | None) -> str | None:
    """Write a time as ISO 8601."""
    return None if when is None else when.isoformat()


def hit_record(hit: Hit) -> dict[str, Any]:
    """Write a hit as the commands print it; `others` are reports of its story where hits are grouped."""
    listing = hit.listing
    return {
        "id": listing.id,
        "headline": listing.headline,
        "score": round(hit.score, 4),
        "where": hit.where.value,
        "excerpt": hit.excerpt,
        "source": listing.source,
        "published": iso(listing.published),
        "story": listing.story or listing.id,
        **({"others": list(hit.others)} if hit.others else {}),
    }


def results_record(results: Results) -> dict[str, Any]:
    """Write an answer as `newsdesk search --json` prints it."""
    return {
        "query": results.query,
        "corrections": [{"from": c.typed, "to": c.read} for c in results.corrections],
        "hits": [hit_record(hit) for hit in results.hits],
        "suggestions": list(results.suggestions),
        "remarks": [str(remark) for remark in results.remarks],
    }


def entry(listing: Listing, note: str = "") -> str:
    """Write a story as a line of a list."""
    day = f"{listing.published:%Y-%m-%d}" if listing.published else ""
    facts = "  ".join(part for part in (listing.source or "", day, note) if part)
    return f"{listing.id:>6}  {listing.headline}" + (f"  ({facts})" if facts else "")


class Told:
    """A progress line on stderr, for people, that appears when something takes over a second."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)
        self._timer = Timer(PATIENCE, self._progress.start)
        self._timer.daemon = True
        if console.is_terminal:
            self._timer.start()

    def say(self, what: str, done: int = 0, total: int | None = None) -> None:
        """Tell what is being done, and how far it got."""
        self._progress.update(self._task, description=what, completed=done, total=total)

    def stop(self) -> None:
        """Take the line away."""
        self._timer.cancel()
        if self._progress.live.is_started:
            self._progress.stop()


@contextmanager
def telling() -> Iterator[Told]:
    """Show progress meanwhile."""
    told = Told()
    try:
        yield told
    finally:
        told.stop()


@asynccontextmanager
async def open_desk(*, search: bool = True) -> AsyncIterator[Desk]:
    """Read the settings and open the desk as every command does that reads the store."""
    settings: Settings = read_settings()
    log_to_stderr(settings, form="newsdesk: %(message)s")
    with telling() as told:
        opened = Desk.open(settings, search=search, progress=told.say)
        async with opened as desk:
            told.stop()
            yield desk
