"""When the cycles were completed, and the indexes that the views are fast by."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None

SUCCEEDED = sa.text("verdict IN ('new', 'nothing_new', 'partial')")
MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "cycles",
        sa.Column("schedule_class", sa.Text(), nullable=False),
        sa.Column("begun_at", UtcTime(), nullable=False),
        sa.Column("completed_at", UtcTime()),
        sa.PrimaryKeyConstraint("schedule_class", name=op.f("pk_cycles")),
    )
    op.create_index(
        "ix_crawl_runs_succeeded",
        "crawl_runs",
        ["portal", "started_at"],
        sqlite_where=SUCCEEDED,
        postgresql_where=SUCCEEDED,
    )
    op.create_index("ix_copies_portal_first_seen_at", "copies", ["portal", "first_seen_at"])
    op.create_index("ix_copies_portal_published_at", "copies", ["portal", "published_at"])
    # SQLite read v1_articles by merged_into IS NULL, that is all of it, for each page of 500 by id
    op.drop_index("ix_articles_merged_into", table_name="articles")
    op.create_index(
        "ix_articles_merged_into", "articles", ["merged_into"], sqlite_where=MERGED, postgresql_where=MERGED
    )


def downgrade() -> None:
    op.drop_index("ix_articles_merged_into", table_name="articles")
    op.create_index("ix_articles_merged_into", "articles", ["merged_into"])
    op.drop_index("ix_copies_portal_published_at", table_name="copies")
    op.drop_index("ix_copies_portal_first_seen_at", table_name="copies")
    op.drop_index("ix_crawl_runs_succeeded", table_name="crawl_runs")
    op.drop_table("cycles")
