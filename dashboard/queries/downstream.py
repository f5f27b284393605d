"""What other programs read: the change feed, the views and their columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, inspect, select, text

from dashboard.queries.fleet import days_before, midnight
from storage.engine import reading
from storage.tables import changes
from storage.views import NAMES, view_name


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the change feed stands."""

    first: int
    last: int
    last_at: datetime | None


def feed(engine: Engine) -> Feed:
    """The oldest and the newest change, by the primary key."""
    table = changes.c
    with reading(engine) as connection:
        first, last = connection.execute(select(func.min(table.change_seq), func.max(table.change_seq))).one()
        at = connection.scalar(select(table.changed_at).where(table.change_seq == last)) if last else None
    return Feed(first or 0, last or 0, at)


def changes_by_day(engine: Engine, now: datetime) -> list[tuple[date, int]]:
    """Changes on each of the last days: sequence order is commit order, so days are stretches of it.

    The border of each day is found by halving, not by reading the changes: 20 looks at the primary key a day.
    """
    days = days_before(now)
    with reading(engine) as connection:
        first, last = connection.execute(
            select(func.min(changes.c.change_seq), func.max(changes.c.change_seq))
        ).one()
        if last is None:
            return [(day, 0) for day in days]

        def at(seq: int) -> datetime | None:
            query = select(changes.c.changed_at).where(changes.c.change_seq >= seq)
            return connection.scalar(query.order_by(changes.c.change_seq).limit(1))

        def border(moment: datetime, low: int, high: int) -> int:
            while low < high:
                middle = (low + high) // 2
                found = at(middle)
                low, high = (middle + 1, high) if found is not None and found < moment else (low, middle)
            return low

        borders = [first]
        for day in [*days, days[-1] + timedelta(days=1)]:
            borders.append(border(midnight(day), borders[-1], last + 1))
    return [(day, end - begin) for day, begin, end in zip(days, borders[1:], borders[2:], strict=False)]


def meta(engine: Engine) -> list[tuple[str, str]]:
    """The rows of the view ``meta``: versions, and how far the feed reaches."""
    view = view_name("meta", engine.dialect.name)
    with reading(engine) as connection:
        query = text(f"SELECT name, value FROM {view} ORDER BY name")  # noqa: S608 - our own name
        return [(name, value) for name, value in connection.execute(query)]


def schema(engine: Engine) -> list[tuple[str, list[str]]]:
    """The views with their columns, as the database has them."""
    inspector = inspect(engine)
    views = []
    for name in NAMES:
        schema, _, bare = view_name(name, engine.dialect.name).rpartition(".")
        columns = inspector.get_columns(bare, schema=schema or None)
        views.append((view_name(name, engine.dialect.name), [column["name"] for column in columns]))
    return views
