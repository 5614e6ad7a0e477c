"""Which stories are like one another: TF-IDF cosine over stems. Pure over the texts it is handed.

A `Lexicon` is made of articles of the store and knows how rare stems are among them. By it a text becomes a
vector: what it says, without stop words, weighed by how often the text says it and how rare it is. The cosine
of two vectors is the score: one number with one meaning for all stories, by which they are found, put in order
and left out.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import chain, count

import numpy as np
import Stemmer
from numpy.typing import NDArray

from bot.article import Listing, Similar
from bot.text import stop_words, words

MIN_SCORE = 0.1
"""Below this, two stories share little but the language. Measured on the 48 shipped pages: 81 pairs score 0.10 or
more, of which 61 are on one subject; of the 74 pairs that score 0.08 or 0.09, ten are. People found all documents of
Lee and Pincombe that score so much alike (`make bench-related`)."""

SMALLEST = 0.01
"""The score of whatever shares a word. Scores are hundredths, as readers see them: what looks equal is equal."""

CONSIDERED = 4_000
"""Characters of a text that are compared, some 650 words: a story says early what it is about."""

FEWEST = 12
"""Stems that look for a story's relatives, however common they are."""

FALLBACK = "en"
"""Language of texts whose own has no stemmer, or is not known."""

_REMEMBERED = 300_000
"""Words whose stems are remembered, some 30 MB: all that stand in a million articles but for slips and rare names."""

_NOTHING = 0
"""The number of stop words, and of words of one character."""

_SHARED = 1 << 16
"""Numbers that stems share which come when no more are remembered: two such stems of two texts hardly ever meet in one."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What looks for a story's relatives by their texts."""

    forms: tuple[str, ...]
    """Normalised words, of which a relative has any."""
    weight: float = 1.0
    """How much it tells that one is there, beside how rare they are: how often the story says it, damped."""


