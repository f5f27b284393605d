"""`frontnews db`: the database itself."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.backup import backup, restore
from commands.options import ExitCode, Settings, with_settings
from commands.output import write_answer, write_json
from commands.problems import say, stop
from commands.store import opened
from storage.said import many

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

app = typer.Typer(
    no_args_is_help=True, help="Create, check, back up and restore the database; give others access to it."
)
app.command()(backup)
app.command()(restore)


@app.command()
@with_settings
def upgrade(*, settings: Settings) -> None:
    """Make the database, or bring it to the newest schema."""
    from storage.engine import open_database
    from storage.migrate import upgrade as migrate

    engine = open_database(settings.database)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    say(f"{engine.url.render_as_string(hide_password=True)} is at the newest schema")


@app.command()
@with_settings
def check(*, settings: Settings) -> None:
    """Say what is wrong with the database; nothing wrong is exit code 0."""
    from storage.engine import open_existing
    from storage.migrate import check as problems_of

    engine = open_existing(settings.database)
    try:
        problems = problems_of(engine)
    finally:
        engine.dispose()
    for problem in problems:
        say(f"frontnews: {problem}")
    if problems:
        stop(
            f"{many(len(problems), 'problem')} in {engine.url.render_as_string(hide_password=True)}",
            ExitCode.DATABASE,
        )
    say(f"{engine.url.render_as_string(hide_password=True)} is sound")


@app.command("grant-reader")
@with_settings
def grant_reader(
    role: Annotated[str, typer.Option("--role", metavar="NAME", help="Made where it does not exist")] = (
        "frontnews_reader"
    ),
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", metavar="FILE", help="Its first line is the password; - is stdin"),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Let another program read the views and nothing else; prints the address to read from."""
    from storage.reader_role import grant

    password = first_line(password_file) if password_file is not None else None
    with opened(settings) as engine:
        if engine.dialect.name == "sqlite":
            uri = read_only_uri(str(engine.url.database))
            write_answer({"address": uri}, uri, settings)
            say("SQLite knows no roles: open the file read-only, as above (in Python with uri=True)")
            say("readers and writers do not wait for each other (WAL); never read it over a network share")
            return
        granted = grant(engine, role, password)
        address = reader_address(engine.url, role)
    write_answer({"address": address}, address, settings)
    say(f"{role} {'was made' if granted.created else 'is as it should be'}: reads api_v1, writes nothing")
    for line in granted.left_open:
        say(f"frontnews: {line}")


def reader_address(url: URL, role: str) -> str:
    """The same PostgreSQL for another role, as psql and psycopg read it; the password is not in it."""
    from sqlalchemy.engine import URL

    server = URL.create("postgresql", role, None, url.host, url.port, url.database, url.query)
    return server.render_as_string().replace(" ", "%20")


def first_line(file: Path) -> str:
    """The password in a file. A missing or empty one is a usage error."""
    try:
        lines = (sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")).splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        stop(f"cannot read the password file {file}: {problem}", ExitCode.USAGE)
    if not lines or not lines[0].strip():
        stop(f"the first line of the password file {file} is empty", ExitCode.USAGE)
    return lines[0].strip()


def read_only_uri(path: str) -> str:
    """How SQLite opens a file for reading alone, whatever letters its path has."""
    return f"{Path(path).absolute().as_uri()}?mode=ro"


class DictionaryFormat(StrEnum):
    """The forms of the data dictionary."""

    MARKDOWN = "markdown"
    JSON = "json"
    SCHEMA = "schema"


@app.command()
@with_settings
def dictionary(
    form: Annotated[
        DictionaryFormat,
        typer.Option("--format", help="For people; one object a column; JSON Schema of the record"),
    ] = DictionaryFormat.MARKDOWN,
    *,
    settings: Settings,
) -> None:
    """Print what every view and column means; needs no database."""
    from storage.dictionary_formats import markdown, record_schema, rows

    if form is DictionaryFormat.SCHEMA:
        sys.stdout.write(json.dumps(record_schema(), ensure_ascii=False, indent=1) + "\n")
    elif settings.json or form is DictionaryFormat.JSON:
        write_json(rows())
    else:
        sys.stdout.write(markdown())
