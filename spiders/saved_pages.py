"""A page of a portal, saved on the day its record was written: what the reader must still make of it.

``pages/<id>.html.gz`` beside the registry's files is the body as it came, ``pages/<id>.json`` the address,
the platform and the fields that were read. Pages are other people's text: they are kept where the registry
is used and are not part of this project.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from crawler.reading.page import Page
from crawler.reading.reader import read
from spiders.platforms import PLATFORMS
from spiders.samples import Sample
from storage.portals import Portal
from storage.records import Article

FOLDER = "pages"


def save(registry: Path, portal: Portal, samples: Sequence[Sample]) -> Path | None:
    """Save the first article that was read; None where there is none."""
    for sample in samples:
        if sample.article is not None:
            path = _path(registry, portal.id)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix(".html.gz").write_bytes(gzip.compress(sample.page.body, mtime=0))
            page = sample.page
            row = {
                "url": page.url,
                "platform": portal.platform,
                "fetched_at": page.fetched_at.isoformat(),
                "content_type": page.content_type,
                "expected": _fields(sample.article),
            }
            path.write_text(json.dumps(row, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            return path.with_suffix(".html.gz")
    return None


def changed(registry: Path, portal: Portal) -> list[str]:
    """Names of the fields that today's reader reads otherwise from a portal's saved page; [] without one."""
    path = _path(registry, portal.id)
    if not path.exists():
        return []
    row = json.loads(path.read_text(encoding="utf-8"))
    body = gzip.decompress(path.with_suffix(".html.gz").read_bytes())
    page = Page(row["url"], body, datetime.fromisoformat(row["fetched_at"]), row["content_type"])
    article = read(page, PLATFORMS.get(row["platform"])).article
    today = _fields(article) if article is not None else {}
    return [name for name, value in row["expected"].items() if today.get(name) != value]


def _path(registry: Path, portal_id: str) -> Path:
    return registry / FOLDER / f"{portal_id}.json"


def _fields(article: Article) -> dict[str, object]:
    return {
        "title": article.title,
        "lead": article.lead,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "byline": article.byline,
        "paragraphs": list(article.paragraphs),
    }
