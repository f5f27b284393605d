"""The backup of a PostgreSQL: a zip with one member a table, in the text format of COPY, and a manifest.

Our own and not pg_dump's: that program is missing where Frontnews is installed from a wheel (and in
deploy/Containerfile), and refuses a server that is newer than itself. A restore makes the tables by
our migrations, so that only rows are kept; roles are made by ``db grant-reader``.

    tables/articles.copy …     as COPY … TO STDOUT writes it, UTF-8
    manifest.json              the last member: format, migration, created_at, and of each table its columns,
                               the number of rows and the SHA-256 of its member
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import psycopg
from psycopg import sql
from sqlalchemy import BigInteger, Connection, Engine, func, literal_column, select, text
from sqlalchemy import table as table_

from storage import migrate
from storage.columns import now
from storage.engine import DatabaseProblem
from storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

FORMAT = 1

_PIECE = 1 << 20
"""Bytes compressed at once; COPY hands over single rows."""

_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError)
"""What reading a zip or a manifest raises that is not as it was written."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DumpedTable:
    """A table as it is in the dump."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def member(self) -> str:
        return f"tables/{self.name}.copy"

    def copy(self, direction: str) -> sql.Composed:
        """The COPY statement, ``TO STDOUT`` or ``FROM STDIN``."""
        return sql.SQL("COPY {} ({}) {} WITH (FORMAT text, ENCODING 'UTF8')").format(
            sql.Identifier(self.name),
            sql.SQL(", ").join(map(sql.Identifier, self.columns)),
            sql.SQL(direction),
        )


def write(connection: Connection, migration: str, path: Path, progress: Progress) -> None:
    """Dump all tables as the connection's transaction sees them."""
    tables = _present(connection)
    total = sum(table.rows for table in tables)
    done = 0
    dumped = []
    cursor = _driver(connection).cursor()
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for table in tables:
                digest = hashlib.sha256()
                with (
                    archive.open(table.member, "w", force_zip64=True) as member,
                    cursor.copy(table.copy("TO STDOUT")) as rows,
                ):
                    for piece in _joined(rows):
                        digest.update(piece)
                        member.write(piece)
                        done += piece.count(b"\n")  # a line break in a value is written as \n
                        progress(done, total)
                dumped.append(replace(table, sha256=digest.hexdigest()))
            manifest = {
                "format": FORMAT,
                "migration": migration,
                "created_at": now().isoformat(),
                "tables": [asdict(table) for table in dumped],
            }
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    except OSError as error:
        raise DatabaseProblem(f"{path}: {error.strerror or error}; nothing was kept") from error


def read(engine: Engine, path: Path, finish: Callable[[Connection], None], progress: Progress) -> None:
    """Make tables and rows of a dump, bring them to this code's form, and ``finish``, in one transaction.

    Raises DatabaseProblem: the database is not empty; no dump of ours, of a newer version, or damaged. Then
    nothing was changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            if manifest["format"] != FORMAT:
                raise DatabaseProblem(
                    f"{path} was written by a newer Frontnews (format {manifest['format']})"
                )
            migration = str(manifest["migration"])
            if migration not in migrate.known():
                raise DatabaseProblem(f"{path} was written by a newer Frontnews (migration {migration})")
            tables = [_from_manifest(entry) for entry in manifest["tables"]]

            def fill(config: Config) -> None:
                from alembic import command  # storage.migrate says why not at the top

                connection = config.attributes["connection"]
                if _present(connection):
                    raise DatabaseProblem(
                        f"{engine.url.render_as_string()} has tables already; restore into an empty database"
                    )
                command.upgrade(config, migration)
                _fill(connection, archive, tables, progress)
                migrate.to_head(config)
                finish(connection)

            migrate.run(engine, fill, migrate.contract)
    except (*_DAMAGED, psycopg.DataError, psycopg.IntegrityError) as error:
        said = " ".join(str(error).split())
        raise DatabaseProblem(
            f"{path} is no backup of ours, or is damaged ({said}); nothing was changed"
        ) from error


def _fill(
    connection: Connection, archive: zipfile.ZipFile, tables: list[DumpedTable], progress: Progress
) -> None:
    total, done = sum(table.rows for table in tables), 0
    cursor = _driver(connection).cursor()
    for table in tables:
        digest = hashlib.sha256()
        with archive.open(table.member) as member, cursor.copy(table.copy("FROM STDIN")) as rows:
            for piece in _pieces(member):
                digest.update(piece)
                rows.write(piece)
                progress(done + piece.count(b"\n"), total)
                done += piece.count(b"\n")
        if digest.hexdigest() != table.sha256 or cursor.rowcount != table.rows:
            raise ValueError(f"the table {table.name} is not as it was dumped")
        _number_on(connection, table)
        cursor.execute(
            sql.SQL("ANALYZE {}").format(sql.Identifier(table.name))
        )  # until then it reads tables whole


def _number_on(connection: Connection, table: DumpedTable) -> None:
    """Let columns that number themselves go on after the rows that were read."""
    for column in table.columns:
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column}
        )
        if sequence:
            highest = func.max(literal_column(f'"{column}"', BigInteger))
            rows = select(func.setval(sequence, highest)).select_from(table_(table.name)).having(highest > 0)
            connection.execute(rows)


def _present(connection: Connection) -> list[DumpedTable]:
    """Our tables in this database, those that others refer to first. ``sha256`` is not known yet."""
    ours = [*(table.name for table in metadata.sorted_tables), "article_search_keys", "article_search"]
    columns = connection.execute(
        text("""
            SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
               AND c.relkind = 'r' AND c.relnamespace = to_regnamespace('public')
             GROUP BY c.relname""")
    ).all()
    known = {name: tuple(names) for name, names in columns}
    count = select(func.count())
    return [
        DumpedTable(name, known[name], connection.scalar(count.select_from(table_(name))) or 0, "")
        for name in ours
        if name in known
    ]


def _from_manifest(entry: Mapping[str, object]) -> DumpedTable:
    return DumpedTable(
        str(entry["name"]),
        tuple(cast("list[str]", entry["columns"])),
        int(cast("int", entry["rows"])),
        str(entry["sha256"]),
    )


def _joined(rows: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    piece = bytearray()
    for row in rows:
        piece += row
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(_PIECE):
        yield piece


def _driver(connection: Connection) -> psycopg.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver
