"""`frontnews read` and `frontnews tag`: one page, or a stream of rows, to records on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from commands.addresses import looks_like_address, with_scheme
from commands.options import ExitCode, Settings, with_settings
from commands.output import show_candidates, write_json
from commands.problems import say, stop


@with_settings
def read(
    source: Annotated[
        str | None, typer.Argument(metavar="FILE|URL|-", help="A saved page, an address, or - for stdin")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="The address that a saved page came from")] = None,
    portal: Annotated[str | None, typer.Option("--portal", help="Read it as a page of this portal")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show each field's candidates and why one won")
    ] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Rows {"url", "html" | "path"} on stdin, one answer a row')
    ] = False,
    *,
    settings: Settings,
) -> None:
    """Read one page into one record."""
    from commands.pages import FileSource, PageReader, files_beside, page_of_bytes, page_of_row

    reader = PageReader(settings, portal)
    if jsonl:
        write_json(reader.answer(row, page_of_row) for row in rows_of_stdin())
        return
    if source is None:
        stop("read wants a FILE, a URL or - (or --jsonl with rows on stdin)", ExitCode.USAGE)
    if looks_like_address(source) and not Path(source).exists():
        address = with_scheme(source)
        with reader.turn(address):
            page = reader.fetch(address)
            record = reader.record(page, explain=explain, file_of=reader.fetch_file)
    else:
        file_of: FileSource | None = None
        try:
            if source == "-":
                page = page_of_bytes(sys.stdin.buffer.read(), url)
            else:
                page = page_of_bytes(Path(source).read_bytes(), url or Path(source).resolve().as_uri())
                file_of = files_beside(Path(source))
        except OSError as problem:
            stop(f"cannot read {source}: {problem.strerror}", ExitCode.USAGE)
        except ValueError as problem:
            stop(str(problem), ExitCode.USAGE)
        record = reader.record(page, explain=explain, file_of=file_of)
    if explain and not settings.json:
        show_candidates(record.pop("candidates", []))
    write_json([record])
    if "error" in record:
        say(
            f"frontnews: {page.url} is no article but {record.get('page_kind')}: {record['error']['message']}"
        )


@with_settings
def tag(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Rows on stdin (the only form there is)")] = True,
    *,
    settings: Settings,
) -> None:
    """Add organizations, places, kind, relevance and dates to rows {"title", "text", "url"}."""
    from commands.pages import RowTagger

    del jsonl
    tagger = RowTagger(settings)
    write_json(tagger.answer(row) for row in rows_of_stdin())


def rows_of_stdin() -> Iterator[dict[str, Any]]:
    """The JSON objects on stdin; a line that is none becomes a row that says so, so that order holds."""
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.removeprefix("\ufeff"), parse_constant=_refused)
        except (ValueError, RecursionError) as problem:
            row = {"error": {"class": "usage", "message": f"line {number} is no JSON: {problem}"}}
        if not isinstance(row, dict):
            row = {"error": {"class": "usage", "message": f"line {number} is no JSON object"}}
        yield row


def _refused(constant: str) -> NoReturn:
    """NaN and the infinities, which Python reads and JSON does not have: the answer would be none either."""
    raise ValueError(f"{constant} is no number")
