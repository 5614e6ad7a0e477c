"""The full text on PostgreSQL: a tsvector of our own words in a table beside the articles, with a GIN index."""

import asyncio
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.fulltext import DEPTH, Posting, Texts, all_texts, distinct
from bot.store.models import articles
from bot.text import MAX_WORD

_ADD = text(
    "INSERT INTO article_words (article_id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"
)
_DROP = text("DELETE FROM article_words WHERE article_id = ANY(:ids)")
_MATCHING = "SELECT article_id FROM article_words WHERE words @@ CAST(:query AS tsquery)"
_ESTIMATE = text(f"EXPLAIN (FORMAT JSON) {_MATCHING}")
_TOTAL = text("SELECT CAST(reltuples AS float) FROM pg_class WHERE oid = CAST('article_words' AS regclass)")
_WITHIN = "article_id BETWEEN :first AND :last ORDER BY article_id DESC LIMIT :limit"
_WALK = text(f"{_MATCHING} AND {_WITHIN}")
_COLLECT = text(
    f"WITH matching AS MATERIALIZED ({_MATCHING}) SELECT article_id FROM matching WHERE {_WITHIN}"  # noqa: S608 - constants
)
# "+ 0" keeps the planner from walking the primary key for each word.
_POSTINGS = text(
    "SELECT (SELECT array_agg(found.article_id) FROM ("
    "SELECT article_id FROM article_words WHERE words @@ CAST(term.query AS tsquery)"
    " ORDER BY article_id + 0 DESC LIMIT :depth) AS found)"
    " FROM unnest(CAST(:queries AS text[])) AS term(query)"
)
_SIZES = text("SELECT article_id, length(words) AS size FROM article_words WHERE article_id = ANY(:ids)")
_VECTOR_BYTES = 1_000_000
"""PostgreSQL refuses tsvectors of 1 MB (1,048,575 bytes of lexemes and positions). A text with that many
distinct words is no news; the words beyond are not found."""

_ENTRY_BYTES = 4
"""Bytes of a lexeme's entry beside its text."""

_WORD_BYTES = 4 * MAX_WORD + _ENTRY_BYTES
"""The most bytes that one of our words takes in a tsvector."""


class Tsvector:
    """FullText over the table article_words."""

    async def add(self, connection: AsyncConnection, texts: Texts) -> None:
        """Index texts of articles that are not in the index."""
        if texts:
            await connection.execute(_ADD, await asyncio.to_thread(_rows, texts))

    async def drop(self, connection: AsyncConnection, texts: Texts) -> None:
        """Take articles out of the index."""
        await connection.execute(_DROP, {"ids": [id_ for id_, _ in texts]})

    async def rebuild(self, connection: AsyncConnection) -> None:
        """Index all articles anew."""
        await connection.execute(text("DELETE FROM article_words"))
        async for texts in all_texts(connection):
            await self.add(connection, texts)

    def all_of(self, connection: Connection, terms: Sequence[str], limit: int, ids: range) -> list[int]:
        """Find the articles that have all terms, newest id first, among those with ids in a range.

        Left alone, the planner walks the primary key backwards, which takes 250 ms where few articles match
        and 1 ms where many do; collecting all matches first is the other way round. Walking visits about
        limit * total / matches articles: the two cost the same where matches is the square root of limit * total.
        """
        query = " & ".join(map(_quoted, terms))
        plan = connection.scalar(_ESTIMATE, {"query": query})
        total = connection.scalar(_TOTAL)
        expected = float(plan[0]["Plan"]["Plan Rows"]) if plan else 0.0
        many = expected * expected > limit * max(total or 0, 1)
        asked = {"query": query, "limit": limit, "first": ids[0], "last": ids[-1]}
        return list(connection.scalars(_WALK if many else _COLLECT, asked))

    def postings(self, connection: Connection, groups: Sequence[Sequence[str]]) -> list[Posting]:
        """Return for each group of terms the articles that have any of them, DEPTH at most."""
        queries = [" | ".join(map(_quoted, group)) for group in groups]
        found = connection.scalars(_POSTINGS, {"queries": queries, "depth": DEPTH})
        return [np.asarray(ids or [], np.int64) for ids in found]

    def sizes(self, connection: Connection, ids: Sequence[int]) -> dict[int, int]:
        """Return how many distinct words the texts of articles have."""
        return {row.article_id: row.size for row in connection.execute(_SIZES, {"ids": list(ids)})}

    async def merge(self, connection: AsyncConnection, *, begins: bool) -> bool:
        """See FullText. PostgreSQL's autovacuum does that by itself."""
        return False

    async def differences(self, connection: AsyncConnection) -> list[str]:
        """Compare the whole index with the articles; say what differs."""
        stored = set(await connection.scalars(select(articles.c.id)))
        indexed = set(await connection.scalars(text("SELECT article_id FROM article_words")))
        found = [f"article {id_}: its text is not indexed" for id_ in sorted(stored - indexed)]
        found += [f"article {id_}: indexed, but not stored" for id_ in sorted(indexed - stored)]
        query = text(
            "SELECT article_id, tsvector_to_array(words) AS terms FROM article_words WHERE article_id = ANY(:ids)"
        )
        async for texts in all_texts(connection):
            rows = await connection.execute(query, {"ids": [id_ for id_, _ in texts]})
            actual: dict[int, list[str]] = {row.article_id: row.terms for row in rows}
            expected = await asyncio.to_thread(_rows, texts)
            found += [
                f"article {row['id']}: the indexed words are not those of its text"
                for row in expected
                if row["id"] in actual and set(actual[row["id"]]) != set(row["words"])
            ]
        return found


def _rows(texts: Texts) -> list[dict[str, Any]]:
    return [{"id": id_, "words": _fitting(distinct([body]))} for id_, body in texts]


def _fitting(terms: list[str]) -> list[str]:
    if len(terms) * _WORD_BYTES <= _VECTOR_BYTES:
        return terms
    ends = accumulate(len(term.encode()) + _ENTRY_BYTES for term in terms)
    return [term for term, end in zip(terms, ends, strict=True) if end <= _VECTOR_BYTES]


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
