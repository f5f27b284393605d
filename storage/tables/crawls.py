"""Portals and their crawls: what is known of a portal, each run of it, and what a walk has still to do."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text, UniqueConstraint, false, text

from storage.columns import Json, UtcTime
from storage.tables.schema import RowId, metadata

portals = Table(
    "portals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("sections", Json, nullable=False, doc="[{path, scope, name}]"),
    Column("province_2024", Text),
    Column("district_2024", Text),
    Column("province_2025", Text),
    Column("communes_2025", Json, nullable=False),
    Column("aliases", Json, nullable=False),
    Column("active_from", Text),
    Column("active_until", Text),
    Column("successor", Text),
    Column("confidence", Text, nullable=False),
    Column("evidence", Text),
    Column("delay", Float),
    Column("note", Text),
    Column("minimum_listed", Integer),
    Column("newest_within", Integer, doc="days"),
    Column("filled_title", Float),
    Column("filled_date", Float),
    Column("filled_body", Float),
    Column("selectors", Json, doc="storage.portals.Selectors"),
    Column("browser", Boolean, nullable=False, server_default=false(), doc="pages as a browser shows them"),
    Column("in_registry", Boolean, nullable=False, doc="false once its record has left the registry"),
)

discoveries = Table(
    "discoveries",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("sections", Json, nullable=False, doc="[{path, scope, name}]"),
    Column("selectors", Json, doc="storage.portals.Selectors, learned from its lists"),
    Column("identity", Json, doc="{name, owner, province_2024, …} of a portal that was an address alone"),
    Column("wide", Boolean, nullable=False, doc="sections of every subject were looked for"),
    Column("found_at", UtcTime, nullable=False),
)

portal_checks = Table(  # of records against the live sites (spiders.check)
    "portal_checks",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("checked_at", UtcTime, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("findings", Json, nullable=False, doc="[{level, message}]"),
    Column("record", Json, nullable=False, doc="the record that was held against the site"),
    Column("proposed", Json, doc="the record as it should be"),
    Column("proposed_at", UtcTime, doc="when this was proposed first"),
    Column("dismissed", Json, doc="what a person has declined: it is not proposed again"),
)

crawl_runs = Table(
    "crawl_runs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("portal", Text, nullable=False),
    Column("token", Text, nullable=False, doc="random; tells two holders of the lease apart"),
    Column("trigger", Text, nullable=False),
    Column("owner", Text, doc="host and process that crawls"),
    Column("status", Text, nullable=False, doc="running | finished | lost"),
    Column("verdict", Text),
    Column("started_at", UtcTime, nullable=False),
    Column("heartbeat_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("counts", Json, nullable=False),
    Column("errors", Json, nullable=False, doc="error class -> how often"),
    Column("sections", Json, nullable=False),
    Column("message", Text),
    Column("filled", Json, doc="{read, title, date, body}: articles, of runs that read their listings whole"),
    Column("unmet", Json, doc="[{name, observed, bound}] of crawler.running.expectations"),
    Column("cancel_asked_by", Text, doc="who asked for it to end; its worker sees it at its next beat"),
    Column("said", Json, doc="message in codes: [storage.said.Said]; null where there is English alone"),
    Index("ix_crawl_runs_portal_started_at", "portal", "started_at"),
    Index("ix_crawl_runs_started_at", "started_at"),
    Index(
        "ix_crawl_runs_succeeded",
        "portal",
        "started_at",
        sqlite_where=text("verdict IN ('new', 'nothing_new', 'partial')"),
        postgresql_where=text("verdict IN ('new', 'nothing_new', 'partial')"),
    ),
    Index(
        "one_running",
        "portal",
        unique=True,
        sqlite_where=text("status = 'running'"),
        postgresql_where=text("status = 'running'"),
    ),
)

run_events = Table(
    "run_events",
    metadata,
    Column("run_id", RowId, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False, doc="from 1; a gap was left out"),
    Column("at", UtcTime, nullable=False),
    Column("level", Text, nullable=False, doc="info | warning | error"),
    Column("event", Text, nullable=False),
    Column("url", Text),
    Column("message", Text),
    Column("said", Json, doc="message in codes: storage.said.Said"),
)

run_pages = Table(
    "run_pages",
    metadata,
    Column("run_id", RowId, primary_key=True, autoincrement=False),
    Column("portal", Text, nullable=False),
    Column("pages", Json, nullable=False, doc="[crawler.running.page_facts.PageFacts], some of the run's"),
    Index("ix_run_pages_portal_run_id", "portal", "run_id"),
)

frontier = Table(
    "frontier",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("portal", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("section", Text),
    Column("title", Text),
    Column("published_at", UtcTime),
    Column("published_precision", Text),
    Column("lead", Text),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, doc="pending | failed | given_up | skipped"),
    Column("attempts", Integer, nullable=False),
    Column("error_class", Text),
    Column("message", Text, doc="of the failure, or why the article was skipped"),
    Column("queued_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("portal", "key"),
    Index("ix_frontier_portal_state", "portal", "state"),
)

section_state = Table(
    "section_state",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("section", Text, primary_key=True),
    Column("complete", Boolean, nullable=False, doc="walked to its end once"),
    Column("last_page", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

backfills = Table(  # how far `crawl --since` has come (storage.backfills)
    "backfills",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("since", Text, primary_key=True, doc="a day"),
    Column("section", Text, primary_key=True),
    Column("url", Text, nullable=False, doc="the listing page in flight"),
    Column("form", Json, doc="what is posted for it: [[name, value]]"),
    Column("maps", Json, nullable=False, doc="sitemaps of the section's index that come after it"),
    Column("pages", Integer, nullable=False, doc="read before it"),
    Column("left_out", Boolean, nullable=False, doc="an article was passed over for its age"),
    Column("done", Boolean, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)
