"""What an index is made of, how it is gathered from headlines, and as what it is kept in a file.

The file holds the parts as they were built. Rows that came since, and the death of old ones, are not part
of it: they are in the store's change log, from which whoever reads the file catches up.
"""

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.search.deletes import Deletes
from bot.search.found import Row
from bot.search.postings import Postings
from bot.search.rows import UNDATED, Rows
from bot.search.sources import Sources
from bot.search.vocabulary import Vocabulary
from bot.text import words

Columns: TypeAlias = Mapping[str, NDArray[Any]]
"""Arrays of one dimension by name."""


class Parts(NamedTuple):
    """The parts of an index, which share their numbers of rows and words."""

    rows: Rows
    sources: Sources
    vocabulary: Vocabulary
    postings: Postings

    @classmethod
    def of(cls, rows: Rows, known: list[str], sources: Sources) -> "Parts":
        """Index rows whose words are the numbers of `known` words, each of which occurs."""
        postings = Postings.invert(rows, len(known))
        return cls(rows, sources, Vocabulary(known, postings.frequencies.tolist()), postings)

    def columns(self) -> Columns:
        """Return everything as it was built, in arrays that stay as they are whatever changes in the index."""
        vocabulary = self.vocabulary
        return {
            **{f"rows.{name}": column for name, column in self.rows.columns().items()},
            "sources.names": _letters(json.dumps(self.sources.names[1:])),
            "vocabulary.words": _letters("\n".join(vocabulary.words[: len(vocabulary.alphabetical)])),
            "vocabulary.alphabetical": vocabulary.alphabetical,
            "deletes.hashes": vocabulary.deletes.hashes,
            "deletes.numbers": vocabulary.deletes.numbers,
            "postings.rows": self.postings.rows,
            "postings.frequencies": self.postings.frequencies,
        }

    @classmethod
    def restored(cls, columns: Columns) -> "Parts":
        """Make of `columns` what it was made of; raise KeyError where one is missing."""
        known = _text(columns["vocabulary.words"])
        postings = Postings(columns["postings.rows"], columns["postings.frequencies"])
        vocabulary = Vocabulary(
            known.split("\n") if known else [],
            postings.frequencies.tolist(),
            alphabetical=columns["vocabulary.alphabetical"],
            deletes=Deletes(columns["deletes.hashes"], columns["deletes.numbers"]),
        )
        rows = Rows(
            **{
                name.removeprefix("rows."): column
                for name, column in columns.items()
                if name.startswith("rows.")
            }
        )
        return cls(rows, Sources(json.loads(_text(columns["sources.names"]))), vocabulary, postings)


def _letters(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _text(letters: NDArray[np.uint8]) -> str:
    return letters.tobytes().decode()


class Builder:
    """Gathers headlines, batch by batch, in some 60 bytes each."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._sources = Sources()
        self._ids, self._newness, self._lengths = array("q"), array("q"), array("i")
        self._words = array("i")
        self._of_source, self._published = array("i"), array("q")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, rows: Iterable[Row]) -> None:
        """Take in headlines, in any order; of those with the same id the last counts."""
        number = self._numbers.__getitem__
        for row in rows:
            headline = words(row.headline)
            self._words.extend(map(number, headline))
            self._lengths.append(len(headline))
            self._ids.append(row.id)
            self._newness.append(row.newness)
            self._of_source.append(self._sources.add(row.source))
            self._published.append(UNDATED if row.published is None else row.published)

    def parts(self) -> Parts:
        """Index what was gathered. Call it once: the arrays are handed over, not copied."""
        rows = Rows(
            np.frombuffer(self._ids, np.int64),
            np.frombuffer(self._newness, np.int64),
            np.frombuffer(self._lengths, np.int32),
            np.frombuffer(self._words, np.int32),
            sources=np.frombuffer(self._of_source, np.int32),
            published=np.frombuffer(self._published, np.int64),
        )
        return Parts.of(rows, list(self._numbers), self._sources)
