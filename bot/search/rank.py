"""Which headlines a reading finds, and which of them come first.

What ranks is coverage: the share of the query's weight that a headline's words carry, each as far as it
fits. How much a headline resembles the whole query only decides among the best few dozen, and among
equals the newer comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.search.postings import Postings
from bot.search.readings import Group, Reading
from bot.search.rows import Numbers, Rows
from bot.search.screen import Mask, marked
from bot.search.vocabulary import Vocabulary

COMPARED = 64
"""Headlines that are compared with the query as a whole."""

RESEMBLANCE = 0.09
"""Share of an inexact hit's score that its resemblance to the whole query makes; the rest is coverage."""

ALIKE = 0.7
"""Resemblance below which it says no more than that the headline is longer than the query. Only a pasted
headline gains by resemblance; for a few words the newer headline is the better one."""

ALL = 1 - 1e-4
"""Coverage from which on every word stands there as typed; sums of shares are not quite 1."""

LEAST_SHARE = 0.4
"""Coverage below which a headline that lacks words of the query is no hit."""

LEAST_OF_BEST = 0.6
"""The same, as a share of the best such headline's coverage."""

# How many rows it takes until another way to look at them is cheaper, measured at a million headlines.
_FEW = 3_000
_MANY = 20_000
_SURELY_ENOUGH = 400
_ENOUGH = 60_000

Fits = NDArray[np.float32]

_NOBODY = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Covered:
    """Living rows, and how far they cover a reading: from 0 to 1."""

    rows: Numbers
    coverage: Fits

    def where(self, mask: NDArray[np.bool_]) -> "Covered":
        """Keep the rows that a mask marks."""
        return Covered(self.rows[mask], self.coverage[mask])

    @property
    def best(self) -> float:
        """The best coverage, 0 where there is no row."""
        return float(self.coverage.max()) if len(self.rows) else 0.0


_NOTHING = Covered(_NOBODY, np.empty(0, np.float32))


