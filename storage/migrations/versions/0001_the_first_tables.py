"""The first tables."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "crawl_runs",
        sa.Column("id", Id, nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text()),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("heartbeat_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.Column("counts", Json, nullable=False),
        sa.Column("errors", Json, nullable=False),
        sa.Column("sections", Json, nullable=False),
        sa.Column("message", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl_runs")),
    )
    op.create_index("ix_crawl_runs_portal_started_at", "crawl_runs", ["portal", "started_at"], unique=False)
    op.create_index(
        "one_running",
        "crawl_runs",
        ["portal"],
        unique=True,
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "frontier",
        sa.Column("id", Id, nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("published_at", UtcTime()),
        sa.Column("published_precision", sa.Text()),
        sa.Column("lead", sa.Text()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error_class", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("queued_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frontier")),
        sa.UniqueConstraint("portal", "key", name=op.f("uq_frontier_portal_key")),
    )
    op.create_index("ix_frontier_portal_state", "frontier", ["portal", "state"], unique=False)
    op.create_table(
        "holds",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_holds")),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
    )
    op.create_table(
        "portals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("sections", Json, nullable=False),
        sa.Column("province_2024", sa.Text()),
        sa.Column("district_2024", sa.Text()),
        sa.Column("province_2025", sa.Text()),
        sa.Column("communes_2025", Json, nullable=False),
        sa.Column("aliases", Json, nullable=False),
        sa.Column("active_from", sa.Text()),
        sa.Column("active_until", sa.Text()),
        sa.Column("successor", sa.Text()),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text()),
        sa.Column("delay", sa.Float()),
        sa.Column("note", sa.Text()),
        sa.Column("minimum_listed", sa.Integer()),
        sa.Column("in_registry", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portals")),
    )
    op.create_table(
        "robots",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fetched_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_robots")),
    )
    op.create_table(
        "section_state",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("portal", "section", name=op.f("pk_section_state")),
    )
    op.create_table(
        "stories",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stories_public_id")),
    )
    op.create_table(
        "articles",
        sa.Column("id", Id, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("urls", Json, nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("portals", Json, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("site_name", sa.Text()),
        sa.Column("section", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text()),
        sa.Column("paragraphs", Json, nullable=False),
        sa.Column("captions", Json, nullable=False),
        sa.Column("byline", sa.Text()),
        sa.Column("authors", Json, nullable=False),
        sa.Column("source_credit", sa.Text()),
        sa.Column("published_at", UtcTime()),
        sa.Column("published_precision", sa.Text()),
        sa.Column("modified_at", UtcTime()),
        sa.Column("event_date", sa.Text()),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("relevance", sa.Float(), nullable=False),
        sa.Column("organizations", Json, nullable=False),
        sa.Column("provinces_2024", Json, nullable=False),
        sa.Column("districts_2024", Json, nullable=False),
        sa.Column("provinces_2025", Json, nullable=False),
        sa.Column("communes_2025", Json, nullable=False),
        sa.Column("kind", sa.Text()),
        sa.Column("documents", Json, nullable=False),
        sa.Column("officials", Json, nullable=False),
        sa.Column("images", Json, nullable=False),
        sa.Column("attachments", Json, nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("provenance", Json, nullable=False),
        sa.Column("story_id", Id),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("words_seen_at", UtcTime(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("merged_into", Id),
        sa.Column("sig_version", sa.SmallInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["merged_into"], ["articles.id"], name=op.f("fk_articles_merged_into")),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name=op.f("fk_articles_story_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("public_id", name=op.f("uq_articles_public_id")),
    )
    op.create_index("ix_articles_merged_into", "articles", ["merged_into"], unique=False)
    op.create_index("ix_articles_published_at", "articles", ["published_at"], unique=False)
    op.create_index("ix_articles_story_id", "articles", ["story_id"], unique=False)
    op.create_table(
        "article_organizations",
        sa.Column("article_id", Id, nullable=False),
        sa.Column("organization", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_organizations_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "organization", name=op.f("pk_article_organizations")),
    )
    op.create_index(
        "ix_article_organizations_organization", "article_organizations", ["organization"], unique=False
    )
    op.create_table(
        "article_places",
        sa.Column("article_id", Id, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_places_article_id")),
        sa.PrimaryKeyConstraint("article_id", "level", "name", name=op.f("pk_article_places")),
    )
    op.create_index("ix_article_places_level_name", "article_places", ["level", "name"], unique=False)
    op.create_table(
        "changes",
        sa.Column("change_seq", Id, autoincrement=False, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("merged_into", Id),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_changes_article_id")),
        sa.ForeignKeyConstraint(["merged_into"], ["articles.id"], name=op.f("fk_changes_merged_into")),
        sa.PrimaryKeyConstraint("change_seq", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_article_id", "changes", ["article_id"], unique=False)
    op.create_table(
        "copies",
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("published_at", UtcTime()),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("digest", sa.Text()),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("last_seen_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_copies_article_id")),
        sa.PrimaryKeyConstraint("portal", "key", name=op.f("pk_copies")),
    )
    op.create_index("ix_copies_article_id", "copies", ["article_id"], unique=False)
    op.create_table(
        "dup_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_dup_bands_article_id")),
        sa.PrimaryKeyConstraint("band", name=op.f("pk_dup_bands")),
    )
    op.create_table(
        "revisions",
        sa.Column("article_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text()),
        sa.Column("paragraphs", Json, nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_revisions_article_id")),
        sa.PrimaryKeyConstraint("article_id", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "text_owners",
        sa.Column("text_key", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_text_owners_article_id")),
        sa.PrimaryKeyConstraint("text_key", name=op.f("pk_text_owners")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE TABLE article_search (article_id bigint PRIMARY KEY, folded tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_article_search_folded ON article_search USING gin (folded)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE article_search USING fts5(title, body, tokenize = 'unicode61 remove_diacritics 0')"
        )


def downgrade() -> None:
    op.drop_table("article_search")
    op.drop_table("text_owners")
    op.drop_table("revisions")
    op.drop_table("dup_bands")
    op.drop_index("ix_copies_article_id", table_name="copies")
    op.drop_table("copies")
    op.drop_index("ix_changes_article_id", table_name="changes")
    op.drop_table("changes")
    op.drop_index("ix_article_places_level_name", table_name="article_places")
    op.drop_table("article_places")
    op.drop_index("ix_article_organizations_organization", table_name="article_organizations")
    op.drop_table("article_organizations")
    op.drop_index("ix_articles_story_id", table_name="articles")
    op.drop_index("ix_articles_published_at", table_name="articles")
    op.drop_index("ix_articles_merged_into", table_name="articles")
    op.drop_table("articles")
    op.drop_table("stories")
    op.drop_table("section_state")
    op.drop_table("robots")
    op.drop_table("portals")
    op.drop_table("meta")
    op.drop_table("holds")
    op.drop_index("ix_frontier_portal_state", table_name="frontier")
    op.drop_table("frontier")
    op.drop_index(
        "one_running",
        table_name="crawl_runs",
        sqlite_where=sa.text("status = 'running'"),
        postgresql_where=sa.text("status = 'running'"),
    )
    op.drop_index("ix_crawl_runs_portal_started_at", table_name="crawl_runs")
    op.drop_table("crawl_runs")
