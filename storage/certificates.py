"""Until when the certificates of servers hold, as crawls saw them: nothing is asked for this alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from storage.bulk import upsert
from storage.columns import now
from storage.engine import reading, writing
from storage.tables import certificates


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of a host (``name`` or ``name:port``): when its validity ends, when it was seen."""

    host: str
    ends_at: datetime
    seen_at: datetime

    def days(self, at: datetime) -> float:
        """Days that it holds from then on; negative once it has ended."""
        return (self.ends_at - at).total_seconds() / 86400


def keep(engine: Engine, host: str, ends_at: datetime) -> None:
    """Note the certificate that a host shows now."""
    with writing(engine) as connection:
        row = {"host": host, "ends_at": ends_at, "seen_at": now()}
        upsert(connection, certificates, [row], key=("host",))


def read(engine: Engine, host: str) -> Certificate | None:
    """The certificate of a host as it was last seen; None where none was (plain http, never asked)."""
    table = certificates.c
    with reading(engine) as connection:
        row = connection.execute(
            select(table.host, table.ends_at, table.seen_at).where(table.host == host)
        ).first()
    return Certificate(*row) if row else None


def ending(engine: Engine, since: datetime, until: datetime) -> int:
    """How many certificates end between two moments."""
    ends_at = certificates.c.ends_at
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).where(ends_at >= since, ends_at < until)) or 0
