"""The inverted index: in which rows each word stands, ascending."""

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.search.rows import Numbers, Rows, repeated

_NONE = np.empty(0, np.int32)

_ROW = 32
"""Bits of a row's number in an occurrence, above which stands the word's."""


class Postings:
    """Rows by word, dead ones included: one array for the rows of the last build, lists for those since."""

    def __init__(self, rows: Numbers, frequencies: NDArray[np.int64]) -> None:
        """Take over the rows of each word, one word after the other, and how many each has."""
        self.rows = rows
        self.frequencies = frequencies
        """In how many of the rows of the last build each word stands."""
        self._starts: list[int] = [0, *np.cumsum(frequencies).tolist()]
        self._added: dict[int, array[int]] = {}

    @classmethod
    def invert(cls, rows: Rows, vocabulary: int) -> "Postings":
        """Invert all rows. Their words are numbers below `vocabulary`."""
        # Sorting word and row as one number takes a tenth of the time of sorting words and keeping their order.
        occurrences = rows.words[: rows.starts[rows.count]].astype(np.int64)
        occurrences <<= _ROW
        lengths = np.diff(rows.starts[: rows.count + 1])
        occurrences |= repeated(np.arange(rows.count, dtype=np.int32), lengths)
        occurrences.sort()
        # A word that stands twice in a headline counts once.
        first = np.ones(len(occurrences), np.bool_)
        np.not_equal(occurrences[1:], occurrences[:-1], out=first[1:])
        occurrences = occurrences[first]
        frequencies = np.bincount(occurrences >> _ROW, minlength=vocabulary)
        return cls(occurrences.astype(np.int32), frequencies)

    def add(self, row: int, words: Iterable[int]) -> None:
        """Add a row that is higher than any before."""
        for word in set(words):
            rows = self._added.get(word)
            if rows is None:
                rows = self._added[word] = array("i")
            rows.append(row)

    def frequencies_among(self, mask: NDArray[np.bool_], vocabulary: int) -> NDArray[np.int32]:
        """Count for each of `vocabulary` words the marked rows that have it."""
        counted = np.zeros(vocabulary, np.int32)
        if len(self.rows):
            # Each word of the build has rows: an empty stretch would count the next one's.
            starts = np.cumsum(self.frequencies) - self.frequencies
            counted[: len(starts)] = np.add.reduceat(mask[self.rows], starts, dtype=np.int32)
        for word, rows in self._added.items():
            counted[word] += int(mask[np.array(rows, np.int32)].sum())
        return counted

    def of(self, word: int) -> Numbers:
        """Return the rows of a word."""
        built = (
            self.rows[self._starts[word] : self._starts[word + 1]] if word + 1 < len(self._starts) else _NONE
        )
        added = self._added.get(word)
        if added is None:
            return built
        # A copy: an array whose memory is lent out cannot grow.
        return np.concatenate((built, np.array(added, np.int32)))
