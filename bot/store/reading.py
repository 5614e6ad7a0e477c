"""The queries that only read. Those of several statements see one state if their connection does."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, select, text

from bot.article import Article, Kind, Listing, Teaser
from bot.store import rows
from bot.store.engine import Database
from bot.store.models import articles, changes, files, meta, moment, reports, teasers, tombstones
from bot.store.records import FileEntry, Stats
from bot.store.schema import PRUNED

T = TypeVar("T")

HeadlineRow: TypeAlias = tuple[int, str, datetime | None, datetime, str | None]
"""Of an article: id, headline, when it was published, when it was added, source."""

_HEADLINE = (
    articles.c.id,
    articles.c.headline,
    articles.c.published,
    articles.c.added,
    articles.c.source,
)

# Made once: SQLAlchemy takes longer to put a statement together than SQLite to answer it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_HAVING_ID = articles.c.id.in_(_IDS)
_HEADLINES_OF = select(*_HEADLINE).where(_HAVING_ID)
_LISTINGS_OF = select(*rows.LISTED).where(_HAVING_ID)
_ARTICLES_OF = select(articles, rows.STORY).where(_HAVING_ID)
_TEXTS_OF = select(articles.c.id, articles.c.headline, articles.c.standfirst, articles.c.paragraphs).where(
    _HAVING_ID
)
_OF_ARTICLE = teasers.c.article_id == bindparam("article")
_TEASERS_OF = select(teasers).where(_OF_ARTICLE).order_by(teasers.c.position)
_TEASED_BY = select(teasers.c.target_id).where(_OF_ARTICLE).order_by(teasers.c.position)
_REPORTS_OF = (
    select(reports.c.story_id, reports.c.article_id)
    .where(reports.c.story_id.in_(_IDS))
    .order_by(reports.c.article_id)
)
_LATEST = select(func.max(changes.c.seq))
_VALUE = select(meta.c.value).where(meta.c.key == bindparam("wanted"))

_HEADLINES = "SELECT id, headline, published, added, source FROM articles WHERE id > ? ORDER BY id LIMIT ?"

CHANGES_AT_ONCE = 20_000
"""Rows of the change log in one answer."""


class Reading:
    """Queries on a connection that reads."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection = connection
        self._database = database

    def headlines_after(self, last: int, limit: int) -> list[HeadlineRow]:
        """Read the headlines that follow an id, in the order of ids."""
        if not self._database.postgres:
            # By the driver itself: a million rows in 2 s instead of 3.5.
            driver = cast("sqlite3.Connection", self._connection.connection.driver_connection)
            found = driver.execute(_HEADLINES, (last, limit))
            return [
                (row[0], row[1], row[2] if row[2] is None else moment(row[2]), moment(row[3]), row[4])
                for row in found
            ]
        query = select(*_HEADLINE).where(articles.c.id > last).order_by(articles.c.id).limit(limit)
        return [tuple(row) for row in self._connection.execute(query)]

    def headlines_of(self, ids: Iterable[int]) -> list[HeadlineRow]:
        """Read the headlines of some articles."""
        return [tuple(row) for row in self._by_id(_HEADLINES_OF, ids)]

    def listings(self, ids: Iterable[int]) -> list[Listing]:
        """Return listings in the order of the ids."""
        return self._in_order(_LISTINGS_OF, ids, rows.listing)

    def article(self, id_: int) -> Article | None:
        """Return an article with its teasers."""
        for row in self._by_id(_ARTICLES_OF, [id_]):
            listed = tuple(
                Teaser(headline=teaser.headline, text=teaser.text, url=teaser.url)
                for teaser in self._connection.execute(_TEASERS_OF, {"article": id_})
            )
            return rows.article(row, listed)
        return None

    def with_address(self, key: bytes) -> int | None:
        """Return the newest article whose canonical URL has a key."""
        query = select(func.max(articles.c.id)).where(articles.c.url_key == key)
        id_: int | None = self._connection.scalar(query)
        return id_

    def teased(self, id_: int) -> list[Listing]:
        """Return the stories that an article's page teased."""
        if id_ not in rows.ANY_ID:
            return []
        targets = self._connection.scalars(_TEASED_BY, {"article": id_})
        return self.listings(dict.fromkeys(targets))

    def reports(self, stories: Iterable[int]) -> dict[int, list[int]]:
        """Return the reports of stories, the first one first."""
        found = {story: [story] for story in rows.possible(stories)}
        for chunk in rows.chunks(found):
            for row in self._connection.execute(_REPORTS_OF, {"ids": chunk}):
                found[row.story_id].append(row.article_id)
        return found

    def reports_listed(self, story: int) -> list[Listing]:
        """Return the reports of one story, oldest id first."""
        return self.listings(sorted(self.reports([story]).get(story, [])))

    def removed(self, id_: int) -> date | None:
        """Return the day when an article was removed."""
        if id_ not in rows.ANY_ID:
            return None
        query = select(tombstones.c.removed).where(tombstones.c.article_id == id_)
        day: date | None = self._connection.scalar(query)
        return day

    def texts(self, ids: Iterable[int]) -> dict[int, str]:
        """Return the whole texts of articles."""
        return {
            row.id: rows.full_text(row.headline, row.standfirst, row.paragraphs)
            for row in self._by_id(_TEXTS_OF, ids)
        }

    def position(self) -> int:
        """Return the number of the latest change."""
        latest = self._connection.scalar(_LATEST)
        return latest or int(self.meta(PRUNED) or 0)

    def changes(self, after: int) -> tuple[list[int], int] | None:
        """Return the ids changed after a position, and the position that they lead to."""
        pruned = int(self.meta(PRUNED) or 0)
        # A position of the future comes from another store: this one was replaced by a backup, for example.
        if after < pruned or after > self.position():
            return None
        query = select(changes.c.seq, changes.c.article_id).where(changes.c.seq > after)
        logged = (self._connection.execute(query.order_by(changes.c.seq).limit(CHANGES_AT_ONCE))).all()
        return list(dict.fromkeys(row.article_id for row in logged)), logged[-1].seq if logged else after

    def stats(self) -> Stats:
        """Count what is in the store."""
        total = self._count(select(func.count()).select_from(articles))
        stubs = self._count(select(func.count()).select_from(articles).where(text("kind = 'stub'")))
        return Stats(
            articles=total - stubs,
            stubs=stubs,
            sources=self._count(select(func.count(articles.c.source.distinct()))),
            tombstones=self._count(
                select(func.count()).select_from(tombstones).where(tombstones.c.lifted.is_(None))
            ),
            newest=self.newest(),
            size=self._size(),
        )

    def newest(self) -> datetime | None:
        """Return when an article was last added; None if there is none."""
        added = select(articles.c.added).where(articles.c.kind == Kind.ARTICLE)
        newest: datetime | None = self._connection.scalar(added.order_by(articles.c.id.desc()).limit(1))
        return newest

    def files(self, root: str) -> dict[str, FileEntry]:
        """Return what became of the files of a watched folder."""
        query = select(files).where(files.c.root == root)
        return {row.path: FileEntry(*row) for row in self._connection.execute(query)}

    def meta(self, key: str) -> str | None:
        """Return a value kept beside the articles."""
        value: str | None = self._connection.scalar(_VALUE, {"wanted": key})
        return value

    def _size(self) -> int:
        if self._database.postgres:
            return self._count(text("SELECT pg_database_size(current_database())"))
        return self._count(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))

    def _count(self, query: Any) -> int:
        return int(self._connection.scalar(query) or 0)

    def _in_order(self, query: Select[Any], ids: Iterable[int], read: Callable[[Any], T]) -> list[T]:
        wanted = list(ids)
        found = {row.id: read(row) for row in self._by_id(query, wanted)}
        return [found[id_] for id_ in wanted if id_ in found]

    def _by_id(self, query: Select[Any], ids: Iterable[int]) -> list[Any]:
        found: list[Any] = []
        for chunk in rows.chunks(rows.possible(ids)):
            found += (self._connection.execute(query, {"ids": chunk})).all()
        return found
