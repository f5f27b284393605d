"""Every page, in both languages, over nothing and over a fleet in every state."""

from __future__ import annotations

import itertools
import re

import pytest
from lxml import html
from sqlalchemy import Engine, select

from crawler.reading.page import Page
from dashboard.app import create_app
from storage import archive, portal_checks, tables
from storage.archive import ArchivedPage
from storage.columns import now
from storage.engine import open_database
from tests.dashboard.conftest import filled
from tests.dashboard.markup import elements, values
from tests.dashboard.pages import ALWAYS, pages
from tests.dashboard.serving import serving, visit


def well_made(text: str, language: str) -> None:
    """What each page owes to whoever cannot see it, or prints it, or has no script."""
    tree = html.document_fromstring(text)
    assert tree.get("lang") == language
    assert len(elements(tree, "//h1")) == 1
    assert (elements(tree, "//title")[0].text or "").strip(" ·") not in ("", "Frontnews")
    levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3")]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels)), levels
    for control in elements(tree, "//input[not(@type='hidden')] | //select"):
        id = control.get("id")
        assert control.xpath("ancestor::label") or (id and tree.xpath(f"//label[@for='{id}']")), (
            control.attrib
        )
    assert not tree.xpath("//svg[@role='img'][not(@aria-label) or @aria-label='']")
    assert not tree.xpath("//th[not(@scope)]")
    assert not tree.xpath("//@style | //@onclick | //script[not(@src)] | //style")
    assert [u for u in values(tree, "//@src | //link/@href | //form/@action") if not u.startswith("/")] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_well_made_over_a_mixed_fleet(seeded: Engine, address: str, language: str) -> None:
    with visit(address, headers={"Accept-Language": language}) as client:
        for path in pages(seeded):
            answer = client.get(path)
            assert answer.status_code == 200, path
            well_made(answer.text, language)


def test_why_a_portal_is_due_or_held_is_said_in_the_language_of_the_page(address: str) -> None:
    with visit(address, headers={"Accept-Language": "vi"}) as client:
        vietnamese = client.get("/schedule").text
        english = client.get("/schedule", headers={"Accept-Language": "en"}).text
    assert "mỗi 4 giờ" in vietnamese and "every 4 h" not in vietnamese
    assert "trả lời 429" in vietnamese and "answered 429" not in vietnamese
    assert "every 4 h" in english and "answered 429" in english


def test_every_page_stands_with_no_portal_at_all(engine: Engine) -> None:
    with serving(create_app(engine)) as address, visit(address) as client:
        for path in ALWAYS:
            answer = client.get(path)
            assert answer.status_code == 200, path
            well_made(answer.text, "vi")
        assert "frontnews schedule run --demo" in client.get("/").text


def test_every_page_is_the_same_on_postgresql(postgresql: str) -> None:
    from tests.conftest import fresh_postgresql_database

    url = filled(fresh_postgresql_database(postgresql), portals=25, articles=24)
    engine = open_database(url)
    with serving(create_app(engine)) as address, visit(address) as client:
        for path in pages(engine):
            answer = client.get(path)
            assert answer.status_code == 200, path
            well_made(answer.text, "vi")
    engine.dispose()


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/portals/no/such", "/runs/999999", "/articles/x", "/stories/x", "/runs/999999/events"],
)
def test_what_is_not_there_is_said_in_a_page_of_ours(address: str, path: str) -> None:
    with visit(address) as client:
        answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert re.search("There is no such|leads nowhere", answer.text)


def test_the_worst_portals_stand_first_and_filters_narrow(seeded: Engine, address: str) -> None:
    with visit(address) as client:
        tree = html.document_fromstring(client.get("/portals").text)
        rows = elements(tree, "//tbody/tr")
        firsts = [values(row, ".//span[contains(@class,'light ')]/@class") for row in rows]
        worst = [any("down" in css for css in four) for four in firsts]
        assert worst == sorted(worst, reverse=True)
        assert any(worst) and not all(worst)
        down = html.document_fromstring(client.get("/portals?level=down").text)
        assert len(elements(down, "//tbody/tr")) == sum(worst)
        with seeded.connect() as connection:
            name = connection.scalar(select(tables.portals.c.name).limit(1))
        assert name is not None
        found = html.document_fromstring(client.get("/portals", params={"q": name.lower()}).text)
        assert name in [a.text for a in elements(found, "//tbody//th/a")]


def test_three_spellings_of_a_search_find_the_same_articles(address: str) -> None:
    queries = [path for path in ALWAYS if path.startswith("/search?q=") and "&" not in path]
    with visit(address) as client:
        found = [
            values(html.document_fromstring(client.get(path).text), "//ol[@class='results']//h2/a/@href")
            for path in queries
        ]
        page = client.get(queries[0]).text
    assert len(queries) == 3
    assert found[0] and sorted(found[0]) == sorted(found[1]) == sorted(found[2])
    assert "<mark>Đồng Nai</mark>:" in page  # the words alone, not what stands beside them
    assert 'lang="vi">đồng nai</a>' in page  # the accented form is offered to whoever typed none


