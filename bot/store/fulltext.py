"""The full text inside the database: what every backend's index of words can do.

Both index the distinct words that bot.text.words finds in headline, standfirst and paragraphs, in the
same transaction as the article. fts5.py does it for SQLite, tsvector.py for PostgreSQL.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.models import articles
from bot.store.rows import full_text
from bot.text import words

BATCH = 2_000
"""Articles that are read at once where all of them are read."""

DEPTH = 2_000
"""Articles with any of some terms, the newest ones, that postings() tells."""

_AMONG_EQUALS = 1e-6
"""What is left of the weight of a probe that too many articles have: more such probes than there are outweigh no other."""

Posting: TypeAlias = NDArray[np.int64]
"""Ids of articles, the newest one first."""

Texts = Sequence[tuple[int, str]]
"""Ids and whole texts."""


class FullText(Protocol):
    """An index of words in the database. Methods that write belong into a writing transaction."""

    async def add(self, connection: AsyncConnection, texts: Texts) -> None:
        """Index texts of articles that are not in the index."""

    async def drop(self, connection: AsyncConnection, texts: Texts) -> None:
        """Take articles out of the index, given the very texts by which they are in it."""

    async def rebuild(self, connection: AsyncConnection) -> None:
        """Index all articles anew."""

    def all_of(self, connection: Connection, terms: Sequence[str], limit: int, ids: range) -> list[int]:
        """Find the articles that have all terms, newest id first, among those with ids in a range."""

    def postings(self, connection: Connection, groups: Sequence[Sequence[str]]) -> list[Posting]:
        """Return for each group of terms the articles that have any of them, DEPTH at most."""

    def sizes(self, connection: Connection, ids: Sequence[int]) -> dict[int, int]:
        """Return how many distinct words the texts of articles have."""

    async def merge(self, connection: AsyncConnection, *, begins: bool) -> bool:
        """Put a part of the index's pieces together, where it has any; tell whether there is more to do.

        The first call of a series `begins` it: then all the pieces that there are become one.
        """

    async def differences(self, connection: AsyncConnection) -> list[str]:
        """Compare the whole index with the articles; say what differs."""


def distinct(texts: Iterable[str]) -> list[str]:
    """Return the distinct normalised words of texts, in order."""
    return list(dict.fromkeys(word for text in texts for word in words(text)))


def weightiest(postings: Sequence[Posting], weights: Sequence[float], limit: int) -> dict[int, float]:
    """Weigh the articles that probes found, given the newest DEPTH ids for each; return the heaviest, in this order.

    A probe weighs as it does in the cosine of two texts that have it: its inverse document frequency, squared, times
    how often the text that asks says it. One that DEPTH articles or more have, of which older ones are missing here,
    only decides among equals, or else new articles would always come first. Then the newest id comes first.
    """
    lengths = np.array([len(posting) for posting in postings])
    if not lengths.any():
        return {}
    ids, places = np.unique(np.concatenate(postings), return_inverse=True)
    of_probes = np.log1p(ids[-1] / np.maximum(lengths, 1)) ** 2 * weights
    of_probes[lengths >= DEPTH] *= _AMONG_EQUALS
    weighed = np.bincount(places, np.repeat(of_probes, lengths))
    if limit < len(ids):
        # Most are far from being among the heaviest, and need no order.
        heavy = weighed >= np.partition(weighed, -limit)[-limit]
        ids, weighed = ids[heavy], weighed[heavy]
    best = np.lexsort((-ids, -weighed))[:limit]
    return dict(zip(ids[best].tolist(), weighed[best].tolist(), strict=True))


async def all_texts(connection: AsyncConnection) -> AsyncIterator[list[tuple[int, str]]]:
    """Read the whole text of every article, in batches, by id."""
    columns = (articles.c.id, articles.c.headline, articles.c.standfirst, articles.c.paragraphs)
    last = 0
    while True:
        query = select(*columns).where(articles.c.id > last).order_by(articles.c.id).limit(BATCH)
        rows = (await connection.execute(query)).all()
        if not rows:
            return
        yield [(row.id, full_text(row.headline, row.standfirst, row.paragraphs)) for row in rows]
        last = rows[-1].id
