"""Every command that README.md and docs/ show is run as it stands, in order, on the demo portals."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Frontnews

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands_of(page: Path) -> list[str]:
    """The lines that begin with ``$ frontnews`` in the page's console blocks."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("page", [p for p in PAGES if commands_of(p)], ids=lambda page: page.name)
def test_the_commands_of_a_page_work_as_printed(page: Path, frontnews: Frontnews) -> None:
    for command in commands_of(page):
        program, *arguments = shlex.split(command, comments=True)
        assert program == "frontnews", command
        done = frontnews(*arguments)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_the_sample_readers_read(frontnews: Frontnews) -> None:
    page = (ROOT / "docs" / "reading-the-data.md").read_text("utf-8")
    samples = re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert samples
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "4").returncode == 0
    for sample in samples:
        done = subprocess.run(
            [sys.executable, "-c", sample], cwd=frontnews.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("insert (") == 4


def test_the_pages_do_show_commands() -> None:
    assert {page.name for page in PAGES if commands_of(page)} >= {
        "README.md", "operating.md", "reading-the-data.md", "adding-a-portal.md",
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_between_the_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
