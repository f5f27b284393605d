"""Somebody may ask for a run to end."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("crawl_runs") as table:
        table.add_column(sa.Column("cancel_asked_by", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("crawl_runs") as table:
        table.drop_column("cancel_asked_by")
