"""Log lines: one object each, with what they are about, and never with a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.logging import configure, redact
from tests.forked import Forked, Order, without_settings
from tests.health.test_faults import QUICK
from tests.portals.serve import DemoSites

CANARY = "canary-8f3a55e1c0"


def test_a_crawl_in_json_tells_portal_run_and_url_and_no_secret(forked: Forked, tmp_path: Path) -> None:
    with DemoSites() as sites:
        registry = sites.registry(tmp_path / "registry")
        environment = without_settings() | {
            "FRONTNEWS_LOG": "json", "FRONTNEWS_LOG_LEVEL": "DEBUG",
            "FRONTNEWS_NOTIFY": f"json://user:{CANARY}@hooks.example.org/{CANARY}-path",
            "FRONTNEWS_DASHBOARD_TOKEN": CANARY,
            "FRONTNEWS_REGISTRY": str(registry), "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
        }  # fmt: skip
        arguments = ("crawl", QUICK, "--delay", "0", "--quiet")
        done = forked.run(Order(arguments, environment, str(tmp_path)), "", 120)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    ours = [line for line in lines if line["logger"] == "crawler.running.event_log"]
    assert {line["portal"] for line in ours} == {QUICK}
    assert {line["run_id"] for line in ours} == {1}
    assert sum("/" in line.get("url", "") for line in ours) >= 40
    assert CANARY not in done.stderr


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (f"postgresql+psycopg://frontnews:{CANARY}@db.example.org/news failed", "db.example.org/news failed"),
        (f"json://user:{CANARY}@hooks.example.org", "hooks.example.org"),
        (f'{{"authorization": "Bearer {CANARY}", "portal": "x"}}', '"portal": "x"'),
        (f"GET /api?token={CANARY}&page=2", "page=2"),
        (f"password={CANARY} host=db", "host=db"),
        (f"sent to {CANARY}-in-the-environment", "sent to"),
    ],
)
def test_a_secret_is_hidden_and_the_rest_is_not(
    line: str, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTNEWS_NOTIFY", f"{CANARY}-in-the-environment")
    assert CANARY not in redact(line)
    assert kept in redact(line)


def test_a_level_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTNEWS_LOG", "json")
    monkeypatch.setenv("FRONTNEWS_LOG_LEVEL", "laut")
    with pytest.raises(ValueError, match="FRONTNEWS_LOG_LEVEL is DEBUG"):
        configure()


def test_what_is_no_secret_stays_as_it_is() -> None:
    line = "https://xa.gov.vn:8443/tin/6646.html?page=2 ngày 5/3: 12 listed (mặt trận)"
    assert redact(line) == line
