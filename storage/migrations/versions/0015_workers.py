"""Workers among the dispatchers: how much each can do, and its number in the queue; servers found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dispatchers", sa.Column("places", sa.Integer()))
    op.add_column("dispatchers", sa.Column("job_worker", sa.BigInteger()))
    op.create_index("ix_schedules_server_group", "schedules", ["server_group"])


def downgrade() -> None:
    op.drop_index("ix_schedules_server_group", "schedules")
    with op.batch_alter_table("dispatchers") as batch:
        batch.drop_column("job_worker")
        batch.drop_column("places")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA IF EXISTS procrastinate CASCADE")
