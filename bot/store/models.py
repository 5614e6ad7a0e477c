"""The tables, as SQLAlchemy Core sees them. The full text has tables of its own (fts5.py, tsvector.py)."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime. SQLite, which knows no times, keeps microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Choose the column's type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())  # type: ignore[arg-type]  # holds the microseconds

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Refuse naive datetimes: nobody could say what moment they are."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime is no moment")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if isinstance(value, int):
            return moment(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


def moment(microseconds: int) -> datetime:
    """Read a Moment as SQLite keeps it."""
    return _EPOCH + timedelta(0, 0, microseconds)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Several texts in one column, as JSON; none of them is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """Write the texts down."""
        return json.dumps(value, ensure_ascii=False) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """Read the texts back."""
        return tuple(json.loads(value)) if value else ()


_DIGEST = 16
"""Bytes of a key of identity (bot/ingest/identity.py)."""

metadata = MetaData()

articles = Table(
    "articles",
    metadata,
    # What lists and the headline index read comes first: SQLite reads a row only as far as it must.
    Column("id", Integer, Identity(always=False), primary_key=True),
    Column("kind", String(7), nullable=False),
    Column("headline", Text, nullable=False),
    Column("published", Moment),
    Column("added", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("source", Text),
    Column("url", Text),
    Column("language", Text),
    Column("image", Text),
    Column("byline", Texts),
    Column("url_key", LargeBinary(_DIGEST)),
    Column("fingerprint", LargeBinary(_DIGEST), nullable=False),
    Column("headline_key", LargeBinary(_DIGEST), nullable=False),
    Column("lead_key", LargeBinary(_DIGEST)),
    # NULL: take the page in again when it is next seen, even if it is the same.
    Column("content_hash", LargeBinary(_DIGEST)),
    Column("standfirst", Text),
    Column("paragraphs", Texts),
    Index("articles_url_key", "url_key"),
    # One index for headlines and fingerprints: each more whose keys are random costs a mass intake a page
    # written per article. Equal fingerprints have equal headlines.
    Index("articles_headline_key", "headline_key", "fingerprint", "url_key"),
    Index("articles_lead_key", "lead_key"),
    Index("articles_source", "source"),
    # Stubs are few: what looks for one among a million articles does not search the articles.
    Index(
        "articles_stub_headlines",
        "headline_key",
        sqlite_where=text("kind = 'stub'"),
        postgresql_where=text("kind = 'stub'"),
    ),
    Index(
        "articles_stub_leads",
        "lead_key",
        sqlite_where=text("kind = 'stub'"),
        postgresql_where=text("kind = 'stub'"),
    ),
    # Ids are never given twice.
    sqlite_autoincrement=True,
)

teasers = Table(
    "teasers",
    metadata,
    Column("article_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("target_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("headline", Text, nullable=False),
    Column("text", Text),
    Column("url", Text),
    PrimaryKeyConstraint("article_id", "position"),
    Index("teasers_target_id", "target_id"),
    sqlite_with_rowid=False,
)

# Articles that tell a story of which another article was there first. No story is another one's report.
reports = Table(
    "reports",
    metadata,
    Column(
        "article_id",
        Integer,
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("story_id", Integer, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Index("reports_story_id", "story_id"),
)

# Where reports of one story are looked for: a time and a word (bot/store/grouping.py). Rows of one time
# stand together, so that an intake of news touches few pages of the table.
landmarks = Table(
    "landmarks",
    metadata,
    Column("place", BigInteger, nullable=False),
    Column("article_id", Integer, nullable=False),
    PrimaryKeyConstraint("place", "article_id"),
    sqlite_with_rowid=False,
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(7), nullable=False),
    Column("url_key", LargeBinary(_DIGEST)),
    Column("fingerprint", LargeBinary(_DIGEST), nullable=False),
    Column("headline_key", LargeBinary(_DIGEST), nullable=False),
    Column("lead_key", LargeBinary(_DIGEST)),
    Column("removed", Date, nullable=False),
    Column("reason", Text, nullable=False),
    # Since then the page may come back, under its old id.
    Column("lifted", Moment),
    Index("tombstones_url_key", "url_key"),
    Index("tombstones_headline_key", "headline_key"),
    Index("tombstones_lead_key", "lead_key"),
)

files = Table(
    "files",
    metadata,
    Column("root", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("content_hash", LargeBinary(_DIGEST), nullable=False),
    # The article made of the file, or the one whose tombstone keeps it out; NULL for other rejected files
    # and for files of many records.
    Column("article_id", Integer),
    Column("reason", Text),
    PrimaryKeyConstraint("root", "path"),
    Index("files_article_id", "article_id"),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("article_id", Integer, nullable=False),
    sqlite_autoincrement=True,
)

guild_settings = Table(
    "guild_settings",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    # JSON, as bot/guilds.py writes it.
    Column("value", Text, nullable=False),
    Column("changed_by", BigInteger, nullable=False),
    Column("changed", Moment, nullable=False),
    # When the bot left the guild; some time after it the row is deleted.
    Column("left", Moment),
    PrimaryKeyConstraint("guild_id", "name"),
)

feeds = Table(
    "feeds",
    metadata,
    # In the order of the fields of FeedRow.
    Column("id", Integer, Identity(always=False), primary_key=True),
    # It may hold a password.
    Column("url", Text, nullable=False),
    # Of its canonical URL.
    Column("key", LargeBinary(_DIGEST), nullable=False, unique=True),
    Column("title", Text),
    Column("site", Text),
    Column("full_text", Boolean, nullable=False),
    # The id of a Discord user; NULL if it was added elsewhere.
    Column("added_by", BigInteger),
    Column("added", Moment, nullable=False),
    # Which of the entries that it has when it is first read are wanted; NULL once that is done.
    Column("take", String(6)),
    Column("paused", Boolean, nullable=False),
    Column("etag", Text),
    Column("modified", Text),
    # Seconds.
    Column("ttl", Integer),
    # NULL: not before someone resumes it.
    Column("next_poll", Moment),
    Column("last_success", Moment),
    Column("last_new", Moment),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("problem", Text),
    Column("told", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

# Who polls a feed, while it is polled. Apart from the feeds: when one is due is not changed by being claimed.
claims = Table(
    "claims",
    metadata,
    Column(
        "feed_id",
        Integer,
        ForeignKey("feeds.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("token", String(32), nullable=False),
    Column("until", Moment, nullable=False),
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
