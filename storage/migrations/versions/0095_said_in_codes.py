"""Certificates of servers, cursors of readers, and messages as codes beside their English."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0095"
down_revision = "0085"
branch_labels = None
depends_on = None

TABLES = ("crawl_runs", "run_events", "alarms")


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_certificates")),
    )
    op.create_table(
        "readers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_readers")),
    )
    for name in TABLES:
        op.add_column(name, sa.Column("said", Json))


def downgrade() -> None:
    for name in TABLES:
        op.drop_column(name, "said")
    op.drop_table("readers")
    op.drop_table("certificates")
