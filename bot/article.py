"""The words everyone shares: pages, articles, stubs, teasers, hits. Frozen, and times are in UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.errors import AskError


class Role(StrEnum):
    """What a block of a saved page is."""

    HEADLINE = "headline"
    STANDFIRST = "standfirst"
    PARAGRAPH = "paragraph"
    REPEAT = "repeat"
    """A block that only says again what the headline or the standfirst said."""
    SUBHEADING = "subheading"
    BYLINE = "byline"
    DATE = "date"
    SOURCE = "source"
    URL = "url"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"
    TEASER_HEADLINE = "teaser-headline"
    TEASER_TEXT = "teaser-text"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page: its text as it stood there, its role, and why it was given that role."""

    text: str
    role: Role
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """What a page says of another story: its headline and, often cut short, its first sentence."""

    headline: str
    text: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One story as its page told it, before the store knows it.

    The standfirst is not repeated in `paragraphs`. `teasers` keep the page's order.
    """

    headline: str
    standfirst: str | None = None
    paragraphs: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    published: datetime | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    """ISO 639-1 code."""
    image: str | None = None
    teasers: tuple[Teaser, ...] = ()
    blocks: tuple[Block, ...] = ()
    """Every block of the file; empty once the page came out of the store."""

    @property
    def first_text(self) -> str:
        """The story's first words below its headline; empty where there is a headline alone."""
        return self.standfirst or next(iter(self.paragraphs), "")


class Kind(StrEnum):
    """Whether a story was taken in itself or is known from another page's teaser only."""

    ARTICLE = "article"
    STUB = "stub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One story in the store. Its id never changes and is never given to another.

    Of a stub, the page has the teaser's headline, the teaser's text as standfirst, and its URL.
    """

    id: int
    kind: Kind
    page: Page
    added: datetime
    updated: datetime
    story: int | None = None
    """As in Listing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The line that a list shows of an article."""

    id: int
    kind: Kind
    headline: str
    source: str | None = None
    published: datetime | None = None
    url: str | None = None
    added: datetime
    story: int | None = None
    """The id of the first report of the story that this is another report of; None if it is the first itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The sources that whoever asks may see. Case does not matter in their names."""

    only: frozenset[str] | None = None
    """If given, nothing else is seen, nor what has no source."""
    hidden: frozenset[str] = frozenset()

    def shows(self, source: str | None) -> bool:
        """Tell whether stories of a source are seen; None stands for stories that have none."""
        if source is None:
            return self.only is None
        name = source.casefold()
        seen = self.only is None or any(name == other.casefold() for other in self.only)
        return seen and not any(name == other.casefold() for other in self.hidden)


EVERYTHING = Scope()


class Where(StrEnum):
    """Where a hit's words stand."""

    HEADLINE = "headline"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a query found."""

    listing: Listing
    score: float
    """From 0 to 1; 1 when every word of the query stands in the headline as it was typed."""
    where: Where
    matched: tuple[str, ...] = ()
    """The normalised words that the query met, in the headline or else in the text."""
    excerpt: str | None = None
    """Where the words stand in the text: the sentence that has most of them, shortened around them."""
    others: tuple[int, ...] = ()
    """The ids of the other reports of its story, where hits are grouped."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was read as another one."""

    typed: str
    read: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The answer to a query: hits, best first, and what was made of the query on the way."""

    query: str
    hits: tuple[Hit, ...]
    corrections: tuple[Correction, ...] = ()
    suggestions: tuple[str, ...] = ()
    """When nothing was found: words near to those asked for that would find something."""
    remarks: tuple[AskError, ...] = ()
    """What there is to say besides: what was not understood of the query, what its operators left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article as it is shown: with its summary and the stories that its page teased, in page order."""

    article: Article
    summary: tuple[str, ...]
    """Whole sentences."""
    teased: tuple[Listing, ...] = ()
    others: tuple[Listing, ...] = ()
    """The other reports of the same story, oldest id first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """A story like another one."""

    listing: Listing
    score: float
    """From 0 (no word in common) to 1 (the same words)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """What belongs to an article: the stories that its page teased, in page order, then those like it."""

    article: Listing
    teasers: tuple[Listing, ...]
    similar: tuple[Similar, ...]
