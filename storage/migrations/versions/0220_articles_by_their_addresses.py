"""An article is found by an address of today or of before without a look at each article.

Former addresses stand in ``articles.urls`` behind those of today, where no index of SQLite finds them; here
they are rows of their own, of the few articles that have any.
"""

import sqlalchemy as sa
from alembic import op

revision = "0220"
down_revision = "0210"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_copies_url", "copies", ["url"])
    op.create_table(
        "former_addresses",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_former_addresses_article_id")
        ),
        sa.PrimaryKeyConstraint("url", "article_id", name=op.f("pk_former_addresses")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_former_addresses_article_id", "former_addresses", ["article_id"])
    if op.get_bind().dialect.name == "postgresql":
        length, listed = "jsonb_array_length", "jsonb_array_elements_text(a.urls) AS listed (value)"
    else:
        length, listed = "json_array_length", "json_each(a.urls) AS listed"
    op.execute(  # one address is that of the only copy, as with most articles
        "INSERT INTO former_addresses (url, article_id) "
        f"SELECT DISTINCT listed.value, a.id FROM articles a CROSS JOIN {listed} "
        f"WHERE a.merged_into IS NULL AND {length}(a.urls) > 1 AND NOT EXISTS "
        "(SELECT 1 FROM copies c WHERE c.article_id = a.id AND c.url = listed.value)"
    )


def downgrade() -> None:
    op.drop_table("former_addresses")
    op.drop_index("ix_copies_url", "copies")
