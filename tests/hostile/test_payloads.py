"""Markup, scripts and formulas in every field: they are words wherever somebody looks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Dialog
from sqlalchemy import Engine, text

from dashboard.app import create_app
from storage import audit, export, export_files, portal_table, run_events, runs
from storage.columns import now
from storage.engine import open_database
from storage.portals import Portal, Section
from storage.records import Article, Attachment, Document, Image, Official
from storage.run_events import RunEvent
from storage.saving import save_batch
from tests.dashboard.conftest import browser
from tests.dashboard.pages import pages
from tests.dashboard.serving import serving, visit
from tests.dashboard.test_browser import Watched, watched
from tests.databases import fresh_sqlite_database
from tests.storage.texts import article, edited, report, seen

__all__ = ["browser", "watched"]

MARKS = (
    "<script>window.hacked=1</script>",
    '"><img src=x onerror="window.hacked=1">',
    "'-window.hacked=1-'",
    "<svg onload=window.hacked=1>",
    "]]><script>window.hacked=1</script><![CDATA[",
    "{{7*7}}${7*7}",
    "</title></textarea></style><iframe srcdoc='<script>parent.hacked=1</script>'>",
)
LINKS = ("javascript:window.hacked=1", "data:text/html,<script>window.hacked=1</script>")
FORMULAS = ('=HYPERLINK("http://127.0.0.2/","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1+1")
ALL = " ".join(MARKS)
RUNS = "a[href^='javascript:'], a[href^='data:'], [onerror], [onload]"
"""What would run something, were it clicked or loaded."""

ATOM = "{http://www.w3.org/2005/Atom}"


def armed(number: int, start: str) -> Article:
    """An article that carries payloads in every field; each text begins with ``start``."""
    words = f"{start} {ALL} mặt trận"
    return article(
        number, title=words, lead=words, paragraphs=(words, *report(number)), captions=(words,), byline=words,
        authors=(words,), source_credit=words, site_name=words, section=words, kind=words, language="vi",
        organizations=("MTTQ", words), provinces_2024=(words,), districts_2024=(words,),
        provinces_2025=(words,), communes_2025=(words,),
        documents=(Document(words, words, None, words),), officials=(Official(words, words),),
        images=tuple(Image(link, words) for link in LINKS),
        attachments=tuple(Attachment(link, words, words) for link in LINKS),
        provenance={"title": words},
    )  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database whose every text is a payload: articles, stories, portals, runs, events, audit."""
    engine = open_database(fresh_sqlite_database(tmp_path))
    name = "thanh_hoa/tho_xuan"
    portal_table.sync(engine, [
        Portal(name, ALL, "https://xa.example.vn/", "front", sections=(Section(f"/{ALL}", "front", ALL),),
               evidence=ALL, note=ALL, province_2024="Thanh Hóa", province_2025="Thanh Hóa"),
    ])  # fmt: skip
    save_batch(engine, None, [seen(armed(n, start)) for n, start in enumerate(FORMULAS)])
    save_batch(engine, None, [seen(armed(0, "sửa " + "=1"))])
    near = article(90, title=ALL, paragraphs=(ALL, *edited(report(1), 0.05)))
    save_batch(engine, None, [seen(near, "xa", "90")])
    run = runs.begin(engine, name, owner=ALL)
    run_events.append(engine, run.id, [RunEvent(1, now(), "error", ALL, LINKS[0], ALL)])
    runs.finish(engine, run.id, verdict="failed", counts={"new": 1}, errors={"internal": 1}, message=ALL)
    audit.record(
        engine, who=ALL, place="command", action="pause", target=ALL, detail={"why": ALL}, outcome="done"
    )
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_no_page_runs_what_an_article_a_portal_or_a_run_says(watched: Watched, engine: Engine) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    watched.page.on("dialog", dismiss)
    with engine.connect() as connection:
        articles = list(connection.execute(text("SELECT public_id FROM articles")).scalars())
        stories = list(connection.execute(text("SELECT public_id FROM stories")).scalars())
    paths = [
        *pages(engine), "/portals/thanh_hoa/tho_xuan", "/runs/1",
        *(f"/articles/{id}" for id in articles), f"/articles/{articles[0]}/changes",
        *(f"/stories/{id}" for id in stories),
        "/search?q=%3Cscript%3Ewindow.hacked%3D1%3C%2Fscript%3E",
        "/portals?q=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    ]  # fmt: skip
    shown = 0
    with serving(create_app(engine)) as address:
        for path in dict.fromkeys(paths):
            watched.page.goto(address + path, wait_until="load")
            assert watched.page.evaluate("window.hacked") is None, path
            assert (
                watched.page.locator("a[href^='javascript:'], a[href^='data:'], [onerror], [onload]").count()
                == 0
            )
            assert watched.page.locator("iframe[srcdoc]:not([sandbox])").count() == 0, path
            assert watched.faults == [], path
            shown += "onerror=" in watched.page.locator("body").inner_text()
    assert dialogs == []
    assert shown > 10, "the payloads are shown, as words"


def test_feeds_are_whole_and_carry_words(engine: Engine) -> None:
    with serving(create_app(engine)) as address, visit(address) as client:
        for path in ("/api/v1/feed.atom", "/api/v1/feed.json"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            if path.endswith("json"):
                items = answer.json()["items"]
                assert items and all("content_html" not in item for item in items)
                continue
            root = ElementTree.fromstring(answer.content)
            entries = root.findall(f"{ATOM}entry")
            texts = [e.find(f"{ATOM}{name}") for e in entries for name in ("title", "summary", "content")]
            assert entries and {e.get("type", "text") for e in texts if e is not None} == {"text"}
            assert all(link.get("href", "").startswith("http") for link in root.iter(f"{ATOM}link"))


def test_no_cell_of_a_table_is_a_formula_and_jsonl_keeps_what_was_said(engine: Engine) -> None:
    with export.snapshot(engine) as taken:
        table, lines = io.StringIO(), io.StringIO()
        export_files.write_csv(taken.rows(), taken.names, table, lambda _: None)
        export_files.write_jsonl(taken.rows(), lines, lambda _: None)
    rows = list(csv.reader(io.StringIO(table.getvalue(), newline="")))
    assert len(rows) > len(FORMULAS)
    runs_as_formula = tuple("=+-@\t\r＝＋－＠")
    assert [cell for row in rows for cell in row if cell.startswith(runs_as_formula)] == []
    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert len(records) == len(rows) - 1
    titles = {record["title"] for record in records}
    assert any(title.startswith("+1+1 <script>") for title in titles)
    assert {field.name for field in fields(Article)} - set(records[0]) == {"further_pages"}
