"""The addresses of all pages for what is in a database."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from sqlalchemy import Engine, select

from storage import tables

NFD = unicodedata.normalize("NFD", "đồng nai")
"""As some systems paste it: letters and their accents apart."""

ALWAYS = (
    "/", "/portals", "/portals?level=down&q=huyen", "/map", "/map?era=2024&show=news", "/search",
    "/search?q=dong+nai", f"/search?q={quote('đồng nai')}", f"/search?q={quote(NFD)}",
    "/search?q=dong+nai&organization=MTTQ&since=2020-01-01&until=2030-01-01", "/runs", "/runs?failed=1",
    "/schedule", "/alerts", "/downstream", "/audit",
)  # fmt: skip


def pages(engine: Engine) -> list[str]:
    """Every page, those of one portal, run, article, story and revision too where there are any."""
    found = list(ALWAYS)
    articles, runs = tables.articles.c, tables.crawl_runs.c
    with engine.connect() as connection:
        one = connection.scalar
        if portal := one(select(tables.rhythms.c.portal).order_by(tables.rhythms.c.portal)):
            found += [f"/portals/{portal}", f"/runs?portal={quote(portal, safe='')}"]
        if run := one(select(runs.id).where(runs.verdict == "failed").limit(1)):
            found.append(f"/runs/{run}")
        if running := one(select(runs.id).where(runs.status == "running").limit(1)):
            found.append(f"/runs/{running}")
        if article := one(select(articles.public_id).where(articles.revision > 1).limit(1)):
            found += [f"/articles/{article}", f"/articles/{article}/changes"]
        if story := one(select(tables.stories.c.public_id).limit(1)):
            found.append(f"/stories/{story}")
    return found
