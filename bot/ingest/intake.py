"""Documents into the store: each batch in one transaction, each report after its commit."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import PageError
from bot.ingest.documents import Arrival, Did, Document, Outcome, Report, arrival
from bot.ingest.shelf import Shelf
from bot.ingest.walk import Found, Reader, printable
from bot.store.records import Claim, FileEntry
from bot.store.store import Store
from bot.store.writing import Writing

FIRST_BATCH = 20
"""Documents before the first reports: soon enough to be seen to work."""

BATCH = 1_000
"""Documents in one transaction. Measured with 50,000 headlines on SQLite: 500 take 8 % longer, 2,000 take
5 % less time, but keep the event loop and other writers waiting for longer."""

BATCH_BYTES = 8 * 1024 * 1024
"""A batch of large pages ends here."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found, and of a page what its intake needs to know."""

    found: Found
    arrival: Arrival | None


class Intake:
    """Takes documents into a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def take_in(self, documents: Sequence[Document], claim: Claim | None = None) -> list[Outcome]:
        """Take documents in, one after the other, in one transaction: all or none of them.

        Raises StoreErrors; what is wrong with a document is said by its outcome. Those of a feed come under a
        claim; if it was lost, ClaimLost is raised.
        """
        arrivals = await asyncio.to_thread(lambda: [arrival(document) for document in documents])
        return await self._place(arrivals, (), claim)

    async def ingest(
        self, paths: Sequence[Path], *, root: Path | None = None
    ) -> AsyncGenerator[Report, None]:
        """Take in what paths lead to: folders, pages, JSONL files of records.

        Below `root`, the file's path says which story an edited page is. Raises StoreErrors; what was
        reported until then is in the store.
        """
        reader = Reader(root)
        async for report in self._reports(found for path in paths for found in reader.read(path)):
            yield report

    async def sync_folder(self, root: Path) -> list[Report]:
        """Take in what is new or edited in a watched folder; return what changed and what was rejected.

        Where nothing changed, nothing is written. Files that are gone change nothing.
        """
        known = await self._store.files(printable(root.resolve()))
        found = Reader(root, known).read(root)
        return [report async for report in self._reports(found) if report.outcome is not Did.UNCHANGED]

    async def _reports(self, found: Iterator[Found]) -> AsyncGenerator[Report, None]:
        def read(limit: int) -> list[_Read]:
            return list(_batch(found, limit))

        limit = FIRST_BATCH
        # Reading ahead while a batch is written gains nothing: both want the interpreter's lock, and
        # SQLite's driver gives it up at every row.
        while batch := await asyncio.to_thread(read, limit):
            for report in await self._commit(batch):
                yield report
            limit = BATCH

    async def _commit(self, batch: Sequence[_Read]) -> list[Report]:
        entries = [entry for read in batch if (entry := _entry(read.found))]
        arrivals = [read.arrival for read in batch if read.arrival]
        outcomes = iter(await self._place(arrivals, entries) if arrivals or entries else ())
        reports: list[Report] = []
        for read in batch:
            if isinstance(read.found.page, PageError):
                reports.append(Report(Did.REJECTED, None, read.found.page, path=read.found.path))
            elif read.arrival:
                outcome = next(outcomes)
                reports.append(Report(outcome.outcome, outcome.id, outcome.error, path=read.found.path))
        return reports

    async def _place(
        self, arrivals: Sequence[Arrival], entries: Sequence[FileEntry], claim: Claim | None = None
    ) -> list[Outcome]:
        async with self._store.writing() as tx:
            await tx.expect(claim)
            shelf = Shelf(datetime.now(UTC), await tx.last_id())
            await _stock(shelf, tx, arrivals)
            outcomes = await asyncio.to_thread(lambda: [shelf.place(arrived) for arrived in arrivals])
            await _write(shelf, tx, entries)
            return outcomes


def _batch(found: Iterator[Found], limit: int) -> Iterator[_Read]:
    size = 0
    for number, one in enumerate(found, 1):
        if one.page is None or isinstance(one.page, PageError):
            yield _Read(one, None)
        else:
            yield _Read(one, arrival(Document(one.page, one.file)))
        size += one.size
        if number == limit or size > BATCH_BYTES:
            return


def _entry(found: Found) -> FileEntry | None:
    """Return what to write down of a file that gave no page, or of one with many."""
    if found.file is None or not (found.page is None or isinstance(found.page, PageError)):
        return None
    reason = None if found.page is None else str(found.page)
    return FileEntry(found.file.root, found.file.path, found.file.content_hash, None, reason)


async def _stock(shelf: Shelf, tx: Writing, arrivals: Sequence[Arrival]) -> None:
    """Read onto the shelf whatever could be one of the stories that arrived, or that they tease."""
    pages = [arrived.keys for arrived in arrivals]
    teased = [keys for arrived in arrivals for _, keys in arrived.teased]
    entries: list[FileEntry] = []
    roots: dict[str, list[str]] = {}
    for arrived in arrivals:
        if file := arrived.document.file:
            roots.setdefault(file.root, []).append(file.path)
    for root, paths in roots.items():
        entries += (await tx.files_in(root, paths)).values()
    shelf.file(entries)
    of_files = [entry.article_id for entry in entries]

    same = await tx.drafts_by("url_key", [keys.url for keys in (*pages, *teased)])
    same += await tx.told_alike(pages)
    same += await tx.drafts_by("id", of_files)
    shelf.put(same, await tx.teasers_of([draft.id for draft in same]))
    alike = await tx.alike_by("headline_key", [keys.headline for keys in pages], stubs=True)
    alike += await tx.alike_by("lead_key", [keys.lead for keys in pages], stubs=True)
    alike += await tx.alike_by("headline_key", [keys.headline for keys in teased])
    alike += await tx.alike_by("lead_key", [keys.lead for keys in teased])
    shelf.put(alike, {})

    if await tx.any_tombstones():
        everything = (*pages, *teased)
        shelf.bury(await tx.tombstones_by("url_key", [keys.url for keys in everything]))
        shelf.bury(await tx.tombstones_by("headline_key", [keys.headline for keys in everything]))
        shelf.bury(await tx.tombstones_by("lead_key", [keys.lead for keys in everything]))
        shelf.bury(await tx.tombstones_by("article_id", of_files))


async def _write(shelf: Shelf, tx: Writing, entries: Iterable[FileEntry]) -> None:
    """Write what the batch changed."""
    drafts = shelf.drafts.values()
    new = [draft for draft in drafts if draft.id not in shelf.stored]
    was = shelf.stored
    changed = [(was[draft.id], draft) for draft in drafts if draft.id in was and draft is not was[draft.id]]
    await tx.forget_tombstones(shelf.returned)
    await tx.insert(new)
    await tx.replace(changed)
    await tx.link(shelf.links, new={draft.id for draft in new})
    await tx.record([*shelf.entries, *entries])
