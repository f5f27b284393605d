"""Selectors in a portal's record, and what the checks of records found and propose."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0120"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("portals", sa.Column("selectors", Json))


def downgrade() -> None:
    op.drop_column("portals", "selectors")
