"""Which stories are like one another: TF-IDF cosine over stems. Pure over the texts it is handed.

A `Lexicon` is made of articles of the store and knows how rare stems are among them. By it a text becomes a
vector: what it says, without stop words, weighed by how often the text says it and how rare it is. The cosine
of two vectors is the score: one number with one meaning for all stories, by which they are found, put in order
and left out.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Protocol, TypeAlias

import Stemmer

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

_NOTHING = ""
"""Stands for the stem of stop words, and of words of one character."""

_REMEMBERED = 300_000
"""Words whose stems are remembered, some 30 MB: all that stand in a million articles but for slips and rare names."""

Vector: TypeAlias = Mapping[str, float]
"""Weights of stems, of length 1; empty for a text that says nothing."""


class Lexicon:
    """How rare stems are among some articles.

    Whatever is compared by one lexicon is stemmed as text of one language, that of the story which is asked about:
    words have to be cut in one way to meet, and names, all that texts of two languages share, then do.
    """

    def __init__(self, texts: Iterable[str], language: str | None = None) -> None:
        """Read the articles' texts; `language` is an ISO 639-1 code."""
        self._stems = _Stems(stemmed_as(language))
        self._forms: defaultdict[str, set[str]] = defaultdict(set)
        having: Counter[str] = Counter()
        total = 0
        for text in texts:
            found = self._forms_in(text)
            having.update(found.keys())
            total += 1
            for stem, forms in found.items():
                self._forms[stem] |= forms
        self._total = total
        self._idf = {stem: self._weight(count) for stem, count in having.items()}
        self._rarest = self._weight(0)

    def _weight(self, having: float) -> float:
        # As if one article more had every stem: none is worth nothing, and one article less or more changes little.
        return 1 + math.log((self._total + 1) / (having + 1))

    def idf(self, stem: str) -> float:
        """Return the inverse document frequency, above 0; a stem that no article has counts as the rarest."""
        return self._idf.get(stem, self._rarest)

    def vector(self, text: str) -> Vector:
        """Weigh a text's stems by how often it says them (damped) and how rare they are."""
        weights = self._weights(text)
        length = math.hypot(*weights.values())
        return {stem: weight / length for stem, weight in weights.items()} if length else {}

    def likeness(self, own: Vector, text: str) -> float:
        """Return the cosine of a vector and that of a text, from 0 (no stem in common) to 1."""
        weights = self._weights(text)
        product = sum(weight * weights[stem] for stem, weight in own.items() if stem in weights)
        return min(1.0, product / math.hypot(*weights.values())) if product else 0.0

    def _weights(self, text: str) -> dict[str, float]:
        idf, rarest = self._idf, self._rarest
        return {
            stem: idf.get(stem, rarest) if count == 1 else idf.get(stem, rarest) * (1 + math.log(count))
            for stem, count in self._counted(text).items()
        }

    def probes(self, text: str, limit: int | None = None, share: float = 1.0) -> list[str]:
        """Return the words by which a text's relatives are found: all known forms of its rarest stems.

        Of equally rare ones those come first that the text says more often. `limit` counts stems; those that
        more than a `share` of the articles have are left out where FEWEST others are left.
        """
        own = self._forms_in(text)
        weights = self._weights(text)
        rarest = sorted(own, key=lambda stem: (-self.idf(stem), -weights[stem], stem))[:limit]
        least = self._weight(share * self._total)
        kept = [stem for at, stem in enumerate(rarest) if at < FEWEST or self.idf(stem) >= least]
        return [form for stem in kept for form in sorted(own[stem] | self._forms.get(stem, set()))]

    def _counted(self, text: str) -> Counter[str]:
        counts = Counter(map(self._stems.__getitem__, words(text[:CONSIDERED])))
        del counts[_NOTHING]
        return counts

    def _forms_in(self, text: str) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
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


class _Stems(dict[str, str]):
    """The stems of words in one language, made as they are asked for; _NOTHING for words that say nothing."""

    def __init__(self, language: str) -> None:
        super().__init__(dict.fromkeys(stop_words(), _NOTHING))
        self._language = language

    def __missing__(self, word: str) -> str:
        # A stemmer must not be used by two threads; making one takes a microsecond.
        stem = Stemmer.Stemmer(self._language, 0).stemWord(word) if len(word) > 1 else _NOTHING
        if len(self) < _REMEMBERED:
            self[word] = stem
        return stem


class OfStory(Protocol):
    """An article, and the story that it tells."""

    @property
    def id(self) -> int:
        """The article's id."""

    @property
    def story(self) -> int | None:
        """The id of the story's first report; None if that is the article itself."""


def story_of(article: OfStory) -> int:
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
    own = lexicon.vector(text)
    scored = [
        Similar(listing=listing, score=max(SMALLEST, round(likeness, 2)))
        for listing, other in candidates
        if (likeness := lexicon.likeness(own, other)) > 0
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
