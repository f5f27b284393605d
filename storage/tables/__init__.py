"""The tables. Private: other programs read the views of storage.views, which hide how this is kept.

Internal keys are integers; what leaves the database is ``public_id``. Portals are named by the id of
their registry record and are no foreign key: ``crawl URL`` stores articles of portals outside it.

``texts`` has the articles, ``crawls`` portals and their runs, ``clock`` schedules and who crawls, ``servers``
what is known of the servers asked, ``ops`` alarms and sign-ins, ``feed`` the changes and their readers.
"""

from __future__ import annotations

from storage.tables.clock import (
    cycles,
    dispatchers,
    maintenance_windows,
    rhythm_plans,
    rhythms,
    schedules,
    server_visits,
)
from storage.tables.crawls import (
    backfills,
    crawl_runs,
    discoveries,
    frontier,
    portal_checks,
    portals,
    run_events,
    run_pages,
    section_state,
)
from storage.tables.feed import changes, meta, readers
from storage.tables.ops import alarms, audit, dashboard_sessions, outbox
from storage.tables.schema import metadata
from storage.tables.servers import archived_pages, certificates, holds, robots
from storage.tables.texts import (
    SERVED,
    article_organizations,
    article_places,
    articles,
    copies,
    former_addresses,
    kept_apart,
    metadata_history,
    revisions,
    stories,
    text_owners,
    window_owners,
)

__all__ = [
    "SERVED",
    "alarms",
    "archived_pages",
    "article_organizations",
    "article_places",
    "articles",
    "audit",
    "backfills",
    "certificates",
    "changes",
    "copies",
    "crawl_runs",
    "cycles",
    "dashboard_sessions",
    "discoveries",
    "dispatchers",
    "former_addresses",
    "frontier",
    "holds",
    "kept_apart",
    "maintenance_windows",
    "meta",
    "metadata",
    "metadata_history",
    "outbox",
    "portal_checks",
    "portals",
    "readers",
    "revisions",
    "rhythm_plans",
    "rhythms",
    "robots",
    "run_events",
    "run_pages",
    "schedules",
    "section_state",
    "server_visits",
    "stories",
    "text_owners",
    "window_owners",
]
