"""Stories: which articles report one event, and where such are looked for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    article = sa.ForeignKey("articles.id", ondelete="CASCADE")
    op.create_table(
        "reports",
        sa.Column("article_id", sa.Integer, article, primary_key=True, autoincrement=False),
        sa.Column("story_id", sa.Integer, sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("reports_story_id", "reports", ["story_id"])
    op.create_table(
        "landmarks",
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Column("article_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("place", "article_id"),
        sqlite_with_rowid=False,
    )
