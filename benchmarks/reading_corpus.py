"""A million articles that never were, put straight into the tables of either database.

Saving them would take half an hour; what is measured here is reading. Places are those of the country,
sentences those of the tests, index entries those of storage.search_index.entry. What reading does not touch
(buckets of near-copies, the frontier) stays empty.

Two processes make the articles. For SQLite one writes what they make; into PostgreSQL each copies its own.
"""

from __future__ import annotations

import csv
import multiprocessing
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine

from storage.columns import new_public_id
from storage.engine import compact_json
from storage.facets import lines_of, marks_of
from storage.records import VIETNAM
from storage.search_index import Entry, accented, order_key, tsvector
from storage.tables import article_organizations, article_places, articles, changes, copies
from tests.storage.texts import sentences
from vietnam.kinds import KINDS
from vietnam.places import successor
from vietnam.writing import fold

_DATA = Path(__file__).resolve().parent.parent / "vietnam" / "data"
_SENTENCES = 40_000
_YEARS = 10
_LAST = datetime(2026, 11, 20, tzinfo=UTC)
_WHO = (
    ("MTTQ", "Ủy ban MTTQ"), ("HND", "Hội Nông dân"), ("HLHPN", "Hội Liên hiệp Phụ nữ"),
    ("DTN", "Đoàn Thanh niên"), ("HCCB", "Hội Cựu chiến binh"), ("LDLD", "Liên đoàn Lao động"),
)  # fmt: skip
_WHAT = (
    "tổ chức hội nghị tổng kết", "ra quân làm sạch môi trường", "giám sát việc thu các khoản đóng góp",
    "trao nhà đại đoàn kết cho hộ nghèo", "tập huấn nghiệp vụ công tác", "tặng quà gia đình chính sách",
    "đối thoại với nhân dân", "phát động ủng hộ đồng bào vùng lũ", "tổ chức đại hội nhiệm kỳ mới",
    "sơ kết phong trào thi đua", "phản biện dự thảo nghị quyết", "ký kết chương trình phối hợp",
)  # fmt: skip


_AT_ONCE = 10_000

Tables = dict[str, tuple[list[str], list[list[Any]]]]
"""Table -> (columns, rows)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A commune with what is said of it, worked out once for all its articles."""

    name: str
    district: str
    province: str
    new_province: str
    portal: str
    sentence: str
    folded_sentence: str

    @classmethod
    def of(cls, name: str, district: str, province: str) -> Place:
        portal = f"{fold(province).replace(' ', '_')}/{fold(district).replace(' ', '_')}"
        sentence = f"Hoạt động diễn ra tại {name}, {district}, {province}."
        return cls(name, district, province, successor(province) or "", portal, sentence, fold(sentence))


@dataclass(frozen=True, slots=True)
class Made:
    """One article: its row by column, lists as JSON, and its entry in the search index."""

    row: dict[str, Any]
    entry: Entry
    place: Place
    organization: str


@cache
def _stock() -> tuple[list[Place], list[str], list[str]]:
    """The communes, the sentences, and the same folded."""
    rng = random.Random(7)
    stock = [" ".join(sentences(rng, 1)) for _ in range(_SENTENCES)]
    return _communes(), stock, [fold(sentence) for sentence in stock]


