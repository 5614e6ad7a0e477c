"""What goes into the headline index, and what comes out of a search."""

from dataclasses import dataclass

from bot.article import Correction
from bot.errors import AskError


@dataclass(frozen=True, slots=True)
class Row:
    """What the index takes in of an article."""

    id: int
    headline: str
    newness: int
    """Seconds since the epoch; among equals the newer wins."""
    source: str | None = None
    published: int | None = None
    """Seconds since the epoch; None if that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A headline that a query found."""

    id: int
    score: float
    """From 0 to 1; 1 when every word of the query stands in the headline as typed."""
    matched: tuple[str, ...] = ()
    """The normalised headline words that were met, in the query's order."""
    exact: bool = False
    """Whether every word was met as it was typed, or the last one as a beginning."""
    complete: bool = False
    """Whether every word was met, corrected or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a query found, best first, and how it was read on the way."""

    hits: tuple[Match, ...] = ()
    corrections: tuple[Correction, ...] = ()
    """The words that were read as others to find the best hit."""
    suggestions: tuple[str, ...] = ()
    """Where nothing was found: headline words near to the unknown ones, the most frequent first."""
    unknown: tuple[str, ...] = ()
    """Words of the query that no headline has, nor begins with where it is the last."""
    remarks: tuple[AskError, ...] = ()
    """What there is to say of the query's filters."""

    @property
    def covered(self) -> bool:
        """Whether the best hit has every word as it was typed, or the last one as a beginning."""
        return bool(self.hits) and self.hits[0].exact
