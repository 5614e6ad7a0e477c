"""Searching the index: from a parsed query to ranked headlines."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from bot.article import EVERYTHING, Correction, Scope
from bot.errors import AskError
from bot.search.found import Found, Match
from bot.search.phrases import rows_with
from bot.search.postings import Postings
from bot.search.query import Phrase, Query
from bot.search.rank import Covered, Ranker
from bot.search.readings import Group, How, Reader, Reading
from bot.search.rows import Numbers, Rows
from bot.search.screen import Mask, present, screened, seen
from bot.search.sources import NO_SOURCE, Sources
from bot.search.vocabulary import Vocabulary

MOST_DOUBTED = 8
"""Words up to which a query is read in other ways. In a longer one the other words find the headline."""

TOLERANCE = 0.06
"""How far the best coverage may stay behind the best thinkable before the query is read in other ways."""

MOST_SUGGESTED = 5

_MOST_VIEWS = 8
"""Scopes whose view of the index is kept until the index changes: some 3 MB each with a million headlines."""


class View(NamedTuple):
    """The index as one scope sees it. What others read in it leaves no trace: not even in how common words are."""

    vocabulary: Vocabulary
    headlines: int
    mask: Mask | None
    """None where every living row is seen."""


class Asked(NamedTuple):
    """What a query is about, before its words."""

    view: View
    mask: Mask | None
    remarks: tuple[AskError, ...] = ()


class Admitted:
    """The articles that pass a query's filters and are seen in a scope, for hits that come from elsewhere."""

    def __init__(self, rows: Rows, mask: Mask) -> None:
        self._rows = rows
        self._mask = mask
        ids = rows.ids[: rows.count][mask]
        self.ids = range(int(ids.min()), int(ids.max()) + 1) if len(ids) else range(0)
        """Between which ids they are."""

    def of(self, ids: Sequence[int]) -> list[int]:
        """Leave of some articles those that are admitted, in their order."""
        rows = self._rows.rows_of(ids)
        return [id_ for id_, row in zip(ids, rows, strict=True) if row is not None and self._mask[row]]

    def newest(self, ids: Sequence[int]) -> list[int]:
        """Put admitted articles in the order of their publication, last first, the undated at the end."""
        rows = {row: id_ for id_, row in zip(ids, self._rows.rows_of(ids), strict=True) if row is not None}
        latest = self._rows.latest(np.array(sorted(rows), np.int32), len(rows))
        return [rows[row] for row in latest.tolist()]


class Searcher:
    """Answers queries over the parts of an index. It belongs to one thread."""

    def __init__(self, rows: Rows, postings: Postings, vocabulary: Vocabulary, sources: Sources) -> None:
        self._rows = rows
        self._postings = postings
        self._vocabulary = vocabulary
        self._sources = sources
        self._ranker = Ranker(vocabulary, rows, postings)
        self._views: dict[Scope, View] = {}

    def forget_views(self) -> None:
        """Take note that rows came or went."""
        self._views.clear()

    def search(self, query: Query, limit: int, scope: Scope, *, unfinished: bool) -> Found:
        """Find at most `limit` headlines; with `unfinished`, for someone who is still typing the last word."""
        if query.empty or limit < 1:
            return Found()
        asked = self._asked(query, scope)
        if not asked.view.headlines:
            return Found(remarks=asked.remarks)
        among = self._with_phrases(asked.mask, query.phrases)
        if not query.terms:
            return Found(hits=tuple(map(self._listed, self._newest(among, limit))), remarks=asked.remarks)
        return self._find(query, limit, asked, among, unfinished=unfinished)

    def newest(self, limit: int, scope: Scope) -> list[int]:
        """Return the ids of the last published headlines, last first."""
        found: list[int] = self._rows.ids[self._newest(self._view(scope).mask, limit)].tolist()
        return found

    def admitted(self, query: Query, scope: Scope) -> Admitted | None:
        """Return what passes a query's filters, and has the words that its headline must have. None is everything."""
        mask = self._asked(query, scope).mask
        titled = [term.word for term in query.terms if term.title]
        if mask is None and not titled and not query.newest_first:
            return None
        phrases = [Phrase((word,)) for word in titled] + [phrase for phrase in query.phrases if phrase.title]
        mask = self._with_phrases(self._living() if mask is None else mask, phrases)
        return Admitted(self._rows, self._living() if mask is None else mask)

    def sources(self, typed: str, limit: int, scope: Scope) -> list[str]:
        """Return the names of sources that a typed beginning may mean, those with most headlines first."""
        mask = self._view(scope).mask
        counted = present(self._rows, self._sources, self._living() if mask is None else mask)
        numbers = np.flatnonzero(counted).tolist()
        meant = self._sources.meant(typed) if typed.strip() else set(numbers)
        ranked = sorted(meant.intersection(numbers) - {NO_SOURCE}, key=lambda number: -counted[number])
        return [name for number in ranked[:limit] if (name := self._sources.names[number])]

    def _living(self) -> Mask:
        return self._rows.alive[: self._rows.count]

    def _view(self, scope: Scope) -> View:
        if scope == EVERYTHING:
            return View(self._vocabulary, self._rows.count - self._rows.dead, None)
        view = self._views.get(scope)
        if view is None:
            if len(self._views) == _MOST_VIEWS:
                self._views.clear()
            mask = seen(self._rows, self._sources, scope)
            frequencies = self._postings.frequencies_among(mask, len(self._vocabulary.words))
            view = View(self._vocabulary.under(frequencies), int(mask.sum()), mask)
            self._views[scope] = view
        return view

    def _asked(self, query: Query, scope: Scope) -> Asked:
        view = self._view(scope)
        if not query.selects:
            return Asked(view, view.mask)
        mask = (self._living() if view.mask is None else view.mask).copy()
        remarks = screened(self._rows, self._sources, mask, query.filters)
        unwelcome = [(word,) for word in (*query.excluded, *query.excluded_titles)]
        for phrase in (*unwelcome, *(phrase.words for phrase in query.excluded_phrases)):
            mask[self._having(phrase)] = False
        return Asked(view, mask, remarks)

    def _with_phrases(self, mask: Mask | None, phrases: Iterable[Phrase]) -> Mask | None:
        for phrase in phrases:
            having = np.zeros(self._rows.count, np.bool_)
            having[self._having(phrase.words)] = True
            mask = having if mask is None else mask & having
        return mask

    def _having(self, phrase: Sequence[str]) -> Numbers:
        numbers = [number for word in phrase if (number := self._vocabulary.number(word)) is not None]
        if len(numbers) < len(phrase):
            return np.empty(0, np.int32)
        return (
            rows_with(numbers, self._rows, self._postings)
            if len(phrase) > 1
            else self._postings.of(numbers[0])
        )

    def _newest(self, mask: Mask | None, limit: int) -> Numbers:
        rows = np.flatnonzero(self._living() if mask is None else mask).astype(np.int32)
        return self._rows.latest(rows, limit)

    def _listed(self, row: int) -> Match:
        return Match(id=int(self._rows.ids[row]), score=1.0, exact=True, complete=True)

    def _find(self, query: Query, limit: int, asked: Asked, among: Mask | None, *, unfinished: bool) -> Found:
        ranker = self._ranker
        choose = partial(ranker.latest if query.newest_first else ranker.foremost, limit=limit)
        reader = Reader(asked.view.vocabulary, asked.view.headlines)
        as_typed = reader.as_typed(query, unfinished=unfinished)
        unknown = tuple(
            group.typed for group in as_typed.groups if group.exact is None and not group.completed
        )
        all_of = partial(ranker.covering_all, among=among, limit=limit, latest=query.newest_first)
        covered = all_of(as_typed)
        pool = _Pool()
        pool.add(as_typed, choose(covered))
        complete = True
        if not len(covered.rows) or covered.best < as_typed.enough - TOLERANCE:
            widest = as_typed
            if len(query.terms) <= MOST_DOUBTED:
                widest, *others = reader.otherwise(query, unfinished=unfinished)
                for reading in (widest, *others):
                    pool.add(reading, choose(all_of(reading)))
            if not pool.readings:
                complete = False
                pool.add(widest, choose(ranker.covering_some(widest, among)))
        if not pool.readings:
            suggestions = self._suggestions(query, asked)
            return Found(suggestions=suggestions, unknown=unknown, remarks=asked.remarks)
        ranked = self._ordered(query, pool.covered(), limit)
        hits: list[Match] = []
        corrections: tuple[Correction, ...] = ()
        for row, score in ranked:
            met = self._met(pool.readings[row], row)
            if not hits:
                corrections = self._corrections(met)
            hits.append(self._match(row, score, met, complete=complete))
        return Found(hits=tuple(hits), corrections=corrections, unknown=unknown, remarks=asked.remarks)

    def _ordered(self, query: Query, covered: Covered, limit: int) -> list[tuple[int, float]]:
        if not query.newest_first:
            return self._ranker.order(query.words, covered, limit)
        latest = self._ranker.latest(covered, limit)
        scores = [round(coverage, 4) for coverage in latest.coverage.tolist()]
        return list(zip(latest.rows.tolist(), scores, strict=True))

    def _met(self, reading: Reading, row: int) -> list[tuple[Group, int]]:
        """Return for each group that a headline meets the word that fits best."""
        headline = self._rows.words_of(row)
        met = []
        for group in reading.groups:
            fits = group.fits
            present_words = [word for word in headline if word in fits]
            if present_words:
                met.append((group, max(present_words, key=fits.__getitem__)))
        return met

    def _match(self, row: int, score: float, met: list[tuple[Group, int]], *, complete: bool) -> Match:
        spelled = self._vocabulary.words
        return Match(
            id=int(self._rows.ids[row]),
            score=score,
            matched=tuple(dict.fromkeys(spelled[word] for _, word in met)),
            exact=complete and all(group.how(word) is not How.CORRECTED for group, word in met),
            complete=complete,
        )

    def _corrections(self, met: list[tuple[Group, int]]) -> tuple[Correction, ...]:
        read: dict[str, list[str]] = {}
        for group, word in met:
            if group.how(word) is How.CORRECTED:
                read.setdefault(group.typed, []).append(self._vocabulary.words[word])
        return tuple(Correction(typed, " ".join(parts)) for typed, parts in read.items())

    def _suggestions(self, query: Query, asked: Asked) -> tuple[str, ...]:
        """Return words near to those that nothing has; each finds something that passes the filters."""
        vocabulary = asked.view.vocabulary
        near = {
            word
            for term in query.terms
            if not self._found_alone(vocabulary.number(term.word), asked.mask)
            for _, word in vocabulary.near(term.word, loosely=True)
        }
        ranked = sorted(near, key=lambda word: (-vocabulary.frequencies[word], vocabulary.words[word]))
        finding = [word for word in ranked if self._found_alone(word, asked.mask)]
        return tuple(vocabulary.words[word] for word in finding[:MOST_SUGGESTED])

    def _found_alone(self, word: int | None, mask: Mask | None) -> bool:
        return word is not None and (mask is None or bool(mask[self._postings.of(word)].any()))


class _Pool:
    """What several readings found: each row once, under the reading that covers it best."""

    def __init__(self) -> None:
        self.readings: dict[int, Reading] = {}
        self._coverage: dict[int, float] = {}

    def add(self, reading: Reading, covered: Covered) -> None:
        for row, coverage in zip(covered.rows.tolist(), covered.coverage.tolist(), strict=True):
            if coverage > self._coverage.get(row, 0.0):
                self._coverage[row] = coverage
                self.readings[row] = reading

    def covered(self) -> Covered:
        return Covered(
            np.array(list(self._coverage), np.int32), np.array(list(self._coverage.values()), np.float32)
        )
