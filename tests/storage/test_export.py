"""The record that leaves the database is the CONTRACT's, the same from both databases."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, text

from storage import changes, export, export_files
from storage.records import Article, Attachment, Document, Image, Official, to_record
from storage.saving import save_batch
from tests.record import RECORD_KEYS
from tests.storage.texts import article, report, seen
from vietnam.stamps import VIETNAM

View = Callable[[str], list[dict[str, object]]]

FULL = Article(
    url="https://xa.vn/1",
    title="Hội nghị \u201ctổng kết\u201d",
    paragraphs=report(1),
    lead="Tóm tắt.",
    captions=("Quang cảnh hội nghị",),
    byline="Lê Thơ- Hồng Tăng, Trung tâm VHTT",
    authors=("Lê Thơ", "Hồng Tăng"),
    source_credit="Báo Thanh Hóa",
    published_at=datetime(2022, 8, 3, 0, 5, tzinfo=VIETNAM),
    published_precision="minute",
    modified_at=datetime(2022, 8, 4, 9, 0, tzinfo=VIETNAM),
    images=(Image("https://xa.vn/1.jpg", "Quang cảnh"), Image("https://xa.vn/2.jpg")),
    attachments=(Attachment("https://xa.vn/kh.pdf", "Kế hoạch", "pdf"),),
    site_name="Xã Thọ Lâm",
    section="Mặt trận",
    language="vi",
    event_date=date(2022, 8, 2),
    relevant=True,
    relevance=0.875,
    organizations=("MTTQ", "HND"),
    provinces_2024=("Thanh Hóa",),
    districts_2024=("Huyện Thọ Xuân",),
    provinces_2025=("Thanh Hóa",),
    communes_2025=("Xã Thọ Lập",),
    kind="conference",
    documents=(Document("Kế hoạch", "12/KH-MTTQ", "2022-07-01", "Ủy ban MTTQ"),),
    officials=(Official("Lê Thị Hoa", "Chủ tịch"),),
    provenance={"title": "platform:h1"},
)


def test_a_record_has_every_key_of_the_contract_in_its_order_whatever_is_known() -> None:
    assert list(to_record(FULL)) == RECORD_KEYS
    bare = to_record(Article(url="https://xa.vn/2", title="Tin"))
    assert list(bare) == RECORD_KEYS
    assert bare["id"] is None
    assert bare["urls"] == bare["documents"] == []
    assert to_record(FULL)["published_at"] == "2022-08-03T00:05:00+07:00"
    json.dumps(to_record(FULL))


def test_an_article_comes_back_from_the_database_as_it_was_read(engine: Engine) -> None:
    (saved,) = save_batch(engine, None, [seen(FULL, "thanh_hoa/tho_lam")])
    save_batch(engine, None, [seen(replace(FULL, url="https://bao.vn/9"), "bao")])
    (record,) = export.records(engine)
    expected = to_record(FULL)
    of_storage = {"id", "urls", "portal", "portals", "revision", "first_seen_at", "last_seen_at"}
    for name in set(RECORD_KEYS) - of_storage:
        assert record[name] == expected[name], name
    assert list(record) == RECORD_KEYS
    assert (record["id"], record["portal"], record["revision"]) == (saved.article_id, "thanh_hoa/tho_lam", 1)
    assert record["urls"] == ["https://xa.vn/1", "https://bao.vn/9"]
    assert record["portals"] == ["thanh_hoa/tho_lam", "bao"]
    assert record["last_seen_at"] == "2026-11-20T10:00:00+07:00"


def test_only_what_changed_after_a_number_is_exported(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(number)) for number in range(5)])
    mark = changes.read(engine, 0)[-1].change_seq
    assert len(list(export.records(engine))) == 5
    assert list(export.records(engine, since_seq=mark)) == []
    save_batch(engine, None, [seen(article(3, paragraphs=report(3, 5))), seen(article(7))])
    urls = [record["url"] for record in export.records(engine, since_seq=mark)]
    assert urls == [article(3).url, article(7).url]


def test_an_export_is_of_one_moment_though_others_write_meanwhile(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(number)) for number in range(3)])
    stream = export.records(engine)
    first = next(stream)
    save_batch(engine, None, [seen(article(8)), seen(article(2, title="Tên mới"))])
    rest = list(stream)
    assert first["url"] == article(0).url
    assert [record["title"] for record in rest] == [article(1).title, article(2).title]


def test_the_views_carry_the_record_under_the_same_names(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(FULL, "thanh_hoa/tho_lam")])
    (row,) = view("articles")
    assert set(RECORD_KEYS) == set(row)
    assert row["title"] == FULL.title
    assert row["event_date"] == "2022-08-02"
    published = str(row["published_at"]).replace(" ", "T")
    assert published.startswith("2022-08-02T17:05:00"), "times are UTC"
    assert {entry["organization"] for entry in view("article_organizations")} == {"MTTQ", "HND"}
    assert {(entry["level"], entry["name"]) for entry in view("article_places")} == {
        ("provinces_2024", "Thanh Hóa"),
        ("districts_2024", "Huyện Thọ Xuân"),
        ("provinces_2025", "Thanh Hóa"),
        ("communes_2025", "Xã Thọ Lập"),
    }
    meta = {entry["name"]: entry["value"] for entry in view("meta")}
    assert meta["last_change_seq"] == "1"


def test_new_tags_replace_the_old_ones_everywhere(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(FULL)])
    save_batch(engine, None, [seen(replace(FULL, organizations=("CTXH",), communes_2025=()))])
    assert [entry["organization"] for entry in view("article_organizations")] == ["CTXH"]
    assert "communes_2025" not in {entry["level"] for entry in view("article_places")}
    (record,) = export.records(engine)
    assert record["organizations"] == ["CTXH"]


def _delta(engine: Engine, since: int) -> list[dict[str, object]]:
    with export.snapshot(engine, since) as taken:
        return [json.loads(row.json()) for row in taken.rows()]


def test_a_delta_says_what_was_done_to_each_article_once_and_where_to_go_on(engine: Engine) -> None:
    save_batch(engine, None, [seen(article(number)) for number in range(4)])
    with export.snapshot(engine) as taken:
        mark = taken.high_water
    known = {record["url"]: record["id"] for record in export.records(engine)}
    save_batch(engine, None, [seen(article(1, title="Một")), seen(article(9))])
    save_batch(engine, None, [seen(article(9, title="Chín")), seen(article(1, title="Một lần nữa"))])
    with engine.begin() as connection:
        into = "UPDATE articles SET merged_into = 1 WHERE id = 3"
        change = (
            "INSERT INTO changes "
            "(change_seq, article_id, public_id, op, revision, merged_into, merged_public_id, changed_at) "
            "SELECT 9, gone.id, gone.public_id, 'merge', 1, kept.id, kept.public_id, '2026-11-22T01:00:00Z' "
            "FROM articles gone, articles kept WHERE gone.id = 3 AND kept.id = 1"
        )
        for statement in (into, change):
            connection.execute(text(statement))
    rows = _delta(engine, mark)
    assert [(row["op"], row["change_seq"]) for row in rows] == [("update", 7), ("insert", 8), ("merge", 9)]
    assert [row.get("title") for row in rows] == ["Một lần nữa", "Chín", None]
    assert list(rows[0]) == [*export.DELTA_KEYS, *RECORD_KEYS]
    assert rows[2] == {
        "op": "merge",
        "change_seq": 9,
        "changed_at": "2026-11-22T08:00:00+07:00",
        "merged_into": known[article(0).url],
        "id": known[article(2).url],
    }
    assert _delta(engine, 9) == []
    with export.snapshot(engine, mark) as taken:
        assert (taken.count(), taken.high_water) == (3, 9)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('changes_compacted_through', '5')"))
    with pytest.raises(export.TooFarBehind, match="before 6 were compacted"):
        _delta(engine, mark)


HOSTILE = [
    "=1+1",
    "+84 912",
    "-2",
    "@SUM(A1)",
    "\tx",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "'=1",
    "'",
    'a "quoted" one',
    "ok;=1",
]


def test_a_spreadsheet_runs_nothing_of_a_csv_and_every_text_comes_back(
    engine: Engine, tmp_path: Path
) -> None:
    sightings = [
        seen(article(number, title=title, byline=None if number else ""))
        for number, title in enumerate(HOSTILE)
    ]
    save_batch(engine, None, sightings)
    with export.snapshot(engine) as taken, export_files.replaced(tmp_path / "a.csv") as file:
        assert export_files.write_csv(taken.rows(), taken.names, file, lambda _: None) == len(HOSTILE)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == RECORD_KEYS
    assert [row["title"].removeprefix("'") for row in rows] == HOSTILE
    for row in rows:
        assert not [cell for cell in row.values() if cell and cell[0] in "=+-@＝＋－＠\t\r\n"]
    for row, record in zip(rows, export.records(engine), strict=True):
        assert json.loads(row["paragraphs"]) == record["paragraphs"]
        assert row["relevant"] == "true"
        assert row["lead"] == ""


def test_parquet_comes_by_the_day_of_the_change_with_a_manifest_that_is_true(
    engine: Engine, tmp_path: Path
) -> None:
    save_batch(engine, None, [seen(FULL), *(seen(article(number)) for number in range(2, 7))])
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE changes SET changed_at = '2026-01-02T18:00:00Z' WHERE change_seq <= 2")
        )
    folder = tmp_path / "articles"
    for _ in range(2):  # the second takes the place of the first
        with export.snapshot(engine) as taken:
            assert export_files.write_parquet(taken, folder, lambda _: None, {"schema_version": "v1"}) == 6
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert (manifest["rows"], manifest["high_water_seq"], manifest["since_seq"]) == (6, 6, None)
    assert [file["rows"] for file in manifest["files"]] == [2, 4]
    assert manifest["files"][0]["change_date"] == "2026-01-03", "a day is one in Vietnam"
    found = []
    for file in manifest["files"]:
        data = (folder / file["path"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"]
        assert len(data) == file["bytes"]
        found += pq.ParquetFile(folder / file["path"]).read().to_pylist()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left beside it"
    expected = {record["id"]: record for record in export.records(engine)}
    for row in found:
        record = expected[row["id"]]
        lists = {key: json.loads(row[key]) for key in record if isinstance(record[key], list | dict)}
        assert {**row, **lists} == record
    assert len(found) == 6


def test_an_export_never_takes_the_place_of_what_it_did_not_write(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(export_files.NoExport, match="is no export"), export.snapshot(engine) as taken:
        export_files.write_parquet(taken, tmp_path / "thesis", lambda _: None, {})
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with export_files.replaced(pipe) as file:
        file.write("x")
    assert os.read(reader, 10) == b"x"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode), "a pipe or /dev/null is written to, not replaced"


def test_a_file_that_was_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("old")
    with pytest.raises(RuntimeError), export_files.replaced(tmp_path / "a.jsonl") as file:
        file.write("half")
        raise RuntimeError
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.jsonl", "old")]
