"""What goes in and out of a writing transaction besides articles: keys, drafts, tombstones, files."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.article import Kind, Page

UNREAD = bytes(16)
"""No file's hash: what has it is read again when it is next seen."""

PASSED_OVER = "passed over"
"""The reason that keeps out an entry of a feed that was there before the feed was added."""


@dataclass(frozen=True, slots=True)
class Keys:
    """By what a story is recognised: 16-byte digests of its canonical URL and of its normalised words."""

    url: bytes | None
    fingerprint: bytes
    """Of the headline and the first text."""
    headline: bytes
    lead: bytes | None
    """Of the beginning of the first text; None where there is too little text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A row of the store with everything but its teasers, as it is or as it is to be."""

    id: int
    kind: Kind
    page: Page
    keys: Keys
    content_hash: bytes | None
    """Of everything that is stored of the page; None if it must be taken in again when next seen."""
    added: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a removed article."""

    id: int
    kind: Kind
    keys: Keys
    removed: date
    lifted: bool
    """Whether it may come back, under its old id."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What became of a file in a watched folder when it was last read."""

    root: str
    path: str
    """Below the root, with slashes."""
    content_hash: bytes
    article_id: int | None = None
    reason: str | None = None
    """Why it was rejected, in a sentence; None if it was taken in."""


@dataclass(frozen=True, slots=True)
class Link:
    """A teaser of an article's page, and the story that it was found to be about."""

    target_id: int
    headline: str
    text: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed, and how it is."""

    id: int
    url: str = field(repr=False)
    """It may hold a password: neither shown nor logged as it is."""
    key: bytes = field(repr=False)
    """By what its address is recognised, as Keys.url."""
    title: str | None
    site: str | None
    """The address of the site that it is the feed of."""
    full_text: bool
    """Whether the texts of entries that are summaries are fetched from their pages."""
    added_by: int | None
    """The id of the Discord user who added it."""
    added: datetime
    take: str | None
    """Which of the entries that it has when it is first read are wanted; None once that is done."""
    paused: bool
    etag: str | None
    modified: str | None
    ttl: int | None
    """Seconds that the feed asks for between two polls."""
    next_poll: datetime | None
    """None: not before someone resumes it."""
    last_success: datetime | None
    last_new: datetime | None
    """When it last brought a new story."""
    failures: int
    """Since the last success."""
    failing_since: datetime | None
    problem: str | None
    """What went wrong, without credentials, as bot.failures.written writes it; None if the last poll succeeded."""
    told: bool
    """Whether whoever added it knows that it was paused for its failures, and does not know it is well again."""

    @property
    def root(self) -> str:
        """Under what the table of files knows its entries."""
        return f"feed:{self.id}"


@dataclass(frozen=True, slots=True)
class Claim:
    """That one poll of a feed is under way, and no other one."""

    feed: int
    token: str
    """Which claim it is: each has another one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a guild chose for one setting."""

    value: str
    """JSON, as bot/guilds.py writes it."""
    changed_by: int
    """The id of the user who chose it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How much is in the store."""

    articles: int
    stubs: int
    sources: int
    """Distinct ones."""
    tombstones: int
    """Those that keep something out."""
    newest: datetime | None
    """When the last article was added."""
    size: int
    """Bytes on disk."""