def test_an_article_with_hostile_text_stays_text(engine: Engine) -> None:
    from storage.saving import save_batch
    from tests.storage.texts import article, report, seen

    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    made = article(1, title=f"Tin {hostile}", lead=hostile, paragraphs=(*report(1), hostile), byline=hostile)
    saved = save_batch(engine, None, [seen(made)])
    with serving(create_app(engine)) as address, visit(address) as client:
        for path in (f"/articles/{saved[0].article_id}", "/search?q=tin", "/"):
            text = client.get(path).text
            assert "&lt;script&gt;" in text
            assert "<script>alert" not in text and "<img" not in text


def test_a_stored_page_is_shown_as_text_that_may_do_nothing(seeded: Engine) -> None:
    with seeded.connect() as connection:
        article, portal, key = connection.execute(
            select(tables.articles.c.public_id, tables.copies.c.portal, tables.copies.c.key)
            .join(tables.copies, tables.copies.c.article_id == tables.articles.c.id)
            .limit(1)
        ).one()
    asked: list[tuple[str, str]] = []

    def stored_page(portal: str, key: str) -> Page:
        asked.append((portal, key))
        body = "<title>a</title><script>alert(1)</script>Đi".encode("utf-16")
        return Page("https://x.example.gov.vn/a", body, now())

    row = ArchivedPage("u", portal, "article", key, "https://x/a", now(), "sha1:A", "f.warc.gz", 0, 9)
    archive.add(seeded, [row])
    with serving(create_app(seeded, stored_page=stored_page)) as address, visit(address) as client:
        path = f"/articles/{article}/raw"
        page = client.get(path, params={"portal": portal, "key": key})
        assert page.text.endswith("<script>alert(1)</script>Đi")  # in the page's own charset
        assert page.headers["content-type"].startswith("text/plain")
        assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        drawn = client.get(path, params={"portal": portal, "key": key, "look": "page"})
        assert drawn.headers["content-type"].startswith("text/html")
        assert drawn.headers["content-security-policy"] == page.headers["content-security-policy"]
        assert client.get(path, params={"portal": portal, "key": "another's"}).status_code == 404
        assert asked == [(portal, key)] * 2
        assert "<iframe sandbox" in client.get(f"/articles/{article}").text


def test_the_language_is_the_browsers_until_the_switch_is_used(address: str) -> None:
    with visit(address) as client:
        assert '<html lang="vi">' in client.get("/", headers={"Accept-Language": "fr"}).text
        assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "fr, en;q=0.8"}).text
        assert '<html lang="vi">' in client.get("/", headers={"Accept-Language": "vi, en;q=0.8"}).text
        client.get("/?lang=en")
        assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "vi"}).text


def test_a_search_goes_on_as_a_feed(address: str) -> None:
    with visit(address) as client:
        for path in ("/", "/search?q=dong+nai&organization=MTTQ&since=2020-01-01"):
            tree = html.document_fromstring(client.get(path).text)
            [feed] = values(tree, "//link[@rel='alternate']/@href")
            answer = client.get(feed)
            assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (
                200,
                "application/atom+xml",
            )
        assert "organization=MTTQ" in feed and "<entry>" in answer.text


def test_a_program_gets_problems_also_from_where_the_api_ends(address: str) -> None:
    with visit(address) as client:
        answers = [
            client.get(f"/api/v1/{path}") for path in ("nothing", "articles?until=0", "articles?colour=red")
        ]
    assert [answer.status_code for answer in answers] == [404, 422, 422]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert [answer.json()["status"] for answer in answers] == [404, 422, 422]


def test_the_page_of_a_portal_shows_what_a_check_proposes(seeded: Engine, address: str) -> None:
    with seeded.connect() as connection:
        portal = connection.scalars(select(tables.portals.c.id)).first()
    assert portal is not None
    record = {"id": portal, "url": "https://old.vn/", "sections": [], "aliases": []}
    proposed = record | {"url": "https://new.vn/", "sections": [{"path": "/mt/"}], "aliases": ["old.vn"]}
    findings = [
        {"level": "warning", "message": "leads to https://new.vn/"},
        {"level": "ok", "message": "fine"},
    ]
    portal_checks.keep(seeded, portal, ok=True, findings=findings, record=record, proposed=proposed)
    with visit(address, headers={"Accept-Language": "en"}) as client:
        shown = client.get(f"/portals/{portal}")
    assert shown.status_code == 200
    well_made(shown.text, "en")
    for text in ("leads to https://new.vn/", "/mt/", "old.vn", f"frontnews portals accept {portal}"):
        assert text in shown.text
    assert "fine" not in shown.text


@pytest.mark.parametrize(
    "path", ["/portals/%00", "/articles/%00", "/articles?portal=%00", "/runs?portal=a%00"]
)
def test_an_address_with_a_nul_byte_is_refused_before_the_database_is_asked(address: str, path: str) -> None:
    with visit(address) as client:
        answer = client.get(path)
    assert (answer.status_code, "NUL byte" in answer.text) == (400, True)
