"""`frontnews db`: the database itself."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from commands.options import ExitCode, Settings, with_settings
from commands.output import write_json
from commands.problems import say, stop

app = typer.Typer(no_args_is_help=True, help="Make, migrate and check the database.")


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
    from storage.engine import open_database
    from storage.migrate import check as problems_of

    engine = open_database(settings.database)
    try:
        problems = problems_of(engine)
    finally:
        engine.dispose()
    for problem in problems:
        say(f"frontnews: {problem}")
    if problems:
        stop(
            f"{len(problems)} problems in {engine.url.render_as_string(hide_password=True)}",
            ExitCode.DATABASE,
        )
    say(f"{engine.url.render_as_string(hide_password=True)} is sound")


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
