"""Search without accents; whoever types them gets those matches first."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine

from storage.records import VIETNAM
from storage.saving import save_batch
from storage.search import search
from tests.storage.texts import article, report, seen

TEXTS = {
    "dong_nai": "Mặt trận Tổ quốc tỉnh Đồng Nai triển khai nghị quyết 60-NQ/TW về sắp xếp đơn vị hành chính.",
    "dak_lak": "Hội Nông dân Đắk Lắk tặng 50 con bò sinh sản cho hội viên; phòng chống ma tuý.",
    "doan": "Đoàn thanh niên xã Đông Hưng ra quân mùa hè xanh, hòa giải ở cơ sở.",
    "dong": "Dòng nại muối ven biển được phục hồi sau nhiều vụ thất bát ở vùng cửa sông.",
}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    sightings = [
        seen(
            article(
                number,
                url=f"https://xa.vn/{name}",
                title=f"Tin {number}",
                paragraphs=(*report(number), text),
                published_at=datetime(2026, 1, 1 + number, tzinfo=VIETNAM),
                provinces_2025=("Đồng Nai",) if name == "dong_nai" else (),
                organizations=("HND",) if name == "dak_lak" else ("MTTQ",),
            ),
            "xa",
        )
        for number, (name, text) in enumerate(TEXTS.items())
    ]
    save_batch(engine, None, sightings)
    return engine


def _found(engine: Engine, query: str) -> list[str]:
    return [hit.url.rsplit("/", 1)[1] for hit in search(engine, query)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("mat tran to quoc tinh dong nai", ["dong_nai"]),
        ("MẶT TRẬN TỔ QUỐC tỉnh ĐỒNG NAI", ["dong_nai"]),
        ("dak lak", ["dak_lak"]),
        ("đắk lắk", ["dak_lak"]),
        ("60-NQ/TW", ["dong_nai"]),
        ("60 nq tw", ["dong_nai"]),
        ("ma túy", ["dak_lak"]),
        ("mùa hè xanh hoà giải", ["doan"]),
        ("dong hung", ["doan"]),
        ("Đoàn thanh niên \u0111o\u0302ng hu\u031bng", ["doan"]),  # NFD, as some keyboards type it
        ("khủng long", []),
        ('"', []),
        ("(tin) AND NOT *", []),
        ("", []),
    ],
)
def test_queries_find_what_they_say_with_or_without_accents(
    filled: Engine, query: str, names: list[str]
) -> None:
    assert _found(filled, query) == names


def test_matches_with_the_accents_of_the_query_come_first(filled: Engine) -> None:
    assert _found(filled, "đồng nai") == ["dong_nai", "dong"]
    assert _found(filled, "dòng nại") == ["dong", "dong_nai"]


def test_a_phrase_comes_before_its_words_apart(filled: Engine) -> None:
    save_batch(
        filled, None, [seen(article(9, title="Giải bóng chuyền xã Hòa Bình", paragraphs=report(9)), "xa")]
    )
    found = [hit.title for hit in search(filled, "hòa giải")]
    assert found[0] == "Tin 2"
    assert "Giải bóng chuyền xã Hòa Bình" in found[1:]


def test_filters_narrow_by_place_organization_and_day(filled: Engine) -> None:
    everything = search(filled, "tin")
    assert len(everything) == 4
    assert [hit.url for hit in search(filled, "tin", province="Đồng Nai")] == ["https://xa.vn/dong_nai"]
    assert [hit.url for hit in search(filled, "tin", organization="HND")] == ["https://xa.vn/dak_lak"]
    since = datetime(2026, 1, 3, tzinfo=VIETNAM)
    assert {hit.url for hit in search(filled, "tin", since=since)} == {
        "https://xa.vn/doan",
        "https://xa.vn/dong",
    }
    assert len(search(filled, "tin", limit=2)) == 2


def test_the_snippet_shows_the_place_of_the_match(filled: Engine) -> None:
    (hit,) = search(filled, "60-NQ/TW")
    assert "60-NQ/TW" in hit.snippet
    assert hit.snippet.startswith("… ")
    assert len(hit.snippet.split()) <= 32


def test_an_edited_article_is_found_by_its_new_words_only(filled: Engine) -> None:
    save_batch(
        filled,
        None,
        [seen(article(0, url="https://xa.vn/dong_nai", paragraphs=(*report(0), "khủng long")), "xa")],
    )
    assert _found(filled, "khung long") == ["dong_nai"]
    assert _found(filled, "60-NQ/TW") == []
