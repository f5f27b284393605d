"""Why a portal is due and why a host is held, as codes beside their English."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json

revision = "0180"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("due_said", Json))
    op.add_column("holds", sa.Column("said", Json))


def downgrade() -> None:
    op.drop_column("holds", "said")
    op.drop_column("schedules", "due_said")
