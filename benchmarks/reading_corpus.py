"""A million articles that never were, put straight into the tables of either database.

Saving them would take half an hour; what is measured here is reading. Places are those of the country,
sentences those of the tests. What reading does not touch (buckets of near-copies, the frontier) stays empty.
"""

from __future__ import annotations

import csv
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine

from storage.columns import new_public_id
from storage.engine import compact_json
from storage.search_index import Entry, entry, tsvector
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


@dataclass(frozen=True, slots=True)
class Made:
    """One article: its row, its entry in the search index, its moment of publication."""

    row: dict[str, Any]
    entry: Entry


def made(count: int, seed: int = 7) -> Iterator[Made]:
    """``count`` articles with ids from 1, of about 220 words, over ten years, denser towards the end."""
    rng = random.Random(seed)
    communes = _communes()
    kinds = sorted(KINDS)
    stock = [" ".join(sentences(rng, 1)) for _ in range(_SENTENCES)]
    folded = [fold(sentence) for sentence in stock]
    span = timedelta(days=365 * _YEARS).total_seconds()
    for id in range(1, count + 1):
        name, district, province = rng.choice(communes)
        organization, who = rng.choices(_WHO, (40, 15, 15, 15, 10, 5))[0]
        published = _LAST - timedelta(seconds=int(span * rng.random() ** 1.6))
        what = rng.choice(_WHAT)
        title = f"{who} {name} {what} năm {published.year}"
        picked = rng.sample(range(_SENTENCES), 9)
        place = f"Hoạt động diễn ra tại {name}, {district}, {province}."
        paragraphs = [
            place,
            *(" ".join(stock[i] for i in picked[start : start + 3]) for start in range(0, 9, 3)),
        ]
        portal = f"{fold(province).replace(' ', '_')}/{fold(district).replace(' ', '_')}"
        url = f"https://{portal.replace('/', '.')}.gov.vn/tin/{id}.html"
        new_province = successor(province)
        row = {
            "id": id, "public_id": new_public_id(), "url": url, "urls": [url], "portal": portal,
            "portals": [portal], "key": str(id), "site_name": f"{district}, {province}",
            "section": "Mặt trận", "title": title,
            "lead": None, "paragraphs": paragraphs, "captions": [], "byline": "Lê Thơ", "authors": ["Lê Thơ"],
            "source_credit": None, "published_at": published, "published_precision": "minute",
            "modified_at": None, "event_date": f"{published:%Y-%m-%d}", "relevant": True, "relevance": 0.9,
            "organizations": [organization], "provinces_2024": [province], "districts_2024": [district],
            "provinces_2025": [new_province], "communes_2025": [], "kind": rng.choice(kinds), "documents": [],
            "officials": [], "images": [{"url": f"{url}.jpg", "caption": None}], "attachments": [],
            "language": "vi", "provenance": {"title": "platform:h1", "published_at": "json-ld"},
            "story_id": None, "revision": 1, "words": id.to_bytes(16, "big"), "words_seen_at": _LAST,
            "first_seen_at": _LAST, "merged_into": None, "sig_version": 1, "signature": None,
        }  # fmt: skip
        body = " ".join((fold(place), *(folded[i] for i in picked)))
        yield Made(row, entry(row, (fold(title), body)))


def load(engine: Engine, count: int, *, at_once: int = 5_000) -> None:
    """Fill the empty tables of ``engine`` with ``count`` articles."""
    stream = made(count)
    if engine.dialect.name == "sqlite":
        connection = sqlite3.connect(str(engine.url.database), isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        while some := list(islice(stream, at_once)):
            connection.execute("BEGIN IMMEDIATE")
            _into_sqlite(connection, some)
            connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.close()
        return
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as server:
        server.execute("DROP INDEX ix_article_search_words")
        while some := list(islice(stream, at_once)):
            _into_postgresql(server, some)
            server.commit()
        server.execute("SET maintenance_work_mem = '256MB'")
        server.execute("CREATE INDEX ix_article_search_words ON article_search USING gin (words)")
        server.commit()
        server.autocommit = True
        server.execute("VACUUM ANALYZE")


def _rows(some: Sequence[Made]) -> dict[str, tuple[list[str], list[list[Any]]]]:
    """Table -> (columns, rows) but for the search index; lists as JSON."""
    names = [column.name for column in articles.columns if column.name in some[0].row]
    article_rows = [[_value(made.row[name]) for name in names] for made in some]
    copy_names = ["portal", "key", "article_id", "url", "title", "words", "first_seen_at", "last_seen_at"]
    places = [
        [made.row["id"], level, name]
        for made in some
        for level in ("provinces_2024", "districts_2024", "provinces_2025")
        for name in made.row[level]
    ]
    return {
        articles.name: (names, article_rows),
        copies.name: (
            copy_names,
            [
                [r["portal"], r["key"], r["id"], r["url"], r["title"], r["words"], _LAST, _LAST]
                for r in (made.row for made in some)
            ],
        ),
        article_organizations.name: (
            ["article_id", "organization"],
            [[made.row["id"], made.row["organizations"][0]] for made in some],
        ),
        article_places.name: (["article_id", "level", "name"], places),
        changes.name: (
            ["change_seq", "article_id", "op", "revision", "changed_at"],
            [[made.row["id"], made.row["id"], "insert", 1, _changed_at(made.row["id"])] for made in some],
        ),
    }


def _into_sqlite(connection: sqlite3.Connection, some: Sequence[Made]) -> None:
    for name, (columns, rows) in _rows(some).items():
        texts = [[f"{v:%Y-%m-%dT%H:%M:%SZ}" if isinstance(v, datetime) else v for v in row] for row in rows]
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", texts)
    connection.executemany(
        "INSERT INTO article_search (rowid, title, body, marks) VALUES (?, ?, ?, ?)",
        [(e.key, e.title, e.body, " ".join(e.marks)) for e in (made.entry for made in some)],
    )
    connection.executemany(
        "INSERT INTO article_search_keys (article_id, key, facets) VALUES (?, ?, ?)",
        [(e.id, e.key, e.facets) for e in (made.entry for made in some)],
    )


def _into_postgresql(server: psycopg.Connection[Any], some: Sequence[Made]) -> None:
    tables = _rows(some)
    tables["article_search"] = (
        ["article_id", "key", "facets", "words"],
        [[e.id, e.key, e.facets, tsvector(e)] for e in (made.entry for made in some)],
    )
    for name, (columns, rows) in tables.items():
        with server.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _value(value: object) -> object:
    return compact_json(value) if isinstance(value, list | dict) else value


def _changed_at(id: int) -> datetime:
    """40,000 changes a day: a million in 25 days, so that Parquet has partitions to make."""
    return _LAST + timedelta(seconds=id * 2)


def _communes() -> list[tuple[str, str, str]]:
    """(commune, district, province) of 2024."""
    with (_DATA / "districts_2024.csv").open(encoding="utf-8", newline="") as file:
        districts = {row["code"]: (row["name"], row["province"]) for row in csv.DictReader(file)}
    with (_DATA / "communes_2024.csv").open(encoding="utf-8", newline="") as file:
        return [(row["name"], *districts[row["district"]]) for row in csv.DictReader(file)]
