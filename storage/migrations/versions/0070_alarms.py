"""What the pages of a run looked like, the alarms that follow, and the messages that wait to be sent."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0070"
down_revision = "0065"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "run_pages",
        sa.Column("run_id", ID, autoincrement=False, nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("pages", Json, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_pages")),
    )
    op.create_index("ix_run_pages_portal_run_id", "run_pages", ["portal", "run_id"])
    op.create_table(
        "alarms",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("run_id", ID),
        sa.Column("judged_at", UtcTime(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("observed", sa.Float()),
        sa.Column("bound", sa.Float()),
        sa.Column("urls", Json, nullable=False),
        sa.Column("notified_at", UtcTime()),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("acknowledged_at", UtcTime()),
        sa.Column("muted_until", UtcTime()),
        sa.Column("muted_by", sa.Text()),
        sa.Column("accepted_at", UtcTime()),
        sa.PrimaryKeyConstraint("portal", "name", name=op.f("pk_alarms")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("portal", sa.Text()),
        sa.Column("alarm", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("next_try_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcTime()),
        sa.Column("given_up_at", UtcTime()),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_next_try_at", "outbox", ["next_try_at"])


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("alarms")
    op.drop_table("run_pages")
