"""What an intake is given and what it says: documents, outcomes, reports."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.article import Page
from bot.errors import NewsError
from bot.ingest.identity import content_hash, keys_of
from bot.store.records import Keys

MAX_TEASERS = 100
"""Teasers of one page that are kept. Front pages tease some dozens; beyond this it is a list of links."""


class Did(StrEnum):
    """What became of a document."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FileRef:
    """The file in a watched folder, or the entry of a feed, that a document was read from."""

    root: str
    path: str
    """Below the root, with slashes; of an entry, what identifies it in its feed."""
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """A page to be taken in."""

    page: Page
    file: FileRef | None = None
    partial: bool = False
    """Whether the story has more text than the page: what it does not say was not taken back."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document; `id` is that of its article, also of a removed one that keeps it out."""

    outcome: Did
    id: int | None = None
    error: NewsError | None = None
    """Why it was rejected."""

    @property
    def reason(self) -> str | None:
        """Why it was rejected, in English."""
        return None if self.error is None else str(self.error)


@dataclass(frozen=True, slots=True)
class Report(Outcome):
    """What became of a file, or of one line of a JSONL file. It is told after it was committed."""

    path: str = field(kw_only=True)
    """With `:` and the line's number, for a line."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document with its keys, and those of the stubs that its teasers would be."""

    document: Document
    keys: Keys
    content_hash: bytes
    teased: tuple[tuple[Page, Keys], ...]


def arrival(document: Document) -> Arrival:
    """Compute what an intake needs to know of a document. Pure work: it may be done in a thread."""
    page = document.page
    if len(page.teasers) > MAX_TEASERS:
        page = replace(page, teasers=page.teasers[:MAX_TEASERS])
        document = replace(document, page=page)
    stubs = [
        # A page teases stories of its own house; who may not see that source may not see them either.
        Page(headline=teaser.headline, standfirst=teaser.text, url=teaser.url, source=page.source)
        for teaser in page.teasers
    ]
    return Arrival(
        document, keys_of(page), content_hash(page), tuple((stub, keys_of(stub)) for stub in stubs)
    )