class Lexicon:
    """How rare stems are among some articles.

    Whatever is compared by one lexicon is stemmed as text of one language, that of the story which is asked about:
    words have to be cut in one way to meet, and names, all that texts of two languages share, then do. Stems are
    numbers here.
    """

    def __init__(self, texts: Iterable[str], language: str | None = None) -> None:
        """Read the articles' texts; `language` is an ISO 639-1 code."""
        self._stems = _Stems(stemmed_as(language))
        self._forms: defaultdict[int, set[str]] = defaultdict(set)
        having: Counter[int] = Counter()
        total = 0
        for text in texts:
            found = self._forms_in(text)
            having.update(found.keys())
            total += 1
            for stem, forms in found.items():
                self._forms[stem] |= forms
        self._total = total
        # A stem that no article has counts as the rarest: so does every number beyond the last one.
        self._idf = np.full(max(having, default=_NOTHING) + 2, self._weight(0))
        self._idf[_NOTHING] = 0.0
        for stem, articles in having.items():
            self._idf[stem] = self._weight(articles)

    def _weight(self, having: float) -> float:
        # As if one article more had every stem: none is worth nothing, and one article less or more changes little.
        return 1 + math.log((self._total + 1) / (having + 1))

    def _idf_of(self, stems: NDArray[np.int64]) -> NDArray[np.float64]:
        idf: NDArray[np.float64] = self._idf[np.minimum(stems, len(self._idf) - 1)]
        return idf

    def likenesses(self, text: str, others: Sequence[str]) -> list[float]:
        """Return the cosines of a text's vector and those of some others, each from 0 (no stem in common) to 1.

        A vector weighs a text's stems by how often it says them (damped) and how rare they are.
        """
        of_text, stems, weights = self._weighed([text, *others])
        lengths = np.sqrt(np.bincount(of_text, weights**2, len(others) + 1))
        own = of_text == 0
        places = np.searchsorted(stems[own], stems)
        # Behind the last of the own stems stands one that no other is.
        known = np.append(stems[own], -1)[places] == stems
        products = np.bincount(
            of_text, weights * np.append(weights[own], 0.0)[places] * known, len(others) + 1
        )
        scale = lengths * lengths[0]
        cosines = np.divide(products, scale, out=np.zeros_like(scale), where=scale > 0)
        return [min(1.0, float(cosine)) for cosine in cosines[1:]]

    def _weighed(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return for each stem of each text, in the order of texts, then of stems: the text's place, the stem, its weight."""
        said = [self._said(text) for text in texts]
        lengths = [len(stems) for stems in said]
        stems = np.fromiter(chain.from_iterable(said), np.int64, sum(lengths))
        places = np.repeat(np.arange(len(texts)), lengths)
        distinct, counts = np.unique(places << 32 | stems, return_counts=True)
        places, stems = distinct >> 32, distinct & 0xFFFFFFFF
        return places, stems, self._idf_of(stems) * (1 + np.log(counts))

    def _said(self, text: str) -> list[int]:
        return list(map(self._stems.__getitem__, words(text[:CONSIDERED])))

    def probes(self, text: str, limit: int | None = None, share: float = 1.0) -> list[Probe]:
        """Return by what a text's relatives are found: all known forms of each of its rarest stems.

        Of equally rare ones those come first that the text says more often, by which they weigh as in its vector.
        `limit` counts stems; those that more than a `share` of the articles have are left out where FEWEST others
        are left.
        """
        own = self._forms_in(text)
        _, stems, weights = self._weighed([text])
        idf = self._idf_of(stems)
        rarest = sorted(
            (-rare, -weight, min(own[stem]), stem)
            for stem, rare, weight in zip(stems.tolist(), idf.tolist(), weights.tolist(), strict=True)
            if stem in own
        )[:limit]
        least = self._weight(share * self._total)
        return [
            Probe(tuple(sorted(own[stem] | self._forms.get(stem, set()))), weight / rare)
            for at, (rare, weight, _, stem) in enumerate(rarest)
            if at < FEWEST or -rare >= least
        ]

    def _forms_in(self, text: str) -> dict[int, set[str]]:
        found: defaultdict[int, set[str]] = defaultdict(set)
        for word in set(words(text[:CONSIDERED])):
            found[self._stems[word]].add(word)
        found.pop(_NOTHING, None)
        return found


@lru_cache(maxsize=128)
def stemmed_as(language: str | None) -> str:
    """Return the language by whose rules a text is stemmed."""
    try:
        Stemmer.Stemmer(language or FALLBACK)
    except KeyError:
        return FALLBACK
    return language or FALLBACK


class _Stems(dict[str, int]):
    """The numbers of words' stems in one language, given as they are asked for; _NOTHING for words that say nothing."""

    def __init__(self, language: str) -> None:
        super().__init__(dict.fromkeys(stop_words(), _NOTHING))
        self._language = language
        self._numbers: dict[str, int] = {}
        self._next = count(_NOTHING + 1 + _SHARED)

    def __missing__(self, word: str) -> int:
        # A stemmer must not be used by two threads; making one takes a microsecond.
        stem = Stemmer.Stemmer(self._language, 0).stemWord(word) if len(word) > 1 else None
        if len(self) >= _REMEMBERED:
            shared = _NOTHING + 1 + hash(stem) % _SHARED
            return _NOTHING if stem is None else self._numbers.get(stem, shared)
        # Two threads may ask at once: they get one number, and another one is never given.
        number = _NOTHING if stem is None else self._numbers.setdefault(stem, next(self._next))
        self[word] = number
        return number


def story_of(article: Listing) -> int:
    """Return the id that stands for an article's story: that of its first report."""
    return article.story or article.id


def most_similar(
    asked: Listing,
    text: str,
    candidates: Sequence[tuple[Listing, str]],
    lexicon: Lexicon,
    *,
    limit: int,
    min_score: float = MIN_SCORE,
    group: bool = True,
) -> list[Similar]:
    """Order candidates, with their texts, by likeness to a story: those of at least `min_score`, at most `limit`.

    Among equals the nearer in time comes first, then the newer id. What shares no stem is never listed. With
    `group` each story is listed once, by its best report.
    """
    likenesses = lexicon.likenesses(text, [other for _, other in candidates])
    scored = [
        Similar(listing=listing, score=max(SMALLEST, round(likeness, 2)))
        for (listing, _), likeness in zip(candidates, likenesses, strict=True)
        if likeness > 0
    ]
    ranked = sorted(
        (similar for similar in scored if similar.score >= min_score),
        key=lambda similar: (-similar.score, _apart(asked, similar.listing), -similar.listing.id),
    )
    return (_once_each(ranked) if group else ranked)[:limit]


def _once_each(ranked: Iterable[Similar]) -> list[Similar]:
    first: dict[int, Similar] = {}
    for similar in ranked:
        first.setdefault(story_of(similar.listing), similar)
    return list(first.values())


def _apart(one: Listing, other: Listing) -> timedelta:
    """Return the time between two articles; the day of its intake stands for that of an undated one."""
    return abs((one.published or one.added) - (other.published or other.added))
