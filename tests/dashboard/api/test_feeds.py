"""Feeds against their specifications: jsonfeed.org/version/1.1 and RFC 4287."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import httpx
import jsonschema_rs
import pytest
from lxml import etree

from tests.dashboard.api.conftest import HOSTILE

ATOM = "{http://www.w3.org/2005/Atom}"
QUESTIONS = ["", "?province=Thanh+Hóa", "?organization=HND", "?q=%22hội+nghị%22", "?q=khủng+long", "?limit=2"]
SPECIFICATIONS = Path(__file__).with_name("specifications")


@pytest.fixture(scope="session")
def atom_rules() -> etree.RelaxNG:
    """RFC 4287 as a grammar."""
    return etree.RelaxNG(etree.parse(SPECIFICATIONS / "atom.rng"))


@pytest.fixture(scope="session")
def json_rules() -> jsonschema_rs.Draft202012Validator:
    """JSON Feed 1.1 as a schema."""
    schema = json.loads((SPECIFICATIONS / "json_feed.json").read_text("utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_json_feed_keeps_every_rule_of_its_specification(
    client: httpx.Client, json_rules: jsonschema_rs.Draft202012Validator, question: str
) -> None:
    answer = client.get(f"/feed.json{question}")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert [str(error) for error in json_rules.iter_errors(feed)] == []
    assert feed["feed_url"] == str(answer.url)
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", 7), ("id", None), ("content_text", None), ("url", "/bai-1.html"), ("language", "tiếng Việt"),
        ("date_published", "2026-11-22 08:00:00"), ("date_modified", "2026-11-22T08:00:00"),
        ("tags", "MTTQ"), ("authors", [{}]), ("author", {"name": "Lam Hồng"}),
        ("attachments", [{"url": "https://xa.vn/a.pdf"}]),
    ],
)  # fmt: skip
def test_the_rules_of_the_json_feed_refuse_an_item(
    client: httpx.Client, json_rules: jsonschema_rs.Draft202012Validator, name: str, value: object
) -> None:
    feed = client.get("/feed.json?limit=1").json()
    (item,) = feed["items"]
    feed["items"] = [{key: v for key, v in {**item, name: value}.items() if v is not None}]
    assert not json_rules.is_valid(feed)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_atom_feed_keeps_every_rule_of_its_specification(
    client: httpx.Client, atom_rules: etree.RelaxNG, question: str
) -> None:
    answer = client.get(f"/feed.atom{question}")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = etree.fromstring(answer.content)
    assert atom_rules.validate(feed), atom_rules.error_log
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == str(answer.url)
    ids = [each.text for each in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)), "4.1.1: no two entries of an id and a moment"
    for entry in feed.iter(f"{ATOM}entry"):
        kinds = [
            (x.get("type"), x.get("hreflang"))
            for x in entry.iter(f"{ATOM}link")
            if x.get("rel") == "alternate"
        ]
        assert len(kinds) == len(set(kinds)), "4.1.2: no two alternates of a kind"


def _without(name: str) -> Callable[[etree._Element], None]:
    def change(entry: etree._Element) -> None:
        for element in entry.findall(ATOM + name):
            entry.remove(element)

    return change


def _twice(name: str) -> Callable[[etree._Element], None]:
    def change(entry: etree._Element) -> None:
        etree.SubElement(entry, ATOM + name).text = "2026-11-22T08:00:00Z"

    return change


def _with_text(name: str, text: str) -> Callable[[etree._Element], None]:
    def change(entry: etree._Element) -> None:
        next(entry.iter(ATOM + name)).text = text

    return change


def _with_attribute(name: str, attribute: str, value: str | None) -> Callable[[etree._Element], None]:
    def change(entry: etree._Element) -> None:
        element = next(entry.iter(ATOM + name))
        if value is not None:
            element.set(attribute, value)
        elif attribute in element.attrib:
            del element.attrib[attribute]

    return change


@pytest.mark.parametrize(
    "change",
    [
        *(_without(name) for name in ("id", "title", "updated", "author")),
        *(_twice(name) for name in ("id", "title", "updated", "published", "content")),
        _with_text("updated", "2026-11-22"),
        _with_text("updated", "2026-11-22T08:00:00"),
        _with_text("id", "bai-1"),
        _with_text("name", " "),
        _with_attribute("link", "href", None),
        _with_attribute("content", "type", "markdown"),
        _with_attribute("content", "src", "https://xa.vn/"),
        _with_attribute("category", "term", None),
        _twice("paragraph"),
    ],
)
def test_the_rules_of_atom_refuse_an_entry(
    client: httpx.Client, atom_rules: etree.RelaxNG, change: Callable[[etree._Element], None]
) -> None:
    feed = etree.fromstring(client.get("/feed.atom?limit=1&organization=HND").content)
    assert atom_rules.validate(feed)
    (entry,) = feed.iter(f"{ATOM}entry")
    change(entry)
    assert not atom_rules.validate(feed)


def test_hostile_text_arrives_as_text(client: httpx.Client) -> None:
    feed = ElementTree.fromstring(client.get("/feed.atom").content)
    (title,) = [e.text for e in feed.iter(f"{ATOM}title") if e.text and "script" in e.text]
    assert title == HOSTILE
    assert not [element for element in feed.iter() if element.tag.endswith("script")]
    assert HOSTILE in [item["title"] for item in client.get("/feed.json").json()["items"]]
    asked = client.get("/feed.atom", params={"q": '"><script>&'})
    assert ElementTree.fromstring(asked.content).findtext(f"{ATOM}title") == 'Frontnews · “"><script>&”'


def test_a_feed_has_the_articles_of_its_question_the_newest_first(client: httpx.Client) -> None:
    def titles(**parameters: str | int) -> list[str]:
        return [item["title"] for item in client.get("/feed.json", params=parameters).json()["items"]]

    assert titles(organization="HND") == ["Đồng Nai họp"]
    assert titles(province="dong nai", q="hop") == ["Đồng Nai họp"]
    assert client.get("/feed.json", params={"province": "dong nai"}).json()["title"] == "Frontnews · Đồng Nai"
    assert titles(q="khủng long") == []
    assert titles(limit=2) == titles()[:2]
    assert len(titles()) == 12
    assert client.get("/feed.atom?province=Xyzzy").status_code == 404
