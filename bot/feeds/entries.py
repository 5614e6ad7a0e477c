"""A feed's entries as documents: which of them are new or edited, under which name they are remembered. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.article import Page
from bot.feeds.reading import Entry
from bot.ingest.documents import Document, FileRef
from bot.ingest.identity import canonical_url, content_hash, digest
from bot.store.records import PASSED_OVER, UNREAD, FileEntry
from bot.text import clean

NEWEST = 5
"""Entries that Take.NEWEST takes."""

_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Take(StrEnum):
    """Which of the entries that a feed has when it is first read are taken in."""

    NONE = "none"
    NEWEST = "newest"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Named:
    """An entry, with the names under which the table of files remembers it."""

    entry: Entry
    path: str
    link: str | None
    """Its address as a second name: an entry that was passed over may come again with another id."""
    url_key: bytes | None
    content_hash: bytes

    def document(self, root: str, page: Page | None) -> Document:
        """Return the entry as a document, with its whole page where there is one."""
        file = FileRef(root, self.path, self.content_hash)
        return Document(page or self.entry.page, file, partial=page is None and self.entry.teaser)

    def is_passed_over(self, known: Mapping[str, FileEntry]) -> bool:
        """Tell whether it was there before the feed was added, and not wanted."""
        entries = [known[name] for name in self.names if name in known]
        return any(entry.reason == PASSED_OVER for entry in entries)

    def is_fresh(self, known: Mapping[str, FileEntry]) -> bool:
        """Tell whether it is to be taken in: not seen yet, or edited since."""
        entry = known.get(self.path)
        return (entry is None or entry.content_hash != self.content_hash) and not self.is_passed_over(known)

    def is_edited(self, known: Mapping[str, FileEntry]) -> bool:
        """Tell whether it was read before, with other words."""
        entry = known.get(self.path)
        return entry is not None and entry.content_hash not in (self.content_hash, UNREAD)

    @property
    def names(self) -> list[str]:
        """Both names."""
        return [self.path] if self.link is None else [self.path, self.link]


def named(entries: Sequence[Entry]) -> list[Named]:
    """Name the entries of a feed. Those that share one id, against the rules, are told apart by what they say."""
    ids = Counter(entry.key for entry in entries)
    found: dict[str, Named] = {}
    for entry in entries:
        url = canonical_url(entry.page.url) if entry.page.url else None
        path = f"id {clean(entry.key)}"
        if ids[entry.key] > 1:
            path = f"of {digest(f'{entry.key} {url or entry.page.headline}').hex()}"
        url_key = digest(url) if url else None
        link = f"at {url_key.hex()}" if url_key else None
        found.setdefault(path, Named(entry, path, link, url_key, content_hash(entry.page)))
    return list(found.values())


def unwanted(entries: Sequence[Named], take: Take, *, added: datetime, now: datetime) -> Iterator[Named]:
    """Return the entries that are passed over when a feed is first read.

    What was published since the feed was added is wanted: it may have been first read long after. Those without a
    date count as old, and so do those from the future.
    """
    if take is Take.ALL:
        return iter(())
    newest = sorted(entries, key=_published, reverse=True)
    old = newest[NEWEST if take is Take.NEWEST else 0 :]
    return (one for one in old if not added < _published(one) <= now)


def _published(one: Named) -> datetime:
    return one.entry.page.published or _LONG_AGO
