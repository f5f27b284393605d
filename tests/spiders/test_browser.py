"""Portals that scripts build: told by discovery, read through a browser, which asks nobody by itself."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from spiders.registry import load_registry
from tests.loopback import Asked, Reply, Site, http
from tests.spiders.odd_sites import PER_PAGE, OddSite

OPTIONS = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.1/32",))

needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium on this machine")

SCRIPT = """
const path = location.pathname + location.search;
fetch('/api' + path).then(answer => answer.json()).then(data => {
  document.title = data.title;
  document.getElementById('app').innerHTML = data.body;
});
fetch('http://127.0.0.2:%d/secret').catch(() => {});
new WebSocket('ws://127.0.0.2:%d/').onerror = () => {};
new Image().src = '/pixel.gif';
fetch('/api/count', {method: 'POST', body: '{}'}).catch(() => {});
"""


class BuiltByScripts(OddSite):
    """An empty shell for every address; a script asks for its content and puts it in."""

    elsewhere = 0

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return f"/{slug}?page={number}" if number > 1 else self.section_path(slug)

    def answer_to(self, asked: Asked) -> Reply:
        if asked.path == "/app.js":
            self.log.append(asked)
            return http(SCRIPT % (self.elsewhere, self.elsewhere), content_type="text/javascript")
        if asked.path.startswith("/api/"):
            answer = super().answer_to(Asked("GET", asked.path.removeprefix("/api"), {}, b"", 0.0))
            assert isinstance(answer, bytes)
            if b"404" in answer[:20]:
                return answer
            text = answer.partition(b"\r\n\r\n")[2].decode()
            title = text.partition("<title>")[2].partition("</title>")[0]
            body = text.partition("<body>")[2].partition("</body>")[0]
            return http(json.dumps({"title": title, "body": body}), content_type="application/json")
        self.log.append(asked)
        if asked.path == "/robots.txt" or "." in asked.path.rpartition("/")[2].removesuffix(".html"):
            return http("", "404 Not Found")
        return http(
            "<!doctype html><html lang='vi'><head><meta charset='utf-8'><title>Đang tải</title></head>"
            "<body><div id='app'></div><script src='/app.js'></script></body></html>"
        )


def test_discovery_tells_that_a_shell_needs_a_browser(tmp_path: Path) -> None:
    with BuiltByScripts() as site:
        shown = discover(site, tmp_path)
    assert "please answer: the page is built by scripts: say --browser" in shown


def discover(site: OddSite, folder: Path, *more: str) -> str:
    common = ["--database", f"sqlite:///{folder / 'a.db'}", "--allow-address", "127.0.0.1/32", "--delay", "0"]
    result = CliRunner().invoke(app, ["portals", *(more or ("discover",)), site.url, *common])
    return result.output


@pytest.mark.slow
@needs_chromium
def test_a_site_of_scripts_is_added_and_crawled_through_a_browser_that_asks_nobody_itself(
    tmp_path: Path,
) -> None:
    with Site(address="127.0.0.2") as other, BuiltByScripts() as site:
        site.elsewhere = int(other.netloc.rpartition(":")[2])
        site.news = {slug: some[: PER_PAGE + 2] for slug, some in site.news.items() if slug == "mat-tran"}
        folder = tmp_path / "records"
        said = discover(site, tmp_path, "add", "--browser", "--registry", str(folder))
        (portal,) = load_registry(folder)
        assert portal.browser, said
        assert next((s.path, s.scope) for s in portal.sections) == ("/mat-tran", "front")
        portal = replace(portal, sections=portal.sections[:1])
        (result,) = crawl([portal], OPTIONS, f"sqlite:///{tmp_path / 'b.db'}")
        asked = [one for one in site.log if one.path in ("/app.js", "/pixel.gif") or one.method == "POST"]
        assert (result.new, result.failed) == (PER_PAGE + 2, 0), result
    assert other.log == [], "what the guard keeps us from the browser does not get either"
    assert {one.path for one in asked} == {"/app.js"}
    assert len(asked) == 2, "one look and one crawl: the script was fetched once for each"


@needs_chromium
def test_without_a_browser_on_the_machine_the_run_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTNEWS_CHROMIUM", "/nowhere/chromium")
    with BuiltByScripts() as site:
        shown = discover(site, tmp_path, "discover", "--browser")
    assert "/nowhere/chromium cannot be started" in shown
