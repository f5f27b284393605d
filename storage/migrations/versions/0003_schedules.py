"""When each portal is due, in which times nothing is crawled, and who hands out the crawls."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("cron", sa.Text()),
        sa.Column("quiet_hours", sa.Text()),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", UtcTime(), nullable=False),
        sa.Column("due_reason", sa.Text(), nullable=False),
        sa.Column("planned_at", UtcTime(), nullable=False),
        sa.Column("last_dispatched_at", UtcTime()),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_at", UtcTime()),
        sa.Column("server_group", sa.Text(), nullable=False),
        sa.Column("cooling_until", UtcTime()),
        sa.PrimaryKeyConstraint("portal", name=op.f("pk_schedules")),
    )
    op.create_index("ix_schedules_next_due_at", "schedules", ["next_due_at"])
    op.create_index("ix_schedules_claimed_by", "schedules", ["claimed_by"])
    op.create_table(
        "maintenance_windows",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("begins_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("portal", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_maintenance_windows")),
    )
    op.create_table(
        "dispatchers",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("beat_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_dispatchers")),
    )


def downgrade() -> None:
    op.drop_table("dispatchers")
    op.drop_table("maintenance_windows")
    op.drop_table("schedules")
