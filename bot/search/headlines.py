"""The headline index: what is put in is found at once, by words that need not be spelled right."""

import sys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.article import EVERYTHING, Scope
from bot.search.found import Found, Row
from bot.search.parts import Builder, Columns, Parts
from bot.search.query import Query, parse_query
from bot.search.rows import UNDATED, Rows, repeated
from bot.search.searching import Admitted, Searcher
from bot.text import words

_FOLDED_FROM = 20_000
"""Rows that came or went since the build from which on folding is worth while; with more headlines, a tenth."""


class Headlines:
    """All headlines, in memory. Make it with `Headlines.build`; it belongs to one thread."""

    def __init__(self, parts: Parts) -> None:
        """Take over the parts of an index, as `Builder` makes them."""
        self._parts = parts
        self._rows, self._sources, self._vocabulary, self._postings = parts
        self._searcher = Searcher(self._rows, self._postings, self._vocabulary, self._sources)
        self._folded_from: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._followed = 0

    @classmethod
    def build(cls, rows: Iterable[Row]) -> "Headlines":
        """Index rows, in any order; of those with the same id the last counts. A million take some ten seconds."""
        builder = Builder()
        builder.add(rows)
        return cls(builder.parts())

    @classmethod
    def restored(cls, columns: Columns) -> "Headlines":
        """Make the index of which `columns` were taken, as it was built; raise KeyError where one is missing."""
        return cls(Parts.restored(columns))

    def columns(self) -> Columns:
        """Return the index as it was built, in arrays that do not change. What came or went since is not in them."""
        return self._parts.columns()

    def put(self, rows: Iterable[Row]) -> None:
        """Take in new headlines, and changed ones in the place of those with their id."""
        for row in rows:
            published = UNDATED if row.published is None else row.published
            self._put(row.id, row.newness, words(row.headline), row.source, published)

    def _put(
        self, id_: int, newness: int, headline: Iterable[str], source: str | None, published: int
    ) -> None:
        self.drop((id_,))
        self._searcher.forget_views()
        numbers = self._vocabulary.add(headline)
        row = self._rows.append(id_, newness, numbers, self._sources.add(source), published)
        self._postings.add(row, numbers)

    def drop(self, ids: Iterable[int]) -> None:
        """Forget headlines; ids that are not there are passed over."""
        for id_ in ids:
            row = self._rows.row(id_)
            if row is not None:
                self._vocabulary.forget(self._rows.words_of(row))
                self._rows.kill(row)
                self._searcher.forget_views()

    def __len__(self) -> int:
        return self._rows.count - self._rows.dead

    def __contains__(self, id_: int) -> bool:
        return self._rows.row(id_) is not None

    def ids(self) -> list[int]:
        """Return the ids of all headlines."""
        rows = self._rows
        found: list[int] = rows.ids[: rows.count][rows.alive[: rows.count]].tolist()
        return found

    @property
    def highest_id(self) -> int:
        """The highest id of a headline; 0 if there is none."""
        rows = self._rows
        ids = rows.ids[: rows.count][rows.alive[: rows.count]]
        return int(ids.max()) if len(ids) else 0

    def headline_words(self, id_: int) -> list[str]:
        """Return the normalised words of a headline, in their order; raise KeyError for an unknown id."""
        row = self._rows.row(id_)
        if row is None:
            raise KeyError(id_)
        return [self._vocabulary.words[word] for word in self._rows.words_of(row)]

    def facts(self, id_: int) -> tuple[int, str | None, int | None]:
        """Return a headline's newness, source and second of publication; raise KeyError for an unknown id."""
        rows = self._rows
        row = rows.row(id_)
        if row is None:
            raise KeyError(id_)
        published = int(rows.published[row])
        source = self._sources.names[rows.sources[row]]
        return int(rows.newness[row]), source, None if published == UNDATED else published

    @property
    def wants_folding(self) -> bool:
        """Whether so much came and went since the build that `folded` would be smaller and faster."""
        changed = self._rows.count - self._rows.sorted + self._rows.dead
        return changed > max(_FOLDED_FROM, self._rows.sorted // 10)

    def folded(self) -> "Headlines":
        """Build the same index anew, without what is dead. It may run in a thread while this one is in use.

        What changes here meanwhile is taken over by `follow`.
        """
        rows = self._rows
        alive = rows.alive[: rows.count].copy()
        count = len(alive)
        starts = rows.starts[: count + 1]
        lengths = np.diff(starts)
        kept = rows.words[: starts[-1]][repeated(alive, lengths)]
        known = self._vocabulary.words
        used = np.bincount(kept, minlength=len(known)) > 0
        renumbered = np.cumsum(used, dtype=np.int32) - 1
        folded = Headlines(
            Parts.of(
                Rows(
                    rows.ids[:count][alive],
                    rows.newness[:count][alive],
                    lengths[alive],
                    renumbered[kept],
                    sources=rows.sources[:count][alive],
                    published=rows.published[:count][alive],
                ),
                [known[word] for word in np.flatnonzero(used).tolist()],
                self._sources.copy(),
            )
        )
        folded._folded_from = alive
        return folded

    def follow(self, unfolded: "Headlines", most: int = sys.maxsize) -> bool:
        """Take over what changed in the index that this one was folded from; return whether that was all.

        Of what came at most `most` headlines are taken over at a time. Between the first time and the last,
        `unfolded` must not change.
        """
        rows = unfolded._rows  # noqa: SLF001 - the same class
        folded = len(self._folded_from)
        if not self._followed:
            self.drop(rows.ids[:folded][self._folded_from & ~rows.alive[:folded]].tolist())
        first = folded + self._followed
        for row in range(first, min(rows.count, first + most)):
            self._followed += 1
            if rows.alive[row]:
                id_ = int(rows.ids[row])
                source = unfolded._sources.names[rows.sources[row]]  # noqa: SLF001 - the same class
                self._put(
                    id_,
                    int(rows.newness[row]),
                    unfolded.headline_words(id_),
                    source,
                    int(rows.published[row]),
                )
        return folded + self._followed == rows.count

    def search(self, query: Query, limit: int, scope: Scope = EVERYTHING) -> Found:
        """Find at most `limit` headlines."""
        return self._searcher.search(query, limit, scope, unfinished=False)

    def complete(self, text: str, limit: int, scope: Scope = EVERYTHING) -> list[int]:
        """Return the ids of the headlines that someone who is still typing may mean; of no text, the newest."""
        if not text.strip():
            return self._searcher.newest(limit, scope)
        found = self._searcher.search(parse_query(text), limit, scope, unfinished=True)
        return [match.id for match in found.hits]

    def admitted(self, query: Query, scope: Scope = EVERYTHING) -> Admitted | None:
        """Return the articles that pass a query's filters and title words; None where all do."""
        return self._searcher.admitted(query, scope)

    def sources(self, typed: str, limit: int, scope: Scope = EVERYTHING) -> list[str]:
        """Return the names of sources that a typed beginning may mean, those with most headlines first."""
        return self._searcher.sources(typed, limit, scope)
