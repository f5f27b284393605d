"""`frontnews db`: copies, restores and the reader's address, as a person and a script see them."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.commands.conftest import Frontnews


def test_a_backup_is_one_line_on_stdout_and_can_be_restored(frontnews: Frontnews) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "3").returncode == 0
    done = frontnews("db", "backup", "copy.db")
    assert (done.returncode, done.stdout) == (0, "copy.db\n")
    assert "3 articles, changes up to 3" in done.stderr
    again = frontnews("db", "backup", "copy.db")
    assert (again.returncode, again.stdout) == (2, "")
    assert "--overwrite" in again.stderr
    assert frontnews("db", "backup", "copy.db", "--overwrite", "--json").returncode == 0

    taken = frontnews("db", "restore", "copy.db")
    assert (taken.returncode, taken.stdout) == (8, "")
    assert "restore into an empty place" in taken.stderr
    done = frontnews("db", "restore", "copy.db", "--database", "sqlite:///new.db")
    assert (done.returncode, done.stdout) == (0, "sqlite:///new.db\n")
    found = frontnews("search", "go dau", "--json", "--database", "sqlite:///new.db")
    assert found.stdout
    assert frontnews("db", "check", "--database", "sqlite:///new.db").returncode == 0


def test_what_is_not_there_is_neither_copied_nor_made(frontnews: Frontnews) -> None:
    missing = frontnews("db", "backup", "copy.db")
    assert missing.returncode == 8
    assert "there is no database" in missing.stderr
    assert list(frontnews.folder.iterdir()) == []
    assert frontnews("db", "restore", "nowhere").returncode == 2


def test_the_address_for_readers_of_sqlite_reads_and_does_not_write(frontnews: Frontnews) -> None:
    done = frontnews("db", "grant-reader")
    assert done.returncode == 0
    with sqlite3.connect(done.stdout.strip(), uri=True) as reader:
        names = {row[0] for row in reader.execute("SELECT name FROM v1_meta")}
        assert {"last_change_seq", "last_cycle_completed_at", "generated_at", "migration"} <= names
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM articles")
    reader.close()
    assert "mode=ro" in json.loads(frontnews("db", "grant-reader", "--json").stdout)["address"]


def test_a_password_file_that_is_not_there_is_a_usage_error(frontnews: Frontnews) -> None:
    done = frontnews("db", "grant-reader", "--password-file", "nowhere")
    assert done.returncode == 2
    assert "password file nowhere" in done.stderr
