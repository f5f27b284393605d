"""From saved pages and rows to answers: what `read` and `tag` do for each."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import typer

from commands.manners import manners
from commands.options import ExitCode, Settings
from commands.problems import say_problem
from crawler.addresses import taken_apart
from crawler.reading import pdf
from crawler.reading.page import Page, Reading
from crawler.reading.platform import Platform
from crawler.reading.reader import read
from crawler.tagging import home_of, tag, tag_row
from spiders.platforms import PLATFORMS, sure_platform
from spiders.registry import Registry, load_registry
from storage.portals import Portal
from storage.records import Article, to_record
from vietnam import places

Row = dict[str, Any]
FileSource = Callable[[str], bytes | None]
"""Where the files of a page come from: an address to its bytes, None where there are none."""


class PageReader:
    """Reads pages with what the registry knows of their hosts."""

    def __init__(self, settings: Settings, portal: str | None = None) -> None:
        self.settings = settings
        self._registry: Registry | None = None
        self._portal = self.registry.get(portal) if portal else None

    @property
    def registry(self) -> Registry:
        """The registry, read when first asked for: a page of no known host does not wait for it."""
        if self._registry is None:
            self._registry = load_registry(self.settings.registry)
        return self._registry

    def record(self, page: Page, *, explain: bool = False, file_of: FileSource | None = None) -> Row:
        """One page as its CONTRACT record with ``page_kind``, or as the error that it is no article.

        ``file_of`` gives the PDFs that hold the text of an article whose page has none.
        """
        portal = self._portal or self.registry.for_url(page.url)
        reading = read(
            page, platform_of(page, portal), explain=explain, site_name=portal.name if portal else None
        )
        if reading.article is not None and file_of is not None:
            reading = replace(reading, article=with_text_of_files(reading.article, file_of))
        return answer_of(reading, portal)

    def turn(self, url: str) -> AbstractContextManager[None]:
        """The turn of the server of ``url``, for a page and its files."""
        from commands.claimed import server_turn

        return server_turn(url, manners(self.settings), self.settings)

    def fetch(self, url: str) -> Page:
        """Fetch one page with the crawl's manners; ends the command in one line where nothing comes."""
        page = self._visit(url)
        if page is None:
            raise typer.Exit(int(ExitCode.ALL_FAILED))
        return page

    def fetch_file(self, url: str) -> bytes | None:
        """Fetch a page's file with the same manners; None, and a line that says why, where none comes."""
        page = self._visit(url, file=True)
        return page.body if page is not None else None

    def _visit(self, url: str, *, file: bool = False) -> Page | None:
        from crawler.running.visit import visit

        return visit(
            lambda fetch: fetch(url), manners(self.settings), self.settings.database,
            on_problem=say_problem, file=file,
        )  # fmt: skip

    def answer(self, row: Row, page_of: Callable[[Row], Page]) -> Row:
        """The answer to one row of ``--jsonl``: a record, or an error that keeps the row's place."""
        if is_failed(row):
            return {"url": row.get("url"), "error": row["error"]}
        try:
            beside = files_beside(Path(row["path"])) if isinstance(row.get("path"), str) else None
            return self.record(page_of(row), file_of=beside)
        except (OSError, KeyError, TypeError, ValueError) as problem:
            return {"url": row.get("url"), "error": {"class": "usage", "message": describe(problem)}}


class RowTagger:
    """Tags rows with what the registry knows of their hosts."""

    def __init__(self, settings: Settings) -> None:
        self.registry = load_registry(settings.registry)

    def answer(self, row: Row) -> Row:
        """The row with the record's knowledge keys, or with an error that keeps its place."""
        if is_failed(row):
            return row
        try:
            url = text_of(row, "url") if row.get("url") is not None else ""
            portal = self.registry.for_url(url) if url else None
            return row | tag_row(
                text_of(row, "title"),
                text_of(row, "text"),
                url,
                text_of(row, "published_at") if row.get("published_at") is not None else None,
                home=home_of(portal) if portal else None,
                owner=portal.owner if portal else None,
            )
        except (KeyError, TypeError, ValueError) as problem:
            return row | {"error": {"class": "usage", "message": describe(problem)}}


