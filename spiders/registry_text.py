"""A record as text: the YAML item that a registry file takes, and an id for a new portal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from urllib.parse import urlsplit

from storage.portals import Portal
from vietnam import places
from vietnam.writing import fold

_TEXT_KEYS = ("id", "name", "url", "owner", "platform", "province_2024", "district_2024", "province_2025")
_PLAIN_KEYS = (
    "active_from", "active_until", "successor", "confidence", "delay", "minimum_listed", "newest_within",
    "filled_title", "filled_date", "filled_body",
)  # fmt: skip

# Text that YAML would read as something else, or as the end of a value in a flow list.
_NEEDS_QUOTES = re.compile(
    r"[\s\-?:,\[\]{}#&*!|>'\"%@`]|.*(?:: |:$| #|[,\[\]{}])|[\d.+]+$|(?:true|false|null|yes|no|on|off|~)$",
    re.IGNORECASE,
)


def to_yaml(portal: Portal) -> str:
    """A record as the registry's files write it: one item of ``portals:``, ready to be pasted in."""
    return "  - " + "\n    ".join(_lines(portal)) + "\n"


def _lines(portal: Portal) -> Iterator[str]:
    for key in _TEXT_KEYS:
        if (value := getattr(portal, key)) is not None:
            yield f"{key}: {_scalar(value)}"
    for key, texts in (("communes_2025", portal.communes_2025), ("aliases", portal.aliases)):
        if texts:
            yield f"{key}: [{', '.join(map(_scalar, texts))}]"
    if portal.sections:
        yield "sections:"
    for section in portal.sections:
        yield f"  - path: {_scalar(section.path)}"
        yield f"    scope: {section.scope}"
        if section.name:
            yield f"    name: {_scalar(section.name)}"
    if portal.browser:
        yield "browser: true"
    if portal.selectors is not None:
        yield "selectors:"
        for key, css in asdict(portal.selectors).items():
            if css is not None:
                yield f"  {key}: {_scalar(css)}"
    for key in _PLAIN_KEYS:
        if (value := getattr(portal, key)) is not None:
            yield f"{key}: {value}"
    for key in ("evidence", "note"):
        if (value := getattr(portal, key)) is not None:
            yield f"{key}: {_scalar(value)}"


def _scalar(text: str) -> str:
    if not text or _NEEDS_QUOTES.match(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def suggest_id(url: str) -> str:
    """An id for a new record: ``thanh_hoa/thoxuan``, or ``other/…`` where the host tells no province."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    home = places.home_from_host(host)
    province = home.province_2024 or home.province_2025 if home else None
    if province is None:
        return "other/" + re.sub(r"[^a-z0-9]+", "_", parts.netloc.removeprefix("www.").lower()).strip("_")
    return f"{fold(province).replace(' ', '_')}/{re.sub(r'[^a-z0-9]+', '_', host.split('.')[0])}"
