"""The archive as a user meets it: one crawl, and everything that can be done with its pages afterwards."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.commands.conftest import Frontnews


@pytest.mark.slow
def test_a_crawl_is_archived_and_reading_it_again_changes_nothing(frontnews: Frontnews) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau").returncode == 0
    before = frontnews("export").stdout
    answer = frontnews("archive", "list", "--limit", "500", "--json").stdout
    listed = [json.loads(line) for line in answer.splitlines()]
    assert {page["kind"] for page in listed} == {"article", "listing"}

    checked = frontnews("archive", "verify")
    assert (checked.returncode, checked.stdout) == (0, "")
    assert f"1 file, {len(listed)} pages" in checked.stderr
    assert "0 problems" in checked.stderr

    url = next(page["url"] for page in listed if page["kind"] == "article")
    shown = frontnews("archive", "show", url)
    assert "<html" in shown.stdout.lower()
    assert frontnews("archive", "show", url + "x").returncode == 2

    rehearsed = json.loads(frontnews("reprocess", "--dry-run", "--json").stdout)
    assert (rehearsed["changed"], rehearsed["new"], rehearsed["unreadable"]) == (0, 0, [])
    again = frontnews("reprocess", "--portal", "tay_ninh/demo_go_dau", "--workers", "1")
    assert again.returncode == 0, again.stderr
    assert "0 records changed" in again.stderr
    assert frontnews("export").stdout == before
    assert len(before.splitlines()) > 30

    (file,) = (frontnews.folder / "archive").rglob("*.warc.gz")
    for command, told in (
        (("archive", "verify"), "reading every record"),
        (("reprocess",), "reading the archive"),
        (("archive", "import", str(file)), "importing"),
        (("archive", "prune", "--max-size", "1K", "--dry-run"), "dropping pages"),
    ):
        assert told in frontnews(*command, FORCE_COLOR="1").stderr, "a bar, as on a terminal"
    with file.open("rb+") as cut:
        cut.truncate(file.stat().st_size - 400)
    torn = frontnews("archive", "verify")
    assert torn.returncode == 4
    assert "torn" in torn.stdout
    assert frontnews("archive", "verify", "--repair").returncode == 0


def test_without_an_archive_nothing_is_kept_and_the_commands_say_so(frontnews: Frontnews) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "2", "--no-archive").returncode == 0
    other = frontnews("crawl", "thanh_hoa/demo_hau_loc", "--limit", "2", FRONTNEWS_ARCHIVE="off")
    assert other.returncode == 0, other.stderr
    assert not (frontnews.folder / "archive").exists()
    off = frontnews("reprocess", FRONTNEWS_ARCHIVE="off")
    assert off.returncode == 2
    assert "--archive DIR" in off.stderr
    assert frontnews("archive", "prune").returncode == 2


def test_a_reading_process_that_dies_is_told_in_one_line(frontnews: Frontnews) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "2").returncode == 0
    (file,) = (frontnews.folder / "archive").rglob("*.warc.gz")
    kept = file.rename(file.with_suffix(".kept"))
    os.mkfifo(file)  # whoever reads it waits for somebody to write
    command = frontnews.start("reprocess", "--workers", "2")
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    readers: list[int] = []
    while len(readers) < 2:
        assert command.poll() is None, "it has begun its readers"
        readers = [int(number) for number in children.read_text().split()]
    for reader in readers:
        os.kill(reader, signal.SIGKILL)
    assert command.wait(60) == 4
    said = frontnews.said.read_text().strip()
    assert len(said.splitlines()) == 1
    assert "ended by signal 9; no page was read" in said
    assert "--workers 1" in said

    kept.rename(file)
    assert frontnews("reprocess", "--workers", "2").returncode == 0
