"""Commands that ask: search, show, related, stats, parse."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from bot.article import Article, Story
from bot.cli.output import document, entry, hit_record, iso, line, open_desk, results_record
from bot.desk import RELATED, RESULTS, Desk
from bot.errors import UnreadableFile
from bot.ingest.walk import RECORDS, printable, read_bytes
from bot.pages import page_record, read_page
from bot.related import MIN_SCORE
from bot.search import parse_query

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many to list at most.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="An article's number.")]


def search(
    query: Annotated[
        list[str] | None, typer.Argument(metavar="QUERY", help="Words; it may start with -.")
    ] = None,
    limit: Limit = RESULTS,
    group: Annotated[bool, typer.Option("--group", help="List each story once, as the bot does.")] = False,
    as_json: Json = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch", metavar="FILE", help='Answer lines {"id", "q"} of a file, - for stdin, with lines.'
        ),
    ] = None,
) -> None:
    """Find stories, as the bot does."""
    if batch is not None:
        asyncio.run(_search_batch(batch, limit))
    elif query:
        asyncio.run(_search(" ".join(query), limit, group=group, as_json=as_json))
    else:
        raise typer.BadParameter("give a QUERY, or --batch FILE")


async def _search(text: str, limit: int, *, group: bool, as_json: bool) -> None:
    async with open_desk() as desk:
        find = desk.grouped if group else desk.search
        results = await find(parse_query(text), limit)
    if as_json:
        document(results_record(results))
        return
    for correction in results.corrections:
        typer.echo(f'Read "{correction.typed}" as "{correction.read}".', err=True)
    for remark in results.remarks:
        typer.echo(str(remark), err=True)
    for hit in results.hits:
        note = "" if hit.where == "headline" else "in the text"
        typer.echo(entry(hit.listing, f"{hit.score:.2f}" + (f", {note}" if note else "")))
        if hit.excerpt:
            typer.echo(f"{'':>6}  {hit.excerpt}")
        if hit.others:
            typer.echo(f"{'':>6}  also reported: {', '.join(map(str, hit.others))}")
    if not results.hits:
        near = f" Near words: {', '.join(results.suggestions)}." if results.suggestions else ""
        typer.echo(f"Nothing found.{near}", err=True)


async def _search_batch(path: Path, limit: int) -> None:
    async with open_desk() as desk:
        if str(path) == "-":
            await _answer_lines(desk, sys.stdin, limit)
            return
        try:
            lines = path.open(encoding="utf-8", errors="replace")
        except OSError as error:
            raise UnreadableFile(path=printable(path), cause=error.strerror or error) from None
        with lines:
            await _answer_lines(desk, lines, limit)


def _asked(text: str) -> tuple[object, str] | None:
    """Read a line of a batch: its id and its query."""
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("q"), str):
        return None
    return asked.get("id"), asked["q"]


async def _answer_lines(desk: Desk, lines: TextIO, limit: int) -> None:
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        asked = _asked(text)
        if asked is None:
            raise typer.BadParameter(f'line {number} is not {{"id": ..., "q": "words"}}')
        id_, words = asked
        started = time.perf_counter()
        query = parse_query(words)
        desk.headlines.index.search(query, limit)
        within = time.perf_counter()
        results = await desk.search(parse_query(words), limit)
        done = time.perf_counter()
        line(
            {
                "id": id_,
                "ms": (within - started) * 1000,
                "total_ms": (done - within) * 1000,
                "hits": [hit_record(hit) for hit in results.hits],
            }
        )


def _article_record(article: Article) -> dict[str, Any]:
    return {"id": article.id, "kind": article.kind.value, **page_record(article.page)}


def show(id_: Id, as_json: Json = False) -> None:
    """Show an article with its summary."""
    asyncio.run(_show(id_, as_json=as_json))


async def _show(id_: int, *, as_json: bool) -> None:
    async with open_desk(search=False) as desk:
        story = await desk.story(id_)
    if as_json:
        document(
            {
                **_article_record(story.article),
                "summary": list(story.summary),
                "story": story.article.story or id_,
                "reports": [listing.id for listing in story.others],
            }
        )
    else:
        typer.echo(_as_text(story))


def _as_text(story: Story) -> str:
    page = story.article.page
    facts = [
        page.source,
        ", ".join(page.byline),
        f"{page.published:%Y-%m-%d}" if page.published else "",
        page.url,
    ]
    parts = [
        f"{story.article.id}  {page.headline}",
        "  ".join(fact for fact in (story.article.kind.value, *facts) if fact),
        "",
        *story.summary,
        *(["", "Also reported:", *map(entry, story.others)] if story.others else []),
        *(["", "On its page:", *map(entry, story.teased)] if story.teased else []),
    ]
    return "\n".join(parts)


def related(
    id_: Id,
    limit: Limit = RELATED,
    min_score: Annotated[
        float, typer.Option("--min-score", min=0.0, max=1.0, help="0 lists everything that shares a word.")
    ] = MIN_SCORE,
    group: Annotated[
        bool, typer.Option("--group/--no-group", help="List each story once, by one report.")
    ] = True,
    as_json: Json = False,
) -> None:
    """List the stories that an article's page teased, then the most similar ones."""
    asyncio.run(_related(id_, limit, min_score, group=group, as_json=as_json))


