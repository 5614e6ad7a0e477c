"""The full text on SQLite: a contentless FTS5 table.

It keeps no text, so deleting needs the words that were indexed; they are made again from the stored text.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.fulltext import DEPTH, Posting, Texts, all_texts, distinct
from bot.store.models import articles

# All rows in one statement: between two statements the driver gives up the interpreter's lock.
_ADD = text(
    "INSERT INTO article_words (rowid, words) SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:rows)"
)
_DROP = text(
    "INSERT INTO article_words (article_words, rowid, words)"
    " SELECT 'delete', json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:rows)"
)
_DROP_ALL = text("INSERT INTO article_words (article_words) VALUES ('delete-all')")
_MERGE = text("INSERT INTO article_words (article_words, rank) VALUES ('merge', :pages)")
_WRITTEN = text("SELECT total_changes()")
_CHECK = text("INSERT INTO article_words (article_words) VALUES ('integrity-check')")
_ALL_OF = text(
    "SELECT rowid FROM article_words WHERE article_words MATCH :query AND rowid BETWEEN :first AND :last"
    " ORDER BY rowid DESC LIMIT :limit"
)
# One statement for all queries: preparing one for each costs more than looking it up.
_POSTINGS = text(
    "SELECT (SELECT group_concat(rowid) FROM (SELECT rowid FROM article_words"
    " WHERE article_words MATCH query.value ORDER BY rowid DESC LIMIT :depth)) FROM json_each(:queries) AS query"
)
_SIZES = text("SELECT id, sz FROM article_words_docsize WHERE id IN (SELECT value FROM json_each(:ids))")

_PAGES = 500
"""Pages of the index, of 4 kB, that are written in one step while others wait to write."""

_SHOWN = 10
"""Differing words that are traced to their articles: a broken index differs in all of them."""


class Fts5:
    """FullText over article_words, and article_terms and article_postings that look into it."""

    async def add(self, connection: AsyncConnection, texts: Texts) -> None:
        """Index texts of articles that are not in the index."""
        await self._write(connection, texts, drop=False)

    async def drop(self, connection: AsyncConnection, texts: Texts) -> None:
        """Take articles out of the index, given the very texts by which they are in it."""
        await self._write(connection, texts, drop=True)

    async def _write(self, connection: AsyncConnection, texts: Texts, *, drop: bool) -> None:
        if texts:
            rows = await asyncio.to_thread(_rows, texts)
            await connection.execute(_DROP if drop else _ADD, {"rows": rows})

    async def rebuild(self, connection: AsyncConnection) -> None:
        """Index all articles anew."""
        await connection.execute(_DROP_ALL)
        async for texts in all_texts(connection):
            await self.add(connection, texts)

    def all_of(self, connection: Connection, terms: Sequence[str], limit: int, ids: range) -> list[int]:
        """Find the articles that have all terms, newest id first, among those with ids in a range."""
        query = " AND ".join(map(_quoted, terms))
        asked = {"query": query, "limit": limit, "first": ids[0], "last": ids[-1]}
        return list(connection.scalars(_ALL_OF, asked))

    def postings(self, connection: Connection, groups: Sequence[Sequence[str]]) -> list[Posting]:
        """Return for each group of terms the articles that have any of them, DEPTH at most."""
        queries = [" OR ".join(map(_quoted, group)) for group in groups]
        asked = {"queries": json.dumps(queries, ensure_ascii=False), "depth": DEPTH}
        # One text for each group: an object for each id would take longer than to find it.
        return [np.fromstring(ids or "", np.int64, sep=",") for ids in connection.scalars(_POSTINGS, asked)]

    def sizes(self, connection: Connection, ids: Sequence[int]) -> dict[int, int]:
        """Return how many distinct words the texts of articles have."""
        found = connection.execute(_SIZES, {"ids": json.dumps(ids)})
        return {row.id: _number(row.sz) for row in found}

    async def merge(self, connection: AsyncConnection, *, begins: bool) -> bool:
        """See FullText. A step takes 0.1 s (https://www.sqlite.org/fts5.html, The 'merge' Command)."""
        before: int = await connection.scalar(_WRITTEN)
        await connection.execute(_MERGE, {"pages": -_PAGES if begins else _PAGES})
        # A step that changed less than two rows had nothing to do.
        after: int = await connection.scalar(_WRITTEN)
        return after - before >= 2

    async def differences(self, connection: AsyncConnection) -> list[str]:
        """Compare the whole index with the articles; say what differs."""
        await connection.execute(_CHECK)
        stored = set(await connection.scalars(select(articles.c.id)))
        indexed = set(await connection.scalars(text("SELECT id FROM article_words_docsize")))
        found = [f"article {id_}: its text is not indexed" for id_ in sorted(stored - indexed)]
        found += [f"article {id_}: indexed, but not stored" for id_ in sorted(indexed - stored)]
        expected: Counter[str] = Counter()
        async for texts in all_texts(connection):
            expected.update(await asyncio.to_thread(_counted, texts))
        counted = await connection.execute(text("SELECT term, doc FROM article_terms"))
        actual: Counter[str] = Counter({row.term: row.doc for row in counted})
        wrong = sorted(term for term in expected.keys() | actual.keys() if expected[term] != actual[term])
        for term in wrong[:_SHOWN]:
            found += await _traced(connection, term)
        if len(wrong) > _SHOWN:
            found.append(f"{len(wrong) - _SHOWN} more words are indexed wrongly")
        return found


async def _traced(connection: AsyncConnection, term: str) -> list[str]:
    query = text("SELECT doc FROM article_postings WHERE term = :term")
    actual = set(await connection.scalars(query, {"term": term}))
    expected = {
        id_ async for texts in all_texts(connection) for id_, body in texts if term in distinct([body])
    }
    return [f"article {id_}: “{term}” is not indexed" for id_ in sorted(expected - actual)] + [
        f"article {id_}: “{term}” is indexed, but not in its text" for id_ in sorted(actual - expected)
    ]


def _rows(texts: Texts) -> str:
    return json.dumps([(id_, " ".join(distinct([body]))) for id_, body in texts], ensure_ascii=False)


def _counted(texts: Iterable[tuple[int, str]]) -> Counter[str]:
    return Counter(word for _, body in texts for word in distinct([body]))


def _number(varint: bytes) -> int:
    """Read what FTS5 keeps of the size of its only column (https://www.sqlite.org/fts5.html, docsize tables)."""
    number = 0
    for byte in varint:
        number = number << 7 | byte & 0x7F
    return number


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
