"""A database that cannot be used ends in one line that names it, and nothing is half kept."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.pool import QueuePool

from storage import changes, migrate
from storage.engine import DatabaseProblem, open_database, reading, writing
from storage.saving import save_batch
from tests.storage.texts import article, report, seen


def _problem(url: str) -> str:
    with pytest.raises(DatabaseProblem) as caught:
        open_database(url)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_the_folder_of_a_sqlite_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "deep" / "frontnews.db"
    open_database(f"sqlite:///{path}").dispose()
    assert path.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert str(tmp_path / "file") in _problem(f"sqlite:///{tmp_path / 'file' / 'frontnews.db'}")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(b"PK" + b"\x03\x04" * 2000)
    message = _problem(f"sqlite:///{path}")
    assert str(path) in message
    assert "is not a database" in message
    assert path.read_bytes().startswith(b"PK"), "and left as it was"


def test_a_folder_given_as_a_database_is_named(tmp_path: Path) -> None:
    assert "cannot be opened" in _problem(f"sqlite:///{tmp_path}")


def test_a_folder_that_may_not_be_written_to_is_named() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to become a user without rights")
    script = (
        "import os, sys\n"
        "from storage.engine import open_database, DatabaseProblem\n"
        "os.setuid(65534)\n"
        "try: open_database(sys.argv[1])\n"
        "except DatabaseProblem as problem: print(problem)\n"
    )
    with tempfile.TemporaryDirectory() as folder:  # 0700: of root alone
        answer = subprocess.run(
            [sys.executable, "-c", script, f"sqlite:///{folder}/frontnews.db"],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    assert f"database {folder}/frontnews.db cannot be opened" in answer.stdout
    assert answer.stdout.count("\n") == 1


def test_a_postgresql_that_is_down_is_told_in_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    message = _problem(f"postgresql://frontnews:secret@127.0.0.1:{port}/frontnews")
    assert "connection refused" in message
    assert f"127.0.0.1:{port}" in message
    assert "secret" not in message


def test_a_postgresql_without_a_socket_is_told_as_such(tmp_path: Path) -> None:
    assert "its socket is not there): is the server running?" in _problem(
        f"postgresql://u@/f?host={tmp_path}"
    )


@pytest.mark.slow
def test_a_postgresql_that_hangs_is_told_as_such_after_ten_seconds() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        said = _problem(f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/f")
    assert "does not answer (timeout): does the server hang, is the network up?" in said


def test_a_database_without_tables_says_what_to_do(empty_url: str) -> None:
    engine = open_database(empty_url)
    with pytest.raises(DatabaseProblem, match=r"run: frontnews db upgrade$"):
        changes.read(engine, 0)
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [("frontnews.db", "is not a database address"), ("mysql://host/db", "not supported"), ("", "address")],
)
def test_an_address_of_another_kind_is_explained(url: str, said: str) -> None:
    assert said in _problem(url)


def test_a_full_disk_loses_the_unfinished_batch_only_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "frontnews.db"
    engine = open_database(f"sqlite:///{path}")
    migrate.upgrade(engine)
    save_batch(engine, None, [seen(article(1))])
    with reading(engine) as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    # the limit belongs to a connection; the pool of this engine has this one
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute(f"PRAGMA max_page_count={pages + 20}")
    many = [seen(article(number, paragraphs=report(number, 60))) for number in range(2, 60)]
    with pytest.raises(DatabaseProblem, match=rf"{path} has no space left .* was not kept") as caught:
        save_batch(engine, None, many)
    assert "\n" not in str(caught.value)
    with engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        driver.execute("PRAGMA max_page_count=1000000")
    assert [change.op for change in changes.read(engine, 0)] == ["insert"]
    save_batch(engine, None, many)
    assert len(changes.read(engine, 0)) == 59
    engine.dispose()


def test_readers_do_not_stop_a_writer_and_see_one_moment(url: str) -> None:
    engine = open_database(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE facts (n integer)"))
    with reading(engine) as reader:
        assert reader.execute(text("SELECT count(*) FROM facts")).scalar_one() == 0
        with writing(engine) as writer:
            writer.execute(text("INSERT INTO facts VALUES (1)"))
        assert reader.execute(text("SELECT count(*) FROM facts")).scalar_one() == 0
    with reading(engine) as reader:
        assert reader.execute(text("SELECT count(*) FROM facts")).scalar_one() == 1
    engine.dispose()


def test_a_process_whose_connections_all_wait_for_the_database_is_told_so(url: str) -> None:
    """Whoever finds none left must try again, as with a database that is locked: else its claim is kept."""
    engine = open_database(url)
    assert isinstance(engine.pool, QueuePool)
    engine.pool._timeout = 0.05
    with ExitStack() as waiting:
        for _ in range(engine.pool.size() + engine.pool._max_overflow):
            waiting.enter_context(reading(engine))
        with pytest.raises(DatabaseProblem, match="answers none of the questions") as caught, reading(engine):
            pass
        assert "\n" not in str(caught.value)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_a_transaction_that_fails_leaves_nothing(url: str) -> None:
    engine = open_database(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE facts (n integer)"))
    with pytest.raises(RuntimeError), writing(engine) as connection:
        connection.execute(text("INSERT INTO facts VALUES (1)"))
        raise RuntimeError
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM facts")).scalar_one() == 0
    engine.dispose()


def test_who_comes_next_gets_the_connection_used_last_with_what_it_has_cached(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE facts (n integer)"))
    with reading(engine) as one, reading(engine) as other:
        used = {one.connection.dbapi_connection, other.connection.dbapi_connection}
        assert len(used) == 2
    turns = []
    for _ in range(4):
        with writing(engine) as connection:
            turns.append(connection.connection.dbapi_connection)
    assert len(set(turns)) == 1
    engine.dispose()
