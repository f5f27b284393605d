"""Cases 52-60: sitemaps that attack the parser, robots.txt, and servers that want to be left alone."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from crawler.fetching.holds import hold_until
from crawler.fetching.turns import CRAWL_DELAY_CAP, pause
from tests.hostile.transfer import silent
from tests.hostile.trial import Case, Faults, Seen, both, take_out
from tests.hostile.web import ALLOWED, LISTING, Web, article_path
from tests.loopback import Answer, Asked, Site, http, redirect

SITEMAP = "/sitemap.xml"


def as_sitemap(text: str | bytes) -> Callable[[Web], None]:
    """A portal whose one section is a sitemap."""

    def build(web: Web) -> None:
        web.sections = [SITEMAP]
        body = text if isinstance(text, bytes) else text.replace("BASE", web.portal_site.url.rstrip("/"))
        web.pages[SITEMAP] = http(body, content_type="application/xml")

    return build


def urlset(*locations: str, head: str = "", lastmod: str = "") -> str:
    stamp = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    rows = "".join(f"<url><loc>{location}</loc>{stamp}</url>" for location in locations)
    return f'<?xml version="1.0"?>{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


ENTITY = '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
HARMFUL = take_out("crawler.reading.feeds", RESOLVE_ENTITIES=True)
THREE = [f"BASE{article_path(n)}" for n in (1, 2, 3)]
LAUGHS = (
    '<!DOCTYPE urlset [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    + "]>"
)


def no_file_content(seen: Seen) -> Faults:
    from pathlib import Path

    secret = Path("/etc/hostname").read_text().strip()
    asked = [a.path for a in seen.web.portal_site.log if secret and secret in a.path]
    return [f"the contents of a file were asked for: {asked}"] if asked else []


def bomb_map(web: Web) -> None:
    web.sections = [SITEMAP]
    body = gzip.compress(
        urlset(f"{web.portal_site.url}tin/bai-viet-so-1.html").encode() + b" " * (300 * 2**20)
    )
    web.pages[SITEMAP] = http(body, content_type="application/gzip")


def endless_index(web: Web) -> None:
    web.sections = [SITEMAP]
    base = web.portal_site.url.rstrip("/")

    def index(asked: Asked) -> bytes:
        del asked
        child = f"<sitemap><loc>{base}{SITEMAP}</loc></sitemap>"
        more = "".join(f"<sitemap><loc>{base}/map-{n}.xml</loc></sitemap>" for n in range(150))
        return http(
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{child}{more}</sitemapindex>',
            content_type="application/xml",
        )

    web.pages[SITEMAP] = index
    far = "2199-01-01T00:00:00+07:00"
    many = [f"{base}{article_path(n)}" for n in (1, 3)] + [
        f"http://elsewhere.example.vn/{n}" for n in range(50_001)
    ]
    web.pages["/map-0.xml"] = http(urlset(*many, lastmod=far), content_type="application/xml")
    for n in range(1, 150):
        web.pages[f"/map-{n}.xml"] = index


def bounded_maps(seen: Seen) -> Faults:
    asked = [a.path for a in seen.web.portal_site.log if a.path.endswith(".xml")]
    faults = [f"{len(asked)} sitemaps were asked for"] if len(asked) > 110 else []
    late = seen.value("SELECT count(*) FROM articles WHERE published_at > '2100'")
    return faults + (["a date in the future was believed"] if late else [])


def robots_sites(*answers: Answer | None) -> Callable[[Web], None]:
    """A portal for each answer of robots.txt."""

    def build(web: Web) -> None:
        web.pages["/robots.txt"] = answers[0]
        for number, answer in enumerate(answers[1:]):
            site = web.site()
            site.pages["/robots.txt"] = answer
            web.other(number, site)

    return build


def sites_of(web: Web) -> list[Site]:
    return [web.portal_site, *(s for s in web.others)]


def no_page(seen: Seen) -> Faults:
    faults: Faults = []
    for result, site in zip(seen.results, sites_of(seen.web), strict=True):
        pages = site.paths()
        if pages:
            faults.append(f"{result.portal}: {pages[:2]} asked in spite of robots.txt")
        if set(result.errors) != {"robots_unreachable"} or result.verdict not in ("blocked", "failed"):
            faults.append(f"{result.portal}: {result.verdict} {result.errors}")
    return faults


def allowed_but_429(seen: Seen) -> Faults:
    faults = [
        f"robots.txt {n}: {result.verdict} {result.errors}"
        for n, result in enumerate(seen.results[:3])
        if result.verdict != "new"
    ]
    return faults + (["pages asked after robots.txt said 429"] if sites_of(seen.web)[3].paths() else [])


RULES = "User-agent: *\nDisallow: /tin/bai-viet-so-2\n"
BIG = ("# x" * 30 + "\n") * 5000 + RULES + ("# y" * 300 + "\n") * 1500


def rules_kept(seen: Seen) -> Faults:
    faults: Faults = []
    for number, site in enumerate(sites_of(seen.web)):
        asked = article_path(2) in site.paths()
        if asked != (number == 3):
            faults.append(f"robots.txt no. {number}: article 2 asked: {asked}")
    return faults


def crawl_delay(web: Web) -> None:
    web.pages["/robots.txt"] = http("User-agent: *\nCrawl-delay: 7\n", content_type="text/plain")
    web.listed = {article_path(1): web.listed[article_path(1)]}


def delay_kept(seen: Seen) -> Faults:
    times = [asked.at for asked in seen.web.portal_site.log]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    faults = [f"asked again after {min(gaps):.2f} s"] if min(gaps) < 7 else []
    return faults + ([] if pause(ALLOWED, 0.0, 86400.0) == CRAWL_DELAY_CAP == 60 else ["no cap"])


def retry_after(web: Web) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    headers = ["3600", later, "0", "-5", "315360000", "soon"]
    web.pages[LISTING] = http("busy", "429 Too Many Requests", Retry_After=headers[0])
    for number, value in enumerate(headers[1:]):
        site = web.site()
        site.pages[LISTING] = http("busy", "503 Service Unavailable", Retry_After=value)
        web.other(number, site)


def left_alone(seen: Seen) -> Faults:
    faults: Faults = []
    for number, (result, site) in enumerate(zip(seen.results, sites_of(seen.web), strict=True)):
        asked = site.paths().count(LISTING)
        most = 7 if number == 2 else 1  # "0" may be tried again after a second, in either crawl
        if asked > most:
            faults.append(f"{result.portal} asked {asked} times")
        if result.verdict != "blocked":
            faults.append(f"{result.portal}: {result.verdict} {result.errors}")
    now = datetime.now(UTC)
    if hold_until("315360000", now) > now + timedelta(hours=24):
        faults.append("held for longer than a day")
    return faults


def restart(web: Web, database: str) -> None:
    """A second crawl in the same place: what the first was told is in the database."""
    del web, database


def no_holds() -> None:
    take_out("crawler.fetching.gate:HostMemory", held_until=never_held)()


async def never_held(self: object, host: str) -> None:
    del self, host


CASES = [
    Case(
        52,
        "sitemap with an external entity",
        as_sitemap(urlset("BASE/&x;.html", *THREE, head=ENTITY)),
        None,
        stored=None,
        check=no_file_content,
        without=HARMFUL,
    ),
    Case(
        53,
        "billion laughs",
        as_sitemap(urlset("BASE/&a8;.html", *THREE, head=LAUGHS)),
        None,
        stored=None,
        nothing="libxml2 bounds what entities grow to by itself; that none is resolved, case 52 takes out",
    ),
    Case(
        54,
        "sitemap bomb of 300 MB",
        bomb_map,
        None,
        stored=(),
        megabytes=90,
        without=both(take_out("crawler.reading.sitemaps", MAX_BYTES=1 << 40)),
    ),
    Case(
        55,
        "index that lists itself, 50,001 foreign addresses, the year 2199",
        endless_index,
        None,
        stored=(1, 3),
        check=bounded_maps,
        without=take_out("spiders.section_walk", MAPS=10**6),
    ),
    Case(
        56,
        "robots.txt 500, 503, no answer, reset, a loop",
        robots_sites(http("", "500 X"), http("", "503 X"), silent, None, redirect("/robots.txt")),
        ["robots_unreachable"],
        stored=(),
        check=no_page,
        options={"timeout": 1.5},
        without=take_out("crawler.fetching.robots:Robots", allows=lambda self, url: True),
    ),
    Case(
        57,
        "robots.txt 404, 403, 401, 429",
        robots_sites(*(http("", s) for s in ("404 X", "403 X", "401 X", "429 X"))),
        [],
        stored=None,
        check=allowed_but_429,
        without=both(take_out("crawler.fetching.robots:Robots", allows=lambda self, url: True), no_holds),
    ),
    Case(
        58,
        "robots.txt with BOM, with CR, of 2 MB, in HTML",
        robots_sites(
            http(b"\xef\xbb\xbf" + RULES.encode(), content_type="text/plain"),
            http(RULES.replace("\n", "\r"), content_type="text/plain"),
            http(BIG, content_type="text/plain"),
            http(f"<html><body><pre>{RULES}</pre></body></html>"),
        ),
        None,
        stored=None,
        check=rules_kept,
        without=take_out("crawler.fetching.robots:Robots", allows=lambda self, url: True),
    ),
    Case(
        59,
        "Crawl-delay: 7",
        crawl_delay,
        [],
        stored=(1,),
        check=delay_kept,
        seconds=40,
        without=take_out("crawler.fetching.handler", pause=lambda address, asked, crawl_delay=None: asked),
    ),
    Case(
        60,
        "Retry-After in every form, over a restart",
        retry_after,
        ["rate_limited"],
        stored=(),
        then=restart,
        check=left_alone,
        without=no_holds,
    ),
]
