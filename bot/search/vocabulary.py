"""The words of all headlines: how many headlines have each, what a beginning may become, what a typo may mean."""

from array import array
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from heapq import nsmallest
from math import log, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.deletes import Deletes, is_filed
from bot.search.rows import Numbers
from bot.search.slips import cost, one_edit_away
from bot.text import stop_words

TWO_EDITS_FROM = 6
"""Letters from which on a word may have two edits; of a shorter one too little would remain."""

MOST_COMPLETIONS = 48
MOST_CORRECTIONS = 24
MOST_NEAR_BEGINNINGS = 128
"""Words; what is left out are rare ones."""

COMMON_WORD_BONUS = 0.011
"""What each e-fold of headlines adds to a correction's likeness: in a million headlines a rare misspelling
is often nearer to the typo than the word that was meant. Measured on generated typos."""

USUAL_STORE = 1_000
"""Headlines that are added to the store's own when words are weighed, so that a store of three behaves."""

STOP_WORD_SHARE = 0.25
"""What remains of a stop word's weight: it is found, but does not decide."""

_LAST = "\U0010ffff"


class Near(NamedTuple):
    """A word near to a typed one. Likeness goes from 0 to 1, and 1 would be the typed word itself."""

    likeness: float
    word: int


class Vocabulary:
    """Words by number. A number never changes; a word that no headline has any more keeps it, unseen."""

    def __init__(
        self,
        words: list[str],
        frequencies: Sequence[int],
        *,
        alphabetical: Numbers | None = None,
        deletes: Deletes | None = None,
    ) -> None:
        """Take over words and, for each, the number of headlines that have it.

        What follows from the words can be given, if it is known: their numbers in the order of the alphabet, and
        their deletes.
        """
        self.words = words
        self.frequencies = array("i", frequencies)
        """How many headlines have each word, by number."""
        self._numbers = {word: number for number, word in enumerate(words)}
        if alphabetical is None:
            alphabetical = np.array(_in_order(words), np.int32)
        self.alphabetical = alphabetical
        """The words of the last build, in the order of the alphabet."""
        self._sorted = [words[number] for number in alphabetical.tolist()]
        self._fresh: list[str] = []
        if deletes is None:
            deletes = Deletes.of((number, word) for number, word in enumerate(words) if is_filed(word))
        self.deletes = deletes

    def under(self, frequencies: NDArray[np.int32]) -> "Vocabulary":
        """Return the same words with other frequencies, to be read only until this one changes.

        What has none is no more seen in it than a word that no headline has.
        """
        seen = copy(self)
        seen.frequencies = array("i", frequencies.tobytes())
        return seen

    def number(self, word: str) -> int | None:
        """Return the number of a word that some headline has; None of all others."""
        number = self._numbers.get(word)
        return number if number is not None and self.frequencies[number] else None

    def frequency(self, word: str) -> int:
        """Return how many headlines have a word."""
        number = self._numbers.get(word)
        return self.frequencies[number] if number is not None else 0

    def add(self, headline: Iterable[str]) -> list[int]:
        """Count the words of one more headline; return their numbers in order, repeated words included."""
        numbers = []
        for word in headline:
            number = self._numbers.get(word)
            if number is None:
                number = self._numbers[word] = len(self.words)
                self.words.append(word)
                self.frequencies.append(0)
                insort(self._fresh, word)
                if is_filed(word):
                    self.deletes.add(number, word)
            numbers.append(number)
        for number in set(numbers):
            self.frequencies[number] += 1
        return numbers

    def forget(self, headline: Iterable[int]) -> None:
        """Take back what `add` counted for a headline of these numbers."""
        for number in set(headline):
            self.frequencies[number] -= 1

    def weight(self, frequency: int, headlines: int) -> float:
        """Weigh a word that `frequency` of `headlines` have: its inverse document frequency."""
        return log(1 + (headlines + USUAL_STORE - frequency + 0.5) / (frequency + 0.5))

    def word_weight(self, word: str, frequency: int, headlines: int) -> float:
        """Weigh a word of a query, stop words at a fraction."""
        weight = self.weight(frequency, headlines)
        return weight * STOP_WORD_SHARE if word in stop_words() else weight

    def completions(self, beginning: str) -> list[int]:
        """Return the words that go on after `beginning`, the most frequent MOST_COMPLETIONS, shorter first."""
        found = self._beginning_with(beginning, MOST_COMPLETIONS + 1)
        found = [number for number in found if self.words[number] != beginning]
        return sorted(
            self._most_frequent(found, MOST_COMPLETIONS),
            key=lambda number: (len(self.words[number]), self.words[number]),
        )

    def pairs_with(self, character: str) -> list[int]:
        """Return the pairs that a character of a script without spaces is part of. It looks at every word."""
        return [
            number
            for number, word in enumerate(self.words)
            if len(word) == 2 and character in word and self.frequencies[number]
        ]

    def _beginning_with(self, beginning: str, most: int) -> list[int]:
        """Return words with a beginning, among them the `most` frequent."""
        start = bisect_left(self._sorted, beginning)
        end = bisect_left(self._sorted, beginning + _LAST, start)
        numbers = self.alphabetical[start:end]
        if len(numbers) > most:
            frequencies = np.frombuffer(self.frequencies, np.int32)[numbers]
            # Stable: of words equally frequent the first in the alphabet, as `_most_frequent` has it.
            numbers = numbers[np.argsort(-frequencies, kind="stable")[:most]]
        found: list[int] = numbers.tolist()
        if self._fresh:
            start = bisect_left(self._fresh, beginning)
            end = bisect_left(self._fresh, beginning + _LAST, start)
            found.extend(map(self._numbers.__getitem__, self._fresh[start:end]))
        return [number for number in found if self.frequencies[number]]

    def _most_frequent(self, numbers: Collection[int], most: int) -> Collection[int]:
        if len(numbers) <= most:
            return numbers
        return nsmallest(most, numbers, key=lambda number: (-self.frequencies[number], self.words[number]))

    def near_beginnings(self, typed: str) -> list[int]:
        """Return words that begin with `typed` after one edit behind its first letter, the most frequent."""
        if not is_filed(typed):
            return []
        most = MOST_NEAR_BEGINNINGS
        beginnings = one_edit_away(typed)
        found = {number for beginning in beginnings for number in self._beginning_with(beginning, most)}
        return sorted(self._most_frequent(found, most), key=self.words.__getitem__)

    def near(self, typed: str, *, least: float = 0.0, loosely: bool = False) -> list[Near]:
        """Return the words that `typed` may be a typo of, likeliest first, at most MOST_CORRECTIONS.

        Words under three letters and words with digits have none. `least` is the likeness to reach; `loosely` allows two edits in every word
        that has them filed.
        """
        if not is_filed(typed):
            return []
        edits = 2 if loosely or len(typed) >= TWO_EDITS_FROM else 1
        numbers = self.deletes.candidates(typed, edits)
        spelled = list(map(self.words.__getitem__, numbers))
        near = []
        for word, distance, at in process.extract(
            typed, spelled, scorer=OSA.distance, score_cutoff=edits, limit=None
        ):
            number = numbers[at]
            if distance and self.frequencies[number]:
                likeness = 1 - cost(typed, word) / max(len(typed), len(word))
                likeness += COMMON_WORD_BONUS * log1p(self.frequencies[number])
                if likeness >= least:
                    near.append((-likeness, -self.frequencies[number], word, number))
        near.sort()
        return [Near(min(0.97, -likeness), number) for likeness, _, _, number in near[:MOST_CORRECTIONS]]


def _in_order(words: Sequence[str]) -> list[int]:
    """Return the numbers of words in the order of the alphabet.

    Letter by letter: a sort keeps all other threads waiting until it is done, and a hundred thousand words
    take a tenth of a second.
    """
    by_letter: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        by_letter.setdefault(word[0], []).append(number)
    return [
        number for letter in sorted(by_letter) for number in sorted(by_letter[letter], key=words.__getitem__)
    ]
