"""What is known of the servers that are asked, and where the pages lie that they gave."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from storage.columns import Json, UtcTime
from storage.tables.schema import metadata

holds = Table(
    "holds",
    metadata,
    Column("host", Text, primary_key=True, doc="host or host:port"),
    Column("until", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("said", Json, doc="reason in codes: [storage.said.Said]"),
)

robots = Table(
    "robots",
    metadata,
    Column("host", Text, primary_key=True, doc="scheme://host:port"),
    Column("status", Integer, nullable=False, doc="0: unreachable"),
    Column("body", LargeBinary, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
)

certificates = Table(
    "certificates",
    metadata,
    Column("host", Text, primary_key=True, doc="host or host:port"),
    Column("ends_at", UtcTime, nullable=False, doc="notAfter of the certificate last seen"),
    Column("seen_at", UtcTime, nullable=False),
)

archived_pages = Table(  # the index of the WARC files of crawler.archive
    "archived_pages",
    metadata,
    Column("id", Text, primary_key=True, doc="the UUID of the record's WARC-Record-ID"),
    Column("portal", Text, nullable=False),
    Column("kind", Text, nullable=False, doc="article | listing | file: one that holds an article's text"),
    Column("key", Text, doc="of the article on its portal; null for listings"),
    Column("url", Text, nullable=False, doc="as it answered, after redirects"),
    Column("fetched_at", UtcTime, nullable=False),
    Column("digest", Text, nullable=False, doc="WARC-Payload-Digest: sha1: and base32"),
    Column("file", Text, nullable=False, doc="below the archive's folder, without .open"),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False, doc="bytes on disk of the answer and its request"),
    Column("original", Text, doc="the record that holds the body, where this one is a revisit"),
    Column("platform", Text, doc="by whose rules the page was first read"),
    Column("section", Text, doc="path of the section that listed the article"),
    Column("listing", Json, nullable=False, doc="what the listing said of the article; {} for nothing"),
    Index("ix_archived_pages_portal_key", "portal", "key"),
    Index("ix_archived_pages_portal_digest", "portal", "digest"),
    Index("ix_archived_pages_url", "url"),
    Index("ix_archived_pages_fetched_at", "fetched_at"),
    Index("ix_archived_pages_file", "file"),
)
