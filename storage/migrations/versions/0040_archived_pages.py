"""The index of the archive: which file has which page, and what its listing said of it."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "archived_pages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", UtcTime(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("original", sa.Text()),
        sa.Column("platform", sa.Text()),
        sa.Column("section", sa.Text()),
        sa.Column("listing", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archived_pages")),
    )
    for columns in (["portal", "key"], ["portal", "digest"], ["url"], ["fetched_at"], ["file"]):
        op.create_index(op.f(f"ix_archived_pages_{'_'.join(columns)}"), "archived_pages", columns)


def downgrade() -> None:
    op.drop_table("archived_pages")
