"""The search index: folded words and marks of every served article, in the order of publication.

Both engines hold the same tokens and answer the same :class:`Wanted`, so that they find the same:

- **SQLite**: FTS5, whose rowid is the article's *key* (below), so that its newest matches are its last rows.
- **PostgreSQL**: a tsvector under a GIN index. A GIN index knows no order, and sorting the 400,000 matches
  of a common word takes a second; so the newest are looked for month by month, in windows that grow,
  by a mark ``m:202611`` that is a word of the index like any other.

Beside the words, in ``article_search_keys``, stand the article's key and its facets. On PostgreSQL a row of
``article_search`` is its key and a pointer to the words: a million rows are 50 MB, which stay in memory
where with their facets they were 190 (100,000 matches in 30 ms of processor time, not in 290).

The tokens are made here (:func:`entry`) and not by either parser: FTS5 never takes đ for d, PostgreSQL's
parser breaks 60-NQ/TW (reference/engine.md section 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, select, text

from storage.bulk import insert_by_the_dozen
from storage.copying import copy_texts, text_of
from storage.engine import driver_cursor
from storage.facets import marks_and_lines
from storage.tables import SERVED, articles
from storage.tsvectors import tsvectors
from vietnam.letters import in_small_letters
from vietnam.tones import match_form
from vietnam.writing import fold

if TYPE_CHECKING:
    import psycopg  # not when running on SQLite: storage.engine.sqlstate says why

_AT_ONCE = 500
"""Articles that are indexed anew together."""

COLUMNS = frozenset(
    ("title", "lead", "paragraphs", "published_at", "relevant", "kind", "portals", "organizations",
     "provinces_2024", "provinces_2025")
)  # fmt: skip
"""The columns of an article that the index carries: a change in one of them is to be indexed anew."""

ID_BITS = 29
"""The lowest bits of a key: the internal id of the article."""
_LAST_SECOND = (1 << 33) - 1  # in the year 2242; with the bits of the id the key fits into 63
_DAY = 24 * 60 * 60 << ID_BITS
_TITLE, _EXACT_TITLE = "t:", "x:"
_INDEXED_LETTERS = 200_000
"""Of one text. PostgreSQL refuses a tsvector above 1 MB; the longest honest text seen has 60,000 letters."""
_LONGEST_WORD = 500


@dataclass(slots=True)
class Entry:
    """An article as it is indexed."""

    id: int
    key: int
    title: str
    body: str
    marks: tuple[str, ...]
    facets: str
    """The lines of storage.facets.marks_and_lines: counted without reading the article."""


def order_key(published_at: datetime | None, id: int = 0) -> int:
    """Sorts as publication does, to the second, then as ids do; what has no date is oldest."""
    second = 0 if published_at is None else min(max(int(published_at.timestamp()), 1), _LAST_SECOND)
    return second << ID_BITS | id


def month_of(key: int) -> int:
    """Months since the year 0, in UTC."""
    moment = datetime.fromtimestamp(key >> ID_BITS, UTC)
    return moment.year * 12 + moment.month - 1


@lru_cache(maxsize=10_000)
def _mark_of_day(day: int) -> str:
    """The mark of the month that a day (since 1970) is in: most articles are of a few days."""
    return month_mark(month_of(day * _DAY))


def month_mark(month: int) -> str:
    """The mark of what was published in a month: ``m:202611``."""
    return f"m:{month // 12}{month % 12 + 1:02}"


def title_mark(word: str) -> str:
    """The mark of a folded word in the title."""
    return f"{_TITLE}{word}"


def exact_title_mark(word: str) -> str:
    """The mark of a word in the title with its accents (:func:`accented`)."""
    return f"{_EXACT_TITLE}{word}"


def _marked(mark: str, text: str) -> list[str]:
    """Each word with a mark before it, of words with one space between them."""
    return f"{mark}{text.replace(' ', f' {mark}')}".split(" ") if text else []


def accented(text: str) -> str:
    """Words with their accents, in one tone placement, small letters, without punctuation."""
    return " ".join(in_small_letters(match_form(text)).split())


def entry(row: Mapping[str, Any], folded: tuple[str, str] | None = None) -> Entry:
    """A row of the table of articles as it is indexed; ``folded`` title and body where they are known."""
    title, body = folded or (fold(row["title"]), fold(" ".join((row["lead"] or "", *row["paragraphs"]))))
    title, body = _shortened(title), _shortened(body)
    published_at: datetime | None = row["published_at"]
    facets, lines = marks_and_lines(row)
    exact = accented(row["title"])[:_INDEXED_LETTERS]
    marks = [*_marked(_TITLE, title), *_marked(_EXACT_TITLE, exact), *facets]
    key = order_key(published_at, row["id"])
    if published_at is not None:
        marks.append(_mark_of_day(key // _DAY))
    return Entry(
        row["id"],
        key,
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
        columns = {
            "article_id": [str(entry.id) for entry in entries],
            "key": [str(entry.key) for entry in entries],
            "facets": [text_of(entry.facets) for entry in entries],
        }
        copy_texts(connection, "article_search_keys", columns)
        with driver_cursor(connection) as cursor:
            copy_words(cast("psycopg.Cursor", cursor), entries)
        return
    with driver_cursor(connection) as cursor:
        # a row each: with several in one statement FTS5 writes its words out after each of these
        cursor.executemany(
            "INSERT INTO article_search (rowid, title, body, marks) VALUES (?, ?, ?, ?)",
            [(e.key, e.title, e.body, " ".join(e.marks)) for e in entries],
        )
    into = "INSERT INTO article_search_keys (article_id, key, facets)"
    insert_by_the_dozen(connection, into, [(e.id, e.key, e.facets) for e in entries])


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take articles out of the index; one that is not in it is none the worse."""
    if not ids:
        return
    key = "rowid" if connection.dialect.name == "sqlite" else "key"
    found = "(SELECT key FROM article_search_keys WHERE article_id = :id)"
    rows = [{"id": id} for id in ids]
    connection.execute(text(f"DELETE FROM article_search WHERE {key} = {found}"), rows)  # noqa: S608
    connection.execute(text("DELETE FROM article_search_keys WHERE article_id = :id"), rows)


def rebuild(connection: Connection) -> int:
    """Index every served article anew; how many."""
    connection.execute(text("DELETE FROM article_search"))
    connection.execute(text("DELETE FROM article_search_keys"))
    last, count = 0, 0
    # by name: a migration that rebuilds runs before the columns of later ones exist
    query = select(articles.c.id, *(articles.c[name] for name in sorted(COLUMNS)))
    query = query.where(SERVED).order_by(articles.c.id).limit(_AT_ONCE)
    while rows := connection.execute(query.where(articles.c.id > last)).mappings().all():
        add(connection, [entry(dict(row)) for row in rows])
        last, count = rows[-1]["id"], count + len(rows)
    return count


def copy_words(cursor: psycopg.Cursor, entries: Sequence[Entry]) -> None:
    """Write the words of entries into PostgreSQL's table, in the binary form of COPY and of a tsvector.

    As text PostgreSQL takes 280 µs for an article of 600 words, and so 165.
    """
    rows = [_HEAD]
    of_entries = tsvectors([(entry.title, entry.body, entry.marks) for entry in entries])
    for entry, words in zip(entries, of_entries, strict=True):
        rows += _ROW.pack(2, 8, entry.key, len(words)), words
    with cursor.copy("COPY article_search (key, words) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(b"".join((*rows, _TAIL)))


_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_ROW = Struct(">hiqi")
"""How many fields; the length of the key, and the key; the length of the words."""
_TAIL = b"\xff\xff"


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
