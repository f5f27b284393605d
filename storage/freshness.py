"""How fresh what we have of each portal is: the query of the view ``portal_freshness``.

Plain SQL on both engines, so that a reader needs nothing but the view. The verdict tells three things
apart that all look like "no news": nobody looked (``late``, ``never_run``), looking failed (``failed``,
``blocked``), and looking went well but the portal gives nothing (``empty``).
"""

from __future__ import annotations

LATE = 3600
"""Seconds after which a portal that is due and was not asked is late; ``frontnews health`` has the same."""

UNSCHEDULED = 26 * 3600
"""Seconds after which a portal without a schedule is late: a day, the longest any portal is left alone
(operations.md F4), and two hours for a crontab that runs ``frontnews crawl``."""

QUIET_SECONDS, QUIET_GAPS = 7 * 24 * 3600, 6
"""Nothing new for a week and for six of the portal's own gaps is too quiet (operations.md A2, alarm 8)."""

GAPS_OF = 50
"""The newest publication times that a portal's usual gap is taken from."""

SUCCEEDED = "verdict IN ('new', 'nothing_new', 'partial')"
"""The listings were read. A run that could not read one page of many is ``partial``; the next one tries
the page again, and the portal's news are known all the same. Written as in the index of migration 0020:
SQLite uses a partial index only for the very condition that it was made with."""


def query(dialect: str) -> str:
    """The SELECT of the view for ``sqlite`` or ``postgresql``; one row for each row of ``portals``."""
    postgresql = dialect == "postgresql"

    def before_now(seconds: int) -> str:
        if postgresql:
            return f"now() - interval '{seconds} seconds'"
        return f"strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-{seconds} seconds')"

    def seconds_between(earlier: str, later: str) -> str:
        if postgresql:
            return f"CAST(extract(epoch FROM {later} - {earlier}) AS bigint)"
        return f"(CAST(strftime('%s', {later}) AS integer) - CAST(strftime('%s', {earlier}) AS integer))"

    now = before_now(0)
    today = "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')" if postgresql else "date('now')"
    newest_times = f"""
        SELECT DISTINCT c.published_at FROM copies c
         WHERE c.portal = p.id AND c.published_at <= {now} ORDER BY c.published_at DESC LIMIT {GAPS_OF}"""  # noqa: S608
    usual_gap = f"""
        SELECT CASE WHEN count(*) >= 3
               THEN {seconds_between("min(t.published_at)", "max(t.published_at)")} / (count(*) - 1) END
          FROM ({newest_times}) t"""  # noqa: S608
    newest_first = "ORDER BY r.started_at DESC LIMIT 1"
    quiet = (
        f"f.last_new_at < {before_now(QUIET_SECONDS)} AND "
        f"{seconds_between('f.last_new_at', now)} > {QUIET_GAPS} * f.expected_gap_seconds"
    )
    # MATERIALIZED: SQLite would copy each subquery to every place that names its column
    return f"""
        WITH f AS MATERIALIZED (
            SELECT p.id AS portal,
                   (SELECT max(r.started_at) FROM crawl_runs r WHERE r.portal = p.id) AS last_run_at,
                   (SELECT r.verdict FROM crawl_runs r WHERE r.portal = p.id AND r.verdict <> 'cancelled'
                     {newest_first}) AS last_verdict,
                   (SELECT r.finished_at FROM crawl_runs r WHERE r.portal = p.id AND r.{SUCCEEDED}
                     {newest_first}) AS last_success_at,
                   (SELECT max(c.first_seen_at) FROM copies c WHERE c.portal = p.id) AS last_new_at,
                   ({usual_gap}) AS expected_gap_seconds,
                   CASE WHEN s.enabled THEN s.next_due_at END AS next_due_at,
                   s.portal IS NOT NULL AS scheduled,
                   coalesce(NOT s.enabled, s.portal IS NOT NULL) AS paused,
                   NOT p.in_registry OR coalesce(p.active_until < {today}, p.id IS NULL) AS retired
              FROM portals p LEFT JOIN schedules s ON s.portal = p.id
        )
        SELECT f.portal, f.last_run_at, f.last_success_at, f.last_new_at, f.expected_gap_seconds,
               {seconds_between("f.last_success_at", now)} AS age_seconds, f.next_due_at,
               CASE WHEN f.retired THEN 'retired'
                    WHEN f.paused THEN 'paused'
                    WHEN f.last_verdict IS NULL THEN 'never_run'
                    WHEN f.last_verdict = 'blocked' THEN 'blocked'
                    WHEN f.last_verdict IN ('failed', 'layout_drift', 'lost') THEN 'failed'
                    WHEN f.next_due_at < {before_now(LATE)} THEN 'late'
                    WHEN NOT f.scheduled AND f.last_run_at < {before_now(UNSCHEDULED)} THEN 'late'
                    WHEN f.last_verdict = 'suspicious_empty' THEN 'empty'
                    WHEN {quiet} THEN 'empty'
                    ELSE 'fresh' END AS verdict,
               f.last_verdict
          FROM f"""  # noqa: S608 - constants of this file
