"""Folders and files as documents: what is read, in which order, and what is passed over."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b, file_digest
from pathlib import Path

from bot.article import Page
from bot.errors import BadRecord, PageError, PageTooLarge, UnreadableFile
from bot.ingest.documents import FileRef
from bot.pages import MAX_PAGE, SUFFIXES, parse_record, read_page
from bot.store.records import FileEntry

RECORDS = ".jsonl"
"""The ending of files of which each line is a page."""

MAX_LINE = 2 * MAX_PAGE
"""Bytes of one line: a page of MAX_PAGE bytes with its keys, quotes and escapes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page that was read, or the reason why none was; neither at the end of a watched file of records."""

    path: str
    page: Page | PageError | None
    size: int = 0
    """Bytes that it was read from."""
    file: FileRef | None = None


class Reader:
    """Reads pages from files; those below `root`, if given, as files of that watched folder.

    Files of which `known` says that they are as they were are passed over.
    """

    def __init__(self, root: Path | None = None, known: Mapping[str, FileEntry] | None = None) -> None:
        self._root = root.resolve() if root else None
        self._known = known or {}

    def read(self, path: Path) -> Iterator[Found]:
        """Read whatever a path leads to: a folder's files, a file's page, or the records of a JSONL file."""
        if not path.is_dir():
            yield from self._file(path)
            return
        for below in files_below(path):
            if isinstance(below, UnreadableFile):
                yield Found(str(below.params["path"]), below)
            else:
                yield from self._file(below)

    def _file(self, path: Path) -> Iterator[Found]:
        try:
            if path.suffix.lower() == RECORDS:
                yield from self._records(path)
            else:
                yield from self._page(path)
        except PageError as error:
            yield Found(printable(path), error)
        except OSError as error:
            yield Found(printable(path), UnreadableFile(path=printable(path), cause=_cause(error)))

    def _page(self, path: Path) -> Iterator[Found]:
        data = read_bytes(path)
        file = self._reference(path, blake2b(data, digest_size=16).digest())
        entry = self._unchanged(file) if file else None
        if entry and entry.article_id is not None:
            return
        # What was rejected is read again, also when it is the same: a newer Newsdesk may understand it.
        try:
            page: Page | PageError = read_page(path.name, data)
        except PageError as error:
            page = error
            if entry and entry.reason == str(error):
                file = None
        yield Found(printable(path), page, len(data), file)

    def _records(self, path: Path) -> Iterator[Found]:
        _expect_file(path)
        file = None
        if self._root:
            with path.open("rb") as content:
                digest = file_digest(content, lambda: blake2b(digest_size=16)).digest()
            file = self._reference(path, digest)
            if file and self._unchanged(file):
                return
        for number, line, size in _lines(path):
            page: Page | PageError
            try:
                if size > MAX_LINE:
                    raise BadRecord(line=number, cause=f"it has {size} bytes; at most {MAX_LINE} are read")
                page = parse_record(line, number)
            except PageError as error:
                page = error
            yield Found(f"{printable(path)}:{number}", page, size)
        if file:
            yield Found(printable(path), None, file=file)

    def _reference(self, path: Path, content_hash: bytes) -> FileRef | None:
        if self._root is None:
            return None
        place = path.absolute() if path.is_relative_to(self._root) else path.resolve()
        if not place.is_relative_to(self._root):
            return None
        return FileRef(
            printable(self._root), printable(place.relative_to(self._root).as_posix()), content_hash
        )

    def _unchanged(self, file: FileRef) -> FileEntry | None:
        entry = self._known.get(file.path)
        return entry if entry and entry.content_hash == file.content_hash else None


def files_below(folder: Path) -> Iterator[Path | UnreadableFile]:
    """Walk a folder in the order of names: files that may hold pages, and folders that cannot be read.

    Hidden files and folders are passed over. Links are followed, but no folder is entered twice.
    """
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            if not path.is_dir():
                yield path
                continue
            status = path.stat()
            if (status.st_dev, status.st_ino) in entered:
                continue
            entered.add((status.st_dev, status.st_ino))
            inside = sorted(
                (child for child in path.iterdir() if not child.name.startswith(".")), reverse=True
            )
        except OSError as error:
            yield UnreadableFile(path=printable(path), cause=_cause(error))
            continue
        waiting.extend(child for child in inside if child.is_dir() or _may_hold_pages(child))


def _may_hold_pages(path: Path) -> bool:
    suffix = path.suffix.lower()
    return (suffix in SUFFIXES or suffix == RECORDS) and path.is_file()


def _expect_file(path: Path) -> None:
    # A named pipe would keep us waiting for ever.
    if path.exists() and not path.is_file():
        raise UnreadableFile(path=printable(path), cause="it is not a regular file")


def printable(path: Path | str) -> str:
    """Write a path so that it can be stored and shown: bytes of a name that are no Unicode become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read_bytes(path: Path) -> bytes:
    """Read a page's file. Raises UnreadableFile, PageTooLarge or OSError, and never waits for a pipe."""
    _expect_file(path)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_PAGE:
            raise PageTooLarge(size=size, limit=MAX_PAGE)
        return file.read(MAX_PAGE + 1)


def _lines(path: Path) -> Iterator[tuple[int, bytes, int]]:
    """Read lines that are not blank: number, bytes (of a line that is too long only some), size."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            size = len(line)
            piece = line
            while not piece.endswith(b"\n") and (piece := file.readline(MAX_LINE)):
                size += len(piece)
            if not line.isspace():
                yield number, line, size


def _cause(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
