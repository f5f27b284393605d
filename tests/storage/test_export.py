"""The record that leaves the database is the CONTRACT's, the same from both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Engine

from storage import changes, export
from storage.records import VIETNAM, Article, Attachment, Document, Image, Official, to_record
from storage.saving import save_batch
from tests.storage.texts import article, report, seen

View = Callable[[str], list[dict[str, object]]]

KEYS = [
    "id", "url", "urls", "portal", "portals", "site_name", "section", "title", "lead", "paragraphs",
    "captions", "byline", "authors", "source_credit", "published_at", "published_precision",
    "modified_at", "event_date", "relevant", "relevance", "organizations", "provinces_2024",
    "districts_2024", "provinces_2025", "communes_2025", "kind", "documents", "officials", "images",
    "attachments", "story_id", "revision", "language", "first_seen_at", "last_seen_at", "provenance",
]  # fmt: skip

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
    assert list(to_record(FULL)) == KEYS
    bare = to_record(Article(url="https://xa.vn/2", title="Tin"))
    assert list(bare) == KEYS
    assert bare["id"] is None
    assert bare["urls"] == bare["documents"] == []
    assert to_record(FULL)["published_at"] == "2022-08-03T00:05:00+07:00"
    json.dumps(to_record(FULL))


def test_an_article_comes_back_from_the_database_as_it_was_read(engine: Engine) -> None:
    (saved,) = save_batch(engine, None, [seen(FULL, "thanh_hoa/tho_lam")])
    save_batch(engine, None, [seen(replace(FULL, url="https://bao.vn/9"), "bao")])
    (record,) = export.records(engine)
    expected = to_record(FULL)
    for name in set(KEYS) - {"id", "urls", "portal", "portals", "revision", "first_seen_at", "last_seen_at"}:
        assert record[name] == expected[name], name
    assert list(record) == KEYS
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
    assert set(KEYS) == set(row)
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
