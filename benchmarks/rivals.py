"""Other ways to search headlines, each as well as it can be used with little effort, and ours."""

import time
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Protocol

from rapidfuzz import fuzz, process, utils

from benchmarks.corpus import published
from bot.search import Headlines, Row, parse_query
from bot.text import words

HITS = 10
FEW = 2
"""Queries of each kind that are asked where one takes a second and more."""


class System(Protocol):
    """A search over headlines, by their places in the corpus."""

    name: str
    build_seconds: float
    per_kind: int | None
    """Queries of each kind that there is time for; None for all."""

    def search(self, text: str) -> list[int]:
        """Return the places of HITS headlines, best first."""


class Newsdesk:
    """Ours."""

    name = "newsdesk"
    per_kind: int | None = None

    def __init__(self, headlines: Sequence[str]) -> None:
        started = time.perf_counter()
        self.index = Headlines.build(
            Row(at, headline, int(published(at).timestamp())) for at, headline in enumerate(headlines)
        )
        self.build_seconds = time.perf_counter() - started

    def search(self, text: str) -> list[int]:
        """Return the places of HITS headlines, best first."""
        return [match.id for match in self.index.search(parse_query(text), HITS).hits]


class Tantivy:
    """The full-text engine, asked for as little as will do: that is fastest, and finds best.

    All words exactly, the last perhaps unfinished; if no headline has them, all words with a slip or two;
    if none has, any of those; and places that are left go to headlines with any of the words exactly.
    """

    name = "tantivy"
    per_kind: int | None = None
    _HEAP = 256_000_000
    """Bytes for writing."""

    def __init__(self, headlines: Sequence[str]) -> None:
        import tantivy  # noqa: PLC0415 - an extra that need not be installed

        self._library: Any = tantivy
        started = time.perf_counter()
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("place", stored=True, fast=True)
        builder.add_text_field("headline")
        self._schema: Any = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(heap_size=self._HEAP, num_threads=1)
        for at, headline in enumerate(headlines):
            # Normalised as ours are: accents and apostrophes shall decide nothing.
            writer.add_document(tantivy.Document(place=at, headline=" ".join(words(headline))))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher: Any = index.searcher()
        self.build_seconds = time.perf_counter() - started

    def search(self, text: str) -> list[int]:
        """Return the places of HITS headlines, best first."""
        typed = list(dict.fromkeys(words(text)))
        if not typed:
            return []
        exact = [self._exact(word) for word in typed]
        found = self._ask("Must", [*exact[:-1], self._any([exact[-1], *self._beginning(typed[-1])])])
        if not found:
            near = [self._any([one, *self._near(word)]) for word, one in zip(typed, exact, strict=True)]
            near[-1] = self._any([near[-1], *self._beginning(typed[-1])])
            found = self._ask("Must", near) or self._ask("Should", near)
        if len(found) < HITS:
            found += [at for at in self._ask("Should", exact) if at not in found]
        return found[:HITS]

    def _exact(self, word: str) -> Any:
        query = self._library.Query
        return query.boost_query(query.term_query(self._schema, "headline", word), 2.0)

    def _near(self, word: str) -> list[Any]:
        edits = 0 if len(word) < 3 else 1 if len(word) < 6 else 2
        fuzzy = self._library.Query.fuzzy_term_query
        return [fuzzy(self._schema, "headline", word, distance=edits)] if edits else []

    def _beginning(self, word: str) -> list[Any]:
        fuzzy = self._library.Query.fuzzy_term_query
        return [fuzzy(self._schema, "headline", word, distance=0, prefix=True)] if len(word) > 1 else []

    def _any(self, queries: list[Any]) -> Any:
        return self._library.Query.disjunction_max_query(queries) if len(queries) > 1 else queries[0]

    def _ask(self, occurring: str, queries: list[Any]) -> list[int]:
        occur = getattr(self._library.Occur, occurring)
        query = self._library.Query.boolean_query([(occur, one) for one in queries])
        hits = self._searcher.search(query, HITS, count=False).hits
        return [self._searcher.doc(address)["place"][0] for _, address in hits]


class Rapidfuzz:
    """Every headline compared with the query: what one writes first."""

    per_kind: int | None = FEW
    build_seconds = 0.0

    def __init__(self, headlines: Sequence[str], scorer: str) -> None:
        self.name = f"rapidfuzz {scorer}"
        self._headlines = headlines
        self._scorer = getattr(fuzz, scorer)

    def search(self, text: str) -> list[int]:
        """Return the places of HITS headlines, best first."""
        found = process.extract(
            text, self._headlines, scorer=self._scorer, processor=utils.default_process, limit=HITS
        )
        return [at for _, _, at in found]


def has_tantivy() -> bool:
    """Tell whether the extra `bench` is installed."""
    return find_spec("tantivy") is not None
