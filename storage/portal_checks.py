"""What the checks of records found, and the records that they propose, until a person has judged them.

Records are kept as JSON objects here; spiders.record_checks turns them into portals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, and_, or_, select, update

from storage.bulk import upsert
from storage.columns import now as real_now
from storage.engine import reading, writing
from storage.schedules import is_crawled
from storage.tables import alarms, portals, schedules
from storage.tables import portal_checks as table

WEEK = timedelta(days=7)
TROUBLED = timedelta(days=1)
"""A portal with an alarm is looked at so often: a moved host or a new CMS is proposed within a day."""

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StoredCheck:
    """The last check of a portal. ``record`` is what was held against the site, ``proposed`` what it should
    be (None: nothing better is known), ``dismissed`` what a person has declined."""

    portal: str
    checked_at: datetime
    ok: bool
    findings: Sequence[Mapping[str, str]]
    record: Record
    proposed: Record | None
    proposed_at: datetime | None
    dismissed: Record | None


def keep(
    engine: Engine,
    portal: str,
    *,
    ok: bool,
    findings: Sequence[Mapping[str, str]],
    record: Record,
    proposed: Record | None,
    answered: bool = True,
) -> bool:
    """Keep a check in place of the one before; tell whether it proposes what was not proposed before.

    One of a site that did not answer takes no proposal back: an old host that dies after its portal moved is
    no reason to forget where to.
    """
    moment = real_now()
    before = last(engine, portal)
    dismissed = before.dismissed if before is not None else None
    if not answered and before is not None and before.record == record:
        proposed = before.proposed
    if proposed is not None and proposed == dismissed:
        proposed = None
    known = before is not None and before.proposed == proposed
    row = {
        "portal": portal, "checked_at": moment, "ok": ok, "findings": [dict(one) for one in findings],
        "record": dict(record), "proposed": dict(proposed) if proposed is not None else None,
        "proposed_at": None if proposed is None else before.proposed_at if before and known else moment,
        "dismissed": dict(dismissed) if dismissed is not None else None,
    }  # fmt: skip
    with writing(engine) as connection:
        upsert(connection, table, [row], key=("portal",))
    return proposed is not None and not known


def last(engine: Engine, portal: str) -> StoredCheck | None:
    """The last check of a portal; None where there was none yet."""
    with reading(engine) as connection:
        row = connection.execute(select(*_COLUMNS).where(table.c.portal == portal)).first()
    return StoredCheck(*row) if row is not None else None


def proposals(engine: Engine) -> list[StoredCheck]:
    """The checks that propose another record, the oldest proposal first; of portals of the registry."""
    query = (
        select(*_COLUMNS)
        .join(portals, portals.c.id == table.c.portal)
        .where(portals.c.in_registry, table.c.proposed_at.is_not(None))
        .order_by(table.c.proposed_at, table.c.portal)
    )
    with reading(engine) as connection:
        return [StoredCheck(*row) for row in connection.execute(query)]


def judged(engine: Engine, portal: str, *, dismissed: Record | None) -> None:
    """A person has judged a proposal: it is there no more; ``dismissed`` is kept from coming again."""
    values = {"proposed": None, "proposed_at": None, "dismissed": dict(dismissed) if dismissed else None}
    with writing(engine) as connection:
        connection.execute(update(table).where(table.c.portal == portal).values(values))


def due(engine: Engine, now: datetime, limit: int, every: timedelta = WEEK) -> list[str]:
    """Up to ``limit`` portals whose record is to be looked at: with an alarm first, then the one that was
    looked at longest ago. Only portals that the clock crawls; one that is due for a crawl is left to that."""
    alarm = select(alarms.c.portal).where(alarms.c.portal == portals.c.id, alarms.c.state == "down")
    troubled = alarm.exists()
    moment = real_now()
    query = (
        select(portals.c.id)
        .join(schedules, schedules.c.portal == portals.c.id)
        .outerjoin(table, table.c.portal == portals.c.id)
        .where(*is_crawled(now))
        .where(schedules.c.enabled, schedules.c.claimed_by.is_(None), schedules.c.next_due_at > now)
        .where(
            or_(
                table.c.checked_at.is_(None),
                table.c.checked_at < moment - every,
                and_(troubled, table.c.checked_at < moment - min(TROUBLED, every)),
            )
        )
        .order_by(troubled.desc(), table.c.checked_at.asc().nulls_first(), portals.c.id)
        .limit(limit)
    )
    with reading(engine) as connection:
        return list(connection.scalars(query))


_COLUMNS = tuple(table.c[name] for name in StoredCheck.__slots__)
