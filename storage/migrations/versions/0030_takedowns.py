"""Takedowns, histories of metadata, articles kept apart by hand, and why a change came about."""

import numpy as np
import sqlalchemy as sa
from alembic import op

from storage import sketch
from storage.bulk import insert_missing_columns
from storage.columns import Json, UtcTime

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
"""Articles whose bands are in memory at a time: 42,000 of them."""

_BANDS = sa.Table(
    "dup_bands", sa.MetaData(), sa.Column("band", sa.BigInteger()), sa.Column("article_id", sa.BigInteger())
)

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
    _sketch_anew(op.get_bind())


def _sketch_anew(connection: sa.Connection) -> None:
    """Sketches of version 2: the same signatures in other bands, whose first article owns the bucket.

    A thousand articles at a time, in the order of their ids: who comes first owns. All of it is in the
    migration's transaction, so that an interrupted one begins anew.
    """
    connection.execute(sa.text("DELETE FROM dup_bands"))
    some = sa.text(
        "SELECT id, signature FROM articles WHERE id > :after AND signature IS NOT NULL AND sig_version = 1 "
        f"ORDER BY id LIMIT {_AT_ONCE}"
    )
    after = 0
    while rows := connection.execute(some, {"after": after}).all():
        owners: dict[int, int] = {}
        for id, signature in rows:
            for band in sketch.bands(np.frombuffer(bytes(signature), dtype="<u4")):
                owners.setdefault(band, id)
        insert_missing_columns(
            connection, _BANDS, {"band": list(owners), "article_id": list(owners.values())}
        )
        after = rows[-1].id
    connection.execute(sa.text("UPDATE articles SET sig_version = 2 WHERE sig_version = 1"))


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
