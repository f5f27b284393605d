"""The newest articles that have the words and the marks that are looked for, on either engine.

**SQLite** walks FTS5 from its last row down and stops when it has enough. **PostgreSQL** cannot: a GIN index
gives all matches or none, in no order. Where they are few they are all taken; where they are many, those of
the last months are asked for (:func:`_newest_of_gin`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import Connection, TextClause, column, select, table, text

from storage.bulk import chunks
from storage.search_index import ID_BITS, month_mark, month_of, order_key

Run = tuple[str, ...]
"""Folded words that stand in a row; a single word is a run of one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: every run, no run of ``without``, one mark of each group."""

    runs: tuple[Run, ...] = ()
    marks: tuple[tuple[str, ...], ...] = ()
    without: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """An article that was found, by its key."""

    key: int
    facets: str

    @property
    def id(self) -> int:
        """The internal id of the article."""
        return self.key & ((1 << ID_BITS) - 1)


def newest(
    connection: Connection, wanted: Wanted, limit: int, *, below: int | None = None, above: int | None = None
) -> list[Match]:
    """The ``limit`` newest articles that are as wanted, with keys below ``below`` and not below ``above``."""
    low = 0 if above is None else above
    high = (1 << 63) - 1 if below is None else below
    bounds = {"low": low, "high": high, "limit": limit}
    if not wanted.runs and not wanted.marks:
        keys = table("article_search_keys", column("key"), column("facets"))
        query = select(keys.c.key, keys.c.facets).where(keys.c.key >= low, keys.c.key < high)
        return [Match(*row) for row in connection.execute(query.order_by(keys.c.key.desc()).limit(limit))]
    if connection.dialect.name == "sqlite":
        rows = connection.execute(_FTS5, {**bounds, "wanted": fts5(wanted)})
        return [Match(*row) for row in rows]
    return _newest_of_gin(connection, wanted, low, high, limit)


_FTS5 = text(
    "SELECT k.key, k.facets FROM article_search s CROSS JOIN article_search_keys k ON k.key = s.rowid "
    "WHERE article_search MATCH :wanted AND s.rowid >= :low AND s.rowid < :high "
    "ORDER BY s.rowid DESC LIMIT :limit"
)


def fts5(wanted: Wanted) -> str:
    """The question in the language of FTS5; there must be a run or a mark."""
    parts = [f'"{" ".join(run)}"' for run in wanted.runs]
    parts += ["(" + " OR ".join(f'"{mark}"' for mark in group) + ")" for group in wanted.marks]
    every = " AND ".join(parts)
    if not wanted.without:
        return every
    return f"({every}) NOT (" + " OR ".join(f'"{" ".join(run)}"' for run in wanted.without) + ")"


def tsquery(wanted: Wanted) -> str:
    """The question in the language of PostgreSQL."""
    parts = ["(" + " <-> ".join(f"'{word}'" for word in run) + ")" for run in wanted.runs]
    parts += ["(" + " | ".join(f"'{mark}'" for mark in group) + ")" for group in wanted.marks]
    parts += ["!(" + " <-> ".join(f"'{word}'" for word in run) + ")" for run in wanted.without]
    return " & ".join(parts)


_FOUND = (  # OFFSET 0: or the planner walks the index of keys and unpacks the words of every row it meets
    "SELECT key FROM "
    "(SELECT key FROM article_search WHERE words @@ CAST(:wanted AS tsquery) OFFSET 0) AS every "
    "WHERE key >= :low AND key < :high ORDER BY key DESC"
)
_GIN_KEYS = text(_FOUND)
_GIN = text(
    f"SELECT k.key, k.facets FROM ({_FOUND} LIMIT :limit) AS found "  # noqa: S608 - text of this file
    "JOIN article_search_keys k ON k.key = found.key ORDER BY k.key DESC"
)
_IN_A_ROW = text(
    "SELECT k.key, k.facets FROM article_search s JOIN article_search_keys k ON k.key = s.key "
    "WHERE s.key = ANY(:keys) AND s.words @@ CAST(:wanted AS tsquery) ORDER BY k.key DESC"
)
_EDGES = text(
    "SELECT (SELECT max(key) FROM article_search WHERE key >= :low AND key < :high), "
    "(SELECT min(key) FROM article_search WHERE key >= :low AND key < :high), "
    "set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
    "set_config('max_parallel_workers_per_gather', '0', true), set_config('statement_timeout', '10s', true)"
)
"""The first and last key, and how the questions after it are to be planned."""

_FEW = 20_000
"""Matches that are all fetched and sorted at once: 10 ms of processor time."""
_SOME = 150_000
"""Matches that are all fetched where the last months had too few: 60 ms, but a list of thirty months beside
the words takes GIN ten times as long as the words alone."""
_MOST_MONTHS = 64
"""In one window; what is older is asked for at once."""
_WIDER = 3
"""A window is at most so many times as wide as all before it."""


def _newest_of_gin(connection: Connection, wanted: Wanted, low: int, high: int, limit: int) -> list[Match]:
    """All matches where they are few. Else those of the last months, in windows that follow what was found.

    How many there are the planner's statistics tell only of each word by itself: words that go together
    (ủy, ban, mttq) are a hundred times as frequent as their product says. So the first window is as wide as
    if the rarest word brought all others with it, and the next ones go by the matches of those before.
    """
    edges = connection.execute(_EDGES, {"low": low, "high": high}).one()
    if edges[0] is None:
        return []
    without = tuple(run for run in wanted.without if len(run) == 1)
    words = Wanted(
        tuple(dict.fromkeys((word,) for run in wanted.runs for word in run)), wanted.marks, without
    )
    query = wanted if words.runs == wanted.runs and without == wanted.without else words
    together, rarest = _estimates(connection, query)
    newest, oldest = month_of(edges[0]), month_of(edges[1])
    found: list[Match] = []
    month, size = newest, max(1, (newest - oldest) * limit // max(rarest, 1))
    while rarest > _FEW and month >= oldest and size <= _MOST_MONTHS:
        months = range(month, max(month - size, oldest - 1), -1)
        window = replace(query, marks=(*query.marks, tuple(map(month_mark, months))))
        found += _within(connection, wanted, window, {"low": low, "high": high}, limit - len(found))
        if len(found) >= limit:
            return found
        month = months[-1] - 1
        looked = newest - month
        if max(together, len(found) * (newest - oldest) // looked) <= _SOME:
            break
        size = _WIDER * looked
        if found:
            size = min(size, 1 + 3 * (limit - len(found)) * looked // (2 * len(found)))
    if month >= oldest or edges[1] < 1 << ID_BITS:  # some without a date
        bounds = {"low": low, "high": min(high, order_key(_first_of(month + 1)))}
        found += _within(connection, wanted, query, bounds, limit - len(found))
    return found


def _estimates(connection: Connection, wanted: Wanted) -> tuple[int, int]:
    """How many articles match, by the planner's statistics, and how many match the rarest of its parts."""
    parts = [Wanted(runs=(run,)) for run in wanted.runs] + [Wanted(marks=(group,)) for group in wanted.marks]
    asked = [wanted, *(parts if len(parts) > 1 else ())]
    given = {f"wanted{number}": tsquery(one) for number, one in enumerate(asked)}
    plan = connection.scalar(_explained(len(asked)), given)[0]["Plan"]
    rows = [int(one["Plan Rows"]) for one in (plan["Plans"] if len(asked) > 1 else [plan])]
    return rows[0], min(rows[1:], default=rows[0])


@cache
def _explained(count: int) -> TextClause:
    of_one = "SELECT key FROM article_search WHERE words @@ CAST(:wanted{} AS tsquery)"
    return text("EXPLAIN (FORMAT JSON) " + " UNION ALL ".join(of_one.format(n) for n in range(count)))


def _within(
    connection: Connection, wanted: Wanted, query: Wanted, bounds: Mapping[str, int], limit: int
) -> list[Match]:
    """The newest of one window. A GIN index does not know where words stand: PostgreSQL would unpack the
    words of every article that has those of a phrase, so the newest are looked at first."""
    if query.runs == wanted.runs and query.without == wanted.without:
        rows = connection.execute(_GIN, {"wanted": tsquery(query), "limit": limit, **bounds})
        return [Match(*row) for row in rows]
    found: list[Match] = []
    keys = list(connection.scalars(_GIN_KEYS, {"wanted": tsquery(query), **bounds}))
    for some in chunks(keys):
        rows = connection.execute(_IN_A_ROW, {"wanted": tsquery(wanted), "keys": list(some)})
        found += [Match(*row) for row in rows]
        if len(found) >= limit:
            break
    return found[:limit]


def _first_of(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
