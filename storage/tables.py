"""The tables. Private: other programs read the views of storage.views, which hide how this is kept.

Internal keys are integers; what leaves the database is ``public_id``. Portals are named by the id of
their registry record and are no foreign key: ``crawl URL`` stores articles of portals outside it.
"""

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
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, UtcTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_Id = BigInteger().with_variant(Integer(), "sqlite")  # only INTEGER PRIMARY KEY numbers itself on SQLite

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

crawl_runs = Table(
    "crawl_runs",
    metadata,
    Column("id", _Id, primary_key=True),
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
    Column("run_id", _Id, primary_key=True, autoincrement=False),
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
    Column("run_id", _Id, primary_key=True, autoincrement=False),
    Column("portal", Text, nullable=False),
    Column("pages", Json, nullable=False, doc="[crawler.running.page_facts.PageFacts], some of the run's"),
    Index("ix_run_pages_portal_run_id", "portal", "run_id"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("name", Text, primary_key=True, doc="crawler.running.drift.ALARMS"),
    Column("state", Text, nullable=False, doc="pending | down | ok"),
    Column("since", UtcTime, nullable=False, doc="when it came into this state"),
    Column("seen", Integer, nullable=False, doc="judgements in a row that raised it"),
    Column("run_id", _Id, doc="the run that was judged last"),
    Column("judged_at", UtcTime, nullable=False),
    Column("message", Text, nullable=False),
    Column("observed", Float),
    Column("bound", Float),
    Column("urls", Json, nullable=False, doc="some addresses to look at"),
    Column("notified_at", UtcTime, doc="when a message of this state was last put in the outbox"),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", UtcTime),
    Column("muted_until", UtcTime),
    Column("muted_by", Text),
    Column("accepted_at", UtcTime, doc="what was seen before this is no measure any more"),
    Column("said", Json, doc="message in codes: storage.said.Said"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True, doc="the same message is taken once"),
    Column("kind", Text, nullable=False, doc="down | reminder | recovered"),
    Column("portal", Text),
    Column("alarm", Text),
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("next_try_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcTime),
    Column("given_up_at", UtcTime),
    Column("problem", Text, doc="why the last try failed"),
    Index("ix_outbox_next_try_at", "next_try_at"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("first_seen_at", UtcTime, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("urls", Json, nullable=False, doc="of its copies, the leading one first, then by first sight"),
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
    Index("ix_copies_portal_first_seen_at", "portal", "first_seen_at"),
    Index("ix_copies_portal_published_at", "portal", "published_at"),
    Index(
        "ix_copies_missing",
        "portal",
        sqlite_where=text("missing_at IS NOT NULL"),
        postgresql_where=text("missing_at IS NOT NULL"),
    ),
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
    Column("id", _Id, primary_key=True),
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
    Column("window_key", _Id, primary_key=True, autoincrement=False, doc="storage.sketch: words in a row"),
    Column("article_id", BigInteger, nullable=False, doc="the article that had them first"),
)

for _owners in (text_owners, window_owners):  # storage.owners says why it is no foreign key; a backup that
    _owners.add_is_dependent_on(articles)  # was made before 0110 is read in an order that suits one

frontier = Table(
    "frontier",
    metadata,
    Column("id", _Id, primary_key=True),
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

schedules = Table(
    "schedules",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("kind", Text, nullable=False, doc="interval | cron | adaptive"),
    Column("interval_seconds", Integer, nullable=False),
    Column("cron", Text, doc="five fields, in Vietnam's time"),
    Column("quiet_hours", Text, doc="22:00-05:00, several with a comma, in Vietnam's time"),
    Column("enabled", Boolean, nullable=False, doc="false: paused"),
    Column("next_due_at", UtcTime, nullable=False),
    Column("due_reason", Text, nullable=False),
    Column("planned_at", UtcTime, nullable=False, doc="when next_due_at was computed"),
    Column("last_dispatched_at", UtcTime),
    Column("claimed_by", Text, doc="the dispatcher that crawls it or has it in its queue"),
    Column("claimed_at", UtcTime),
    Column("server_group", Text, nullable=False, doc="portals of one server share one politeness slot"),
    Column("cooling_until", UtcTime, doc="the pause after the last request to its server"),
    Index("ix_schedules_next_due_at", "next_due_at"),
    Index("ix_schedules_claimed_by", "claimed_by"),
    Index("ix_schedules_server_group", "server_group"),
)

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    Column("name", Text, primary_key=True),
    Column("begins_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("portal", Text, doc="null: all portals"),
)

dispatchers = Table(
    "dispatchers",
    metadata,
    Column("owner", Text, primary_key=True, doc="host and process"),
    Column("kind", Text, nullable=False, doc="clock | command | worker"),
    Column("started_at", UtcTime, nullable=False),
    Column("beat_at", UtcTime, nullable=False),
    Column("places", Integer, doc="portals that a worker crawls at once"),
    Column("job_worker", BigInteger, doc="a worker's number in the queue (Procrastinate's worker_id)"),
)

server_visits = Table(
    "server_visits",
    metadata,
    Column("server_group", Text, primary_key=True),
    Column("owner", Text, doc="the dispatcher that asks it without a claim; null: it rests"),
    Column("begun_at", UtcTime, nullable=False),
    Column("cooling_until", UtcTime, doc="the pause after the last request to it"),
)

cycles = Table(
    "cycles",
    metadata,
    Column("schedule_class", Text, primary_key=True, doc="a kind of schedule, or all"),
    Column("begun_at", UtcTime, nullable=False),
    Column("completed_at", UtcTime, doc="of the last one that was completed, not of the present one"),
)

discoveries = Table(
    "discoveries",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("sections", Json, nullable=False, doc="[{path, scope, name}]"),
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

rhythms = Table(
    "rhythms",
    metadata,
    Column("portal", Text, primary_key=True),
    Column("state", Json, nullable=False, doc="crawler.running.rhythm.Rhythm.to_json"),
    Column("updated_at", UtcTime, nullable=False),
)

rhythm_plans = Table(
    "rhythm_plans",
    metadata,
    Column("made_at", UtcTime, primary_key=True),
    Column("plan", Json, nullable=False, doc="crawler.running.rhythm.Plan.to_json"),
)

holds = Table(
    "holds",
    metadata,
    Column("host", Text, primary_key=True, doc="host or host:port"),
    Column("until", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
)

robots = Table(
    "robots",
    metadata,
    Column("host", Text, primary_key=True, doc="scheme://host:port"),
    Column("status", Integer, nullable=False, doc="0: unreachable"),
    Column("body", LargeBinary, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
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

certificates = Table(
    "certificates",
    metadata,
    Column("host", Text, primary_key=True, doc="host or host:port"),
    Column("ends_at", UtcTime, nullable=False, doc="notAfter of the certificate last seen"),
    Column("seen_at", UtcTime, nullable=False),
)

readers = Table(
    "readers",
    metadata,
    Column("name", Text, primary_key=True, doc="as a reader of the change feed calls itself"),
    Column("cursor", BigInteger, nullable=False, doc="the last change_seq that it has applied"),
    Column("since", UtcTime, nullable=False, doc="when it first asked"),
    Column("seen_at", UtcTime, nullable=False, doc="when it last asked"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False, doc="name of the account, or of the user at the shell"),
    Column("place", Text, nullable=False, doc="dashboard | command"),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False, doc="a portal, a run …"),
    Column("detail", Json, nullable=False, doc="what was changed, as the action was given it"),
    Column("outcome", Text, nullable=False, doc="done, or why not"),
    Index("ix_audit_target", "target"),
)

dashboard_sessions = Table(
    "dashboard_sessions",
    metadata,
    Column("digest", Text, primary_key=True, doc="SHA-256 of the cookie; the cookie itself is not kept"),
    Column("who", Text, nullable=False),
    Column("role", Text, nullable=False, doc="viewer | operator"),
    Column("begun_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
)

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

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

SERVED = articles.c.merged_into.is_(None) & articles.c.deleted_at.is_(None)
"""Condition: the article is one that readers see."""
