"""The inverted index: in which rows each word stands, ascending."""

from array import array
from collections.abc import Iterable

import numpy as np

from bot.search.rows import Numbers, Rows

_NONE = np.empty(0, np.int32)


class Postings:
    """Rows by word, dead ones included: one array for the rows of the last build, lists for those since."""

    def __init__(self, rows: Rows, vocabulary: int) -> None:
        """Invert all rows. Their words are numbers below `vocabulary`."""
        lengths = np.diff(rows.starts[: rows.count + 1])
        owner = np.repeat(np.arange(rows.count, dtype=np.int32), lengths)
        order = np.argsort(rows.words, kind="stable")
        word, row = rows.words[order], owner[order]
        # A word that stands twice in a headline counts once.
        first = np.ones(len(word), np.bool_)
        first[1:] = (word[1:] != word[:-1]) | (row[1:] != row[:-1])
        self._rows = row[first]
        self.frequencies = np.bincount(word[first], minlength=vocabulary)
        """In how many of the rows each word stands."""
        self._starts: list[int] = [0, *np.cumsum(self.frequencies).tolist()]
        self._added: dict[int, array[int]] = {}

    def add(self, row: int, words: Iterable[int]) -> None:
        """Add a row that is higher than any before."""
        for word in set(words):
            rows = self._added.get(word)
            if rows is None:
                rows = self._added[word] = array("i")
            rows.append(row)

    def of(self, word: int) -> Numbers:
        """Return the rows of a word."""
        built = (
            self._rows[self._starts[word] : self._starts[word + 1]] if word + 1 < len(self._starts) else _NONE
        )
        added = self._added.get(word)
        if added is None:
            return built
        # A copy: an array whose memory is lent out cannot grow.
        return np.concatenate((built, np.array(added, np.int32)))
