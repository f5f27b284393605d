"""Near-copies are found by windows of words instead of bands, and the owners of texts refer to no table.

The search index of SQLite merges its pieces later: each word is written again on every second merge less,
which took 28 of the 141 µs that indexing an article cost. A question has up to four times the pieces to ask.
On PostgreSQL the words are no longer compressed: that took 150 of 850 µs that the server spent on an article.
"""

import sqlalchemy as sa
from alembic import op

from storage.resketching import resketch

revision = "0110"
down_revision = "0095"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("dup_bands")
    op.create_table(
        "window_owners",
        sa.Column("window_key", Id, autoincrement=False, nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("window_key", name=op.f("pk_window_owners")),
    )
    _renew_text_owners(sa.Column("article_id", sa.BigInteger(), nullable=False))
    resketch(op.get_bind())
    _set_up_search_index(of_pieces=16, at_most=32, storage="EXTERNAL")


def downgrade() -> None:
    """Near-copies of what is stored are not found until it is saved anew: its signatures are gone."""
    op.drop_table("window_owners")
    op.create_table(
        "dup_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_dup_bands_article_id")),
        sa.PrimaryKeyConstraint("band", name=op.f("pk_dup_bands")),
    )
    _renew_text_owners(
        sa.Column("article_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_text_owners_article_id")),
    )
    op.execute("UPDATE articles SET signature = NULL, sig_version = 2")
    _set_up_search_index(of_pieces=4, at_most=16, storage="EXTENDED")


def _set_up_search_index(*, of_pieces: int, at_most: int, storage: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE article_search ALTER COLUMN words SET STORAGE {storage}")
        return
    for name, value in (("automerge", of_pieces), ("crisismerge", at_most)):
        op.execute(f"INSERT INTO article_search (article_search, rank) VALUES ('{name}', {value})")


def _renew_text_owners(*columns: sa.Column[int] | sa.ForeignKeyConstraint) -> None:
    op.rename_table("text_owners", "text_owners_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE text_owners_before RENAME CONSTRAINT pk_text_owners TO pk_text_owners_before")
    op.create_table(
        "text_owners",
        sa.Column("text_key", sa.LargeBinary(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("text_key", name=op.f("pk_text_owners")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO text_owners SELECT text_key, article_id FROM text_owners_before ORDER BY text_key")
    op.drop_table("text_owners_before")
