"""Scrapy's settings, each with its reason. M: measured, see shared reference/operations.md and engine.md."""

from __future__ import annotations

BOT_NAME = "frontnews"
USER_AGENT = "frontnews/0.1 (+https://github.com/frontnews/frontnews; crawler of public news)"
"""An honest name with a place to complain at; robots.txt addresses us as ``frontnews``."""

SPIDER_LOADER_CLASS = "spiders.loader.RegistryLoader"
"""A record of the registry is a spider: ``scrapy crawl thanh_hoa/tho_xuan``."""
FRONTNEWS_SPIDER = "spiders.portal.PortalSpider"
"""The walk, for portals that stand in no registry. A name, because imports run downwards only."""

# -- one reactor, many portals --------------------------------------------------------------------
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
"""M: 6 % less CPU a page than the default loop."""

# -- politeness: kept by crawler.fetching.turns for the whole process, by server address and port --
FRONTNEWS_DELAY = 2.0
"""Seconds between two requests to one server; robots.txt and the portal's record may ask for more."""
DOWNLOAD_DELAY = 0
"""Scrapy's own delay is per crawler and per host name; two queues one after the other would only add up."""
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 16

# -- limits ---------------------------------------------------------------------------------------
DOWNLOAD_TIMEOUT = 30
"""Seconds for a whole response (M: it is total, not idle). Scrapy's 180 s would hold a server's turn."""
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024
"""The default is 1 GiB. The largest article page seen has 2 MB."""
DOWNLOAD_WARNSIZE = 0
URLLENGTH_LIMIT = 2048
FRONTNEWS_RETRY_WAIT = 2.0
"""Seconds before the second try of a request, doubled before the third (hostile_servers.md 20)."""

# -- the gate -------------------------------------------------------------------------------------
FRONTNEWS_ALLOW_ADDRESSES: list[str] = []
"""Networks (CIDR) outside the public address space that may be asked all the same."""
FRONTNEWS_DATABASE = "sqlite:///data/frontnews.db"
FRONTNEWS_ARCHIVE: str | None = None
"""Folder of the raw archive of ``scrapy crawl``; the ``frontnews`` command has its own option for it."""
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetching.handler.GuardedHandler",
    "https": "crawler.fetching.handler.GuardedHandler",
    "file": None,  # a redirect to file:///etc/passwd has nothing to be downloaded by
    "ftp": None,
    "s3": None,
    "data": None,
}
HTTPPROXY_ENABLED = False
"""The address guard sees where a connection goes; behind a proxy it would see the proxy."""
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
"""Nor where an operator adds its extension."""

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5",
    "Accept-Language": "vi,en;q=0.3",
    "Accept-Encoding": "gzip, deflate",
}

DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
"""None of Scrapy's own. Robots, retries, redirects, refreshes, compression and foreign sites are ours, which
class their outcomes (field_lessons.md, operations.md findings 5-8); the handler adds the headers and the time
limit; cookies, passwords, proxies and a cache are not used (M: unused middlewares cost 18 % of the CPU of a
page). Naming each with None would import it: with RemoteControl M (2026-11) 150 modules and 12 MB, among them
aiohttp and requests."""
DOWNLOADER_MIDDLEWARES = {"crawler.fetching.gate.HostGate": 100}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.memdebug.MemoryDebugger": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.spiderstate.SpiderState": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
"""Scrapy's but three: no console by telnet, no RemoteControl (on by default since Scrapy 2.19: an HTTP server
that runs code inside the crawl), no LogStats (the run's own events tell more)."""
ROBOTSTXT_OBEY = False
"""Obeyed by crawler.fetching.gate.HostGate, always; Scrapy's own middleware crawls when robots.txt fails."""
COOKIES_ENABLED = False
LOG_LEVEL = "INFO"
