"""Selectors in a portal's record, what the checks of records propose, how far backfills have come."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0120"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("portals", sa.Column("selectors", Json))
    op.add_column("portals", sa.Column("browser", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "portal_checks",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcTime(), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("findings", Json, nullable=False),
        sa.Column("record", Json, nullable=False),
        sa.Column("proposed", Json),
        sa.Column("proposed_at", UtcTime()),
        sa.Column("dismissed", Json),
        sa.PrimaryKeyConstraint("portal", name=op.f("pk_portal_checks")),
    )
    op.create_table(
        "backfills",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("form", Json),
        sa.Column("maps", Json, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("portal", "since", "section", name=op.f("pk_backfills")),
    )


def downgrade() -> None:
    op.drop_table("backfills")
    op.drop_table("portal_checks")
    op.drop_column("portals", "browser")
    op.drop_column("portals", "selectors")