class Ranker:
    """Finds and orders rows. Its workspace is of one thread."""

    def __init__(self, vocabulary: Vocabulary, rows: Rows, postings: Postings) -> None:
        self._vocabulary = vocabulary
        self._rows = rows
        self._postings = postings
        self._fit_of_word = np.zeros(0, np.float32)
        self._fit_of_row = np.zeros(0, np.float32)
        self._marked = np.zeros(0, np.bool_)

    def covering_all(
        self, reading: Reading, among: Mask | None, limit: int, *, latest: bool = False
    ) -> Covered:
        """Return rows that meet every group of a reading, among them the best and newest (or latest) `limit`."""
        if not reading.groups or not all(group.fits for group in reading.groups):
            return _NOTHING
        self._make_room()
        if len(reading.groups) == 1:
            return self._best_of_one(reading.groups[0], among, limit, latest=latest)
        total = reading.weight
        first, *others = sorted(reading.groups, key=attrgetter("size"))
        rows = marked(self._having((first,)), among)
        # Words that stand for themselves alone are checked first: that is done quickly and leaves few rows.
        certain = [group for group in (first, *others) if len(group.fits) == 1]
        open_ = [group for group in (first, *others) if len(group.fits) > 1]
        for group in certain:
            if group is not first and len(rows):
                rows = self._having_too(rows, group)
        sure = sum(group.weight * group.most for group in certain) / total
        return self._narrowed(Covered(rows, np.full(len(rows), sure, np.float32)), open_, total)

    def _narrowed(self, covered: Covered, groups: Sequence[Group], total: float) -> Covered:
        """Keep the rows that meet all of some more groups, and add what these cover."""
        groups = list(groups)
        while groups and len(covered.rows) > _FEW:
            group = groups.pop(0)
            fits = self._fits_by_postings(group, covered.rows)
            met = fits > 0
            coverage = covered.coverage[met] + fits[met] * np.float32(group.weight / total)
            covered = Covered(covered.rows[met], coverage)
        if not groups or not len(covered.rows):
            return covered
        words, starts = self._rows.gather(covered.rows)
        coverage = covered.coverage
        met = np.ones(len(coverage), np.bool_)
        for group in groups:
            fits = self._fits_by_words(group, words, starts)
            met &= fits > 0
            coverage = coverage + fits * np.float32(group.weight / total)
        return Covered(covered.rows[met], coverage[met])

    def _having_too(self, rows: Numbers, group: Group) -> Numbers:
        """Keep the rows that also have the one word of a group."""
        (word,) = group.fits
        having = self._postings.of(word)
        if len(rows) > _FEW:
            self._marked[having] = True
            kept = rows[self._marked[rows]]
            self._marked[having] = False
            return kept
        at = having.searchsorted(rows)
        at[at == len(having)] = 0
        found: Numbers = rows[having[at] == rows]
        return found

    def covering_some(self, reading: Reading, among: Mask | None) -> Covered:
        """Return rows that lack some words of a reading but carry a good part of its weight."""
        total = reading.weight
        groups = sorted((group for group in reading.groups if group.fits), key=attrgetter("size"))
        required = [group for group in reading.groups if group.required]
        reach = sum(group.weight * group.most for group in groups) / total if groups else 0.0
        if reach < LEAST_SHARE or not all(group.fits for group in required):
            return _NOTHING
        self._make_room()
        covered = _NOTHING
        used: list[Group] = []
        size = 0
        # The rarest words first. A headline that has none of those used so far reaches `reach` at most.
        for enough in (_SURELY_ENOUGH, _ENOUGH):
            least = max(LEAST_SHARE, covered.best)
            before = len(used)
            for group in groups[before:]:
                if used and (reach < least or size + group.size > enough):
                    break
                used.append(group)
                size += group.size
                reach -= group.weight * group.most / total
            if len(used) > before:
                covered = self._scored(reading, marked(self._having(used), among))
            if covered.best >= reach:
                break
        for group in required:
            covered = covered.where(self._fits_by_postings(group, covered.rows) > 0)
        return covered.where(covered.coverage >= max(LEAST_SHARE, LEAST_OF_BEST * covered.best))

    def foremost(self, covered: Covered, limit: int) -> Covered:
        """Return the COMPARED, or `limit`, rows with the best coverage, the newest of those that are alike."""
        most = max(COMPARED, limit)
        if len(covered.rows) <= most:
            return covered
        coverage = np.round(covered.coverage, 4)
        at = len(coverage) - most
        least = np.partition(coverage, at)[at]
        better = coverage > least
        rows = covered.rows[better]
        alike = self._rows.newest(covered.rows[coverage == least], most - len(rows))
        return Covered(
            np.concatenate((rows, alike)),
            np.concatenate((coverage[better], np.full(len(alike), least, np.float32)), dtype=np.float32),
        )

    def latest(self, covered: Covered, limit: int) -> Covered:
        """Return the `limit` last published rows."""
        order = np.argsort(covered.rows)
        rows = covered.rows[order]
        latest = self._rows.latest(rows, limit)
        return Covered(latest, covered.coverage[order][rows.searchsorted(latest)])

    def order(self, query: Sequence[str], covered: Covered, limit: int) -> list[tuple[int, float]]:
        """Return the `limit` best rows with their scores, best first. `query` is what was typed, in words."""
        rows = covered.rows
        coverage = covered.coverage.tolist()
        # One word resembles short headlines and long ones alike: there the newest come first. And where one
        # headline has every word as typed, there is nothing to decide.
        if len(query) == 1 or (len(coverage) == 1 and coverage[0] > ALL):
            alike, share = [0.0] * len(coverage), 0.0
        else:
            alike, share = self._resemblance(" ".join(query), rows), RESEMBLANCE
        ranked = sorted(
            zip(
                [
                    1.0 if cover > ALL else round((1 - share) * cover + share * like, 4)
                    for cover, like in zip(coverage, alike, strict=True)
                ],
                [round(like, 2) for like in alike],
                self._rows.newness[rows].tolist(),
                self._rows.ids[rows].tolist(),
                rows.tolist(),
                strict=True,
            ),
            reverse=True,
        )
        return [(row, score) for score, _, _, _, row in ranked[:limit]]

    def _resemblance(self, query: str, rows: Numbers) -> list[float]:
        """Return how much headlines are like the query when both have their words sorted: ALIKE to 1, or 0."""
        words = self._vocabulary.words
        headlines = [" ".join([words[word] for word in self._rows.words_of(row)]) for row in rows.tolist()]
        alike = process.cdist([query], headlines, scorer=fuzz.token_sort_ratio, dtype=np.float32)[0] / 100
        ratios: list[float] = np.where(alike < ALIKE, 0, alike).tolist()
        return ratios

    def _best_of_one(self, group: Group, among: Mask | None, limit: int, *, latest: bool) -> Covered:
        """Return the newest rows of the words that fit best, then of those that fit less, until `limit`."""
        rows, coverage = [_NOBODY], [np.empty(0, np.float32)]
        found = 0
        alike: list[int] = []
        fits = [*group.fits.items()]
        for at, (word, fit) in enumerate(fits):
            alike.append(word)
            if at + 1 < len(fits) and fits[at + 1][1] == fit:
                continue
            having = marked(self._union([self._postings.of(word) for word in alike]), among)
            alike = []
            if found:
                having = having[~np.isin(having, np.concatenate(rows))]
            newest = (self._rows.latest if latest else self._rows.newest)(having, limit - found)
            rows.append(newest)
            coverage.append(np.full(len(newest), fit, np.float32))
            found += len(newest)
            if found >= limit:
                break
        return Covered(np.concatenate(rows), np.concatenate(coverage))

    def _scored(self, reading: Reading, rows: Numbers) -> Covered:
        coverage = np.zeros(len(rows), np.float32)
        few = 0 < len(rows) <= _FEW
        words, starts = self._rows.gather(rows if few else _NOBODY)
        for group in reading.groups:
            fits = self._fits_by_words(group, words, starts) if few else self._fits_by_postings(group, rows)
            coverage += fits * np.float32(group.weight / reading.weight)
        return Covered(rows, coverage)

    def _having(self, groups: Sequence[Group]) -> Numbers:
        """Return the living rows that have a word of the groups, ascending."""
        return self._union([self._postings.of(word) for group in groups for word in group.fits])

    def _union(self, lists: list[Numbers]) -> Numbers:
        if len(lists) == 1:
            return self._rows.living(lists[0])
        together = np.concatenate(lists)
        if len(together) > _MANY:
            self._marked[together] = True
            rows = np.flatnonzero(self._marked).astype(np.int32)
            self._marked[rows] = False
        else:
            rows = np.unique(together)
        return self._rows.living(rows)

    def _fits_by_postings(self, group: Group, rows: Numbers) -> Fits:
        """Return how far rows meet a group, by way of the rows of its words."""
        table = self._fit_of_row
        lists = [(self._postings.of(word), fit) for word, fit in group.fits.items()]
        for having, fit in reversed(lists):
            table[having] = fit
        fits = table[rows]
        for having, _ in lists:
            table[having] = 0
        return fits

    def _fits_by_words(self, group: Group, words: Numbers, starts: NDArray[np.int64]) -> Fits:
        """Return how far rows meet a group, by way of their words."""
        table = self._fit_of_word
        numbers = list(group.fits)
        table[numbers] = list(group.fits.values())
        fits: Fits = np.maximum.reduceat(table[words], starts)
        table[numbers] = 0
        return fits

    def _make_room(self) -> None:
        if len(self._fit_of_word) < len(self._vocabulary.words):
            self._fit_of_word = np.zeros(len(self._vocabulary.words) * 5 // 4 + 64, np.float32)
        if len(self._fit_of_row) < self._rows.count:
            self._fit_of_row = np.zeros(self._rows.count * 5 // 4 + 64, np.float32)
            self._marked = np.zeros(len(self._fit_of_row), np.bool_)
