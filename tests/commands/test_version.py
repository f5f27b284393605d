"""`frontnews --version`: what a report of a fault should name."""

from __future__ import annotations

import json
import platform
import subprocess
import tomllib

import pytest
import scrapy
from typer.testing import CliRunner

from cli import app
from tests.commands.conftest import ROOT

RUN = CliRunner()
OWN = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


@pytest.mark.parametrize("arguments", [("--version", "--json"), ("--json", "--version")])
def test_the_version_is_an_object_with_json(arguments: tuple[str, ...]) -> None:
    told = RUN.invoke(app, arguments)
    assert told.exit_code == 0
    row = json.loads(told.stdout)
    assert list(row) == ["name", "version", "python", "scrapy", "revision"]
    assert (row["name"], row["version"]) == ("frontnews", OWN)
    assert (row["python"], row["scrapy"]) == (platform.python_version(), scrapy.__version__)


def test_in_a_checkout_the_revision_is_that_of_git() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    head = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout
    revision = json.loads(RUN.invoke(app, ["--version", "--json"]).stdout)["revision"]
    assert head.startswith(revision.removesuffix("-dirty")) and len(revision) >= 12


def test_for_a_person_it_is_one_line_and_an_image_says_its_revision_itself() -> None:
    told = RUN.invoke(app, ["--version"], env={"FRONTNEWS_REVISION": "v7-1-gabc"})
    assert told.stdout == (
        f"frontnews {OWN} (Python {platform.python_version()}, Scrapy {scrapy.__version__}, "
        "revision v7-1-gabc)\n"
    )


def test_without_a_command_and_without_version_it_is_a_usage_error() -> None:
    told = RUN.invoke(app, ["--quiet"])
    assert told.exit_code == 2 and "Missing command" in told.stderr
