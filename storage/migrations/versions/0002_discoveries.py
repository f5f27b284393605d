"""What first discovery found on portals whose record names no sections."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "discoveries",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("sections", Json, nullable=False),
        sa.Column("wide", sa.Boolean(), nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("portal", name=op.f("pk_discoveries")),
    )


def downgrade() -> None:
    op.drop_table("discoveries")