def is_failed(row: Row) -> bool:
    """Whether a row is no row of ours, or comes with the error of an earlier step."""
    return isinstance(row.get("error"), dict)


def platform_of(page: Page, portal: Portal | None) -> Platform | None:
    """The platform by the portal's record, else by the page's own signs."""
    if portal is not None and portal.platform in PLATFORMS:
        return PLATFORMS[portal.platform]
    return sure_platform(page)


def answer_of(reading: Reading, portal: Portal | None) -> Row:
    """A reading as it leaves on stdout."""
    if reading.article is None:
        message = reading.reason or f"a page of kind {reading.kind}"
        answer: Row = {
            "url": reading.url, "page_kind": reading.kind,
            "error": {"class": "not_article", "message": message},
        }  # fmt: skip
    else:
        home = home_of(portal) if portal else places.home_from_host(reading.url)
        article = tag(reading.article, home=home, owner=portal.owner if portal else None)
        here = [portal.id] if portal else []
        answer = to_record(article, urls=[article.url], portals=here)
        answer["portal"] = portal.id if portal else None
        answer["page_kind"] = reading.kind
    if reading.candidates:
        answer["candidates"] = [
            {"field": c.field, "value": c.value, "source": c.source, "chosen": c.chosen, "reason": c.reason}
            for c in reading.candidates
        ]
    return answer


def with_text_of_files(article: Article, file_of: FileSource) -> Article:
    """An article whose text stands in PDFs, with that text where the files are there."""
    wanted = pdf.wanted(article)
    if not wanted or not pdf.is_installed():
        return article
    files = {file.url: data for file in wanted if (data := file_of(file.url)) is not None}
    return pdf.with_text(article, files)


def files_beside(saved: Path) -> FileSource:
    """The files that were saved into the folder of a page, by the last part of their addresses."""

    def file_of(url: str) -> bytes | None:
        name = Path(unquote(urlsplit(url).path)).name
        file = saved.parent / name
        if not name or not file.is_file() or file.stat().st_size > pdf.MAX_BYTES:
            return None
        return file.read_bytes()

    return file_of


def page_of_bytes(body: bytes, url: str | None) -> Page:
    """A page that was saved: its address is what the user says, and it was fetched now. Raises ValueError."""
    return Page(url=parsable(url or "about:blank"), body=body, fetched_at=datetime.now(UTC))


def page_of_row(row: Row) -> Page:
    """A row {"url", "html" | "path", "fetched_at"?} as a page. Raises KeyError, OSError, ValueError."""
    url = parsable(text_of(row, "url"))
    if "html" in row:
        body, content_type = text_of(row, "html").encode(errors="replace"), "text/html; charset=utf-8"
    elif "path" in row:
        body, content_type = Path(text_of(row, "path")).read_bytes(), None
    else:
        raise KeyError("html or path")
    fetched = moment_of(row, "fetched_at") if row.get("fetched_at") else datetime.now(UTC)
    return Page(url=url, body=body, fetched_at=fetched, content_type=content_type)


def parsable(url: str) -> str:
    """The address, where it can be taken apart. Raises ValueError."""
    try:
        taken_apart(url)
    except ValueError as problem:
        raise ValueError(f"{url} is no address: {problem}") from None
    return url


def moment_of(row: Row, name: str) -> datetime:
    """The time of a row's key, in UTC where it names no zone. Raises ValueError."""
    value = text_of(row, name)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(
            f"{name} is no time in ISO 8601 but {json.dumps(value, ensure_ascii=False)[:60]}"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def text_of(row: Row, name: str) -> str:
    """The text of a row's key. Raises KeyError where the row lacks it, ValueError where it is no text."""
    value = row[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text but {json.dumps(value, ensure_ascii=False)[:60]}")
    return value


def describe(problem: Exception) -> str:
    """One line on what is wrong with a row."""
    if isinstance(problem, KeyError):
        return f"the row lacks {problem.args[0]}"
    if isinstance(problem, OSError) and problem.filename is not None:
        return f"cannot read {problem.filename}: {problem.strerror}"
    if type(problem) is ValueError:
        return str(problem)
    return f"{type(problem).__name__}: {problem}"
