"""The headline index: what is put in is found at once, by words that need not be spelled right."""

from array import array
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bot.article import Correction
from bot.search.found import Found, Match, Row
from bot.search.postings import Postings
from bot.search.query import Query, parse_query
from bot.search.rank import Covered, Ranker
from bot.search.readings import Group, How, Reader, Reading
from bot.search.rows import UNDATED, Rows
from bot.search.sources import Sources
from bot.search.vocabulary import Vocabulary
from bot.text import words

MOST_DOUBTED = 8
"""Words up to which a query is read in other ways. In a longer one the other words find the headline."""

TOLERANCE = 0.06
"""How far the best coverage may stay behind the best thinkable before the query is read in other ways."""

MOST_SUGGESTED = 5

_FOLDED_FROM = 20_000
"""Rows that came or went since the build from which on folding is worth while; with more headlines, a tenth."""


class Headlines:
    """All headlines, in memory. Make it with `Headlines.build`; it belongs to one thread."""

    def __init__(self, rows: Rows, known: list[str], sources: Sources) -> None:
        """Index rows whose words are the numbers of `known` words, each of which occurs."""
        self._rows = rows
        self._sources = sources
        self._postings = Postings(rows, len(known))
        self._vocabulary = Vocabulary(known, self._postings.frequencies.tolist())
        self._ranker = Ranker(self._vocabulary, self._rows, self._postings)
        self._folded_from: NDArray[np.bool_] = np.zeros(0, np.bool_)

    @classmethod
    def build(cls, rows: Iterable[Row]) -> "Headlines":
        """Index rows, in any order; of those with the same id the last counts. A million take some ten seconds."""
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__
        sources = Sources()
        flat, lengths, ids, newness = array("i"), array("q"), array("q"), array("q")
        of_source, published = array("i"), array("q")
        for row in rows:
            headline = words(row.headline)
            flat.extend(map(numbers.__getitem__, headline))
            lengths.append(len(headline))
            ids.append(row.id)
            newness.append(row.newness)
            of_source.append(sources.add(row.source))
            published.append(UNDATED if row.published is None else row.published)
        built = Rows(
            np.array(ids, np.int64),
            np.array(newness, np.int64),
            np.array(lengths, np.int64),
            np.array(flat, np.int32),
            sources=np.array(of_source, np.int32),
            published=np.array(published, np.int64),
        )
        return cls(built, list(numbers), sources)

    def put(self, rows: Iterable[Row]) -> None:
        """Take in new headlines, and changed ones in the place of those with their id."""
        for row in rows:
            published = UNDATED if row.published is None else row.published
            self._put(row.id, row.newness, words(row.headline), row.source, published)

    def _put(
        self, id_: int, newness: int, headline: Iterable[str], source: str | None, published: int
    ) -> None:
        self.drop((id_,))
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

    def __len__(self) -> int:
        return self._rows.count - self._rows.dead

    def __contains__(self, id_: int) -> bool:
        return self._rows.row(id_) is not None

    def ids(self) -> list[int]:
        """Return the ids of all headlines."""
        rows = self._rows
        found: list[int] = rows.ids[: rows.count][rows.alive[: rows.count]].tolist()
        return found

    def headline_words(self, id_: int) -> list[str]:
        """Return the normalised words of a headline, in their order; raise KeyError for an unknown id."""
        row = self._rows.row(id_)
        if row is None:
            raise KeyError(id_)
        return [self._vocabulary.words[word] for word in self._rows.words_of(row)]

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
        lengths = np.diff(starts).astype(np.int64)
        kept = rows.words[: starts[-1]][np.repeat(alive, lengths)]
        used, renumbered = np.unique(kept, return_inverse=True)
        folded = Headlines(
            Rows(
                rows.ids[:count][alive],
                rows.newness[:count][alive],
                lengths[alive],
                renumbered.astype(np.int32),
                sources=rows.sources[:count][alive],
                published=rows.published[:count][alive],
            ),
            [self._vocabulary.words[word] for word in used.tolist()],
            self._sources.copy(),
        )
        folded._folded_from = alive
        return folded

    def follow(self, unfolded: "Headlines") -> None:
        """Take over what changed in the index that this one was folded from."""
        rows = unfolded._rows  # noqa: SLF001 - the same class
        alive = self._folded_from
        count = len(alive)
        self.drop(rows.ids[:count][alive & ~rows.alive[:count]].tolist())
        for row in range(count, rows.count):
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

    def search(self, query: Query, limit: int) -> Found:
        """Find at most `limit` headlines."""
        return self._search(query, limit, unfinished=False)

    def complete(self, text: str, limit: int) -> list[int]:
        """Return the ids of the headlines that someone who is still typing may mean; of no text, the newest."""
        query = parse_query(text)
        if not query.terms:
            rows = np.flatnonzero(self._rows.alive[: self._rows.count]).astype(np.int32)
            newest: list[int] = (
                self._rows.ids[self._rows.newest(rows, limit)].tolist() if not text.strip() else []
            )
            return newest
        return [match.id for match in self._search(query, limit, unfinished=True).hits]

    def _search(self, query: Query, limit: int, *, unfinished: bool) -> Found:
        if not query.terms or limit < 1 or not len(self):
            return Found()
        reader = Reader(self._vocabulary, len(self))
        numbers = map(self._vocabulary.number, query.excluded)
        without = [number for number in numbers if number is not None]
        as_typed = reader.as_typed(query, unfinished=unfinished)
        unknown = tuple(
            group.typed for group in as_typed.groups if group.exact is None and not group.completed
        )
        covered = self._ranker.covering_all(as_typed, without, limit)
        pool = _Pool()
        pool.add(as_typed, self._ranker.foremost(covered))
        complete = True
        if not len(covered.rows) or covered.best < as_typed.enough - TOLERANCE:
            widest = as_typed
            if len(query.terms) <= MOST_DOUBTED:
                widest, *others = reader.otherwise(query, unfinished=unfinished)
                for reading in (widest, *others):
                    pool.add(
                        reading, self._ranker.foremost(self._ranker.covering_all(reading, without, limit))
                    )
            if not pool.readings:
                complete = False
                pool.add(widest, self._ranker.foremost(self._ranker.covering_some(widest, without)))
        if not pool.readings:
            return Found(suggestions=self._suggestions(query), unknown=unknown)
        ranked = self._ranker.order(query.words, pool.covered(), limit)
        hits: list[Match] = []
        corrections: tuple[Correction, ...] = ()
        for row, score in ranked:
            met = self._met(pool.readings[row], row)
            if not hits:
                corrections = self._corrections(met)
            hits.append(self._match(row, score, met, complete=complete))
        return Found(hits=tuple(hits), corrections=corrections, unknown=unknown)

    def _met(self, reading: Reading, row: int) -> list[tuple[Group, int]]:
        """Return for each group that a headline meets the word that fits best."""
        headline = self._rows.words_of(row)
        met = []
        for group in reading.groups:
            fits = group.fits
            present = [word for word in headline if word in fits]
            if present:
                met.append((group, max(present, key=fits.__getitem__)))
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

    def _suggestions(self, query: Query) -> tuple[str, ...]:
        vocabulary = self._vocabulary
        near = {
            word
            for term in query.terms
            if vocabulary.number(term.word) is None
            for _, word in vocabulary.near(term.word, loosely=True)
        }
        ranked = sorted(near, key=lambda word: (-vocabulary.frequencies[word], vocabulary.words[word]))
        return tuple(vocabulary.words[word] for word in ranked[:MOST_SUGGESTED])


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
