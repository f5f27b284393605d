"""Addresses: one spelling for each page, the article's own id, and what is surely no article.

Pure functions; nothing is fetched. Sources of the rules: ``shared/reference/platforms.md`` (URL
shapes, seen on real pages) and ``hostile_servers.md`` cases 15 and 61.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from crawler.reading.platform import Platform, UrlRules

TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|mc_[ce]id|zarsrc|zalo\w*|_ga|_gl"
    r"|phpsessid|jsessionid|aspsessionid\w*|cftoken|cfid|sessionid|session_id|aspxautodetectcookiesupport|rand|random|_"
    r"|_afr(?:loop|windowmode|windowid)|_adf\.[\w.-]+"  # Oracle ADF state: changes with every visit
    r"|nv_redirect|nvvithemever"  # NukeViet theme switch
    r"|replytocom|share|inheritredirect",
    re.IGNORECASE,
)
"""Query parameters that never choose the content, whatever the platform."""

# A short decimal ``sid`` is the story id of PHP-Nuke descendants; anything else is a session.
_STORY_ID = re.compile(r"\d{1,8}")
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of characters, from broken pages: they cannot be written as UTF-8."""
_PATH_SESSION = re.compile(
    r";(?:jsessionid|phpsessid|sid)=[^/?#]*"
    # ASP.NET's cookieless session, ticket and profile, a folder of the path: /(X(1)S(abc…))/tin.aspx
    r"|/(?:\(|%28)(?:[ASFXP](?:\(|%28)[^/()%?#]*(?:\)|%29))+(?:\)|%29)(?=/|$)",
    re.IGNORECASE,
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_PATH_SAFE = "/!$&'()*+,;=:@~-._"

FILES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|zip|rar|7z|gz|jpe?g|png|gif|webp|svg|bmp|ico|mp[34]|avi|wmv|mov"
    r"|m4[av]|wav|css|js|json|xml|rss|atom|txt|swf|apk|exe|woff2?|ttf|eot)$",
    re.IGNORECASE,
)
NEVER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # twins of an article: print, download, AMP, e-mail (platforms.md sections 2, 6, 10)
        r"/(?:savefile|print|printpdf|sendmail|in-bai|ban-in|amp)(?:/|\.html?|\.aspx|$)",
        r"/(?:trang-in|amp|print)[-/]?\d*\.(?:html?|aspx)",
        r"[?&](?:print|tmpl|amp|isprint|action=print|task=(?:print|mailto)|format=(?:pdf|feed|raw))(?:=|&|$)",
        # feeds, interfaces, maps of the site
        r"/(?:rss|feeds?|atom|wp-json|xmlrpc\.php|sitemap[\w.-]*|so-do-(?:site|trang|cong)[\w-]*)(?:/|\.html?|\.aspx|$)",
        # search and tags
        r"/(?:search|seek|tim-kiem|timkiem|tag|tags|topic|chu-de|tu-khoa|s)(?:/|\.html?|\.aspx|$)|-ptag\.html?$"
        r"|/\?(?:.*&)?s=|[?&](?:q|keyword|tukhoa)=(?!node)",
        # accounts and administration
        r"/(?:login|logout|log-in|signin|register|dang-nhap|dangnhap|dang-ky|dang-xuat|users?|admin|administrator"
        r"|wp-admin|wp-login\.php|wp-content|wp-includes|author|tac-gia|_layouts|c/portal)(?:/|\.html?|\.aspx|\?|$)",
        r"/(?:download|tai-ve|banners/click|statistics|voting|comment)s?/",
        # a page of a listing (pagination forms of platforms.md)
        r"/(?:page[-/]|trang[-/])\d+/?(?:\.html?)?(?:\?|$)",
    )
)
"""Path and query of an address that is no article on any platform."""

DEEPEST = 20
"""Segments of a path at most (Heritrix: TooManyPathSegmentsDecideRule)."""

