"""A database that nobody may write to: one line that says so, and exit code 8."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from spiders.record_writer import add
from storage.engine import DatabaseProblem, explaining, open_database
from tests.commands.conftest import Frontnews
from tests.databases import administer, fresh_postgresql_database, fresh_sqlite_database
from tests.loopback import Asked
from tests.postgres import become_standby, running_postgresql
from tests.spiders.small_portal import SmallPortal

Crawl = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SmallPortal]:
    with SmallPortal() as running:
        running.publish(2)
        add(tmp_path / "registry", running.portal("other/nho", owner="other"))
        yield running


@pytest.fixture
def crawl(frontnews: Frontnews, tmp_path: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    def crawl_it(database: str) -> subprocess.CompletedProcess[str]:
        where = ("--database", database, "--registry", str(tmp_path / "registry"))
        return frontnews("crawl", "other/nho", "--delay", "0", "--allow-address", "127.0.0.0/8", *where)

    return crawl_it


def test_a_file_of_sqlite_that_may_not_be_written_to(site: SmallPortal, crawl: Crawl, tmp_path: Path) -> None:
    fresh_sqlite_database(tmp_path)
    done = crawl(f"sqlite:///file:{tmp_path}/frontnews.db?mode=ro&uri=true")
    assert done.returncode == 8
    assert done.stderr.strip().endswith("frontnews.db may not be written to")
    assert done.stderr.strip().count("\n") == 0
    assert site.paths(robots=True) == [], "nobody is asked for what could not be kept"


def test_a_standby_of_postgresql_reads_and_refuses_a_crawl(
    site: SmallPortal, crawl: Crawl, frontnews: Frontnews
) -> None:
    with running_postgresql() as server:
        address = fresh_postgresql_database(server)
        become_standby(server)
        done = crawl(address)
        assert done.returncode == 8
        assert "may not be written to: the server" in done.stderr
        assert done.stderr.strip().count("\n") == 0
        assert site.paths(robots=True) == []
        assert frontnews("search", "mặt trận", "--database", address).returncode == 0


def test_a_server_that_becomes_a_standby_in_the_middle_of_a_crawl(
    site: SmallPortal, crawl: Crawl, frontnews: Frontnews
) -> None:
    with running_postgresql() as server:
        address = fresh_postgresql_database(server)
        site.publish(24)
        second = site.news[15]

        def forbid(asked: Asked) -> bytes:
            become_standby(server)
            return site.article(second, asked)

        site.broken[second.path] = forbid
        done = crawl(address)
        assert done.returncode == 8
        refused, kept = done.stderr.strip().splitlines()
        assert refused.startswith("other/nho: failed, ") and "may not be written to" in refused
        assert kept.endswith("what was saved is kept, and the next command goes on from there")
        assert re.search(r"^other/nho +failed ", done.stdout, re.M), "what it came to is shown all the same"
        administer(server, "SELECT pg_promote()")
        site.broken.clear()
        assert crawl(address).returncode == 0
        stored = frontnews("export", "--database", address, "--quiet").stdout.splitlines()
        assert sorted(json.loads(line)["title"] for line in stored) == sorted(n.title for n in site.news)


def test_a_transaction_that_only_reads_is_told_in_one_line(postgresql: str) -> None:
    engine = open_database(postgresql)
    with pytest.raises(DatabaseProblem, match="may not be written to"), explaining(engine):  # noqa: SIM117
        with engine.begin() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            connection.execute(text("CREATE TABLE nothing (n int)"))
    engine.dispose()
