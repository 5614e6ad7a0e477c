"""The forward index: every headline as the numbers of its words, one row after the other.

Rows are only ever appended. A headline that changes gets a new row and its old one dies; dead rows stay
where they are until the index is folded. The first rows, those of the last build, lie in the order of
their newness, so that the newest among them are the last.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Scalar = TypeVar("_Scalar", bound=np.generic)

Numbers = NDArray[np.int32]
"""Numbers of rows or of words."""

UNDATED = np.iinfo(np.int64).min
"""The time of publication of what has none."""

_GROWTH = 8
"""An array that is full grows by an eighth: a million rows are copied in some ten milliseconds."""


_IN_ONE_STEP = 50_000
"""Rows that are repeated in one step: `np.repeat` keeps every other thread waiting until it is done, for
fifty milliseconds over a million headlines."""


def repeated(values: NDArray[_Scalar], lengths: Numbers) -> NDArray[_Scalar]:
    """Repeat each value as often as its length says, and leave other threads their turns."""
    steps = [
        np.repeat(values[start : start + _IN_ONE_STEP], lengths[start : start + _IN_ONE_STEP])
        for start in range(0, len(values), _IN_ONE_STEP)
    ]
    return np.concatenate(steps) if steps else values[:0]


def _grown(array: NDArray[_Scalar], used: int, wanted: int) -> NDArray[_Scalar]:
    larger = np.zeros(wanted + wanted // _GROWTH + 64, array.dtype)
    larger[:used] = array[:used]
    return larger


class Rows:
    """Headlines by row. Reading what was appended before is safe in another thread."""

    def __init__(
        self,
        ids: NDArray[np.int64],
        newness: NDArray[np.int64],
        lengths: Numbers,
        words: Numbers,
        *,
        sources: Numbers,
        published: NDArray[np.int64],
    ) -> None:
        """Take over rows in any order: an id, a newness and a number of words each, and all their words.

        Then the number of each row's source, and the second of its publication or UNDATED. Of rows with the
        same id the last is taken.
        """
        order = np.lexsort((ids, newness))
        _, last = np.unique(ids[::-1], return_index=True)
        if len(last) < len(ids):
            order = order[np.isin(order, len(ids) - 1 - last)]
        if not np.array_equal(order, np.arange(len(order))):
            starts = np.cumsum(lengths, dtype=np.int64) - lengths
            words = words[_spread(starts[order], lengths[order])]
            ids, newness, lengths = ids[order], newness[order], lengths[order]
            sources, published = sources[order], published[order]
        self.sorted = len(ids)
        """How many rows lie in the order of newness."""
        self.count = len(ids)
        """Rows, dead ones included."""
        self.dead = 0
        self.ids = ids
        self.newness = newness
        self.sources = sources
        self.published = published
        self.words = words
        self.starts: Numbers = np.zeros(len(ids) + 1, np.int32)
        np.cumsum(lengths, out=self.starts[1:])
        self.alive: NDArray[np.bool_] = np.ones(len(ids), np.bool_)
        self._by_id = np.argsort(ids, kind="stable").astype(np.int32)
        self._ids_sorted = ids[self._by_id]
        self._moved: dict[int, int] = {}

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the rows of the last build, living and dead, by the names of the constructor's parameters."""
        count = self.sorted
        return {
            "ids": self.ids[:count],
            "newness": self.newness[:count],
            "lengths": np.diff(self.starts[: count + 1]),
            "words": self.words[: self.starts[count]],
            "sources": self.sources[:count],
            "published": self.published[:count],
        }

    def row(self, id_: int) -> int | None:
        """Return the living row of an article."""
        row = self._moved.get(id_)
        if row is None:
            at = int(np.searchsorted(self._ids_sorted, id_))
            if at == len(self._ids_sorted) or self._ids_sorted[at] != id_:
                return None
            row = int(self._by_id[at])
        return row if self.alive[row] else None

    def rows_of(self, ids: Sequence[int]) -> list[int | None]:
        """Return the living rows of many articles, None for those that have none."""
        wanted = np.array(ids, np.int64)
        at = np.searchsorted(self._ids_sorted, wanted)
        found: list[int | None] = [None] * len(ids)
        if len(self._ids_sorted):
            at[at == len(self._ids_sorted)] = 0
            built = np.where(self._ids_sorted[at] == wanted, self._by_id[at], -1)
            found = [row if row >= 0 else None for row in built.tolist()]
        if self._moved:
            found = [self._moved.get(id_, row) for id_, row in zip(ids, found, strict=True)]
        return [row if row is not None and self.alive[row] else None for row in found]

    def append(self, id_: int, newness: int, words: Sequence[int], source: int, published: int) -> int:
        """Add a row at the end and return its number. The article must have no living row."""
        row = self.count
        start = int(self.starts[row])
        end = start + len(words)
        if row + 1 >= len(self.ids):
            self.ids = _grown(self.ids, row, row + 1)
            self.newness = _grown(self.newness, row, row + 1)
            self.sources = _grown(self.sources, row, row + 1)
            self.published = _grown(self.published, row, row + 1)
            self.alive = _grown(self.alive, row, row + 1)
            self.starts = _grown(self.starts, row + 1, row + 2)
        if end > len(self.words):
            self.words = _grown(self.words, start, end)
        self.words[start:end] = words
        self.ids[row] = id_
        self.newness[row] = newness
        self.sources[row] = source
        self.published[row] = published
        self.starts[row + 1] = end
        self.alive[row] = True
        self._moved[id_] = row
        self.count = row + 1
        return row

    def kill(self, row: int) -> None:
        """Let a row be found no more."""
        self.alive[row] = False
        self.dead += 1

    def words_of(self, row: int) -> list[int]:
        """Return the words of one row, in their order."""
        found: list[int] = self.words[self.starts[row] : self.starts[row + 1]].tolist()
        return found

    def gather(self, rows: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
        """Return the words of many rows, one row after the other, and where each row's begin."""
        starts = self.starts[rows]
        lengths = self.starts[rows + 1] - starts
        return self.words[_spread(starts, lengths)], np.cumsum(lengths, dtype=np.int64) - lengths

    def living(self, rows: Numbers) -> Numbers:
        """Leave out the dead."""
        return rows[self.alive[rows]] if self.dead else rows

    def newest(self, rows: Numbers, limit: int) -> Numbers:
        """Return the `limit` newest of living, ascending rows: newest first, then the higher id first."""
        if len(rows) > limit:
            appended = len(rows) - int(np.searchsorted(rows, self.sorted))
            rows = rows[max(0, len(rows) - appended - limit) :]
        order = np.lexsort((self.ids[rows], self.newness[rows]))[::-1]
        return rows[order[:limit]]

    def latest(self, rows: Numbers, limit: int) -> Numbers:
        """Return the `limit` last published of living, ascending rows; the undated come after the others."""
        undated = self.published[rows] == UNDATED
        dated = self.newest(rows[~undated], limit)
        return np.concatenate((dated, self.newest(rows[undated], limit - len(dated))))


def _spread(starts: NDArray[np.integer], lengths: Numbers) -> NDArray[np.int64]:
    """Return the positions of runs: for each start, as many consecutive ones as its length says."""
    before = np.cumsum(lengths, dtype=np.int64) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
