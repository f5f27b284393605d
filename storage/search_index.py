"""The search index: folded words and marks of every served article, in the order of publication.

Both engines hold the same tokens and answer the same :class:`Wanted`, so that they find the same:

- **SQLite**: FTS5, whose rowid is the article's *key* (below), so that its newest matches are its last rows.
- **PostgreSQL**: a tsvector under a GIN index. A GIN index knows no order, and sorting the 400,000 matches
  of a common word takes a second; so the newest are looked for month by month, in windows that grow,
  by a mark ``m:202611`` that is a word of the index like any other.

The tokens are made here (:func:`entry`) and not by either parser: FTS5 never takes đ for d, PostgreSQL's
parser breaks 60-NQ/TW (reference/engine.md section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, column, select, table, text

from storage.bulk import chunks
from storage.engine import compact_json
from storage.facets import marks_and_lines
from storage.tables import SERVED, articles
from vietnam.writing import fold, match_form

COLUMNS = frozenset(
    ("title", "lead", "paragraphs", "published_at", "relevant", "kind", "portals", "organizations",
     "provinces_2024", "provinces_2025")
)  # fmt: skip
"""The columns of an article that the index carries: a change in one of them is to be indexed anew."""

_ID_BITS = 29
_LAST_SECOND = (1 << 33) - 1  # in the year 2242; with the bits of the id the key fits into 63
_INDEXED_LETTERS = 200_000
"""Of one text. PostgreSQL refuses a tsvector above 1 MB; the longest honest text seen has 60,000 letters."""
_MOST_MONTHS = 64
"""In one window; what is older is asked for at once."""
_POSITIONS = 16_383  # limit of a tsvector; beyond it a word has no place in a phrase
_LONGEST_WORD = 500

Run = tuple[str, ...]
"""Folded words that stand in a row; a single word is a run of one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: every run, no run of ``without``, one mark of each group."""

    runs: tuple[Run, ...] = ()
    marks: tuple[tuple[str, ...], ...] = ()
    without: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as it is indexed."""

    id: int
    key: int
    title: str
    body: str
    marks: tuple[str, ...]
    facets: str
    """storage.facets.lines_of: counted without reading the article."""


@dataclass(frozen=True, slots=True)
class Match:
    """An article that was found, by its key."""

    key: int
    facets: str

    @property
    def id(self) -> int:
        """The internal id of the article."""
        return self.key & ((1 << _ID_BITS) - 1)


def order_key(published_at: datetime | None, id: int = 0) -> int:
    """Sorts as publication does, to the second, then as ids do; what has no date is oldest."""
    second = 0 if published_at is None else min(max(int(published_at.timestamp()), 1), _LAST_SECOND)
    return second << _ID_BITS | id


def title_mark(word: str) -> str:
    """The mark of a folded word in the title."""
    return f"t:{word}"


def exact_title_mark(word: str) -> str:
    """The mark of a word in the title with its accents (:func:`accented`)."""
    return f"x:{word}"


def accented(text: str) -> str:
    """Words with their accents, in one tone placement, small letters, without punctuation."""
    return _NO_LETTER.sub(" ", match_form(text).casefold()).strip()


_NO_LETTER = re.compile(r"[\W_]+")


def entry(row: Mapping[str, Any], folded: tuple[str, str] | None = None) -> Entry:
    """A row of the table of articles as it is indexed; ``folded`` title and body where they are known."""
    title, body = folded or (fold(row["title"]), fold(" ".join((row["lead"] or "", *row["paragraphs"]))))
    title, body = _shortened(title), _shortened(body)
    published_at: datetime | None = row["published_at"]
    facets, lines = marks_and_lines(row)
    marks = [
        *map(title_mark, title.split()),
        *map(exact_title_mark, accented(row["title"])[:_INDEXED_LETTERS].split()),
        *facets,
    ]
    if published_at is not None:
        marks.append(_month_mark(_month(order_key(published_at))))
    return Entry(
        row["id"],
        order_key(published_at, row["id"]),
        title,
        body,
        tuple(dict.fromkeys(marks)),
        lines,
    )


