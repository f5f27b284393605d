"""Search without accents; whoever types them gets those matches first."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage import migrate, portal_table
from storage.engine import open_database
from storage.facets import Filters, UnknownValue
from storage.portals import Portal
from storage.saving import save_batch
from storage.search import RANKED, Results, search
from storage.search_index import Entry, add
from tests.databases import fresh_postgresql_database, fresh_sqlite_database
from tests.storage.texts import article, report, seen
from vietnam.stamps import VIETNAM
from vietnam.writing import unaccented

TEXTS = {
    "dong_nai": "Mặt trận Tổ quốc tỉnh Đồng Nai triển khai nghị quyết 60-NQ/TW về sắp xếp đơn vị hành chính.",
    "dak_lak": "Hội Nông dân Đắk Lắk tặng 50 con bò sinh sản cho hội viên; phòng chống ma tuý.",
    "doan": "Đoàn thanh niên xã Đông Hưng ra quân mùa hè xanh, hòa giải ở cơ sở.",
    "dong": "Dòng nại muối ven biển được phục hồi sau nhiều vụ thất bát ở vùng cửa sông.",
}


def _fill(engine: Engine) -> Engine:
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
                kind="tong_ket" if name == "doan" else None,
                relevant=name != "dong",
            ),
            "xa",
        )
        for number, (name, text) in enumerate(TEXTS.items())
    ]
    save_batch(engine, None, sightings)
    return engine


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """The texts in a database of the test's own, to write to."""
    return _fill(engine)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def texts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The texts in one database for all tests that only read."""
    if request.param == "sqlite":
        url = fresh_sqlite_database(tmp_path_factory.mktemp("search"))
    else:
        url = fresh_postgresql_database(request.getfixturevalue("postgresql"))
    engine = open_database(url)
    yield _fill(engine)
    engine.dispose()


def _found(engine: Engine, query: str) -> list[str]:
    return [hit.url.rsplit("/", 1)[1] for hit in search(engine, query).hits]


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
    texts: Engine, query: str, names: list[str]
) -> None:
    assert _found(texts, query) == names


def test_matches_with_the_accents_of_the_query_come_first(texts: Engine) -> None:
    assert _found(texts, "đồng nai") == ["dong_nai", "dong"]
    assert _found(texts, "dòng nại") == ["dong", "dong_nai"]


def test_a_phrase_comes_before_its_words_apart(filled: Engine) -> None:
    save_batch(
        filled, None, [seen(article(9, title="Giải bóng chuyền xã Hòa Bình", paragraphs=report(9)), "xa")]
    )
    found = [hit.title.text for hit in search(filled, "hòa giải").hits]
    assert found[0] == "Tin 2"
    assert "Giải bóng chuyền xã Hòa Bình" in found[1:]


def _names(results: Results) -> set[str]:
    return {hit.url.rsplit("/", 1)[1] for hit in results.hits}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), {"dong_nai", "dak_lak", "doan", "dong"}),
        (Filters(province="dong nai"), {"dong_nai"}),
        (Filters(province_2025="tỉnh Đồng Nai"), {"dong_nai"}),
        (Filters(province_2024="Đồng Nai"), set()),
        (Filters(organization="hnd"), {"dak_lak"}),
        (Filters(province="Thanh Hóa", organization="HND"), {"dak_lak"}),
        (Filters(kind="tong_ket"), {"doan"}),
        (Filters(portal="xa"), {"dong_nai", "dak_lak", "doan", "dong"}),
        (Filters(relevant=False), {"dong"}),
        (Filters(since=datetime(2026, 1, 3, tzinfo=VIETNAM)), {"doan", "dong"}),
        (Filters(until=datetime(2026, 1, 3, tzinfo=VIETNAM)), {"dong_nai", "dak_lak"}),
        (
            Filters(since=datetime(2026, 1, 2, tzinfo=VIETNAM), until=datetime(2026, 1, 3, tzinfo=VIETNAM)),
            {"dak_lak"},
        ),
    ],
)
def test_filters_narrow_by_place_of_both_eras_organization_kind_portal_and_days(
    texts: Engine, filters: Filters, names: set[str]
) -> None:
    assert _names(search(texts, "tin", filters)) == names


@pytest.mark.parametrize(
    ("filters", "nearest"),
    [
        (Filters(province="Thanh Hoá Hóa"), "Thanh Hóa"),
        (Filters(organization="HDN"), "HND"),
        (Filters(kind="tongket"), "tong_ket"),
        (Filters(portal="thanh_hoa/tho_xuam"), "thanh_hoa/tho_xuan"),
    ],
)
def test_a_filter_that_names_nothing_says_what_was_meant(
    filled: Engine, filters: Filters, nearest: str
) -> None:
    portal_table.sync(filled, [Portal("thanh_hoa/tho_xuan", "Thọ Xuân", "https://tx.vn/", "front")])
    with pytest.raises(UnknownValue, match=f"did you mean .*{nearest}"):
        search(filled, "tin", filters)


def test_values_are_counted_over_everything_that_was_found(texts: Engine) -> None:
    results = search(texts, "tin", limit=1)
    assert (len(results.hits), results.total, results.is_more, results.ranked) == (1, 4, False, 4)
    assert results.facets["organization"] == {"MTTQ": 3, "HND": 1}
    assert results.facets["province_2024"] == {"Thanh Hóa": 4}
    assert results.facets["province_2025"] == {"Đồng Nai": 1}
    assert results.facets["portal"] == {"xa": 4}
    assert results.facets["year"] == {"2026": 4}
    assert search(texts, "tin", Filters(organization="HND")).facets["organization"] == {"HND": 1}


def test_pages_of_results_follow_each_other_without_gap_or_repetition(texts: Engine) -> None:
    everything = [hit.url for hit in search(texts, "tin").hits]
    pages = [
        hit.url for offset in range(0, 4, 2) for hit in search(texts, "tin", limit=2, offset=offset).hits
    ]
    assert pages == everything
    assert len(set(pages)) == 4


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ('"dong nai"', ["dong_nai", "dong"]),
        ('"nai dong"', []),
        ("nai dong", ["dong_nai", "dong"]),
        ("“Đông Hưng” tin", ["doan"]),
        ('"tổ quốc tỉnh', ["dong_nai"]),
        ("tin -lak", ["dong_nai", "doan", "dong"]),
        ('tin -"dong hung" -"bo sinh san cho hoi vien"', ["dong", "dong_nai"]),
        ("-tin", []),
        ('"tin 0 mat tran"', []),  # a phrase does not run from the title into the text
    ],
)
def test_phrases_stand_in_a_row_and_minus_words_are_left_out(
    texts: Engine, query: str, names: list[str]
) -> None:
    assert sorted(_found(texts, query)) == sorted(names)


def test_the_snippet_shows_the_place_of_the_match_and_marks_it(texts: Engine) -> None:
    (hit,) = search(texts, "60-NQ/TW").hits
    assert [piece for piece, marked in hit.snippet.pieces() if marked] == ["60-NQ/TW"]
    assert "".join(piece for piece, _ in hit.snippet.pieces()) == hit.snippet.text
    assert hit.snippet.text.startswith("… ")
    assert len(hit.snippet.text.split()) <= 34
    (hit,) = search(texts, "tin dong hung").hits
    assert [piece for piece, marked in hit.title.pieces() if marked] == ["Tin"]
    assert [piece for piece, marked in hit.snippet.pieces() if marked][-1] == "Đông Hưng"


def test_new_tags_a_new_date_and_a_new_copy_are_found_at_once(filled: Engine) -> None:
    known = article(
        0, url="https://xa.vn/dong_nai", title="Tin 0", paragraphs=(*report(0), TEXTS["dong_nai"])
    )
    moved = replace(known, organizations=("HLHPN",), published_at=datetime(2027, 5, 1, tzinfo=VIETNAM))
    save_batch(filled, None, [seen(moved, "xa")])
    save_batch(filled, None, [seen(replace(moved, url="https://bao.vn/1"), "bao")])
    assert _names(search(filled, "tin", Filters(organization="HLHPN"))) == {"dong_nai"}
    assert _names(search(filled, "tin", Filters(since=datetime(2027, 1, 1, tzinfo=VIETNAM)))) == {"dong_nai"}
    assert _names(search(filled, "tin", Filters(portal="bao"))) == {"dong_nai"}
    assert search(filled, "tin").total == 4


def test_an_edited_article_is_found_by_its_new_words_only(filled: Engine) -> None:
    save_batch(
        filled,
        None,
        [seen(article(0, url="https://xa.vn/dong_nai", paragraphs=(*report(0), "khủng long")), "xa")],
    )
    assert _found(filled, "khung long") == ["dong_nai"]
    assert _found(filled, "60-NQ/TW") == []


def test_both_databases_answer_every_question_alike(tmp_path: Path, postgresql: str) -> None:
    """Words and phrases of their texts, common and rare, with and without accents and facets."""
    engines = [
        open_database(fresh_sqlite_database(tmp_path)),
        open_database(fresh_postgresql_database(postgresql)),
    ]
    rng = random.Random(5)
    news = [
        seen(
            article(
                number,
                title=" ".join(report(number)[0].split()[:9]),
                published_at=datetime(2016, 1, 1, tzinfo=VIETNAM) + timedelta(days=9 * number),
                organizations=(("MTTQ", "HND", "DTN")[number % 3],),
            )
        )
        for number in range(400)
    ]
    questions = []
    for _ in range(60):
        words = rng.choice(rng.choice(news).article.paragraphs).split()
        start = rng.randrange(len(words))
        asked = " ".join(words[start : start + rng.randint(1, 3)])
        form = rng.choice(("{}", '"{}"', "{} -nghèo", "{}"))
        text = form.format(asked if rng.random() < 0.5 else unaccented(asked))
        questions.append((text, Filters(organization=rng.choice((None, "HND")))))
    answers = []
    for engine in engines:
        save_batch(engine, None, news)
        found = [search(engine, text, filters, limit=300) for text, filters in questions]
        answers.append(
            [([(hit.url, hit.snippet) for hit in r.hits], r.total, r.is_more, r.facets) for r in found]
        )
        engine.dispose()
    assert answers[0] == answers[1]
    assert sum(bool(hits) for hits, *_ in answers[0]) > 40
    assert max(len(hits) for hits, *_ in answers[0]) > RANKED, "more than are ranked, and months of windows"


def test_postgresql_reads_each_place_of_a_word_that_is_sent_once(postgresql: str) -> None:
    body = [*("mot hai ba " * 300).split(), *(str(number) for number in range(17_000))]
    marks = ("t:tieu", "x:tiêu", "p24:thanh_hoa")
    entry = Entry(1, 2 << 40, "tieu de mot", " ".join(body), marks, "")
    placed = [*(f"tieu:1 de:2 mot:3 '{mark}'" for mark in marks)]
    placed += [f"{word}:{place}" for place, word in enumerate(body[: 16_383 - 4], start=5)]
    placed += body[16_383 - 4 :]
    bare = Entry(2, 2, "", "", (), "")
    engine = open_database(fresh_postgresql_database(postgresql))
    migrate.upgrade(engine)
    with engine.begin() as connection:
        add(connection, [entry, bare])
        read = connection.scalar(
            text("SELECT CAST(CAST(:each AS tsvector) AS text)"), {"each": " ".join(placed)}
        )
        found = connection.execute(text("SELECT key, CAST(words AS text) FROM article_search ORDER BY key"))
        assert [*found] == [(2, ""), (2 << 40, read)]
    engine.dispose()
