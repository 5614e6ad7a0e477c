"""Commands that change or look after the store: ingest, remove, db."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.asking import Json
from bot.cli.output import line, open_desk, telling

db = typer.Typer(help="Look after the store.", no_args_is_help=True)


def ingest(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Saved pages, .jsonl files, folders.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON line for each document once it is committed.")
    ] = False,
) -> None:
    """Take files and folders into the store. Exit status 1 if anything was rejected."""
    if asyncio.run(_ingest(paths, as_json=as_json))["rejected"]:
        raise typer.Exit(1)


async def _ingest(paths: list[Path], *, as_json: bool) -> Counter[str]:
    total: Counter[str] = Counter({"added": 0, "updated": 0, "unchanged": 0, "rejected": 0})
    async with open_desk(search=False) as desk:
        with telling() as told:
            async for report in desk.ingest(paths):
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
