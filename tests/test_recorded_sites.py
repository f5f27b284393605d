"""The main job on two real sites: `frontnews crawl` against their recordings, scored by their own scorer."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.forked import Forked, Order, without_settings

ROOT = Path(__file__).resolve().parent.parent

REGISTRY = """\
province: Tuyên Quang
portals:
  - id: thu/nukeviet
    name: Trang thông tin điện tử Ủy ban MTTQ Việt Nam huyện
    url: {nukeviet}
    owner: front
    platform: nukeviet
    province_2024: Tuyên Quang
    province_2025: Tuyên Quang
    sections:
      - {{path: /hoat-dong-mat-tran/, scope: front}}
      - {{path: /giam-sat-phan-bien-xa-hoi/, scope: front}}
      - {{path: /cac-to-chuc-chinh-tri-xa-hoi/, scope: front}}
      - {{path: /hoi-lien-hiep-phu-nu/, scope: front}}
      - {{path: /hoi-nong-dan/, scope: front}}
      - {{path: /doan-thanh-nien-cong-doan/, scope: front}}
      - {{path: /tin-trong-huyen/, scope: news}}
  - id: thu/wordpress
    name: Cổng thông tin Mặt trận huyện
    url: {wordpress}
    owner: front
    platform: wordpress
    province_2024: Tuyên Quang
    province_2025: Tuyên Quang
    sections:
      - {{path: /category/mat-tran-to-quoc/, scope: front}}
      - {{path: /category/cac-doan-the/, scope: front}}
      - {{path: /category/giam-sat-phan-bien/, scope: front}}
      - {{path: /category/tin-tuc-su-kien/, scope: news}}
"""


@dataclass(frozen=True, slots=True)
class Replay:
    """The running recordings: address of each site, and the log of what was asked of them."""

    addresses: dict[str, str]
    log: Path

    def asked(self, name: str) -> list[str]:
        """The paths that were asked of a site, robots.txt aside, since the log was emptied."""
        rows = [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]
        return [row["path"] for row in rows if row["site"] == name and row["path"] != "/robots.txt"]


@pytest.fixture(scope="module")
def replay(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """Both sites on free ports of loopback, served by the recordings' own tool."""
    log = tmp_path_factory.mktemp("replay") / "access.jsonl"
    log.touch()
    sites = shared / "sites" / "sites"
    arguments = [f"{sites / name}=127.0.0.1:0" for name in ("nukeviet", "wordpress")]
    with subprocess.Popen(
        [sys.executable, "-B", shared / "sites" / "tools" / "replay.py", *arguments, "--access-log", log],
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        lines = [server.stderr.readline().split() for _ in arguments]
        try:
            yield Replay({name: address for name, address, _ in lines}, log)
        finally:
            server.terminate()


def frontnews(
    forked: Forked, *arguments: str, database: Path, registry: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does; the crawler may reach loopback and nothing else that is private."""
    environment = without_settings() | {
        "FRONTNEWS_DATABASE": f"sqlite:///{database}",
        "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
        **({"FRONTNEWS_REGISTRY": str(registry)} if registry else {}),
    }
    return forked.run(Order(arguments, environment, str(ROOT)), "", 240)


def score(shared: Path, replay: Replay, name: str, records: Path, details: Path) -> dict[str, Any]:
    """Score exported records by the recordings' own scorer: shares and counts of one site."""
    done = subprocess.run(
        [
            sys.executable, "-B", shared / "sites" / "tools" / "score_sites.py", "--json",
            "--truth", shared / "sites" / "sites" / name / "truth.jsonl", "--base", replay.addresses[name],
            "--articles", records, "--details", details,
        ],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    total: dict[str, Any] = json.loads(done.stdout)["sites"]["total"]
    return total


FLOORS = {
    "coverage": 0.99, "title": 0.99, "day": 0.99, "byline": 0.95, "lead": 0.97, "paragraph_recall": 0.98,
    "paragraph_precision": 0.97, "nfc": 1.0,
}  # fmt: skip


@pytest.mark.parametrize("name", ["nukeviet", "wordpress"])
@pytest.mark.parametrize("way", ["url", pytest.param("registry", marks=pytest.mark.slow)])
def test_a_recorded_site_is_crawled_whole_read_right_and_not_twice(
    name: str, way: str, replay: Replay, forked: Forked, shared: Path, tmp_path: Path
) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    (registry / "tuyen_quang.yaml").write_text(REGISTRY.format(**replay.addresses), "utf-8")
    portal = replay.addresses[name] if way == "url" else f"thu/{name}"
    chosen = None if way == "url" else registry
    database, records = tmp_path / "frontnews.db", tmp_path / "articles.jsonl"

    crawl = frontnews(
        forked, "crawl", portal, "--scope", "all", "--delay", "0", database=database, registry=chosen
    )
    assert crawl.returncode == 0, crawl.stderr
    assert frontnews(forked, "export", "-o", str(records), database=database).returncode == 0
    total = score(shared, replay, name, records, tmp_path / "wrong.jsonl")
    short = {k: total["shares"][k] for k, floor in FLOORS.items() if total["shares"][k] < floor}
    assert short == {}, (tmp_path / "wrong.jsonl").read_text("utf-8")[:4000]
    counts = total["counts"]
    assert {k: counts[k] for k in ("spurious", "edit_date", "captions_in_body", "noise_in_body")} == {
        "spurious": 0, "edit_date": 0, "captions_in_body": 0, "noise_in_body": 0,
    }  # fmt: skip
    assert total["shares"]["event_precision"] in (None, 1.0)

    replay.log.write_text("")
    again = frontnews(
        forked, "crawl", portal, "--scope", "all", "--delay", "0", database=database, registry=chosen
    )
    assert again.returncode == 0, again.stderr
    row = re.search(r"nothing_new +\d+ +(\d+) +(\d+)", again.stdout)
    assert row is not None, again.stdout
    assert row.groups() == ("0", "0")
    listing = re.compile(r"/(category/)?[a-z-]+/(page[-/]\d+/)?")
    asked = replay.asked(name)
    assert asked
    assert [path for path in asked if not listing.fullmatch(path)] == []


@pytest.mark.slow
def test_both_recorded_sites_read_again_from_the_archive_give_what_the_crawl_gave(
    replay: Replay, forked: Forked, tmp_path: Path
) -> None:
    registry = tmp_path / "registry"
    registry.mkdir()
    (registry / "tuyen_quang.yaml").write_text(REGISTRY.format(**replay.addresses), "utf-8")
    database = tmp_path / "frontnews.db"

    def run(*arguments: str) -> str:
        done = frontnews(forked, *arguments, database=database, registry=registry)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("crawl", "thu/nukeviet", "thu/wordpress", "--delay", "0")
    before = run("export")
    asked = replay.log.read_text("utf-8")
    (again,) = map(json.loads, run("reprocess", "--json").splitlines())
    assert {name: again[name] for name in ("changed", "new", "revisions", "superseded")} == {
        "changed": 0, "new": 0, "revisions": 0, "superseded": 0,
    }  # fmt: skip
    assert (again["unreadable"], again["damaged"], again["refused"]) == ([], [], [])
    assert again["unchanged"] >= len(before.splitlines()) > 100, "some articles have a copy on both"
    assert again["off_topic"] > 0, "what was left then is left now"
    assert run("export") == before
    assert run("archive", "verify", "--json") == ""
    assert replay.log.read_text("utf-8") == asked, "nobody was asked anything"
