"""Feeds: what is polled, when, and how each of them is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    moment = TIMESTAMP(timezone=True) if postgres else sa.BigInteger()
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer, sa.Identity(always=False), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("title", sa.Text),
        sa.Column("site", sa.Text),
        sa.Column("full_text", sa.Boolean, nullable=False),
        sa.Column("added_by", sa.BigInteger),
        sa.Column("added", moment, nullable=False),
        sa.Column("take", sa.String(6)),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("modified", sa.Text),
        sa.Column("ttl", sa.Integer),
        sa.Column("next_poll", moment),
        sa.Column("last_success", moment),
        sa.Column("last_new", moment),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", moment),
        sa.Column("problem", sa.Text),
        sa.Column("told", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
