"""What the dashboard does can be done at the shell too; and what it starts beside itself, comes to an end."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from commands.dashboard_archive import Rereading, archive_of
from commands.options import ExitCode, Settings
from spiders.registry import load_registry
from storage import audit, holds, runs
from storage.columns import now
from storage.engine import open_database
from tests.conftest import ROOT
from tests.databases import fresh_sqlite_database

PORTAL = "bac_lieu/bac_lieu"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return fresh_sqlite_database(tmp_path)


def test_a_run_is_cancelled_and_a_hold_released_by_command(database: str) -> None:
    engine = open_database(database)
    run = runs.begin(engine, PORTAL)
    holds.hold(engine, "a.example.gov.vn", now() + timedelta(hours=2), "Retry-After of 429")
    shell = CliRunner()
    said = [
        shell.invoke(app, [*command, "--database", database])
        for command in (
            ["cancel", str(run.id)], ["schedule", "release", "a.example.gov.vn"],
            ["schedule", "release", "a.example.gov.vn"], ["cancel", "999"],
        )
    ]  # fmt: skip
    assert [answer.exit_code for answer in said] == [0, 0, ExitCode.USAGE, ExitCode.USAGE]
    with pytest.raises(runs.CancelAsked):
        runs.beat(engine, run.id)
    assert holds.held_until(engine, "a.example.gov.vn") is None
    written = [(e.place, e.action, e.target) for e in audit.entries(engine)]
    engine.dispose()
    assert written == [("command", "release", "a.example.gov.vn"), ("command", "cancel", PORTAL)]


def settings(database: str, registry: Path | None, archive: Path | None) -> Settings:
    return Settings(database, registry, (), quiet=True, json=False, archive=archive)


def test_an_archive_is_read_again_beside_the_dashboard(database: str, tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    shutil.copy(ROOT / "spiders" / "portals" / "bac_lieu.yaml", registry)
    name = next(iter(load_registry(registry))).id
    engine = open_database(database)
    rereading = Rereading(engine, settings(database, registry, tmp_path / "archive"))
    assert rereading.begin(name, "lan")
    assert not rereading.begin(name, "minh")  # one at a time
    rereading.wait(60)
    [entry] = audit.entries(engine, target=name)
    engine.dispose()
    assert (entry.who, entry.action, entry.outcome) == ("lan", "reprocess", "done")
    assert entry.detail["read"] == 0


def test_a_portal_that_the_registry_does_not_know_is_said_to_have_failed(
    database: str, tmp_path: Path
) -> None:
    engine = open_database(database)
    rereading = Rereading(engine, settings(database, None, tmp_path / "archive"))
    assert rereading.begin("no/such", "lan")
    rereading.wait(60)
    [entry] = audit.entries(engine)
    engine.dispose()
    assert entry.outcome == "failed" and "no/such" in str(entry.detail["problem"])


def test_stored_pages_are_where_an_archive_is(database: str, tmp_path: Path) -> None:
    engine = open_database(database)
    with archive_of(engine, settings(database, None, None)) as found:
        assert found == (None, None)
    with archive_of(engine, settings(database, None, tmp_path)) as (stored_page, read_again):
        assert stored_page is not None and stored_page(PORTAL, "1") is None
        assert read_again is not None
    engine.dispose()
