"""Commands that change or look after the store: ingest, remove, db."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.asking import Json
from bot.cli.output import line, open_desk, telling
from bot.desk import Desk
from bot.ingest.documents import Report

db = typer.Typer(help="Look after the store.", no_args_is_help=True)

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
"""How an address begins; a path may begin with a drive's letter."""


def ingest(
    pages: Annotated[
        list[str],
        typer.Argument(metavar="PATH|URL...", help="Saved pages, .jsonl files, folders; addresses of pages."),
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON line for each document once it is committed.")
    ] = False,
) -> None:
    """Take files, folders and pages of the web into the store. Exit status 1 if anything was rejected."""
    if asyncio.run(_ingest(pages, as_json=as_json))["rejected"]:
        raise typer.Exit(1)


async def _ingest(pages: list[str], *, as_json: bool) -> Counter[str]:
    total: Counter[str] = Counter({"added": 0, "updated": 0, "unchanged": 0, "rejected": 0})
    async with open_desk(search=False) as desk:
        with telling() as told:
            async for report in _reports(desk, pages):
                total[report.outcome] += 1
                told.say("Taking in", total.total())
                if as_json:
                    line(
                        {
                            "path": report.path,
                            "outcome": report.outcome,
                            "id": report.id,
                            "reason": report.reason,
                        }
                    )
                elif report.outcome == "rejected":
                    typer.echo(f"{report.path}: {report.reason}", err=True)
    if as_json:
        line({"total": {**total, "documents": total.total()}})
    else:
        typer.echo(", ".join(f"{count} {outcome}" for outcome, count in total.items()))
    return total


async def _reports(desk: Desk, pages: list[str]) -> AsyncIterator[Report]:
    """Take in what was named, in its order."""
    for fetched, named in groupby(pages, key=lambda page: _ADDRESS.match(page) is not None):
        async for report in desk.fetch(list(named)) if fetched else desk.ingest(list(map(Path, named))):
            yield report


def remove(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Numbers of articles.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="Remove all of a source.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept with the tombstone.")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Let removed articles come back when next seen.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Remove articles for good: the text goes, a tombstone stays, and nothing brings them back."""
    if bool(ids) == (source is not None) or (undo and source is not None):
        raise typer.BadParameter("give either ID... (with --undo to let them come back) or --source NAME")
    asyncio.run(_remove(ids or [], source, reason, undo=undo, as_json=as_json))


async def _remove(ids: list[int], source: str | None, reason: str, *, undo: bool, as_json: bool) -> None:
    async with open_desk(search=False) as desk:
        if undo:
            changed, done = await desk.restore(ids), "restored"
        elif source is not None:
            changed, done = await desk.remove_source(source, reason), "removed"
        else:
            changed, done = await desk.remove(ids, reason), "removed"
    if as_json:
        line({done: changed})
    elif not changed:
        typer.echo(f"Nothing was {done}.")
    elif undo:
        typer.echo(
            f"These come back, under their numbers, when their pages are next taken in: {_list(changed)}"
        )
    else:
        typer.echo(f"Removed: {_list(changed)}")


def _list(ids: list[int]) -> str:
    return ", ".join(map(str, ids))


@db.command()
def upgrade() -> None:
    """Bring the schema and the full text up to this version; starting anything does so as well."""
    asyncio.run(_upgrade())


async def _upgrade() -> None:
    async with open_desk(search=False) as desk:
        typer.echo(f"The store is up to date: {desk.store.address}")


@db.command()
def check(as_json: Json = False) -> None:
    """Compare store, full text and headline index. Exit status 1 if they differ."""
    differences = asyncio.run(_check())
    if as_json:
        line({"differences": differences})
    else:
        typer.echo("\n".join(differences) or "No differences.")
    if differences:
        raise typer.Exit(1)


async def _check() -> list[str]:
    async with open_desk() as desk:
        with telling() as told:
            told.say("Comparing store, full text and headlines")
            return await desk.check()


@db.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that does not exist yet.")],
) -> None:
    """Write a consistent copy of the store while it is in use."""
    asyncio.run(_backup(file))


async def _backup(file: Path) -> None:
    async with open_desk(search=False) as desk:
        await desk.backup(file)
    typer.echo(f"Written: {file}")
