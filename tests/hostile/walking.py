"""Cases 61-66: traps, pages that stand in place of others, payloads, and TLS."""

from __future__ import annotations

import csv
import io
import json
import socketserver
import ssl
from typing import Self

from storage import export, export_files
from storage.engine import open_database
from tests.hostile.transfer import ART, kept_before, refresh_listing
from tests.hostile.trial import Case, Faults, Seen, take_out
from tests.hostile.web import LISTING, TlsSite, Web, article, article_path, listing, page, raw, title_of
from tests.loopback import Asked, Site, http

OTHER_TITLE = "Một tiêu đề khác hẳn của cùng bài viết"


def traps(web: Web) -> None:
    """A calendar of listings without end, paths that repeat, session ids, sort orders."""

    def any_page(asked: Asked) -> bytes:
        number = int(asked.path.partition("page=")[2] or 1)
        rows = {f"/tin/{'a/b/' * 9}bai-{number}.html": "Một bài ở sâu trong đường dẫn lặp lại của cổng"}
        for session in ("8f7a", "9c1d"):
            rows[f"{article_path(1)};jsessionid={session}{number}"] = title_of(1)
            rows[f"{article_path(3)}?PHPSESSID={session}{number}"] = title_of(3)
        rows[f"/tin/lich/{number}.html"] = f"Lịch công tác tuần thứ {number} của Ủy ban Mặt trận xã"
        return listing(rows, next_page=f"{LISTING}?page={number + 1}")

    class Trap(dict[str, object]):
        def get(self, path: str, otherwise: object = None) -> object:
            if path.partition("?")[0] == LISTING:
                return any_page
            plain = path.partition(";")[0].partition("?")[0]
            if plain.startswith("/tin/lich/"):
                return page(7)
            return super().get(plain, otherwise)

    web.portal_site.pages = Trap(web.pages)  # type: ignore[assignment]
    web.pages.setdefault(LISTING, b"")


def trap_bounded(seen: Seen) -> Faults:
    log = [asked.path for asked in seen.web.portal_site.log]
    pages = [path for path in log if path.partition("?")[0] == LISTING]
    faults = [f"{len(pages)} pages of the listing, not 6"] if len(pages) > 6 else []
    repeated = [path for path in log if path.count("/a/b") > 2]
    faults += [f"a path that repeats itself was asked: {repeated[0][:60]}"] if repeated else []
    again = sum(path.startswith(article_path(1)) for path in log)
    return faults + ([f"one article under {again} session ids"] if again > 1 else [])


NOT_FOUND = (
    "<html><head><title>Thông báo</title></head><body><div class=error><h2>Không tìm thấy trang</h2>"
    "<p>Trang bạn yêu cầu không tồn tại hoặc đã bị xóa.</p></div></body></html>"
)
LOGIN = (
    "<html><head><title>Đăng nhập</title></head><body>"
    "<form action=/dang-nhap method=post><h2>Đăng nhập hệ thống</h2>"
    "<input name=user><input type=password name=pass><button>Đăng nhập</button></form></body></html>"
)
CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before accessing</h1>"
    "<p>Please enable JavaScript and cookies to continue.</p><div id=cf-challenge></div></body></html>"
)


def all_three(web: Web, database: str) -> None:
    del database
    for number, text in ((1, NOT_FOUND), (2, LOGIN), (3, CHALLENGE)):
        web.put(number, http(text))
    refresh_listing(web, {article_path(n): f"{OTHER_TITLE} {n}" for n in (1, 2, 3)})


def all_kept(seen: Seen) -> Faults:
    wrong = [path for path, record in seen.stored.items() if record["revision"] != 1]
    return kept_before(seen) + ([f"overwritten: {wrong}"] if wrong else [])


def changed_layout(web: Web, database: str) -> None:
    del database
    web.pages[LISTING] = http("<html><body><div id=app></div><script>start()</script></body></html>")


def drift(seen: Seen) -> Faults:
    from crawler.running.tally import exit_code

    verdict = seen.results[0].verdict
    code = exit_code(seen.results)
    return [] if (verdict, code) == ("suspicious_empty", 6) else [f"{verdict}, exit {code}"]


SCRIPT = "<script>alert(1)</script>"
PAYLOADS = (
    "&lt;script&gt;alert(1)&lt;/script&gt; Mặt trận xã họp bàn công tác dân vận",
    '<img src=x onerror="alert(1)"><svg onload="alert(1)"></svg>Một đoạn văn của bài viết',
)


def payloads(web: Web) -> None:
    body = article(2, title=PAYLOADS[0], more=PAYLOADS[1])
    body = body.replace(
        "</article>",
        f"{SCRIPT}<p><a href='javascript:alert(1)'>bấm vào đây để xem thêm</a></p>"
        "<a href=\"javascript:alert(2)//x.pdf\">Tải tệp</a><img src='javascript:alert(3)'></article>",
    )
    web.put(2, http(body))


