"""A record of the registry is a Scrapy spider."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from spiders.loader import RegistryLoader
from storage import export, runs
from storage.engine import open_database
from tests.loopback import Asked
from tests.spiders.small_portal import SmallPortal

ROOT = Path(__file__).parents[2]
RECORD = """\
province: Thanh Hóa
portals:
  - id: thanh_hoa/thu_nghiem
    name: Cổng thử nghiệm
    url: {url}
    owner: front
    platform: unknown
    confidence: high
    sections:
      - path: /mat-tran/
        scope: front
        name: Mặt trận
"""


def scrapy(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run a Scrapy command on the registry and the database in ``folder``."""
    settings = {
        "FRONTNEWS_REGISTRY": str(folder),
        "FRONTNEWS_DATABASE": f"sqlite:///{folder / 'frontnews.db'}",
        "FRONTNEWS_ALLOW_ADDRESSES": "127.0.0.0/8",
        "FRONTNEWS_DELAY": "0",
    }
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy", *arguments, *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_the_registry_loads_as_spiders_and_an_unknown_name_answers_with_the_nearest() -> None:
    loader = RegistryLoader.from_settings({})  # type: ignore[arg-type]
    names = loader.list()
    assert len(names) > 100
    spider = loader.load(names[0])
    assert spider.name == names[0]
    with pytest.raises(KeyError, match="nearest"):
        loader.load("thanh_hoa/tho_xuam")


def test_scrapy_crawl_stores_what_frontnews_crawl_would(tmp_path: Path) -> None:
    with SmallPortal() as site:
        site.publish(12)
        (tmp_path / "thanh_hoa.yaml").write_text(RECORD.format(url=site.url), "utf-8")
        listed, _ = scrapy(tmp_path, "list").communicate(timeout=60)
        assert listed.split() == ["thanh_hoa/thu_nghiem"]
        items = tmp_path / "items.jsonl"
        crawl = scrapy(tmp_path, "crawl", "thanh_hoa/thu_nghiem", "-a", "limit=5", "-o", str(items))
        _, err = crawl.communicate(timeout=60)
        assert crawl.returncode == 0, err
    engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
    assert len(list(export.records(engine))) == 5
    assert [run.verdict for run in runs.list_runs(engine)] == ["new"]
    engine.dispose()
    assert len([json.loads(line) for line in items.read_text("utf-8").splitlines()]) == 5


def test_ctrl_c_under_scrapy_crawl_saves_what_was_read_and_ends_the_run(tmp_path: Path) -> None:
    with SmallPortal() as site:
        site.publish(12)
        (tmp_path / "thanh_hoa.yaml").write_text(RECORD.format(url=site.url), "utf-8")
        asked, answer = threading.Event(), threading.Event()

        def hold(request: Asked) -> bytes:
            asked.set()
            answer.wait(60)
            return site.article(site.news[6], request)

        site.broken[site.news[6].path] = hold
        # Scrapy's engine waits for the request under way before it closes.
        crawl = scrapy(tmp_path, "crawl", "thanh_hoa/thu_nghiem", "-s", "DOWNLOAD_TIMEOUT=8")
        assert asked.wait(60)
        crawl.send_signal(signal.SIGINT)
        _, err = crawl.communicate(timeout=60)
        answer.set()
    engine = open_database(f"sqlite:///{tmp_path / 'frontnews.db'}")
    assert len(list(export.records(engine))) == 5, err
    assert [run.verdict for run in runs.list_runs(engine)] == ["cancelled"]
    engine.dispose()
