"""Bad input ends in one clear line that names the thing, with the right exit code, and nothing is lost."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests.commands.conftest import ROOT, Frontnews


def closed_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("crawl", "tay_ninh/demo_go_dauu"), 2, ("demo_go_dauu", "nearest: tay_ninh/demo_go_dau")),
        (("crawl", "gò dầu đẹp"), 2, ("nearest: ", "tay_ninh/demo_go_dau")),
        (("crawl", "--since", "hôm qua"), 2, ("hôm qua", "2024-03-05")),
        (("crawl", "--since", "2026-02-01", "--until", "2026-01-01"), 2, ("2026-02-01", "2026-01-01")),
        (("crawl", "--allow-address", "loopback"), 2, ("loopback", "127.0.0.0/8")),
        (("portals", "show", "nowhere"), 2, ("nowhere",)),
        (("portals", "check"), 2, ("--all",)),
        (("read", "no-such-file.txt"), 2, ("no-such-file.txt", "No such file")),
        (("export", "--format", "parquet"), 2, ("-o PATH",)),
        (("runs", "--database", "mysql://x"), 8, ("mysql", "SQLite and PostgreSQL")),
        (("runs", "--database", "sqlite:////proc/none/x.db"), 8, ("/proc/none/x.db",)),
        (("crawl", "ftp://tho.example.vn/tin"), 2, ("ftp://tho.example.vn/tin", "only http and https")),
        (("read", "ftp://tho.example.vn/tin"), 2, ("only http and https",)),
        (("portals", "discover", "FTP://tho.example.vn/"), 2, ("only http and https", "not ftp")),
        (("read", "file:///tmp/a.html"), 2, ("only http and https", "by its path")),
        (("crawl", "http://"), 2, ("http:// names no host",)),
        (("crawl", "http://[bad/"), 2, ("http://[bad/ is no address",)),
        (("portals", "discover", "tho.example.vn:99999"), 2, ("tho.example.vn:99999 is no address",)),
        (("read", "/dev/null", "--url", "http://[bad/"), 2, ("http://[bad/ is no address",)),
        (("read", "/dev/null", "--url", "http://tho.example.vn:99999/"), 2, ("vn:99999/ is no address",)),
        (("crawl", "http://10.1.2.3/"), 5, ("10.1.2.3", "--allow-address")),
    ],
)
def test_a_wrong_argument_is_answered_in_words_that_name_it(
    frontnews: Frontnews, arguments: tuple[str, ...], code: int, words: tuple[str, ...]
) -> None:
    done = frontnews(*arguments)
    assert done.returncode == code, done.stderr
    said = " ".join(done.stderr.replace("│", " ").split())
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in done.stderr


def test_where_no_run_fits_it_is_said_of_which_and_a_portal_goes_by_its_other_names(
    frontnews: Frontnews,
) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "1").returncode == 0
    named = frontnews("runs", "demo_go_dau", "--json")
    (run,) = map(json.loads, named.stdout.splitlines())
    assert run["portal"] == "tay_ninh/demo_go_dau"
    assert datetime.fromisoformat(run["started_at"]).isoformat() == run["started_at"], "one form of time"
    assert frontnews("runs", "--failed").stderr == "no run that did not end well\n"
    unseen = frontnews("runs", "demo_hau_loc").stderr
    assert (
        unseen
        == "no runs of thanh_hoa/demo_hau_loc yet; start one with: frontnews crawl thanh_hoa/demo_hau_loc\n"
    )
    wrong = frontnews("runs", "demo_go_dauu")
    assert (wrong.returncode, "nearest: tay_ninh/demo_go_dau" in wrong.stderr) == (2, True)


def test_an_interrupt_while_libraries_are_imported_ends_without_a_word(frontnews: Frontnews) -> None:
    slow = frontnews.folder / "slow"
    slow.mkdir()
    (slow / "typer.py").write_text("import sys\nprint('importing', flush=True)\nsys.stdin.read()\n")
    with subprocess.Popen(
        [sys.executable, ROOT / "cli.py", "runs"], env=frontnews.all_variables(PYTHONPATH=str(slow)),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as starting:  # fmt: skip
        assert starting.stdout is not None
        assert starting.stdout.readline() == "importing\n"
        starting.send_signal(signal.SIGINT)
        _, said = starting.communicate(timeout=60)
    assert (starting.returncode, said) == (-signal.SIGINT, ""), "130 to a shell"


def test_a_crawl_whose_reader_goes_away_ends_cleanly_and_blames_no_portal(frontnews: Frontnews) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "crawl", "tay_ninh/demo_go_dau", "--json", "--quiet"]
    with subprocess.Popen(
        command, env=frontnews.all_variables(), cwd=frontnews.folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as crawling:  # fmt: skip
        assert crawling.stdout is not None and crawling.stderr is not None
        json.loads(crawling.stdout.readline())
        crawling.stdout.close()
        said = crawling.stderr.read()
    assert crawling.returncode == 1
    assert "BrokenPipe" not in said and "failed" not in said and "Traceback" not in said
    (run,) = map(json.loads, frontnews("runs", "--json").stdout.splitlines())
    assert (run["verdict"], run["errors"]) == ("cancelled", {})
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--quiet").returncode == 0
    assert len(frontnews("export", "--quiet").stdout.splitlines()) > 35


def test_a_crawl_whose_output_has_no_space_says_so_and_keeps_what_it_read(frontnews: Frontnews) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "cli.py"), "crawl", "tay_ninh/demo_go_dau", "--json", "--quiet"],
            env=frontnews.all_variables(), cwd=frontnews.folder, stdout=full, stderr=subprocess.PIPE,
            text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == "frontnews: stdout could not be written: No space left on device; what was read is stored"
    assert frontnews("export", "--quiet").stdout.count("\n") >= 1


def test_a_typo_in_the_registry_names_file_line_and_the_right_key(frontnews: Frontnews) -> None:
    folder = frontnews.folder / "registry"
    folder.mkdir()
    (folder / "ca_mau.yaml").write_text(
        "province: Cà Mau\nportals:\n  - id: ca_mau/x\n    name: X\n    url: http://127.0.0.1/\n"
        "    owner: front\n    platfrom: nukeviet\n",
        "utf-8",
    )
    done = frontnews("portals", "list", "--registry", str(folder))
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "frontnews: ca_mau.yaml:7: unknown key 'platfrom'; did you mean 'platform'?"
    ]


def test_where_the_only_portal_is_down_the_crawl_has_failed(frontnews: Frontnews) -> None:
    done = frontnews("crawl", f"http://127.0.0.1:{closed_port()}/tin/")
    assert done.returncode == 5, done.stderr
    assert "connection refused [connect]" in done.stderr


def test_a_portal_that_is_down_fails_alone(frontnews: Frontnews, demo_registry: Path) -> None:
    folder = frontnews.folder / "registry"
    folder.mkdir()
    for file in demo_registry.glob("*.yaml"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    (folder / "zz.yaml").write_text(
        "province: Cà Mau\nportals:\n  - id: ca_mau/down\n    name: Down\n"
        f"    url: http://127.0.0.1:{closed_port()}/\n    owner: front\n    platform: nukeviet\n"
        "    sections: [{path: /tin/, scope: front}]\n",
        "utf-8",
    )
    done = frontnews(
        "crawl", "ca_mau/down", "tay_ninh/demo_go_dau", "--limit", "3", "--registry", str(folder)
    )
    assert done.returncode == 4, done.stderr
    assert "ca_mau/down" in done.stderr
    assert "connection refused [connect]" in done.stderr
    exported = frontnews("export")
    assert len(exported.stdout.splitlines()) == 3


def test_a_row_that_cannot_be_read_keeps_its_place(frontnews: Frontnews) -> None:
    rows = [
        {"url": "http://mot.vn/1", "html": "<html><body>" + "<p>Không đủ.</p>"},
        {"url": "http://mot.vn/2"},
        {"url": "http://mot.vn/3", "path": "/no/such/file"},
    ]
    done = frontnews("read", "--jsonl", stdin="\n".join([*map(json.dumps, rows), "not json"]))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["error"]["class"] for a in answers] == ["not_article", "usage", "usage", "usage"]
    assert [a.get("url") for a in answers] == ["http://mot.vn/1", "http://mot.vn/2", "http://mot.vn/3", None]
    assert "lacks html or path" in answers[1]["error"]["message"]


def test_a_second_crawl_of_a_portal_under_crawl_is_refused(frontnews: Frontnews) -> None:
    first = frontnews.start("crawl", "tay_ninh/demo_go_dau", "--delay", "1.5")
    try:
        while "running" not in frontnews("runs").stdout:
            assert first.poll() is None, frontnews.said.read_text()
        second = frontnews("crawl", "tay_ninh/demo_go_dau")
        assert second.returncode == 10, second.stderr
        assert "is being crawled already" in second.stderr
    finally:
        first.terminate()
        first.wait(30)
    assert first.returncode == 143


def test_a_row_whose_values_are_no_text_keeps_its_place_and_stops_nothing(frontnews: Frontnews) -> None:
    rows = [
        {"title": None, "text": "", "url": ""},
        {"title": "Hội Nông dân xã", "text": 5, "url": "http://mot.vn/2"},
        {"title": "Hội Nông dân xã tổng kết", "text": "Hội nghị.", "url": "http://mot.vn/3"},
    ]
    done = frontnews("tag", "--jsonl", stdin="\n".join(map(json.dumps, rows)))
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert "title is no text" in first["error"]["message"]
    assert "text is no text but 5" in second["error"]["message"]
    assert third["relevant"] is True


@pytest.mark.parametrize(
    "command",
    [
        ("search", "mặt trận"),
        ("export", "--format", "jsonl"),
        ("changes", "--after", "0"),
        ("db", "check"),
        ("runs",),
        ("logs", "1"),
        ("health",),
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_reads_makes_no_database_where_there_is_none(
    frontnews: Frontnews, command: tuple[str, ...]
) -> None:
    done = frontnews(*command)
    assert done.returncode == 8
    assert done.stderr.count("\n") == 1 and "there is no database" in done.stderr
    assert not (frontnews.folder / "frontnews.db").exists()


def test_a_cursor_that_cannot_be_served_ends_alike_for_changes_and_for_a_delta(frontnews: Frontnews) -> None:
    assert frontnews("crawl", "tay_ninh/demo_go_dau", "--limit", "2", "--quiet").returncode == 0
    for command in (("changes", "--after", "99"), ("export", "--since-seq", "99", "-o", "delta.jsonl")):
        done = frontnews(*command)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)
        assert "there is no change 99: this is another database, or one restored from a backup" in done.stderr
    assert not (frontnews.folder / "delta.jsonl").exists()
    at_the_end = frontnews("export", "--since-seq", "2")
    assert (at_the_end.returncode, at_the_end.stdout) == (0, "")