def add(connection: Connection, entries: Sequence[Entry]) -> None:
    """Index articles that are not in the index."""
    if not entries:
        return
    entries = sorted(entries, key=lambda entry: entry.key)  # FTS5 begins a segment where a rowid is lower
    if connection.dialect.name == "postgresql":
        # all rows as one parameter: psycopg sends one message for each row of many
        rows = [{"article_id": e.id, "key": e.key, "facets": e.facets, "words": tsvector(e)} for e in entries]
        connection.execute(
            text(
                "INSERT INTO article_search (article_id, key, facets, words) SELECT article_id, key, facets, "
                "words FROM json_populate_recordset(CAST(NULL AS article_search), CAST(:rows AS json))"
            ),
            {"rows": compact_json(rows)},
        )
        return
    connection.exec_driver_sql(
        "INSERT INTO article_search (rowid, title, body, marks) VALUES (?, ?, ?, ?)",
        [(e.key, e.title, e.body, " ".join(e.marks)) for e in entries],
    )
    connection.exec_driver_sql(
        "INSERT INTO article_search_keys (article_id, key, facets) VALUES (?, ?, ?)",
        [(e.id, e.key, e.facets) for e in entries],
    )


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take articles out of the index; one that is not in it is none the worse."""
    if not ids:
        return
    rows = [{"id": id} for id in ids]
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                "DELETE FROM article_search WHERE rowid = "
                "(SELECT key FROM article_search_keys WHERE article_id = :id)"
            ),
            rows,
        )
        connection.execute(text("DELETE FROM article_search_keys WHERE article_id = :id"), rows)
    else:
        connection.execute(text("DELETE FROM article_search WHERE article_id = :id"), rows)


def rebuild(connection: Connection, at_once: int = 500) -> int:
    """Index every served article anew; how many."""
    connection.execute(text("DELETE FROM article_search"))
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM article_search_keys"))
    last, count = 0, 0
    # by name: a migration that rebuilds runs before the columns of later ones exist
    query = select(articles.c.id, *(articles.c[name] for name in sorted(COLUMNS)))
    query = query.where(SERVED).order_by(articles.c.id).limit(at_once)
    while rows := connection.execute(query.where(articles.c.id > last)).mappings().all():
        add(connection, [entry(dict(row)) for row in rows])
        last, count = rows[-1]["id"], count + len(rows)
    return count


def newest(
    connection: Connection, wanted: Wanted, limit: int, *, below: int | None = None, above: int | None = None
) -> list[Match]:
    """The ``limit`` newest articles that are as wanted, with keys below ``below`` and not below ``above``."""
    low = 0 if above is None else above
    high = (1 << 63) - 1 if below is None else below
    bounds = {"low": low, "high": high, "limit": limit}
    if not wanted.runs and not wanted.marks:
        name = "article_search" if connection.dialect.name == "postgresql" else "article_search_keys"
        keys = table(name, column("key"), column("facets"))
        query = select(keys.c.key, keys.c.facets).where(keys.c.key >= low, keys.c.key < high)
        return [Match(*row) for row in connection.execute(query.order_by(keys.c.key.desc()).limit(limit))]
    if connection.dialect.name == "sqlite":
        rows = connection.execute(_FTS5, {**bounds, "wanted": fts5(wanted)})
        return [Match(*row) for row in rows]
    found: list[Match] = []
    for window, first, after in _windows(connection, wanted, low, high, limit):
        found += _within(connection, wanted, window, {"low": first, "high": after}, limit - len(found))
        if len(found) >= limit:
            break
    return found


_FTS5 = text(
    "SELECT k.key, k.facets FROM article_search s CROSS JOIN article_search_keys k ON k.key = s.rowid "
    "WHERE article_search MATCH :wanted AND s.rowid >= :low AND s.rowid < :high "
    "ORDER BY s.rowid DESC LIMIT :limit"
)
_FOUND = (  # OFFSET 0: or the planner walks the index of keys and unpacks the words of every row it meets
    "FROM (SELECT key, facets FROM article_search WHERE words @@ CAST(:wanted AS tsquery) OFFSET 0) AS found "
    "WHERE key >= :low AND key < :high ORDER BY key DESC"
)
_GIN = text(f"SELECT key, facets {_FOUND} LIMIT :limit")
_GIN_KEYS = text(f"SELECT key {_FOUND}")
_IN_A_ROW = text(
    "SELECT key, facets FROM article_search "
    "WHERE key = ANY(:keys) AND words @@ CAST(:wanted AS tsquery) ORDER BY key DESC"
)
_ESTIMATE = text(
    "EXPLAIN (FORMAT JSON) SELECT key FROM article_search WHERE words @@ CAST(:wanted AS tsquery)"
)
_EDGES = text(
    "SELECT (SELECT max(key) FROM article_search WHERE key >= :low AND key < :high), "
    "(SELECT min(key) FROM article_search WHERE key >= :low AND key < :high), "
    "set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true), "
    "set_config('statement_timeout', '10s', true)"
)
"""The first and last key, and how the questions after it are to be planned."""

_FEW = 20_000
"""Matches that are all fetched rather than looked for month by month; an estimate, not yet measured."""


def _within(
    connection: Connection, wanted: Wanted, query: Wanted, bounds: Mapping[str, int], limit: int
) -> list[Match]:
    """The newest of one window. A GIN index does not know where words stand: PostgreSQL would unpack the
    words of every article that has those of a phrase, so the newest are looked at first."""
    if query.runs == wanted.runs and query.without == wanted.without:
        return [
            Match(*row)
            for row in connection.execute(_GIN, {"wanted": tsquery(query), "limit": limit, **bounds})
        ]
    found: list[Match] = []
    keys = list(connection.scalars(_GIN_KEYS, {"wanted": tsquery(query), **bounds}))
    for some in chunks(keys):
        rows = connection.execute(_IN_A_ROW, {"wanted": tsquery(wanted), "keys": list(some)})
        found += [Match(*row) for row in rows]
        if len(found) >= limit:
            break
    return found[:limit]


def _windows(
    connection: Connection, wanted: Wanted, low: int, high: int, limit: int
) -> Iterator[tuple[Wanted, int, int]]:
    """(words and marks of a window, lowest key, key after the highest), newest first.

    What is rare by the planner's statistics has one window. Else the first is as wide as ``limit`` matches
    would need if all months were alike, and each is four times the one before. Wrong statistics cost time.
    """
    words = Wanted(_single(wanted.runs), wanted.marks, tuple(run for run in wanted.without if len(run) == 1))
    query = words if any(len(run) > 1 for run in (*wanted.runs, *wanted.without)) else wanted
    edges = connection.execute(_EDGES, {"low": low, "high": high}).one()
    if edges[0] is None:
        return
    estimate = connection.scalar(_ESTIMATE, {"wanted": tsquery(query)})[0]["Plan"]["Plan Rows"]
    if estimate <= _FEW:
        yield query, low, high
        return
    month, last = _month(edges[0]), _month(edges[1])
    size = max(1, (month - last) * limit // estimate)
    while month >= last and size <= _MOST_MONTHS:
        months = range(month, max(month - size, last - 1), -1)
        yield Wanted(query.runs, (*query.marks, tuple(map(_month_mark, months))), query.without), low, high
        month, size = months[-1] - 1, size * 4
    if month >= last or edges[1] < 1 << _ID_BITS:
        yield query, low, min(high, order_key(_first_of(month + 1)))


def _single(runs: Sequence[Run]) -> tuple[Run, ...]:
    return tuple(dict.fromkeys((word,) for run in runs for word in run))


def _month(key: int) -> int:
    """Months since the year 0, in UTC."""
    moment = datetime.fromtimestamp(key >> _ID_BITS, UTC)
    return moment.year * 12 + moment.month - 1


def _first_of(month: int) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _month_mark(month: int) -> str:
    return f"m:{month // 12}{month % 12 + 1:02}"


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


def tsvector(entry: Entry) -> str:
    """The tokens of an entry as PostgreSQL reads them; a phrase does not run from the title into the body.

    Each word with all of its places (it keeps the first 256): a word for each place took 45 µs less here, for
    600 words, and 90 more there. Marks are quoted; words are letters and digits alone.
    """
    title = entry.title.split()
    placed: dict[str, str] = {}
    for words, before in ((title, 0), (entry.body.split(), len(title) + 1)):
        for word, place in zip(words, _PLACES[before : before + len(words)], strict=False):
            places = placed.get(word)
            placed[word] = place if places is None else f"{places},{place}"
        for word in words[max(0, _POSITIONS - before) :]:  # past the last place that counts: the word alone
            placed.setdefault(word, "")
    stood = [f"{word}:{places}" if places else word for word, places in placed.items()]
    return " ".join((*stood, *(f"'{mark}'" for mark in entry.marks)))


_PLACES = [str(place) for place in range(1, _POSITIONS + 1)]


def _shortened(folded: str) -> str:
    """Whole words of the first letters, none longer than a lexeme may be."""
    if len(folded) > _INDEXED_LETTERS:
        folded = folded[:_INDEXED_LETTERS].rsplit(" ", 1)[0]
    if not _has_long_word(folded):
        return folded
    return " ".join(word[:_LONGEST_WORD] for word in folded.split())


def _has_long_word(folded: str) -> bool:
    """Whether there are more than _LONGEST_WORD letters without a space: seven looks at a usual text."""
    start = 0
    while start + _LONGEST_WORD < len(folded):
        space = folded.rfind(" ", start, start + _LONGEST_WORD + 1)
        if space < 0:
            return True
        start = space + 1
    return False