PAGE_IN_PATH = (
    re.compile(r"/(?:page|trang)[-/](\d{1,5})(?=[/.]|$)", re.IGNORECASE),
    re.compile(r"[-_](?:page|trang|p)[-_]?(\d{1,5})(?=\.\w{3,5}$)", re.IGNORECASE),
)
"""A listing's page by its number in the path: ``/page/2/``, ``/trang-2.html``, ``tin-tuc-p2.aspx``."""
_PAGE_WORDS = ("page", "trang")
OFFSETS = "start|limitstart|offset|startrow|pagefirstrow"
"""Names of a parameter that counts from 0 or by lines (Joomla's pages: ``?start=1`` is the second)."""
_NUMBER = re.compile(rf"page|paged|trang|pageindex|pagenum(?:ber)?|\w+_cur|{OFFSETS}", re.IGNORECASE)
"""Those of a listing's page alone; others that may be one (``?p=12``) are an article's on some platforms."""

_DAY_NAME = re.compile(r"ngay(?:_?(?:dang|xem|thang))?|date|day|d", re.IGNORECASE)
_DAY = re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>20\d\d)")
_DAY_BY_YEAR = re.compile(r"(?P<year>20\d\d)-?(?P<month>\d\d)-?(?P<day>\d\d)")


_LONGEST = 2_048
"""Characters of an address that is followed (URLLENGTH_LIMIT of crawler.settings)."""


_REMEMBERED = 512
"""Addresses whose answers are kept, more than a listing page has: it asks of each of its links five to ten
times (M, 2026-11: 7 of the 18 ms that a page of 50 rows took)."""

_PLAIN_LINK = re.compile(
    r"(?P<origin>https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[1-9][0-9]{0,3})?)?"
    r"(?!//)/[A-Za-z0-9_.~%/-]*(?:\?[A-Za-z0-9_.~%/&=-]+)?"
)
"""A link that resolves to itself behind its host, as nearly all do; one with "/." is looked at closely. To
take an address apart and put it together takes 130,000 instructions, to see that it is plain 4,000."""
_PLAIN_ADDRESS = re.compile(
    r"https?://(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)*(?P<port>:[1-9][0-9]{0,3})?)(?P<path>/[A-Za-z0-9_.~/-]*)"
)
"""An address that is its own canonical spelling, unless it has "//" in its path or names its default port."""
_DEFAULT_PORTS = (":80", ":443")
_ORIGIN = re.compile(r"https?://[^/?#]+")


def absolute(base: str, href: str | None) -> str | None:
    """The absolute http(s) address of a link, or None for what is no link (``javascript:``, ``#``,
    ``mailto:``, broken). The fragment is dropped, nothing else is changed."""
    return _absolute(base, href) if href and len(href) <= _LONGEST else None


@lru_cache(maxsize=_REMEMBERED)
def _absolute(base: str, href: str) -> str | None:
    if (plain := _PLAIN_LINK.fullmatch(href)) and "/." not in href and (origin := _origin(base)):
        return href if plain["origin"] else origin + href
    return _resolved(base, href)


@lru_cache(maxsize=64)
def _origin(base: str) -> str | None:
    """Scheme and host of what relative links resolve against, None where that is no address."""
    home = _resolved(base, "/")
    return home[:-1] if home else None


def _resolved(base: str, href: str) -> str | None:
    href = _SURROGATE.sub("\ufffd", re.sub(r"[\t\r\n]", "", href).strip())
    if not href or href[0] == "#":
        return None
    try:
        parts = urlsplit(urljoin(base, href))
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORT or not host:
        return None
    return urlunsplit(parts._replace(fragment=""))


def _path(path: str) -> str:
    """Percent-encoded NFC UTF-8 of a path, raw or encoded; bytes that are no UTF-8 stay as they are."""
    path = re.sub(r"//+", "/", _PATH_SESSION.sub("", path)) or "/"
    raw = unquote_to_bytes(path)
    if b"/" in raw and path.count("/") != raw.count(b"/"):
        return quote(path, safe=_PATH_SAFE + "%")  # an encoded slash is not a separator: leave it
    try:
        return quote(unicodedata.normalize("NFC", raw.decode()), safe=_PATH_SAFE)
    except UnicodeDecodeError:
        return quote(path, safe=_PATH_SAFE + "%")


