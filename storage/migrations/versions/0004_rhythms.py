"""What was learned of each portal's rhythm, and the daily plans made of it."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rhythms",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("portal", name=op.f("pk_rhythms")),
    )
    op.create_table(
        "rhythm_plans",
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("plan", Json, nullable=False),
        sa.PrimaryKeyConstraint("made_at", name=op.f("pk_rhythm_plans")),
    )


def downgrade() -> None:
    op.drop_table("rhythm_plans")
    op.drop_table("rhythms")
