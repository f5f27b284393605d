"""The views that other programs read (CONTRACT in DESIGN.md).

``api_v1.articles`` on PostgreSQL, ``v1_articles`` on SQLite, and so on.

Additive within v1: a column may be added at the end of a view, never renamed or removed. The
statements here are those of today: storage.migrate drops the views before a migration and creates
these after it, so that a changed view needs a migration, if an empty one, to reach old databases.
"""

from __future__ import annotations

from collections.abc import Iterator

from storage import freshness

_ARTICLE_COLUMNS = """
    a.public_id AS id, a.url, a.urls, a.portal, a.portals, a.site_name, a.section,
    a.title, a.lead, a.paragraphs, a.captions, a.byline, a.authors, a.source_credit,
    a.published_at, a.published_precision, a.modified_at, a.event_date, a.relevant, a.relevance,
    a.organizations, a.provinces_2024, a.districts_2024, a.provinces_2025, a.communes_2025, a.kind,
    a.documents, a.officials, a.images, a.attachments, s.public_id AS story_id, a.revision, a.language,
    a.first_seen_at, (SELECT max(c.last_seen_at) FROM copies c WHERE c.article_id = a.id) AS last_seen_at,
    a.provenance
"""

_VIEWS = {
    "articles": f"SELECT {_ARTICLE_COLUMNS} FROM articles a LEFT JOIN stories s ON s.id = a.story_id "  # noqa: S608
    "WHERE a.merged_into IS NULL AND a.deleted_at IS NULL",
    "article_copies": """
        SELECT a.public_id AS article_id, c.portal, c.key, c.url, c.title, c.section, c.published_at,
               c.first_seen_at, c.last_seen_at, c.gone_at
        FROM copies c JOIN articles a ON a.id = c.article_id WHERE a.deleted_at IS NULL""",
    "article_revisions": """
        SELECT a.public_id AS article_id, r.revision, r.title, r.lead, r.paragraphs, r.seen_at
        FROM revisions r JOIN articles a ON a.id = r.article_id WHERE a.deleted_at IS NULL
        UNION ALL
        SELECT public_id, revision, title, lead, paragraphs, words_seen_at FROM articles
        WHERE deleted_at IS NULL""",
    "article_organizations": """
        SELECT a.public_id AS article_id, o.organization
        FROM article_organizations o JOIN articles a ON a.id = o.article_id
        WHERE a.merged_into IS NULL AND a.deleted_at IS NULL""",
    "article_places": """
        SELECT a.public_id AS article_id, p.level, p.name
        FROM article_places p JOIN articles a ON a.id = p.article_id
        WHERE a.merged_into IS NULL AND a.deleted_at IS NULL""",
    "stories": """
        SELECT s.public_id AS id, s.first_seen_at, count(*) AS articles, min(a.published_at) AS published_at
        FROM stories s JOIN articles a ON a.story_id = s.id AND a.merged_into IS NULL
            AND a.deleted_at IS NULL
        GROUP BY s.id, s.public_id, s.first_seen_at""",
    "portals": """
        SELECT id, name, url, owner, platform, sections, province_2024, district_2024, province_2025,
               communes_2025, aliases, active_from, active_until, successor, confidence, in_registry
        FROM portals""",
    "runs": """
        SELECT id, portal, "trigger", status, verdict, started_at, finished_at, counts, errors, message
        FROM crawl_runs""",
    "changes": """
        SELECT change_seq, public_id AS article_id, op, revision, merged_public_id AS merged_into,
               changed_at, cause, reason
        FROM changes""",
    "meta": """
        SELECT name, value FROM meta
        UNION ALL SELECT 'api_version', 'v1'
        UNION ALL SELECT 'migration', version_num FROM alembic_version
        UNION ALL SELECT 'schema_version', version_num FROM alembic_version
        UNION ALL SELECT 'oldest_change_seq', CAST(coalesce(
            (SELECT CAST(value AS bigint) + 1 FROM meta WHERE name = 'changes_compacted_through'),
            (SELECT min(change_seq) FROM changes), 0) AS text)
        UNION ALL SELECT 'last_change_seq', CAST(coalesce(max(change_seq), 0) AS text) FROM changes
        UNION ALL SELECT 'last_cycle_completed_at',
                         (SELECT {completed_at} FROM cycles WHERE schedule_class = 'all')
        UNION ALL SELECT 'last_cycle_completed_at_' || schedule_class, {completed_at}
                    FROM cycles WHERE schedule_class <> 'all'
        UNION ALL SELECT 'generated_at', {now}""",
    "portal_freshness": "{portal_freshness}",
}

NAMES = tuple(_VIEWS)


def view_name(name: str, dialect: str) -> str:
    """The name that a reader uses: ``api_v1.articles`` or ``v1_articles``."""
    return f"api_v1.{name}" if dialect == "postgresql" else f"v1_{name}"


def create_statements(dialect: str) -> Iterator[str]:
    """DDL that makes every view, in order, for ``sqlite`` or ``postgresql``."""
    if dialect == "postgresql":
        yield "CREATE SCHEMA IF NOT EXISTS api_v1"
    for name in NAMES:
        yield f"CREATE VIEW {view_name(name, dialect)} AS {_query(name, dialect)}"


def drop_statements(dialect: str) -> Iterator[str]:
    """DDL that removes every view, before a migration changes the tables under it."""
    for name in reversed(_VIEWS):
        yield f"DROP VIEW IF EXISTS {view_name(name, dialect)}"


def _query(name: str, dialect: str) -> str:
    """The SELECT of a view, with what the engines write differently filled in."""
    if dialect == "postgresql":
        iso = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
        words = {"now": iso.format("now()"), "completed_at": iso.format("completed_at")}
    else:
        words = {"now": "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')", "completed_at": "completed_at"}
    return _VIEWS[name].format(**words, portal_freshness=freshness.query(dialect))
