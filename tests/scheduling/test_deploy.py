"""The units and the image of deploy/: what systemd accepts, files that are there, commands that exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from cli import app
from tests.scheduling.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
LINES = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text("utf-8")).splitlines()
STEPS = [tuple(line.split(" ", 1)) for line in LINES if line and not line.startswith("#")]


def arguments(step: str) -> list[list[str]]:
    """What follows each line of a kind, as words."""
    rests = [rest for name, rest in STEPS if name == step]
    return [json.loads(rest) if rest.startswith("[") else shlex.split(rest) for rest in rests]


def is_a_command(words: list[str]) -> bool:
    """Whether `frontnews` takes these words: its commands, their options and as many arguments."""
    command = get_command(app)
    while words and isinstance(command, typer.core.TyperGroup):
        found = command.get_command(typer.Context(command), words[0])
        if found is None:
            return False
        command, words = found, words[1:]
    with command.make_context("frontnews", list(words), resilient_parsing=False) as context:
        return bool(context)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    here = tmp_path / unit.name
    program = re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", unit.read_text("utf-8"), flags=re.M)
    here.write_text(program, "utf-8")

    def verified() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["systemd-analyze", "verify", here], capture_output=True, text=True, check=False
        )

    done = verified()
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    here.write_text(program.replace("KillMode=mixed", "KillMod=mixed"), "utf-8")
    assert "KillMod" in verified().stderr, "it does look"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_command_of_a_unit_exists(unit: Path) -> None:
    (start,) = re.findall(r"^ExecStart=(.*)", unit.read_text("utf-8"), flags=re.M)
    program, *words = shlex.split(start)
    assert program.endswith("/.venv/bin/frontnews") and is_a_command(words)
    assert not is_a_command(["schedul"])


def test_the_image_is_made_of_files_that_are_there_and_runs_a_command_that_exists() -> None:
    for *sources, _target in arguments("COPY"):
        assert [source for source in sources if not (ROOT / source).exists()] == []
    (entry,) = arguments("ENTRYPOINT")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert entry[0] in project["scripts"]
    (default,) = arguments("CMD")
    assert is_a_command([*entry[1:], *default])
    (check,) = [rest for name, rest in STEPS if name == "HEALTHCHECK"]
    program, *words = json.loads(check.partition("CMD ")[2])
    assert program == entry[0] and is_a_command(words)


def test_the_image_installs_only_what_is_locked_and_leaves_out_what_was_crawled_here() -> None:
    installs = [" ".join(words) for words in arguments("RUN") if words[:2] == ["pip", "install"]]
    assert all("--require-hashes -r requirements.lock" in i or "--no-deps" in i for i in installs)
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert {".git", ".venv", "data", "build"} <= set(left_out)
    copied = {source for *sources, _ in arguments("COPY") for source in sources}
    assert not copied & set(left_out)
