"""When Tết is: offices are closed and portals are silent around the lunar new year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from vietnam.stamps import VIETNAM

FIRST_DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
        "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11", "2033-01-31",
        "2034-02-19", "2035-02-08", "2036-01-28", "2037-02-15", "2038-02-04", "2039-01-24", "2040-02-12",
    )
)  # fmt: skip
"""The first day of the first lunar month by Vietnam's time, which in 2030 is a day before China's."""

BEFORE, AFTER = timedelta(days=5), timedelta(days=10)
"""Around the first day: the public holiday is seven to nine days, and communes begin late."""


def spans(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The times of Tết between two moments, cut to them, the earliest first (UTC)."""
    found = []
    for day in FIRST_DAYS:
        middle = datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)
        begins, ends = max(middle - BEFORE, since), min(middle + AFTER, until)
        if begins < ends:
            found.append((begins, ends))
    return found
