"""`frontnews dashboard` as it is started and stopped."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import typer
from typer.testing import CliRunner

from cli import app
from commands.dashboard import access_of
from commands.options import ExitCode
from spiders.registry import load_registry
from storage import audit
from storage.engine import open_database
from tests.conftest import ROOT


def command(folder: Path, *arguments: str) -> list[str]:
    return [
        sys.executable,
        str(ROOT / "cli.py"),
        "dashboard",
        "--database",
        f"sqlite:///{folder}/f.db",
        *arguments,
    ]


def started(folder: Path, *arguments: str) -> tuple[subprocess.Popen[str], str]:
    """Start the command; the process and the address that it prints."""
    process = subprocess.Popen(
        command(folder, "--port", "0", *arguments), stderr=subprocess.PIPE, text=True, cwd=folder
    )
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"http://\S+:\d+/", line)
    assert found, line
    return process, found[0]


def test_with_a_password_it_listens_everywhere_asks_for_it_and_stops_cleanly(tmp_path: Path) -> None:
    secret = tmp_path / "password.txt"
    secret.write_text("mot mat khau dai\n")
    secret.chmod(0o600)
    process, address = started(tmp_path, "--host", "0.0.0.0", "--password-file", str(secret))
    try:
        with httpx.Client(base_url=address.replace("0.0.0.0", "127.0.0.1"), timeout=20) as client:
            assert client.get("/").headers["location"] == "/login"
            data = {"name": "operator", "password": "mot mat khau dai"}
            assert client.post("/login", data=data).headers["location"] == "/"
            assert client.get("/").status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 143
    assert said == ""


def test_without_one_it_listens_to_this_machine_alone(tmp_path: Path) -> None:
    given = ["dashboard", "--database", f"sqlite:///{tmp_path}/f.db", "--host", "0.0.0.0"]
    done = CliRunner().invoke(app, given)
    assert done.exit_code == 3
    assert "0.0.0.0 can be reached by others: give --password-file" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", [None, "short\n"])
def test_a_password_file_that_is_missing_or_too_short_ends_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None
) -> None:
    secret = tmp_path / "password.txt"
    if text is not None:
        secret.write_text(text)
        secret.chmod(0o600)
    with pytest.raises(typer.Exit) as ended:
        access_of(secret, None, ())
    assert ended.value.exit_code == ExitCode.CONFIGURATION
    said = capsys.readouterr().err
    assert str(secret) in said and "short" not in said and len(said.splitlines()) == 1


def test_what_is_done_at_the_shell_is_audited_too(tmp_path: Path) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    shutil.copy(ROOT / "spiders" / "portals" / "bac_lieu.yaml", registry)
    url = f"sqlite:///{tmp_path / 'f.db'}"
    name = next(iter(load_registry(registry))).id
    common = ["--database", url, "--registry", str(registry)]
    for arguments in (["portals", "pause", name], ["schedule", "set", name, "--every", "2h"]):
        assert CliRunner().invoke(app, [*arguments, *common]).exit_code == 0
    engine = open_database(url)
    entries = [(e.place, e.action, e.target) for e in audit.entries(engine)]
    engine.dispose()
    assert entries == [("command", "schedule", name), ("command", "pause", name)]