async def _related(id_: int, limit: int, min_score: float, *, group: bool, as_json: bool) -> None:
    async with open_desk(search=False) as desk:
        found = await desk.related(id_, limit=limit, min_score=min_score, group=group)
    if as_json:
        document(
            {
                "teasers": [
                    {"id": t.id, "headline": t.headline, "kind": t.kind.value} for t in found.teasers
                ],
                "similar": [
                    {"id": s.listing.id, "headline": s.listing.headline, "score": round(s.score, 4)}
                    for s in found.similar
                ],
            }
        )
        return
    if found.teasers:
        typer.echo("On its page:")
    for teaser in found.teasers:
        typer.echo(entry(teaser, "teaser only" if teaser.kind == "stub" else ""))
    if found.similar:
        typer.echo("Similar:")
    for similar in found.similar:
        typer.echo(entry(similar.listing, f"{similar.score:.2f}"))
    if not found.teasers and not found.similar:
        typer.echo("Nothing like it yet.", err=True)


def stats(as_json: Json = False) -> None:
    """Count what is in the store, and how fresh the index is."""
    asyncio.run(_stats(as_json=as_json))


async def _stats(*, as_json: bool) -> None:
    async with open_desk() as desk:
        counted = await desk.stats()
    record = {
        "articles": counted.store.articles,
        "stubs": counted.store.stubs,
        "sources": counted.store.sources,
        "tombstones": counted.store.tombstones,
        "newest": iso(counted.store.newest),
        "index": {"headlines": counted.indexed, "behind": counted.behind},
        "database": counted.database,
        "database_bytes": counted.store.size,
        "data_dir": str(counted.data_dir),
        "version": counted.version,
    }
    if as_json:
        document(record)
        return
    for name, value in record.items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        typer.echo(f"{name.replace('_', ' '):<15} {shown}")


def parse(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved page.")],
    as_json: Json = False,
) -> None:
    """Show how a page is read, block by block; store nothing."""
    if file.suffix.lower() == RECORDS:
        raise typer.BadParameter(f"a {RECORDS} file has a page a line; FILE is one page")
    try:
        data = read_bytes(file)
    except OSError as error:
        raise UnreadableFile(path=printable(file), cause=error.strerror or error) from None
    page = read_page(file.name, data)
    if as_json:
        document(page_record(page))
        return
    for block in page.blocks:
        typer.echo(f"{block.role.value:<16} {block.text}\n{'':<16} ({block.why})")
