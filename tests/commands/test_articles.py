"""`frontnews articles` and a cursor that is too old, as a person meets them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from storage.compaction import compact
from storage.engine import open_database
from storage.saving import save_batch
from tests.commands.conftest import Frontnews
from tests.databases import fresh_sqlite_database
from tests.storage.texts import article, seen

BASE = article(1, url="https://xa.vn/1", byline="Lam Hồng")
COPY = replace(BASE, url="https://bao.vn/1")


@pytest.fixture
def engine(frontnews: Frontnews) -> Iterator[Engine]:
    opened = open_database(fresh_sqlite_database(frontnews.folder))
    yield opened
    opened.dispose()


def test_an_article_is_shown_and_its_edits_word_by_word(frontnews: Frontnews, engine: Engine) -> None:
    save_batch(engine, None, [seen(BASE, "xa"), seen(COPY, "bao")])
    edited = replace(BASE, title=BASE.title.replace("tổ chức", "khai mạc"), byline="Lê Thơ")
    (saved,) = save_batch(engine, None, [seen(edited, "xa")])

    shown = frontnews("articles", "show", saved.article_id[:20])
    assert shown.returncode == 0, shown.stderr
    for expected in (edited.title, saved.article_id, COPY.url, "leading", "platform:h1", "by Lê Thơ"):
        assert expected in shown.stdout

    plain = frontnews("articles", "diff", BASE.url)
    assert "Xã Thọ Lâm [-tổ chức-] {+khai mạc+} hội nghị" in plain.stdout
    assert "byline: [-Lam Hồng-] {+Lê Thơ+}" in plain.stdout
    assert "unchanged" not in plain.stdout, "a text without edits is left out"

    (one,) = map(json.loads, frontnews("articles", "diff", saved.article_id, "--json").stdout.splitlines())
    assert one["title"][1:3] == [["delete", "tổ chức"], ["insert", "khai mạc"]]
    assert one["metadata"] == [{"key": "byline", "old": "Lam Hồng", "new": "Lê Thơ"}]
    (record,) = map(json.loads, frontnews("articles", "show", BASE.url, "--json").stdout.splitlines())
    assert [revision["revision"] for revision in record["revisions"]] == [1, 2]
    assert {copy["url"] for copy in record["copies"]} == {BASE.url, COPY.url}
    assert record["title"] == edited.title

    wrong = frontnews("articles", "diff", saved.article_id, "--from", "9")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    assert "there is 1, 2" in wrong.stderr


def test_a_person_removes_restores_splits_and_merges(frontnews: Frontnews, engine: Engine) -> None:
    saved = save_batch(engine, None, [seen(BASE, "xa"), seen(COPY, "bao")])[0]

    def feed() -> list[tuple[str, str, str | None]]:
        lines = frontnews("changes", "--after", "0").stdout.splitlines()
        return [(row["op"], row["cause"], row["reason"]) for row in map(json.loads, lines)]

    assert "removed" in frontnews("articles", "remove", saved.article_id, "--reason", "takedown").stderr
    assert feed()[-1] == ("delete", "hand", "takedown")
    assert frontnews("export").stdout == ""
    assert "DELETED" in frontnews("articles", "show", saved.article_id).stdout
    assert "served again" in frontnews("articles", "restore", saved.article_id).stderr
    (done,) = map(
        json.loads,
        frontnews("articles", "split", saved.article_id, "--copy", COPY.url, "--json").stdout.splitlines(),
    )
    assert len(frontnews("export").stdout.splitlines()) == 2
    merged = frontnews("articles", "merge", saved.article_id, done["split"])
    assert merged.returncode == 0, merged.stderr
    old = frontnews("articles", "show", done["split"])
    assert f"was merged into {saved.article_id}" in old.stderr
    assert BASE.title in old.stdout
    refused = frontnews("articles", "split", saved.article_id, "--copy", BASE.url)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    unknown = frontnews("articles", "show", "01999999-0000")
    assert (unknown.returncode, unknown.stdout, unknown.stderr.count("\n")) == (2, "", 1)


def test_a_cursor_from_before_a_compaction_ends_in_one_line_that_says_how_to_go_on(
    frontnews: Frontnews, engine: Engine
) -> None:
    for title in ("Một", "Hai"):
        save_batch(engine, None, [seen(replace(BASE, title=title), "xa")])
    compact(engine, timedelta(days=-1))
    late = frontnews("changes", "--after", "0")
    assert (late.returncode, late.stdout, late.stderr.count("\n")) == (4, "", 1)
    assert "frontnews changes --after 2" in late.stderr
    assert frontnews("changes", "--after", "2").returncode == 0
