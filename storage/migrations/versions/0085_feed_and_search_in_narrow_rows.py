"""A change carries its public ids, and PostgreSQL keeps the facets of the search index beside its words.

A page of the feed then reads no article, and a million rows of the search index are 50 MB, not 190.
"""

import sqlalchemy as sa
from alembic import op

from storage import search_index

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
    if op.get_bind().dialect.name == "postgresql":
        _part_facets_from_words()


def _part_facets_from_words() -> None:
    op.execute(
        "CREATE TABLE article_search_keys (article_id bigint PRIMARY KEY, key bigint NOT NULL UNIQUE, "
        "facets text NOT NULL)"
    )
    op.execute("INSERT INTO article_search_keys SELECT article_id, key, facets FROM article_search")
    op.execute("ALTER TABLE article_search DROP COLUMN facets, DROP COLUMN article_id")
    op.execute("ALTER TABLE article_search DROP CONSTRAINT article_search_key_key, ADD PRIMARY KEY (key)")
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM article_search")):
        op.execute("SET LOCAL maintenance_work_mem = '256MB'")
        op.execute("CLUSTER article_search USING article_search_pkey")  # rewrites the rows without the columns
        op.execute("ALTER TABLE article_search SET WITHOUT CLUSTER")
    else:  # an old database, whose index 0050 made anew
        search_index.rebuild(op.get_bind())


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE article_search ADD COLUMN article_id bigint, ADD COLUMN facets text")
        op.execute(
            "UPDATE article_search s SET article_id = k.article_id, facets = k.facets "
            "FROM article_search_keys k WHERE k.key = s.key"
        )
        op.execute(
            "ALTER TABLE article_search DROP CONSTRAINT article_search_pkey, ADD UNIQUE (key), "
            "ADD PRIMARY KEY (article_id), ALTER COLUMN facets SET NOT NULL"
        )
        op.execute("DROP TABLE article_search_keys")
    with op.batch_alter_table("changes") as table:
        table.drop_column("merged_public_id")
        table.drop_column("public_id")
