"""The selectors that first discovery learned from the lists of a portal without a record."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json

revision = "0190"
down_revision = "0180"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("discoveries", sa.Column("selectors", Json))


def downgrade() -> None:
    op.drop_column("discoveries", "selectors")
