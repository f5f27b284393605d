"""Who visits a server without a portal's claim, and how often a look at an article found nothing new."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcTime

revision = "0080"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server_visits",
        sa.Column("server_group", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("begun_at", UtcTime(), nullable=False),
        sa.Column("cooling_until", UtcTime()),
        sa.PrimaryKeyConstraint("server_group", name=op.f("pk_server_visits")),
    )
    op.add_column("copies", sa.Column("quiet_looks", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("copies", "quiet_looks")
    op.drop_table("server_visits")
