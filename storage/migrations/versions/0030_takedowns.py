"""Takedowns, histories of metadata, articles kept apart by hand, and why a change came about.

Sketches became version 2 here; migration 0110 makes those of version 3 of the texts, whatever was before.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("articles", sa.Column("deleted_at", UtcTime()))
    op.add_column("articles", sa.Column("deletion_reason", sa.Text()))
    op.add_column("copies", sa.Column("missing_times", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("copies", sa.Column("missing_at", UtcTime()))
    op.add_column("copies", sa.Column("gone_at", UtcTime()))
    op.add_column("copies", sa.Column("gone_reason", sa.Text()))
    op.create_index(
        "ix_copies_missing",
        "copies",
        ["portal"],
        sqlite_where=sa.text("missing_at IS NOT NULL"),
        postgresql_where=sa.text("missing_at IS NOT NULL"),
    )
    op.add_column("changes", sa.Column("cause", sa.Text(), nullable=False, server_default="fetch"))
    op.add_column("changes", sa.Column("reason", sa.Text()))
    op.add_column("revisions", sa.Column("metadata", Json))
    op.create_table(
        "metadata_history",
        sa.Column("id", Id, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("metadata", Json, nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_metadata_history_article_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata_history")),
    )
    op.create_index("ix_metadata_history_article_id", "metadata_history", ["article_id"])
    op.create_table(
        "kept_apart",
        sa.Column("low_id", Id, nullable=False),
        sa.Column("high_id", Id, nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["low_id"], ["articles.id"], name=op.f("fk_kept_apart_low_id")),
        sa.ForeignKeyConstraint(["high_id"], ["articles.id"], name=op.f("fk_kept_apart_high_id")),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_kept_apart")),
    )
    op.create_index("ix_kept_apart_high_id", "kept_apart", ["high_id"])



def downgrade() -> None:
    op.execute("UPDATE articles SET sig_version = 1 WHERE sig_version = 2")
    op.drop_table("kept_apart")
    op.drop_table("metadata_history")
    op.drop_column("revisions", "metadata")
    op.drop_column("changes", "reason")
    op.drop_column("changes", "cause")
    op.drop_index("ix_copies_missing", "copies")
    for name in ("gone_reason", "gone_at", "missing_at", "missing_times"):
        op.drop_column("copies", name)
    op.drop_column("articles", "deletion_reason")
    op.drop_column("articles", "deleted_at")
