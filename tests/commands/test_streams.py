"""Standard streams that are closed, full, or whose reader has had enough."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Frontnews


def in_a_shell(frontnews: Frontnews, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash, in which ``frontnews`` is the command; it ends as its first part that failed."""
    command = f"frontnews() {{ '{sys.executable}' '{ROOT}/cli.py' \"$@\"; }}"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command}\n{line}"],
        env=frontnews.all_variables(), cwd=frontnews.folder, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "frontnews export | true",
        "frontnews export | head -n 1 > /dev/null",
        "frontnews changes --after 0 | true",
        "frontnews runs | true",
        "frontnews search 'mặt trận' | true",
        "frontnews archive list | true",
        "frontnews crawl --help | true",
        "frontnews db dictionary --format json | true",
    ],
)
def test_a_reader_that_had_enough_is_no_failure(frontnews: Frontnews, line: str) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "3", "--quiet").returncode == 0
    done = in_a_shell(frontnews, line)
    assert (done.returncode, done.stderr.replace("3 records; high-water mark: 3\n", "")) == (0, "")


@pytest.mark.parametrize("line", ["runs", "changes --after 0", "export", "db dictionary", "crawl --help"])
def test_a_full_disk_behind_the_output_is_said_once(frontnews: Frontnews, line: str) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "3", "--quiet").returncode == 0
    done = in_a_shell(frontnews, f"frontnews {line} > /dev/full")
    assert (done.returncode, done.stderr) == (
        1, "frontnews: stdout could not be written: No space left on device\n",
    )  # fmt: skip


def test_a_closed_standard_input_is_an_empty_one(frontnews: Frontnews) -> None:
    read = in_a_shell(frontnews, "frontnews read - <&-")
    assert (read.returncode, json.loads(read.stdout)["page_kind"]) == (0, "empty")
    assert in_a_shell(frontnews, "frontnews tag <&-").stdout == ""


def test_what_is_said_to_people_never_goes_to_the_data(frontnews: Frontnews) -> None:
    done = in_a_shell(frontnews, "frontnews portals show nowhere 2>&-")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_crawl_needs_none_of_its_streams(frontnews: Frontnews, tmp_path: Path) -> None:
    done = in_a_shell(frontnews, "frontnews crawl tay_ninh/demo_go_dau --limit 3 <&- >&- 2>&-")
    assert done.returncode == 0
    assert len(frontnews("export", "--quiet").stdout.splitlines()) == 3
    assert frontnews("db", "check").returncode == 0