def made(first: int, count: int) -> Iterator[Made]:
    """``count`` articles with ids from ``first``, of 220 words or so, over ten years, denser at the end."""
    places, stock, folded = _stock()
    rng = random.Random(first)
    kinds = sorted(KINDS)
    span = timedelta(days=365 * _YEARS).total_seconds()
    people = [one for one, share in zip(_WHO, (8, 3, 3, 3, 2, 1), strict=True) for _ in range(share)]
    for id in range(first, first + count):
        place = rng.choice(places)
        organization, who = rng.choice(people)
        kind = rng.choice(kinds)
        published = _LAST - timedelta(seconds=int(span * rng.random() ** 1.6))
        title = f"{who} {place.name} {rng.choice(_WHAT)} năm {published.year}"
        picked = [int(rng.random() * _SENTENCES) for _ in range(9)]
        texts = [stock[i] for i in picked]
        paragraphs = (place.sentence, " ".join(texts[:3]), " ".join(texts[3:6]), " ".join(texts[6:]))
        url = f"https://{place.portal.replace('/', '.')}.gov.vn/tin/{id}.html"
        row = {
            "id": id, "public_id": new_public_id(), "url": url, "urls": f'["{url}"]', "portal": place.portal,
            "portals": f'["{place.portal}"]', "key": str(id),
            "site_name": f"{place.district}, {place.province}", "section": "Mặt trận", "title": title,
            "lead": None, "paragraphs": compact_json(paragraphs), "captions": "[]",
            "byline": "Lê Thơ", "authors": '["Lê Thơ"]', "source_credit": None,
            "published_at": published, "published_precision": "minute", "modified_at": None,
            "event_date": published.date().isoformat(), "relevant": True, "relevance": 0.9,
            "organizations": f'["{organization}"]', "provinces_2024": f'["{place.province}"]',
            "districts_2024": f'["{place.district}"]', "provinces_2025": f'["{place.new_province}"]',
            "communes_2025": "[]", "kind": kind, "documents": "[]", "officials": "[]",
            "images": f'[{{"url":"{url}.jpg","caption":null}}]', "attachments": "[]", "language": "vi",
            "provenance": '{"title":"platform:h1","published_at":"json-ld"}', "story_id": None, "revision": 1,
            "words": id.to_bytes(16, "big"), "words_seen_at": _LAST, "first_seen_at": _LAST,
            "merged_into": None, "sig_version": 1, "signature": None,
        }  # fmt: skip
        body = " ".join((place.folded_sentence, *[folded[i] for i in picked]))
        yield Made(row, _entry(row, place, organization, body), place, organization)


def _entry(row: dict[str, Any], place: Place, organization: str, body: str) -> Entry:
    """What search_index.entry makes of the row (a test compares them), word by word remembered."""
    title: str = row["title"]
    words = title.split()
    published: datetime = row["published_at"]
    folded = " ".join([_folded(word) for word in words]).split()  # N'Dir is two
    marks = [
        *["t:" + word for word in folded],
        *["x:" + word for word in " ".join([_accented(word) for word in words]).split()],
        *_marks(place, organization, row["kind"]),
        f"m:{published.year}{published.month:02}",
    ]
    facets = f"{_lines(place, organization, row['kind'])}\nyear={published.astimezone(VIETNAM).year}"
    key = order_key(published, row["id"])
    return Entry(row["id"], key, " ".join(folded), body, tuple(dict.fromkeys(marks)), facets)


_folded = cache(fold)
_accented = cache(accented)


def _facts(place: Place, organization: str, kind: str) -> dict[str, Any]:
    return {
        "provinces_2024": [place.province], "provinces_2025": [place.new_province], "kind": kind,
        "organizations": [organization], "portals": [place.portal], "published_at": None, "relevant": True,
    }  # fmt: skip


@lru_cache(maxsize=100_000)
def _marks(place: Place, organization: str, kind: str) -> list[str]:
    return marks_of(_facts(place, organization, kind))


@lru_cache(maxsize=100_000)
def _lines(place: Place, organization: str, kind: str) -> str:
    return lines_of(_facts(place, organization, kind))


