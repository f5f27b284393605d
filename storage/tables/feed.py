"""The change feed, who reads it, and single facts about the database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from storage.columns import UtcTime
from storage.tables.schema import metadata

changes = Table(
    "changes",
    metadata,
    Column(
        "change_seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    ),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("op", Text, nullable=False, doc="insert | update | merge | delete"),
    Column("revision", Integer, nullable=False),
    Column("merged_into", ForeignKey("articles.id")),
    Column("changed_at", UtcTime, nullable=False),
    Column("cause", Text, nullable=False, server_default="fetch", doc="storage.changes.Cause"),
    Column("reason", Text, doc="of a delete: storage.takedowns.Reason"),
    Column("public_id", Text, nullable=False, doc="the article's: a page of the feed reads no article"),
    Column("merged_public_id", Text, doc="of merged_into"),
    Index("ix_changes_article_id", "article_id"),
)

readers = Table(
    "readers",
    metadata,
    Column("name", Text, primary_key=True, doc="as a reader of the change feed calls itself"),
    Column("cursor", BigInteger, nullable=False, doc="the last change_seq that it has applied"),
    Column("since", UtcTime, nullable=False, doc="when it first asked"),
    Column("seen_at", UtcTime, nullable=False, doc="when it last asked"),
)

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
