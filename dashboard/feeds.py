"""Feeds for readers and portals: JSON Feed 1.1 and Atom (RFC 4287).

The text in them is text: what a page had as ``<script>`` arrives as the letters ``<script>``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from storage.engine import compact_json
from storage.facets import Filters

ATOM = "application/atom+xml"
JSON_FEED = "application/feed+json"

JSON_FEED_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "jsonfeed.org/version/1.1",
    "required": ["version", "title", "home_page_url", "feed_url", "language", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string"},
        "home_page_url": {"type": "string", "format": "uri"},
        "feed_url": {"type": "string", "format": "uri"},
        "language": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "url", "title", "content_text", "date_modified", "tags", "language"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string"},
                    "url": {"type": "string", "format": "uri"},
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "summary": {"type": "string"},
                    "date_published": {"type": "string", "format": "date-time"},
                    "date_modified": {"type": "string", "format": "date-time"},
                    "authors": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                    },
                    "image": {"type": "string", "format": "uri"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "language": {"type": "string"},
                },
            },
        },
    },
}
"""What the OpenAPI document tells of the JSON Feed."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_SCHEME = "urn:uuid:"

Record = Mapping[str, Any]


def updated(record: Record) -> datetime:
    """When the entry last changed, as far as a reader should care: its publication or its edit."""
    known = [record[name] for name in ("modified_at", "published_at") if record[name]]
    return datetime.fromisoformat(max(known) if known else record["first_seen_at"])


def json_feed_of(records: Sequence[Record], title: str, address: str) -> str:
    """The feed as JSON; ``address`` is where it stands."""
    home = _home(address)
    return compact_json(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": home,
            "feed_url": address,
            "language": "vi",
            "items": [_item(record) for record in records],
        }
    )


def _item(record: Record) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": _NO_SCHEME + record["id"],
        "url": record["url"],
        "title": record["title"],
        "content_text": "\n\n".join(filter(None, (record["lead"], *record["paragraphs"]))),
        "date_modified": updated(record).isoformat(),
        "tags": _tags(record),
        "language": record["language"] or "vi",
    }
    if record["published_at"]:
        item["date_published"] = record["published_at"]
    if record["lead"]:
        item["summary"] = record["lead"]
    names = record["authors"] or [name for name in (record["byline"] or record["site_name"],) if name]
    if names:
        item["authors"] = [{"name": name} for name in names]
    if record["images"] and _is_web(record["images"][0]["url"]):
        item["image"] = record["images"][0]["url"]
    return item


def atom_of(records: Sequence[Record], title: str, address: str) -> str:
    """The feed as Atom; every entry has an author, as RFC 4287 asks."""
    newest = max(map(updated, records), default=datetime(2026, 1, 1, tzinfo=UTC))
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">',
        _element("id", address),
        _element("title", title),
        _element("updated", newest.isoformat()),
        f'<link rel="self" type="{ATOM}" href={_attribute(address)}/>',
        f'<link rel="alternate" href={_attribute(_home(address))}/>',
        "<generator>Frontnews</generator>",
        *(_entry(record) for record in records),
        "</feed>",
    ]
    return "\n".join(parts) + "\n"


def _entry(record: Record) -> str:
    names = record["authors"] or [record["byline"] or record["site_name"] or record["portal"]]
    text = "\n\n".join(filter(None, (record["lead"], *record["paragraphs"])))
    parts = [
        "<entry>",
        _element("id", _NO_SCHEME + record["id"]),
        _element("title", record["title"]),
        f'<link rel="alternate" href={_attribute(record["url"])}/>',
        _element("updated", updated(record).isoformat()),
        _element("published", record["published_at"]) if record["published_at"] else "",
        *(f"<author>{_element('name', name)}</author>" for name in names),
        *(
            f"<category term={_attribute(term)}/>"
            for term in (*record["organizations"], *record["provinces_2025"])
        ),
        _element("summary", record["lead"]) if record["lead"] else "",
        f'<content type="text">{_text(text)}</content>',
        "</entry>",
    ]
    return "\n".join(filter(None, parts))


def _tags(record: Record) -> list[str]:
    return [*record["organizations"], *record["provinces_2025"]]


def feed_title(filters: Filters, q: str) -> str:
    """What the feed is of, in one line."""
    narrowed = [
        value
        for name in ("province", "province_2024", "province_2025", "organization", "kind", "portal")
        if (value := getattr(filters, name))
    ]
    asked = [f"“{' '.join(q.split())}”"] if q.strip() else []
    return " · ".join(("Frontnews", *asked, *narrowed))


def _element(name: str, text: str) -> str:
    return f"<{name}>{_text(text)}</{name}>"


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("", text))


def _home(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


def _is_web(address: str) -> bool:
    return address.startswith(("https://", "http://"))
