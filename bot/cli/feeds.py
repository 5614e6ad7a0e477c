"""Commands that look after the feeds: newsdesk feeds."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.asking import Json
from bot.cli.output import document, iso, open_desk, telling
from bot.errors import UnreadableFile
from bot.failures import KnownFeed, remembered
from bot.feeds import Polled, Take
from bot.ingest.documents import Did
from bot.ingest.walk import printable, read_bytes
from bot.store.records import FeedRow
from bot.web import shown

feeds = typer.Typer(help="Look after the feeds that keep the store fresh.", no_args_is_help=True)

FeedId = Annotated[int, typer.Argument(metavar="ID", help="A feed's number.")]
Wanted = Annotated[
    Take, typer.Option("--take", help="Which of the stories that are there already to take in.")
]
FullText = Annotated[
    bool,
    typer.Option(
        "--full-text/--no-full-text", help="Fetch from their pages the texts of stories that are summaries."
    ),
]
Credentials = Annotated[
    bool, typer.Option("--credentials", help="Print addresses with the passwords and keys in them.")
]


@feeds.command()
def add(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="Of a feed, or of a page that names one.")
    ],
    take: Wanted = Take.NONE,
    full_text: FullText = True,
) -> None:
    """Read a feed from now on."""
    asyncio.run(_add(address, take, full_text=full_text))


async def _add(address: str, take: Take, *, full_text: bool) -> None:
    async with open_desk(search=False) as desk:
        with telling() as told:
            told.say("Reading the feed")
            polled = await desk.feeds.add(address, take=take, full_text=full_text)
    typer.echo(f"Added: {_brought(polled)}")


@feeds.command("list")
def list_(as_json: Json = False, credentials: Credentials = False) -> None:
    """List the feeds and how each of them is."""
    asyncio.run(_list(as_json=as_json, credentials=credentials))


async def _list(*, as_json: bool, credentials: bool) -> None:
    async with open_desk(search=False) as desk:
        rows = await desk.feeds.list()
    if as_json:
        document([_record(row, credentials=credentials) for row in rows])
        return
    for row in rows:
        typer.echo(_entry(row, credentials=credentials))
    if not rows:
        typer.echo("There is no feed. Add one: newsdesk feeds add ADDRESS", err=True)


def _record(row: FeedRow, *, credentials: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": _address(row, credentials=credentials),
        "title": row.title,
        "site": row.site,
        "full_text": row.full_text,
        "added_by": row.added_by,
        "added": iso(row.added),
        "paused": row.paused,
        "next_poll": iso(row.next_poll),
        "last_success": iso(row.last_success),
        "last_new": iso(row.last_new),
        "failures": row.failures,
        "failing_since": iso(row.failing_since),
        "problem": _problem(row),
    }


def _problem(row: FeedRow) -> str | None:
    return str(remembered(row.problem)) if row.problem else None


def _address(row: FeedRow, *, credentials: bool) -> str:
    return row.url if credentials else shown(row.url)


def _entry(row: FeedRow, *, credentials: bool) -> str:
    failed = f"failed {row.failures} times since {_when(row.failing_since)}" if row.failures else ""
    facts = [
        "paused" if row.paused else "",
        f"read {_when(row.last_success)}",
        f"new story {_when(row.last_new)}",
        f"next {_when(row.next_poll)}" if row.next_poll else "",
        ": ".join(part for part in (failed, _problem(row)) if part),
    ]
    return "\n".join(
        (
            _line(row),
            f"{'':>6}  {_address(row, credentials=credentials)}",
            f"{'':>6}  {', '.join(fact for fact in facts if fact)}",
        )
    )


def _line(row: FeedRow) -> str:
    return f"{row.id:>6}  {row.title or '(no title)'}"


def _when(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M} UTC" if when else "never"


@feeds.command()
def remove(id_: FeedId) -> None:
    """Forget a feed; its articles stay."""
    asyncio.run(_remove(id_))


async def _remove(id_: int) -> None:
    async with open_desk(search=False) as desk:
        row = await desk.feeds.remove(id_)
    typer.echo(f"Removed: {_line(row).strip()}")


@feeds.command()
def pause(id_: FeedId) -> None:
    """Read a feed no more until it is resumed."""
    asyncio.run(_pause(id_))


async def _pause(id_: int) -> None:
    async with open_desk(search=False) as desk:
        row = await desk.feeds.pause(id_)
    typer.echo(f"Paused: {_line(row).strip()}")


@feeds.command()
def resume(id_: FeedId) -> None:
    """Read a paused feed again."""
    asyncio.run(_resume(id_))


async def _resume(id_: int) -> None:
    async with open_desk(search=False) as desk:
        row = await desk.feeds.resume(id_)
    typer.echo(f"Resumed: {_line(row).strip()}")


@feeds.command()
def poll(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Numbers of feeds.")] = None,
) -> None:
    """Read feeds now: these, or all that are not paused. Exit status 1 if one failed."""
    if any(polled.error for polled in asyncio.run(_poll(ids))):
        raise typer.Exit(1)


async def _poll(ids: Sequence[int] | None) -> Sequence[Polled]:
    async with open_desk(search=False) as desk:
        with telling() as told:
            told.say("Reading feeds")
            done = await desk.feeds.poll(ids or None)
    for polled in done:
        typer.echo(_brought(polled), err=polled.error is not None)
    return done


def _brought(polled: Polled) -> str:
    if polled.error is not None:
        return f"{_line(polled.feed)}: {polled.error}"
    return f"{_line(polled.feed)}: {polled.count(Did.ADDED)} added, {polled.count(Did.UPDATED)} updated"


@feeds.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML file.")], take: Wanted = Take.NONE
) -> None:
    """Add the feeds of an OPML file, to be read soon. Exit status 1 if an address is refused."""
    try:
        data = read_bytes(file)
    except OSError as error:
        raise UnreadableFile(path=printable(file), cause=error.strerror or error) from None
    if asyncio.run(_import(data, take)):
        raise typer.Exit(1)


async def _import(data: bytes, take: Take) -> int:
    async with open_desk(search=False) as desk:
        done = await desk.feeds.import_(data, take=take)
    refused = [one for one in done if one.error is not None and not isinstance(one.error, KnownFeed)]
    for one in refused:
        typer.echo(f"{shown(one.url)}: {one.error}", err=True)
    added = sum(one.feed is not None for one in done)
    known = len(done) - added - len(refused)
    typer.echo(f"{added} added, {known} known already, {len(refused)} rejected")
    return len(refused)


@feeds.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A file that does not exist yet; without, stdout.")
    ] = None,
    credentials: Credentials = False,
) -> None:
    """Write the feeds as OPML."""
    data = asyncio.run(_export(credentials=credentials))
    if file is None:
        sys.stdout.write(data.decode())
        return
    with file.open("xb") as out:
        out.write(data)
    typer.echo(f"Written: {file}")


async def _export(*, credentials: bool) -> bytes:
    async with open_desk(search=False) as desk:
        return await desk.feeds.export(secrets=credentials)
