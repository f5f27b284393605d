"""Articles: each text once, its copies on the portals, what it was before, and what finds it again."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from storage.columns import Json, UtcTime
from storage.tables.schema import RowId, metadata

stories = Table(
    "stories",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("first_seen_at", UtcTime, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("urls", Json, nullable=False, doc="of its copies, the leading one first; then former_addresses"),
    Column("portal", Text, nullable=False),
    Column("portals", Json, nullable=False, doc="of its copies, in the order of urls"),
    Column("key", Text, nullable=False, doc="with portal: the leading copy"),
    Column("site_name", Text),
    Column("section", Text),
    Column("title", Text, nullable=False),
    Column("lead", Text),
    Column("paragraphs", Json, nullable=False),
    Column("captions", Json, nullable=False),
    Column("byline", Text),
    Column("authors", Json, nullable=False),
    Column("source_credit", Text),
    Column("published_at", UtcTime),
    Column("published_precision", Text),
    Column("modified_at", UtcTime),
    Column("event_date", Text),
    Column("relevant", Boolean, nullable=False),
    Column("relevance", Float, nullable=False),
    Column("organizations", Json, nullable=False),
    Column("provinces_2024", Json, nullable=False),
    Column("districts_2024", Json, nullable=False),
    Column("provinces_2025", Json, nullable=False),
    Column("communes_2025", Json, nullable=False),
    Column("kind", Text),
    Column("documents", Json, nullable=False),
    Column("officials", Json, nullable=False),
    Column("images", Json, nullable=False),
    Column("attachments", Json, nullable=False),
    Column("language", Text),
    Column("provenance", Json, nullable=False),
    Column("story_id", ForeignKey("stories.id")),
    Column("revision", Integer, nullable=False),
    Column("words", LargeBinary, nullable=False, doc="storage.words: hash of title, lead and paragraphs"),
    Column("words_seen_at", UtcTime, nullable=False, doc="when this revision's words were first seen"),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("merged_into", ForeignKey("articles.id"), doc="this text became that article's; no longer served"),
    Column("deleted_at", UtcTime, doc="soft delete: no longer served, kept for a page that comes back"),
    Column("deletion_reason", Text, doc="storage.takedowns.Reason"),
    Column("sig_version", SmallInteger, nullable=False, doc="storage.sketch.VERSION that made signature"),
    Column("signature", LargeBinary, doc="storage.sketch.Signature; null for texts too short to compare"),
    Index("ix_articles_story_id", "story_id"),
    Index(  # of the few that were merged: SQLite would read whole views by an index of all the others
        "ix_articles_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
    Index("ix_articles_published_at", "published_at"),
    Index("ix_articles_first_seen_at", "first_seen_at"),
)

copies = Table(
    "copies",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False, doc="as this portal prints it"),
    Column("section", Text),
    Column("published_at", UtcTime),
    Column("words", LargeBinary, nullable=False, doc="storage.words: of the text last seen here"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("digest", Text, doc="of the body last seen: finds the page in the archive"),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Column(
        "missing_times", Integer, nullable=False, server_default="0", doc="days on which it was not there"
    ),
    Column("missing_at", UtcTime, doc="the last of them"),
    Column("gone_at", UtcTime, doc="when it was believed"),
    Column("gone_reason", Text, doc="storage.takedowns.Reason"),
    Column(
        "quiet_looks",
        Integer,
        nullable=False,
        server_default="0",
        doc="looks in a row that found nothing new (crawler.running.rechecks)",
    ),
    Index("ix_copies_article_id", "article_id"),
    Index("ix_copies_url", "url"),
    Index("ix_copies_portal_first_seen_at", "portal", "first_seen_at"),
    Index("ix_copies_portal_published_at", "portal", "published_at"),
    Index(
        "ix_copies_missing",
        "portal",
        sqlite_where=text("missing_at IS NOT NULL"),
        postgresql_where=text("missing_at IS NOT NULL"),
    ),
)

former_addresses = Table(  # those of articles.urls at which no copy stands any more: an index of lists
    "former_addresses",
    metadata,
    Column("url", Text, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Index("ix_former_addresses_article_id", "article_id"),
    sqlite_with_rowid=False,
)

kept_apart = Table(  # split by hand: never to be one article again
    "kept_apart",
    metadata,
    Column("low_id", ForeignKey("articles.id"), primary_key=True, doc="the lower id of the two"),
    Column("high_id", ForeignKey("articles.id"), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Index("ix_kept_apart_high_id", "high_id"),
)

revisions = Table(  # the earlier ones; the current words are in articles
    "revisions",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("lead", Text),
    Column("paragraphs", Json, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("metadata", Json, doc="article_rows.METADATA when it ended; null before migration 0030"),
)

metadata_history = Table(  # earlier states of everything but the words
    "metadata_history",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False, doc="the words that it stood with"),
    Column("metadata", Json, nullable=False, doc="article_rows.METADATA"),
    Column("changed_at", UtcTime, nullable=False, doc="when it ended"),
    Index("ix_metadata_history_article_id", "article_id"),
)

article_organizations = Table(
    "article_organizations",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("organization", Text, primary_key=True),
    Index("ix_article_organizations_organization", "organization"),
)

article_places = Table(
    "article_places",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("level", Text, primary_key=True, doc="the record's key: provinces_2024, communes_2025 …"),
    Column("name", Text, primary_key=True),
    Index("ix_article_places_level_name", "level", "name"),
)

text_owners = Table(
    "text_owners",
    metadata,
    Column("text_key", LargeBinary, primary_key=True, doc="storage.words: a body, with or without its lead"),
    Column("article_id", BigInteger, nullable=False, doc="the article that had it first"),
    sqlite_with_rowid=False,
)

window_owners = Table(  # rows of two numbers, a dozen an article
    "window_owners",
    metadata,
    Column("window_key", RowId, primary_key=True, autoincrement=False, doc="storage.sketch: words in a row"),
    Column("article_id", BigInteger, nullable=False, doc="the article that had them first"),
)

for _owners in (text_owners, window_owners):  # storage.owners says why it is no foreign key; a backup that
    _owners.add_is_dependent_on(articles)  # was made before 0110 is read in an order that suits one

SERVED = articles.c.merged_into.is_(None) & articles.c.deleted_at.is_(None)
"""Condition: the article is one that readers see."""
