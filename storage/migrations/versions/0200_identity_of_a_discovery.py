"""What first discovery found of a portal without a record beside its sections: name, owner and place."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json

revision = "0200"
down_revision = "0190"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("discoveries", sa.Column("identity", Json))


def downgrade() -> None:
    op.drop_column("discoveries", "identity")