def _dropped(name: str, value: str, rules: UrlRules | None) -> bool:
    if TRACKING.fullmatch(name) or (name.lower() == "sid" and not _STORY_ID.fullmatch(value)):
        return True
    if rules is None:
        return False
    if rules.keep_params is not None and not any(
        re.fullmatch(keep, name, re.IGNORECASE) for keep in rules.keep_params
    ):
        return True
    return any(re.fullmatch(drop, name, re.IGNORECASE) for drop in rules.drop_params)


def without_session(url: str) -> str:
    """An address without the session and tracking parameters it was linked with, else as written."""
    parts = urlsplit(url)
    kept = [
        pair
        for pair in parts.query.split("&")
        if not any(_dropped(name, value, None) for name, value in parse_qsl(pair, keep_blank_values=True))
    ]
    return urlunsplit(parts._replace(path=_PATH_SESSION.sub("", parts.path), query="&".join(kept)))


def sessionless(url: str) -> str:
    """An address as it was fetched, without a session in its path; any other unchanged."""
    if "(" not in url and ";" not in url and "%28" not in url:
        return url
    return without_session(url) if _PATH_SESSION.search(urlsplit(url).path) else url


def canonical(url: str, platform: Platform | None = None) -> str:
    """The one spelling of an article's address.

    ``url`` is absolute, raw or percent-encoded. Lower-case host without trailing dot and default
    port (``www.`` stays: it may be another site), path as percent-encoded NFC UTF-8, parameters
    sorted, tracking, session and (with a ``platform``) its ``drop_params`` removed, no fragment.
    An address that is not http(s) or cannot be parsed comes back unchanged.
    """
    return _canonical_by(url, _rules(platform))


def _canonical_by(url: str, rules: UrlRules | None) -> str:
    return _canonical(url if url.isascii() else _SURROGATE.sub("\ufffd", url), rules)


def _rules(platform: Platform | None) -> UrlRules | None:
    """What answers about addresses depend on and are remembered by; to hash a whole platform takes 2 µs."""
    return platform.urls if platform is not None else None


