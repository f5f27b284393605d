"""What lapses with time: a server's certificate, and a portal that falls silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from crawler.running.expectations import Unmet
from storage.alarms import Raised
from storage.certificates import Certificate
from storage.said import Said, Value
from vietnam.stamps import VIETNAM

SILENT_DAYS, SILENT_GAPS, ENOUGH_GAPS = 7.0, 6.0, 5
"""A portal that has published nothing for a week, and for six of its median gaps, is silent (A2)."""

CERTIFICATE_DAYS = 14
"""Before the end of a certificate somebody can still renew it in peace; the usual robots do it at 30 days."""

LAPSED_DAYS = 30
"""A certificate that ended longer ago was let go: half of the communes' are so, and it is news to nobody."""


def silence(unmet: Sequence[Unmet], newest_age: float | None, gaps: Sequence[float]) -> Iterator[Raised]:
    """The newest article is too old: by the record (``unmet``), else by the portal's own rhythm.

    ``newest_age`` and ``gaps`` between articles are in days.
    """
    old = next((each for each in unmet if each.name == "newest"), None)
    if old is None and newest_age is not None and len(gaps) >= ENOUGH_GAPS:
        bound = max(SILENT_DAYS, SILENT_GAPS * median(gaps))
        old = Unmet("newest", newest_age, bound) if newest_age > bound else None
    if old is not None:
        yield Raised("silent", str(old), old.observed, old.bound, said=old.said)


def certificate_ending(certificate: Certificate, at: datetime) -> Iterator[Raised]:
    """The certificate ends within CERTIFICATE_DAYS, or ended in the last LAPSED_DAYS."""
    days = certificate.days(at)
    if not -LAPSED_DAYS < days < CERTIFICATE_DAYS:
        return
    day = f"{certificate.ends_at.astimezone(VIETNAM):%d/%m/%Y}"
    ends = days >= 0
    text = f"the certificate of {certificate.host} {'ends' if ends else 'ended'} on {day}"
    values: dict[str, Value] = {"host": certificate.host, "day": day, "days": max(0, int(days))}
    said = Said("raised.certificate_ends" if ends else "raised.certificate_ended", values)
    yield Raised("certificate", text, days, CERTIFICATE_DAYS, said=said)
