"""Symmetric deletes: find the words within two edits of a typed one without comparing it with all.

Two words are near when some of their letters can be left out so that the same string remains. So each
word is filed under the hashes of itself with up to two letters of its beginning left out, and a typed
word is looked up under its own. What comes back still has to be compared: the beginnings alone count,
and hashes may coincide.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

BEGINNING = 7
"""Letters of a word that are filed. More letters make more strings to file: 29 for seven, 37 for eight."""

SHORTEST = 3
LONGEST = 24
"""Lengths of the words that are filed: shorter ones are near to everything, longer ones are no words."""

SHORTEST_FOR_TWO = 5
"""Letters from which on a word is also filed with two letters left out."""

# The hash is a polynomial in the letters' code points, odd multiplier, modulo 2**64, of which the well-mixed
# upper half is kept. Python's own hash of strings differs from process to process.
_MULTIPLIER = 0x9E3779B97F4A7C15
_POWERS = np.array([pow(_MULTIPLIER, i + 1, 1 << 64) for i in range(BEGINNING)], np.uint64)
_MIXER = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


@cache
def _patterns(length: int, edits: int) -> NDArray[np.intp]:
    """Return one row for each way to leave out up to `edits` of `length` letters: the positions that stay.

    Rows are filled up with BEGINNING, the position of the zero that ends each word's code points.
    """
    rows = [
        [i for i in range(length) if i not in gone]
        for left_out in range(min(edits, length - 1) + 1)
        for gone in combinations(range(length), left_out)
    ]
    return np.array([row + [BEGINNING] * (BEGINNING - len(row)) for row in rows], np.intp)


def _hashes(words: Sequence[str], length: int, edits: int) -> NDArray[np.uint32]:
    """Hash every deletion of words whose beginnings have `length` letters: a row for each word."""
    text = "".join(word[:length] for word in words)
    codes = np.zeros((len(words), BEGINNING + 1), np.uint64)
    codes[:, :length] = np.frombuffer(text.encode("utf-32-le"), np.uint32).reshape(len(words), length)
    kept = codes[:, _patterns(length, edits)]
    mixed: NDArray[np.uint64] = (kept * _POWERS).sum(axis=2, dtype=np.uint64)
    mixed ^= mixed >> _HALF
    mixed *= _MIXER
    return (mixed >> _HALF).astype(np.uint32)


def _edits_filed(length: int) -> int:
    return 2 if length >= SHORTEST_FOR_TWO else 1


def is_filed(word: str) -> bool:
    """Tell whether a word takes part: numbers and what contains digits are never corrected, nor corrected to."""
    return SHORTEST <= len(word) <= LONGEST and (word.isalpha() or not any(map(str.isdigit, word)))


class Deletes:
    """The words of a vocabulary, by number, under the hashes of their deletions."""

    def __init__(self, hashes: NDArray[np.uint32], numbers: NDArray[np.int32]) -> None:
        """Take over the hashes of all deletions, ascending, and the number of each one's word."""
        self.hashes = hashes
        self.numbers = numbers
        self._added: dict[int, list[int]] = {}

    @classmethod
    def of(cls, words: Iterable[tuple[int, str]]) -> "Deletes":
        """File words of which `is_filed` holds, each with its number."""
        by_length: dict[tuple[int, int], list[tuple[int, str]]] = {}
        for number, word in words:
            length = len(word)
            by_length.setdefault((min(length, BEGINNING), _edits_filed(length)), []).append((number, word))
        filed = [np.empty(0, np.uint64)]
        for (length, edits), alike in sorted(by_length.items()):
            for part in _parts(alike):
                entries = _hashes([word for _, word in part], length, edits).astype(np.uint64)
                entries <<= _HALF
                entries |= np.array([number for number, _ in part], np.uint64)[:, np.newaxis]
                filed.append(entries.ravel())
        # Hash and number sorted as one: that takes a tenth of the time of sorting hashes and keeping their order.
        entries = np.concatenate(filed)
        entries.sort()
        return cls((entries >> _HALF).astype(np.uint32), entries.astype(np.uint32).view(np.int32))

    def add(self, number: int, word: str) -> None:
        """File one more word."""
        length = len(word)
        for value in _hashes([word], min(length, BEGINNING), _edits_filed(length))[0].tolist():
            self._added.setdefault(value, []).append(number)

    def candidates(self, word: str, edits: int) -> list[int]:
        """Return the numbers of words that may be within `edits` (1 or 2) of `word`, each once."""
        keys = _hashes([word], min(len(word), BEGINNING), edits)[0]
        left = self.hashes.searchsorted(keys, "left")
        right = self.hashes.searchsorted(keys, "right")
        found: set[int] = set()
        for start, end in zip(left.tolist(), right.tolist(), strict=True):
            if end > start:
                found.update(self.numbers[start:end].tolist())
        if self._added:
            for key in keys.tolist():
                found.update(self._added.get(key, ()))
        return list(found)


def _parts(filed: list[tuple[int, str]], size: int = 20_000) -> Iterator[list[tuple[int, str]]]:
    """Cut a long list, so that the table of code points of one part stays at some tens of megabytes."""
    for start in range(0, len(filed), size):
        yield filed[start : start + size]
