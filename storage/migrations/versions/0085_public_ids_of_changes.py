"""A change carries the public ids that its readers want, so that a page of the feed reads no article."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("changes", sa.Column("public_id", sa.Text()))
    op.add_column("changes", sa.Column("merged_public_id", sa.Text()))
    op.execute(
        "UPDATE changes SET public_id = (SELECT public_id FROM articles WHERE id = changes.article_id), "
        "merged_public_id = (SELECT public_id FROM articles WHERE id = changes.merged_into)"
    )
    with op.batch_alter_table("changes") as table:
        table.alter_column("public_id", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("changes") as table:
        table.drop_column("merged_public_id")
        table.drop_column("public_id")
