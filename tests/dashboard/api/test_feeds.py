"""Feeds against their specifications: jsonfeed.org/version/1.1 and RFC 4287."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import pytest

from tests.dashboard.api.conftest import HOSTILE

ATOM = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
QUESTIONS = ["", "?province=Thanh+Hóa", "?organization=HND", "?q=%22hội+nghị%22", "?q=khủng+long", "?limit=2"]

_ITEM = {
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
    "date_published", "date_modified", "authors", "tags", "language", "attachments",
}  # fmt: skip
_FEED = {
    "version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon",
    "favicon", "authors", "language", "expired", "hubs", "items",
}  # fmt: skip


def _is_moment(text: str) -> bool:
    return bool(RFC_3339.fullmatch(text)) and datetime.fromisoformat(text).tzinfo is not None


def _is_absolute(address: str) -> bool:
    return bool(urlsplit(address).scheme)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_json_feed_keeps_every_rule_of_its_specification(client: httpx.Client, question: str) -> None:
    answer = client.get(f"/feed.json{question}")
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    assert set(feed) <= _FEED
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] and feed["feed_url"] == str(answer.url)
    assert _is_absolute(feed["home_page_url"])
    for item in feed["items"]:
        assert set(item) <= _ITEM
        assert isinstance(item["id"], str) and item["id"]
        assert item["content_text"]
        assert _is_absolute(item["url"])
        assert all(_is_moment(item[name]) for name in ("date_published", "date_modified") if name in item)
        assert all(author.get("name") for author in item.get("authors", ()))
        assert all(isinstance(tag, str) for tag in item["tags"])
    ids = [item["id"] for item in feed["items"]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_atom_feed_keeps_every_rule_of_its_specification(client: httpx.Client, question: str) -> None:
    answer = client.get(f"/feed.atom{question}")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    _exactly_one(feed, "id", "title", "updated")
    entries = feed.findall(f"{ATOM}entry")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == str(answer.url)
    ids = [feed.findtext(f"{ATOM}id")]
    for entry in entries:
        _exactly_one(entry, "id", "title", "updated", "content")
        assert all(
            _is_moment(e.text or "") for name in ("updated", "published") for e in entry.findall(ATOM + name)
        )
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate"]
        assert _is_absolute(entry.find(f"{ATOM}link").get("href"))  # type: ignore[union-attr, arg-type]
        assert all(author.findtext(f"{ATOM}name") for author in entry.findall(f"{ATOM}author"))
        assert entry.findall(f"{ATOM}author"), "RFC 4287, 4.1.2: an author here or in the feed"
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
        ids.append(entry.findtext(f"{ATOM}id"))
    assert len(ids) == len(set(ids))
    assert all(_is_absolute(id or "") for id in ids), "an id is an IRI"
    assert _is_moment(feed.findtext(f"{ATOM}updated") or "")


def _exactly_one(element: ElementTree.Element, *names: str) -> None:
    for name in names:
        assert len(element.findall(ATOM + name)) == 1, name


def test_hostile_text_arrives_as_text(client: httpx.Client) -> None:
    feed = ElementTree.fromstring(client.get("/feed.atom").content)
    (title,) = [e.text for e in feed.iter(f"{ATOM}title") if e.text and "script" in e.text]
    assert title == HOSTILE
    assert not [element for element in feed.iter() if element.tag.endswith("script")]
    assert HOSTILE in [item["title"] for item in client.get("/feed.json").json()["items"]]
    asked = client.get("/feed.atom", params={"q": '"><script>&'})
    assert ElementTree.fromstring(asked.content).findtext(f"{ATOM}title") == 'Frontnews · “"><script>&”'


def test_a_feed_has_the_articles_of_its_question_the_newest_first(client: httpx.Client) -> None:
    def titles(**parameters: object) -> list[str]:
        return [item["title"] for item in client.get("/feed.json", params=parameters).json()["items"]]

    assert titles(organization="HND") == ["Đồng Nai họp"]
    assert titles(province="dong nai", q="hop") == ["Đồng Nai họp"]
    assert client.get("/feed.json", params={"province": "dong nai"}).json()["title"] == "Frontnews · Đồng Nai"
    assert titles(q="khủng long") == []
    assert titles(limit=2) == titles()[:2]
    assert len(titles()) == 12
    assert client.get("/feed.atom?province=Xyzzy").status_code == 404
