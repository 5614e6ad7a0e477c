"""Articles, teasers, tombstones, files, the change log, and the full text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, TSVECTOR

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    moment = TIMESTAMP(timezone=True) if postgres else sa.BigInteger()
    key = sa.LargeBinary(16)
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer, sa.Identity(always=False), primary_key=True),
        sa.Column("kind", sa.String(7), nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("published", moment),
        sa.Column("added", moment, nullable=False),
        sa.Column("updated", moment, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("image", sa.Text),
        sa.Column("byline", sa.Text),
        sa.Column("url_key", key),
        sa.Column("fingerprint", key, nullable=False),
        sa.Column("headline_key", key, nullable=False),
        sa.Column("lead_key", key),
        sa.Column("content_hash", key),
        sa.Column("standfirst", sa.Text),
        sa.Column("paragraphs", sa.Text),
        sqlite_autoincrement=True,
    )
    for column in ("url_key", "lead_key", "source"):
        op.create_index(f"articles_{column}", "articles", [column])
    op.create_index("articles_headline_key", "articles", ["headline_key", "fingerprint", "url_key"])
    stubs = sa.text("kind = 'stub'")
    for name, column in (("headlines", "headline_key"), ("leads", "lead_key")):
        op.create_index(
            f"articles_stub_{name}", "articles", [column], sqlite_where=stubs, postgresql_where=stubs
        )
    op.create_table(
        "teasers",
        sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("target_id", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("url", sa.Text),
        sa.PrimaryKeyConstraint("article_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("teasers_target_id", "teasers", ["target_id"])
    op.create_table(
        "tombstones",
        sa.Column("article_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(7), nullable=False),
        sa.Column("url_key", key),
        sa.Column("fingerprint", key, nullable=False),
        sa.Column("headline_key", key, nullable=False),
        sa.Column("lead_key", key),
        sa.Column("removed", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("lifted", moment),
    )
    for column in ("url_key", "headline_key", "lead_key"):
        op.create_index(f"tombstones_{column}", "tombstones", [column])
    op.create_table(
        "files",
        sa.Column("root", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("content_hash", key, nullable=False),
        sa.Column("article_id", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("root", "path"),
    )
    op.create_index("files_article_id", "files", ["article_id"])
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
        sa.Column("article_id", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    if postgres:
        op.create_table(
            "article_words",
            sa.Column(
                "article_id",
                sa.Integer,
                sa.ForeignKey("articles.id", ondelete="CASCADE"),
                primary_key=True,
                autoincrement=False,
            ),
            sa.Column("words", TSVECTOR, nullable=False),
        )
        op.create_index("article_words_words", "article_words", ["words"], postgresql_using="gin")
    else:
        # Words of ours, parted by spaces: the tokenizer must do nothing else. Only which article has a
        # word is kept (detail=none), and no second copy of the text (content='').
        op.execute(
            "CREATE VIRTUAL TABLE article_words USING fts5(words, content='', detail=none, tokenize='ascii')"
        )
        op.execute("CREATE VIRTUAL TABLE article_terms USING fts5vocab(article_words, row)")
        op.execute("CREATE VIRTUAL TABLE article_postings USING fts5vocab(article_words, instance)")
