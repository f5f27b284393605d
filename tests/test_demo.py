"""`make demo` on a terminal: its portals and its dashboard stay up, and one can go on by hand."""

from __future__ import annotations

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.forked import without_settings

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = without_settings() | {"PYTHONPATH": str(ROOT), "COLUMNS": "200", "TERM": "dumb"}


def read_until(terminal: int, sign: str) -> str:
    """What is written on a terminal, up to the first line that has ``sign``."""
    written = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:
            more = b""  # Linux: the other end is closed
        assert more, f"the demo ended early:\n{written.decode()}"
        written += more
        if re.search(rf"{sign}[^\n]*\n".encode(), written):
            return written.decode()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGHUP, 129)])
def test_the_demo_stays_up_until_ctrl_c_or_its_terminal_closes_and_its_two_lines_let_another_shell_go_on(
    number: signal.Signals, status: int
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.demo"], cwd=ROOT, env=ENVIRONMENT,
        stdout=theirs, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as demo:  # fmt: skip
        try:
            os.close(theirs)
            said = read_until(ours, "demo: 8 portals")
            lines = re.findall(r"^ *export (.*?)\r?$", said, re.MULTILINE)
            assert [line.split("=")[0] for line in lines] == ["FRONTNEWS_DATABASE", "FRONTNEWS_REGISTRY"]
            pasted = dict(word.split("=", 1) for line in lines for word in shlex.split(line))
            by_hand = subprocess.run(
                [sys.executable, ROOT / "cli.py", "crawl", "tay_ninh/demo_go_dau"],
                cwd=ROOT, env=ENVIRONMENT | pasted, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            assert (by_hand.returncode, "nothing_new" in by_hand.stdout) == (0, True), by_hand.stderr
            tried = re.search(r"frontnews (search .*?) *#", said)
            assert tried is not None
            answer = subprocess.run(
                [sys.executable, ROOT / "cli.py", *shlex.split(tried[1])],
                cwd=ROOT, env=ENVIRONMENT | pasted, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            assert "Gò Dầu" in answer.stdout.splitlines()[0], "accents are optional"
            found = re.search(r"open at (\S+)", said)
            assert found is not None
            with urllib.request.urlopen(found[1], timeout=30) as page:
                assert page.status == 200
            demo.send_signal(number)
            assert demo.wait(30) == status
            with pytest.raises(urllib.error.URLError, match="refused"):
                urllib.request.urlopen(found[1], timeout=30)
        finally:
            demo.kill()
            os.close(ours)
