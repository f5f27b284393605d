"""Pages that scripts build, as a browser shows them, for portals whose record says so.

The browser asks nobody by itself: its names do not resolve, and whatever a page wants (scripts, data) is
fetched by the portal's own fetcher, so that the address guard, robots.txt, the turns of each server and all
limits hold there too. Pictures, styles, fonts and frames are not fetched, nor anything that is posted.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.reading import urls
from crawler.reading.page import Page

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import Playwright, Route, WebSocketRoute

    from crawler.fetching.fetcher import Fetcher

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Programs that will do; FRONTNEWS_CHROMIUM names another."""

SECONDS = 60.0
"""For one page with all that it fetches, in turn with pauses between."""

QUIET_SECONDS = 30.0
"""How long a page may go on fetching before it is taken as it stands."""

MOST_REQUESTS = 40
"""Of one page beyond itself: an application of many parts has a dozen."""

WANTED = frozenset({"script", "xhr", "fetch"})
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--no-first-run", "--disable-extensions", "--mute-audio",
)  # fmt: skip


def find_chromium() -> str | None:
    """The program that is the browser; None where there is none."""
    return os.environ.get("FRONTNEWS_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class NoBrowser(Exception):
    """There is no browser here, or it cannot be started. The message is one line for the operator."""


class Browser:
    """One browser for one portal, started with the first page. ``close`` ends it."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._kept: dict[str, Page] = {}
        """Scripts that were fetched: the same for each page of a portal."""

    async def render(self, page: Page) -> Page:
        """Return a page as it stands once its scripts have run; what is no HTML comes back as it is. A page
        whose scripts fail or never end is what they made of it. Raises NoBrowser."""
        if "html" not in (page.content_type or "html"):
            return page
        from playwright.async_api import Error

        chromium = self._chromium or await self._start()
        context = await chromium.new_context(service_workers="block", accept_downloads=False)
        try:
            asked = _Answers(self, page)
            await context.route("**/*", asked.answer)
            await context.route_web_socket("**/*", _refuse)
            tab = await context.new_page()
            with contextlib.suppress(Error, TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await tab.goto(page.url, wait_until="load", timeout=SECONDS * 1000)
                    await tab.wait_for_load_state("networkidle", timeout=QUIET_SECONDS * 1000)
            markup = await tab.content()
        except Error:
            return page
        finally:
            with contextlib.suppress(Error):
                await context.close()
        return replace(page, body=markup.encode(), content_type="text/html; charset=utf-8")

    async def close(self) -> None:
        """End the browser."""
        if self._chromium is not None:
            await self._chromium.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._chromium = self._playwright = None

    async def get(self, url: str) -> Page | None:
        """Fetch what a page wants, with the manners of every request; None where nothing came."""
        if url in self._kept:
            return self._kept[url]
        outcome = await self._fetcher.fetch(url, file=True)
        if not isinstance(outcome, Page):
            return None
        if "javascript" in (outcome.content_type or ""):
            self._kept[url] = outcome
        return outcome

    async def _start(self) -> Chromium:
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError:
            raise NoBrowser(
                "this portal needs a browser: install Frontnews with its extra 'browser'"
            ) from None
        program = find_chromium()
        if program is None:
            raise NoBrowser("this portal needs a browser: install Chromium, or name it in FRONTNEWS_CHROMIUM")
        self._playwright = await async_playwright().start()
        try:
            self._chromium = await self._playwright.chromium.launch(
                executable_path=program, args=list(_ARGUMENTS), chromium_sandbox=os.geteuid() != 0
            )
        except Error as error:
            await self.close()
            raise NoBrowser(f"{program} cannot be started: {str(error).splitlines()[0]}") from None
        return self._chromium


class _Answers:
    """What one page is given."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._browser = browser
        self._page = page
        self._given = False
        self._left = MOST_REQUESTS

    async def answer(self, route: Route) -> None:
        """Give a page itself, and what scripts need of its own site; scripts alone of others."""
        from playwright.async_api import Error

        request = route.request
        with contextlib.suppress(Error):  # the page is gone meanwhile
            if request.is_navigation_request():
                if self._given:
                    await route.abort()
                    return
                self._given = True
                await route.fulfill(**_whole(self._page))
                return
            own = urls.same_site(request.url, self._page.url) or _is_beside(request.url, self._page.url)
            wanted = request.resource_type in WANTED and (own or request.resource_type == "script")
            if not wanted or request.method != "GET" or not self._left:
                await route.abort()
                return
            self._left -= 1
            found = await self._browser.get(request.url)
            if found is None:
                await route.abort()
            else:
                await route.fulfill(**_whole(found))


def _whole(page: Page) -> dict[str, Any]:
    headers = {"access-control-allow-origin": "*"}
    return {
        "status": page.status, "body": page.body, "headers": headers,
        "content_type": page.content_type or "text/html",
    }  # fmt: skip


def _is_beside(url: str, page_url: str) -> bool:
    """Whether a host is that of the page's data: ``api.x.vn`` of ``x.vn`` or of ``www.x.vn``."""
    host, own = urlsplit(url).hostname or "", (urlsplit(page_url).hostname or "").removeprefix("www.")
    return host.endswith(f".{own}") or (own.count(".") > 1 and host == own.partition(".")[2])


async def _refuse(socket: WebSocketRoute) -> None:
    await socket.close()