@lru_cache(maxsize=4096)
def _canonical(url: str, rules: UrlRules | None) -> str:
    if plain_parts(url) is not None:
        return url
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT or not host:
        return url
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return url
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORT[scheme]:
        host = f"{host}:{port}"
    composed = (
        (unicodedata.normalize("NFC", name), unicodedata.normalize("NFC", value.strip()))
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    pairs = [(n, v) for n, v in composed if (n or v) and not _dropped(n, v, rules)]
    query = "&".join(
        f"{quote_plus(name)}={quote_plus(value)}" if value else quote_plus(name)
        for name, value in sorted(pairs)
    )
    return urlunsplit((scheme, host, _path(parts.path), query, ""))


@lru_cache(maxsize=_REMEMBERED)
def plain_parts(url: str) -> tuple[str, str] | None:
    """Host with port and path of an address that is surely its own canonical spelling, and has neither
    parameters nor escapes; None for any other."""
    plain = _PLAIN_ADDRESS.fullmatch(url)
    if plain is None or "//" in plain["path"] or plain["port"] in _DEFAULT_PORTS:
        return None
    return plain["host"], plain["path"]


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one host and port, ``www.``, scheme and a trailing dot aside."""
    return site_of(one) == site_of(other) != ""


def site_of(url: str) -> str:
    """Host and port of an address without ``www.`` and default port; ``""`` where it has none."""
    origin = _ORIGIN.match(url)
    return _site_of(origin[0] if origin else url)


@lru_cache(maxsize=_REMEMBERED)
def _site_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    return host if port is None or port in _DEFAULT_PORT.values() else f"{host}:{port}"


def _path_and_query(url: str) -> str:
    if plain := plain_parts(url):
        return plain[1]
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def article_key(url: str, platform: Platform | None = None) -> str:
    """The article's key on its portal.

    The platform's own id where its address carries one (``…-6646.html`` -> ``6646``; groups ``key``,
    ``key_2`` … of the matching ``article`` pattern, joined by ``:``), else the canonical address
    without scheme and final slash, so that http and https twins are one article.
    """
    return _article_key(url, _rules(platform))


@lru_cache(maxsize=_REMEMBERED)
def _article_key(url: str, rules: UrlRules | None) -> str:
    address = _canonical_by(url, rules)
    if rules is not None:
        target = _path_and_query(address)
        for pattern in rules.article:
            if found := _compiled(pattern).search(target):
                groups = found.groupdict()
                keys = [groups[name] for name in sorted(groups) if name.startswith("key") and groups[name]]
                if keys:
                    return ":".join(keys)
    return address.partition("://")[2].rstrip("/")


def is_pathological(url: str) -> bool:
    """Whether a path repeats itself more than twice over, or is deeper than any honest one: relative links
    of a broken template make such addresses without end (hostile_servers.md 61, after Heritrix)."""
    plain = plain_parts(url)
    path = plain[1] if plain else urlsplit(url).path
    segments = [segment for segment in path.split("/") if segment]
    if len(segments) > DEEPEST:
        return True
    for length in (1, 2, 3):
        for start in range(len(segments) - 3 * length + 1):
            group = segments[start : start + length]
            if segments[start + length : start + 3 * length] == group * 2:
                return True
    return False


def page_in_path(path: str) -> re.Match[str] | None:
    """The page number of a path, by the first of :data:`PAGE_IN_PATH` that finds one."""
    folder, file = PAGE_IN_PATH
    small = path.lower()
    # what each cannot be without: to look for both takes 15,000 instructions, and each link is asked for them
    if any(word in small for word in _PAGE_WORDS) and (found := folder.search(path)):
        return found
    name, _, ending = path.rpartition(".")
    return file.search(path) if name[-1:].isdecimal() and 3 <= len(ending) <= 5 else None


def day_asked_for(name: str, value: str) -> date | None:
    """The day whose articles a parameter asks for: ``ngay=23-11-2026``."""
    if len(value) < 8 or not _DAY_NAME.fullmatch(name):
        return None
    found = _DAY.fullmatch(value) or _DAY_BY_YEAR.fullmatch(value)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def is_later_page(url: str) -> bool:
    """Whether an address asks for a later page of a listing (``?page=2``, ``/trang-2.html``) or one day."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if any(_NUMBER.fullmatch(name) and value.isdigit() for name, value in pairs):
        return True
    if any(day_asked_for(name, value) for name, value in pairs):
        return True
    return any((page := form.search(parts.path)) and int(page[1]) > 1 for form in PAGE_IN_PATH)


def is_article(url: str, platform: Platform | None = None) -> bool | None:
    """True: the platform's pattern of an article; False: surely none (a twin, feed, file, search,
    login, the home page); None: the address cannot tell."""
    return _is_article(url, _rules(platform))


@lru_cache(maxsize=4096)  # asked of a link when its listing is read, and again when its page is
def _is_article(url: str, rules: UrlRules | None) -> bool | None:
    address = _canonical_by(url, rules)
    if plain := plain_parts(address):
        path, query = plain[1], ""
    else:
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        if parts.scheme not in _DEFAULT_PORT:
            return False
        path, query = parts.path, parts.query
    target = path + (f"?{query}" if query else "")
    # TRACKING removes the theme switch from the canonical form, so look at the address as given too.
    given = target if url == address else _path_and_query(url)
    if rules is not None and any(
        _compiled(p).search(target) or (given != target and _compiled(p).search(given)) for p in rules.never
    ):
        return False
    if rules is not None and any(_compiled(p).search(target) for p in rules.article):
        return True
    if FILES.search(path) or any(pattern.search(target) for pattern in NEVER):
        return False
    if is_pathological(address):
        return False
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    if path in ("", "/") and all(_NUMBER.fullmatch(name) for name in names):
        return False
    if rules is not None and rules.only:
        return False
    return None
