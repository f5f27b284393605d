"""Expectations of portals and what of them runs have not met; the event log of each run."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0010"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("portals") as table:
        table.add_column(sa.Column("newest_within", sa.Integer()))
        for field in ("title", "date", "body"):
            table.add_column(sa.Column(f"filled_{field}", sa.Float()))
    with op.batch_alter_table("crawl_runs") as table:
        table.add_column(sa.Column("filled", Json))
        table.add_column(sa.Column("unmet", Json))
    op.create_table(
        "run_events",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("pk_run_events")),
    )


def downgrade() -> None:
    op.drop_table("run_events")
    with op.batch_alter_table("crawl_runs") as table:
        table.drop_column("unmet")
        table.drop_column("filled")
    with op.batch_alter_table("portals") as table:
        for field in ("body", "date", "title"):
            table.drop_column(f"filled_{field}")
        table.drop_column("newest_within")