def inert(seen: Seen) -> Faults:
    """What is stored is words; addresses are of the web. (How pages show it: tests/dashboard.)"""
    record = seen.stored.get(ART)
    if record is None:
        return ["the article is not there"]
    words = json.dumps([record["title"], record["lead"], record["paragraphs"], record["captions"]])
    faults = [] if "onerror" not in words and "onload" not in words else ["markup is among the words"]
    links = [item["url"] for item in (*record["images"], *record["attachments"])] + record["urls"]
    return faults + [f"an address of no web page: {url}" for url in links if not url.startswith("http")]


FORMULAS = (
    '=HYPERLINK("http://evil.example","Mặt trận")', "+cmd|' /C calc'!A0 Mặt trận xã họp",
    "-2+3 Mặt trận xã họp bàn công tác", "@SUM(1+9) Mặt trận xã họp bàn công tác",
)  # fmt: skip


def formulas(web: Web) -> None:
    for number, title in zip((2, 4, 5, 6), FORMULAS, strict=True):
        web.put(number, http(article(number, title=title)))


def no_formula(seen: Seen) -> Faults:
    engine = open_database(seen.database)
    out = io.StringIO()
    with export.snapshot(engine) as taken:
        export_files.write_csv(taken.rows(), taken.names, out, lambda _: None)
    titles = [row["title"] for row in csv.DictReader(io.StringIO(out.getvalue()))]
    told = [record["title"] for record in export.records(engine)]
    engine.dispose()
    faults = [f"a cell begins a formula: {title}" for title in titles if title[:1] in "=+-@\t\r"]
    missing = [title for title in FORMULAS if title not in told]
    return faults + ([f"JSON lines do not have {missing[0]} as it is"] if missing else [])


def secure(web: Web) -> None:
    """Four portals behind TLS: signed by itself, for another host, of 2006, and none at all on the port."""
    by_itself = web.site(TlsSite)
    wrong_host = web.site(TlsSite, host="elsewhere.example.vn")
    old = web.site(TlsSite, versions=(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1))
    for number, site in enumerate((by_itself, wrong_host, old)):
        web.other(number, site)
    plain = web.site(PlainOnTls)
    web.other(3, plain)


class PlainOnTls(Site):
    """A site that speaks no TLS, though its address says so, and complains in plain text as nginx does."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._server.RequestHandlerClass = Complaining
        return self

    @property
    def url(self) -> str:
        """Base address with final slash."""
        return f"https://{self.netloc}/"


class Complaining(socketserver.BaseRequestHandler):
    """Answers whatever comes with a plain 400."""

    def handle(self) -> None:
        self.request.recv(4096)
        self.request.sendall(raw("HTTP/1.1 400 Bad Request\nContent-Length: 0\nConnection: close"))


def tls_told(seen: Seen) -> Faults:
    expected = (("tls_cert", "new"), ("tls_cert", "new"), ("tls_legacy", "failed"), ("protocol", "failed"))
    told = [(next(iter(r.errors), "nothing"), r.verdict) for r in seen.results[1:]]
    return [f"{got}, not {must}" for got, must in zip(told, expected, strict=True) if got != must]


CASES = [
    Case(
        61,
        "traps: calendar, repeating paths, session ids",
        traps,
        None,
        stored=None,
        check=trap_bounded,
        options={"pages": 6},
        without=take_out(
            "crawler.reading.urls", TRACKING=__import__("re").compile("x^"), is_pathological=lambda url: False
        ),
    ),
    Case(
        62,
        "not found, login and challenge with status 200",
        then=all_three,
        errors=["soft_404", "auth_wall", "waf_challenge"],
        stored=(1, 2, 3),
        check=all_kept,
        without=take_out("spiders.article_pages", ERROR_OF_KIND={}),
    ),
    Case(
        63,
        "a listing without links",
        then=changed_layout,
        errors=["listing_empty"],
        stored=(1, 2, 3),
        check=drift,
        without=take_out("spiders.section_walk:SectionWalk", is_empty=lambda self, page: None),
    ),
    Case(
        64,
        "script in title, body and links",
        payloads,
        [],
        stored=(1, 2, 3),
        check=inert,
        without=take_out("crawler.reading.urls", absolute=lambda base, href: href),
    ),
    Case(
        65,
        "formulas as titles",
        formulas,
        [],
        stored=None,
        check=no_formula,
        without=take_out("storage.export_files", _FORMULA=frozenset()),
    ),
    Case(
        66,
        "TLS: self-signed, another host, TLS 1.0, none",
        secure,
        None,
        stored=None,
        check=tls_told,
        without=take_out("crawler.fetching.handler", VERIFY=False),
    ),
]