def load(engine: Engine, count: int) -> None:
    """Fill the empty tables of ``engine`` with ``count`` articles."""
    parts = [(first, min(_AT_ONCE, count + 1 - first)) for first in range(1, count + 1, _AT_ONCE)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        if engine.dialect.name == "sqlite":
            _load_sqlite(str(engine.url.database), pool.imap(_sqlite_rows, parts))
        else:
            address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            _load_postgresql(address, lambda: pool.imap_unordered(partial(_copy, address), parts))


def _load_sqlite(path: str, parts: Iterable[Tables]) -> None:
    """FTS5 begins a new segment for every rowid below the one before and for every megabyte, unless told."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-400000")
    set_size = "INSERT INTO article_search (article_search, rank) VALUES ('hashsize', ?)"
    connection.execute(set_size, (64 << 20,))
    for tables in parts:
        connection.execute("BEGIN IMMEDIATE")
        for name, (columns, rows) in tables.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)
        connection.execute("COMMIT")
    connection.execute(set_size, (1 << 20,))
    connection.execute("PRAGMA analysis_limit=1000")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _load_postgresql(address: str, copied: Callable[[], Iterable[int]]) -> None:
    with psycopg.connect(address, autocommit=True) as server:
        server.execute("DROP INDEX ix_article_search_words")
        for _ in copied():
            pass
        server.execute("SET maintenance_work_mem = '1GB'")
        server.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
        server.execute("VACUUM ANALYZE")


def _sqlite_rows(part: tuple[int, int]) -> Tables:
    some = list(made(*part))
    tables = {
        name: (
            columns,
            [[_iso(v) if type(v) is datetime else v for v in row] for row in rows],
        )
        for name, (columns, rows) in _rows(some).items()
    }
    entries = sorted((made.entry for made in some), key=lambda e: e.key)
    tables["article_search"] = (
        ["rowid", "title", "body", "marks"],
        [[e.key, e.title, e.body, " ".join(e.marks)] for e in entries],
    )
    tables["article_search_keys"] = (
        ["article_id", "key", "facets"],
        [[e.id, e.key, e.facets] for e in entries],
    )
    return tables


def _iso(moment: datetime) -> str:
    return moment.isoformat()[:19] + "Z"


def _copy(address: str, part: tuple[int, int]) -> int:
    """Make a part and copy it into PostgreSQL; how many."""
    some = list(made(*part))
    tables = _rows(some)
    tables["article_search"] = (
        ["article_id", "key", "facets", "words"],
        [[e.id, e.key, e.facets, tsvector(e)] for e in (made.entry for made in some)],
    )
    with psycopg.connect(address) as server:
        server.execute("SET session_replication_role = replica")  # foreign keys: the other process has some
        server.execute("SET synchronous_commit = off")
        for name, (columns, rows) in tables.items():
            with server.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    return len(some)


def _rows(some: Sequence[Made]) -> Tables:
    """What stands in the same form in both databases: everything but the search index."""
    places = [
        [one.row["id"], level, name]
        for one in some
        for level, name in (
            ("provinces_2024", one.place.province),
            ("districts_2024", one.place.district),
            ("provinces_2025", one.place.new_province),
        )
    ]
    copied = [
        [r["portal"], r["key"], r["id"], r["url"], r["title"], r["words"], _LAST, _LAST]
        for r in (one.row for one in some)
    ]
    return {
        articles.name: (list(some[0].row), [list(one.row.values()) for one in some]),
        copies.name: (
            ["portal", "key", "article_id", "url", "title", "words", "first_seen_at", "last_seen_at"],
            copied,
        ),
        article_organizations.name: (
            ["article_id", "organization"],
            [[one.row["id"], one.organization] for one in some],
        ),
        article_places.name: (["article_id", "level", "name"], places),
        changes.name: (
            ["change_seq", "article_id", "op", "revision", "changed_at"],
            [[r["id"], r["id"], "insert", 1, _changed_at(r["id"])] for r in (one.row for one in some)],
        ),
    }


def _changed_at(id: int) -> datetime:
    """40,000 changes a day: a million in 25 days, so that Parquet has partitions to make."""
    return _LAST + timedelta(seconds=id * 2)


def _communes() -> list[Place]:
    """The communes of 2024."""
    with (_DATA / "districts_2024.csv").open(encoding="utf-8", newline="") as file:
        districts = {row["code"]: (row["name"], row["province"]) for row in csv.DictReader(file)}
    with (_DATA / "communes_2024.csv").open(encoding="utf-8", newline="") as file:
        return [Place.of(row["name"], *districts[row["district"]]) for row in csv.DictReader(file)]
