"""Runs the peers in their own environment: JSON lines in, JSON lines out (started by benchmarks/peers.py).

In: ``{"id", "url", "html", "systems": [names]}``. Out, one line a page and system: ``{"id", "system",
"title", "published_at", "byline", "lead", "paragraphs", "milliseconds"}``, or ``{"id", "system", "error"}``.
A peer that cannot be imported answers once with ``{"system", "missing": reason}``.
"""

from __future__ import annotations

import html as entities
import json
import re
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

SECONDS = 20
"""For one page and peer; the slowest seen takes about one (November 2026)."""
Answer = dict[str, Any]


def lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").split("\n") if line.strip()]


def iso(value: object) -> str | None:
    return value.isoformat() if isinstance(value, datetime) else str(value) if value else None


def trafilatura(**options: bool) -> Callable[[str, str], Answer]:
    from trafilatura import bare_extraction

    def extract(html: str, url: str) -> Answer:
        found = bare_extraction(html, url=url, with_metadata=True, include_comments=False, **options)
        if found is None:
            return {}
        told = found.as_dict()
        return {
            "title": told.get("title"),
            "published_at": told.get("date"),
            "byline": told.get("author"),
            "lead": told.get("description"),
            "paragraphs": lines(told.get("text")),
        }

    return extract


def newspaper4k() -> Callable[[str, str], Answer]:
    from newspaper import Article

    def extract(html: str, url: str) -> Answer:
        article = Article(url, fetch_images=False)
        article.download(input_html=html)
        article.parse()
        return {
            "title": article.title,
            "published_at": iso(article.publish_date),
            "byline": ", ".join(article.authors),
            "lead": article.meta_description,
            "paragraphs": lines(article.text),
        }

    return extract


def news_please() -> Callable[[str, str], Answer]:
    from newsplease import NewsPlease

    def extract(html: str, url: str) -> Answer:
        article = NewsPlease.from_html(html, url=url, fetch_images=False)
        return {
            "title": article.title,
            "published_at": iso(article.date_publish),
            "byline": ", ".join(article.authors or []),
            "lead": article.description,
            "paragraphs": lines(article.maintext),
        }

    return extract


def goose3() -> Callable[[str, str], Answer]:
    from goose3 import Goose

    goose = Goose({"enable_image_fetching": False, "target_language": "vi", "use_meta_language": False})

    def extract(html: str, _: str) -> Answer:
        article = goose.extract(raw_html=html)
        return {
            "title": article.title,
            "published_at": article.publish_date,
            "byline": ", ".join(article.authors),
            "lead": article.meta_description,
            "paragraphs": lines(article.cleaned_text),
        }

    return extract


def readability() -> Callable[[str, str], Answer]:
    from readability import Document

    def extract(html: str, url: str) -> Answer:
        document = Document(html, url=url)
        broken = re.sub(r"</?(?:p|div|br|li|tr|h[1-6])\b[^>]*>", "\n", document.summary())
        return {
            "title": document.title(),
            "paragraphs": lines(entities.unescape(re.sub(r"<[^>]+>", "", broken))),
        }

    return extract


def resiliparse() -> Callable[[str, str], Answer]:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def extract(html: str, _: str) -> Answer:
        tree = HTMLTree.parse(html)
        return {"title": tree.title, "paragraphs": lines(extract_plain_text(tree, main_content=True))}

    return extract


def htmldate() -> Callable[[str, str], Answer]:
    from htmldate import find_date

    def extract(html: str, url: str) -> Answer:
        return {"published_at": find_date(html, url=url, original_date=True)}

    return extract


PEERS: dict[str, Callable[[], Callable[[str, str], Answer]]] = {
    "trafilatura": trafilatura,
    "trafilatura precision": lambda: trafilatura(favor_precision=True),
    "newspaper4k": newspaper4k,
    "news-please": news_please,
    "goose3": goose3,
    "readability-lxml": readability,
    "resiliparse": resiliparse,
    "htmldate": htmldate,
}


def out_of_time(*_: object) -> None:
    raise TimeoutError(f"longer than {SECONDS} s")


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # some peers print
    ready: dict[str, Callable[[str, str], Answer]] = {}
    for name, load in PEERS.items():
        try:
            ready[name] = load()
        except Exception as error:  # whatever an import may raise: the row says so
            print(json.dumps({"system": name, "missing": f"{type(error).__name__}: {error}"}), file=answers)
    signal.signal(signal.SIGALRM, out_of_time)
    for row in map(json.loads, sys.stdin):
        for name in row["systems"]:
            if name not in ready:
                continue
            started = time.process_time()
            signal.alarm(SECONDS)
            try:
                answer = ready[name](row["html"], row["url"])
            except Exception as error:  # a peer that fails on a page has lost that page, no more
                answer = {"error": f"{type(error).__name__}: {error}"}
            signal.alarm(0)
            spent = round((time.process_time() - started) * 1000, 2)
            told = {"id": row["id"], "system": name, **answer, "milliseconds": spent}
            print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main()
