"""How right the records of a made-up site are, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.spiders.unseen.site import Unseen

FIELDS = (
    "title",
    "lead",
    "paragraphs",
    "captions",
    "byline",
    "published_at",
    "images",
    "attachments",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of one record that is not as the site has it."""

    url: str
    field: str
    wanted: object
    got: object


def faults(site: Unseen, records: Iterable[Mapping[str, object]]) -> list[Fault]:
    """What is wrong with the stored records; an article that was not stored is no fault of a field."""
    wanted = site.wanted()
    found = []
    for record in records:
        for url in _texts(record["urls"]):
            if url in wanted:
                truth = site.truth(wanted[url])
                got = {name: _plain(name, record) for name in FIELDS}
                found += [
                    Fault(url, name, truth[name], got[name]) for name in FIELDS if got[name] != truth[name]
                ]
    return found


def _plain(name: str, record: Mapping[str, object]) -> object:
    value = record[name]
    if name == "published_at":
        return value.isoformat() if isinstance(value, datetime) else value
    if name in ("images", "attachments"):
        rows = value if isinstance(value, list) else []
        return [str(row["url"]).partition("?")[0].rpartition("/")[2] for row in rows]
    return value


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
