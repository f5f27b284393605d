"""A canary for every secret that we are given: after a crawl with failures it sings nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from dashboard.app import create_app
from storage.engine import DatabaseProblem, open_database, open_existing
from tests.conftest import ROOT, fresh_postgresql_database
from tests.dashboard.pages import pages
from tests.dashboard.serving import serving, visit
from tests.loopback import http
from tests.spiders.small_portal import SmallPortal

PASSWORD, TOKEN, PROXY, HOOK, COOKIE = (
    f"canary-{what}-8f3a55e1c0" for what in ("db", "token", "proxy", "hook", "cookie")
)
SECRETS = (PASSWORD, TOKEN, PROXY, HOOK, COOKIE)


def sung(where: str, said: str | bytes) -> list[str]:
    """The canaries that sing in something."""
    data = said if isinstance(said, bytes) else said.encode()
    return [f"{secret} in {where}" for secret in SECRETS if secret.encode() in data]


@pytest.mark.slow
def test_no_secret_is_in_logs_database_exports_metrics_pages_or_messages(
    postgresql: str, tmp_path: Path
) -> None:
    plain = fresh_postgresql_database(postgresql)
    url = plain.replace("postgres:@", f"postgres:{PASSWORD}@").replace("postgres@", f"postgres:{PASSWORD}@")
    assert PASSWORD in url
    environment = {k: v for k, v in os.environ.items() if not k.startswith("FRONTNEWS_")} | {
        "FRONTNEWS_DATABASE": url, "FRONTNEWS_DASHBOARD_TOKEN": TOKEN, "FRONTNEWS_LOG": "json",
        "FRONTNEWS_LOG_LEVEL": "DEBUG", "FRONTNEWS_NOTIFY": f"json://user:{HOOK}@127.0.0.1:9/{HOOK}",
        "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8", "FRONTNEWS_ARCHIVE": str(tmp_path / "archive"),
        "http_proxy": f"http://u:{PROXY}@127.0.0.1:9", "https_proxy": f"http://u:{PROXY}@127.0.0.1:9",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    found: list[str] = []

    def run(*arguments: str, **changed: str) -> None:
        done = subprocess.run(
            [sys.executable, ROOT / "cli.py", *arguments], env=environment | changed, cwd=tmp_path,
            capture_output=True, timeout=180, check=False,
        )  # fmt: skip
        found.extend(
            sung(f"stdout of {arguments}", done.stdout) + sung(f"stderr of {arguments}", done.stderr)
        )

    with SmallPortal() as site:
        site.publish(6)
        for news in site.news:
            site.broken[news.path] = http(news.html(), Set_Cookie=f"session={COOKIE}; HttpOnly")
        site.broken[site.news[1].path] = http("", "500 Internal Server Error", Set_Cookie=f"session={COOKIE}")
        site.broken[site.news[2].path] = None
        for _ in range(2):
            run("crawl", f"{site.url}mat-tran/", "--delay", "0")
        assert not any(COOKIE in str(asked.headers) for asked in site.log)
        run("crawl", site.url, FRONTNEWS_DATABASE=url.replace("/t", "/no_such_database_t", 1))
    run("runs", "--json")
    run("doctor")
    run("health")
    run("export", "--format", "jsonl", "-o", "out.jsonl")
    run("export", "--format", "csv", "-o", "out.csv")
    run("db", "backup", "copy.zip")
    run("db", "check")
    assert (tmp_path / "out.jsonl").stat().st_size > 1000, "the crawl stored nothing"
    for path in tmp_path.rglob("*"):
        if path.is_file():
            found += sung(path.name, path.read_bytes())

    engine = open_database(url)
    with engine.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'procrastinate')"
            )
        ).all()
        assert len(tables) > 30
        for schema, name in tables:
            rows = connection.execute(text(f'SELECT t::text FROM "{schema}"."{name}" t')).scalars()
            found += sung(f"table {name}", "\n".join(rows))
    with serving(create_app(engine)) as address, visit(address) as client:
        for page in (*pages(engine), "/metrics", "/healthz?verbose", "/no-such-page", "/articles/none"):
            answer: httpx.Response = client.get(page)
            found += sung(f"page {page}", answer.content + str(answer.headers).encode())
    engine.dispose()
    for broken in (
        url.replace("/t", "/no_such_t", 1),
        url.replace("postgresql:", "mysql:"),
        url.replace("postgresql:", "sqlite+x:"),
    ):
        with pytest.raises(DatabaseProblem) as caught:
            open_existing(broken)
        found += sung(f"the message for {broken[:12]}", str(caught.value))
    assert found == []
