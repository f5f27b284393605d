"""The search index in the order of publication, with marks for titles and facets."""

from alembic import op

from storage import search_index

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TABLE article_search")
    if op.get_bind().dialect.name == "postgresql":
        # the words out of line (TOAST), so that thousands of keys and facets are read in no time
        op.execute(
            "CREATE TABLE article_search (article_id bigint PRIMARY KEY, key bigint NOT NULL UNIQUE, "
            "facets text NOT NULL, words tsvector NOT NULL) WITH (toast_tuple_target = 128)"
        )
        op.execute("ALTER TABLE article_search ALTER COLUMN facets SET STORAGE MAIN")
        op.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING fts5(title, body, marks, columnsize = 0, "
            "tokenize = \"unicode61 remove_diacritics 0 tokenchars '\\:_/.-'\")"
        )
        op.execute(
            "CREATE TABLE article_search_keys (article_id INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, "
            "facets TEXT NOT NULL)"
        )
        search_index.rebuild(op.get_bind())  # PostgreSQL's tables become those of today in 0085, which does


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_article_search_words")
        op.execute("ALTER TABLE article_search DROP COLUMN key, DROP COLUMN facets")
        op.execute("ALTER TABLE article_search RENAME COLUMN words TO folded")
        op.execute(
            "UPDATE article_search SET folded = ts_delete(folded, "
            "ARRAY(SELECT lexeme FROM unnest(folded) WHERE strpos(lexeme, ':') > 0))"
        )
        op.execute("CREATE INDEX ix_article_search_folded ON article_search USING gin (folded)")
        return
    op.execute("ALTER TABLE article_search RENAME TO article_search_marked")
    op.execute(
        "CREATE VIRTUAL TABLE article_search USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 0')"
    )
    op.execute(
        "INSERT INTO article_search (rowid, title, body) SELECT k.article_id, s.title, s.body "
        "FROM article_search_marked s JOIN article_search_keys k ON k.key = s.rowid"
    )
    op.execute("DROP TABLE article_search_marked")
    op.execute("DROP TABLE article_search_keys")
