"""Dropping the texts of old articles: headline and lead stay, and with them all by which a story is known."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Text, bindparam, insert, or_, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.article import Kind, Page
from bot.store.engine import Database
from bot.store.fulltext import FullText
from bot.store.grouping import FORGET, Newcomer
from bot.store.models import articles, landmarks
from bot.store.records import Draft
from bot.store.rows import draft, text_of
from bot.store.writing import Writing

BATCH = 200
"""Articles in one transaction: a few tenths of a second for which other writers wait."""

_SEVERAL = '%", "%'
"""How JSON with more than one text looks: within a text, a quotation mark never stands without a backslash."""

_CUT = update(articles).where(articles.c.id == bindparam("cut")).values(paragraphs=bindparam("kept"))


async def drop_texts(database: Database, fulltext: FullText, before: datetime) -> int:
    """Drop all but the lead of the articles that were added before a moment; return how many had more.

    An article's lead is its standfirst, or else its first paragraph. Its keys, its story and the hash of its page
    stay, so that the same page does not bring the text back.
    """
    dropped = last = 0
    while ids := await _with_text(database, before, last):
        async with database.writing() as connection:
            writing = Writing(connection, fulltext, postgres=database.postgres)
            cut = await _cut(connection, fulltext, ids, before)
            writing.log(cut)
            await writing.finish()
        dropped += len(cut)
        last = ids[-1]
    return dropped


async def _with_text(database: Database, before: datetime, after: int) -> Sequence[int]:
    """Return the first BATCH ids after one, of articles that have more than a lead."""
    body = articles.c.standfirst.is_not(None) & articles.c.paragraphs.is_not(None)
    several = type_coerce(articles.c.paragraphs, Text).like(_SEVERAL)
    query = (
        select(articles.c.id)
        .where(
            articles.c.id > after,
            articles.c.kind == Kind.ARTICLE,
            articles.c.added < before,
            or_(body, several),
        )
        .order_by(articles.c.id)
        .limit(BATCH)
    )
    return await database.read(lambda connection: connection.scalars(query).all())


async def _cut(
    connection: AsyncConnection, fulltext: FullText, ids: Sequence[int], before: datetime
) -> list[int]:
    """Cut articles to their leads, together with what is found by their texts; return the ids of all that were cut."""
    query = select(articles).where(
        articles.c.id.in_(ids), articles.c.kind == Kind.ARTICLE, articles.c.added < before
    )
    whole = [draft(row) for row in await connection.execute(query)]
    pairs = [(old, replace(old, page=_lead(old.page))) for old in whole]
    if not pairs:
        return []
    await connection.execute(_CUT, [{"cut": new.id, "kept": new.page.paragraphs} for _, new in pairs])
    await fulltext.drop(connection, [(old.id, text_of(old.page)) for old, _ in pairs])
    await fulltext.add(connection, [(new.id, text_of(new.page)) for _, new in pairs])
    gone, come = await asyncio.to_thread(_moved, pairs)
    if gone:
        await connection.execute(FORGET, gone)
    if come:
        await connection.execute(insert(landmarks), come)
    return [new.id for _, new in pairs]


def _lead(page: Page) -> Page:
    return replace(page, paragraphs=() if page.standfirst else page.paragraphs[:1])


def _moved(pairs: Sequence[tuple[Draft, Draft]]) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """Return the landmarks that go with the texts, and those that the leads have instead.

    What looks for an article's landmarks later finds them by what is left of its text.
    """
    gone: list[dict[str, int]] = []
    come: list[dict[str, int]] = []
    for old, new in pairs:
        before, after = set(Newcomer(old).own), set(Newcomer(new).own)
        gone += [{"at": place, "id": old.id} for place in before - after]
        come += [{"place": place, "article_id": new.id} for place in after - before]
    return gone, sorted(come, key=lambda row: row["place"])
