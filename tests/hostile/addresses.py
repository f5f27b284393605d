"""Cases 1-16: redirects, and addresses that must not be asked."""

from __future__ import annotations

from typing import Any

from crawler.fetching.address import AddressGuard
from tests.hostile.names import answer_for, questions
from tests.hostile.trial import Case, Faults, Seen, both, take_out
from tests.hostile.web import ALLOWED, DENIED, TlsSite, Web, article, article_path, page
from tests.loopback import Site, http, redirect

ART = article_path(2)
MANY_HOPS = take_out("crawler.fetching.fetcher", REDIRECTS=40)


class Forgetful(set[str]):
    """A set that never knows what is in it: a crawler that does not remember where it has been."""

    def __contains__(self, _: object) -> bool:
        return False


NO_MEMORY = both(take_out("crawler.fetching.fetcher", set=Forgetful), MANY_HOPS)
ANY_ADDRESS = take_out("crawler.fetching.address:AddressGuard", allows=lambda self, address: True)


def to_itself(web: Web) -> None:
    web.put(2, redirect(ART))


def long_chain(web: Web) -> None:
    for hop in range(31):
        web.pages[f"/hop/{hop}"] = redirect(f"/hop/{hop + 1}")
    web.put(2, redirect("/hop/0"))
    web.pages["/hop/31"] = page()


def chain_hits(seen: Seen) -> Faults:
    hops = sum(asked.path.startswith("/hop/") for asked in seen.web.portal_site.log)
    return [f"{hops + 1} requests along the chain"] if hops + 1 > 6 else []


def http_and_https(web: Web) -> None:
    secure = web.site(TlsSite)
    web.aliases.append(secure.netloc)
    secure.pages[ART] = redirect(f"http://{web.portal_site.netloc}{ART}")
    web.put(2, redirect(f"{secure.url.rstrip('/')}{ART}"))


def without_location(web: Web) -> None:
    web.put(2, http(article(2), "302 Found"))


def out_of_the_web(web: Web) -> None:
    web.put(2, redirect("file:///etc/passwd"))
    web.put(4, redirect("ftp://127.0.0.1/x"))
    web.put(5, redirect("data:text/html,<h1>x</h1>"))


def no_file_was_read(seen: Seen) -> Faults:
    told = str(seen.stored)
    return ["the contents of a file are stored"] if "root:" in told or "daemon" in told else []


DENIED_SITES: list[Site] = []


def denied_site(web: Web) -> Site:
    """A site at the address that we are kept from; a page of it would be stored."""
    site = web.site(address=DENIED)
    site.pages.update({"/": page(9), ART: page(9)})
    DENIED_SITES[:] = [site]
    return site


def denied_in(spellings: tuple[str, ...], *, refresh: bool = False) -> Any:
    """Redirects (or meta refreshes) to the denied site, one article for each spelling of its address."""

    def build(web: Web) -> None:
        port = denied_site(web).netloc.rpartition(":")[2]
        for number, host in zip((2, 4, 5, 6), spellings, strict=False):
            target = f"http://{host}:{port}{ART}"
            web.aliases.append(f"{host}:{port}")
            web.put(
                number,
                http(f'<html><head><meta http-equiv="refresh" content="0; url={target}"></head></html>')
                if refresh
                else redirect(target),
            )

    return build


def nothing_there(seen: Seen) -> Faults:
    return [f"the denied address was asked for {site.log[0].path}" for site in DENIED_SITES if site.log]


def rebinding(web: Web) -> None:
    # The first question is asked for the queue, the second for the connection.
    answer_for("rebind.test", [ALLOWED], [DENIED])
    port = web.portal_site.netloc.rpartition(":")[2]
    there = web.site(address=DENIED, port=int(port))
    DENIED_SITES[:] = [there]
    there.pages[ART] = page(9)
    web.aliases.append(f"rebind.test:{port}")
    web.put(2, redirect(f"http://rebind.test:{port}{ART}"))


def rebound(seen: Seen) -> Faults:
    asked = questions("rebind.test")
    return nothing_there(seen) + (
        [] if asked > 1 else [f"the name was looked up {asked} times: nothing was rebound"]
    )


def one_bad_record(web: Web) -> None:
    # An address for documentation (RFC 5737): nobody has it, should a crawler without its guard ask there.
    answer_for("mixed.test", [ALLOWED, "192.0.2.1"])
    port = web.portal_site.netloc.rpartition(":")[2]
    web.aliases.append(f"mixed.test:{port}")
    web.pages["/khac.html"] = page(2)
    web.put(2, redirect(f"http://mixed.test:{port}/khac.html"))


PRIVATE = (
    "169.254.169.254", "10.0.0.1", "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fc00::1",
    "64:ff9b::a00:1",
    "2002:a00:1::", "::ffff:10.0.0.1", "192.168.1.1", "172.16.0.1", "224.0.0.1", "127.0.0.1",
)  # fmt: skip


def classifier() -> Faults:
    return [f"{address} is let through" for address in PRIVATE if AddressGuard().allows(address)]


def user_info(web: Web) -> None:
    port = denied_site(web).netloc.rpartition(":")[2]
    netloc = web.portal_site.netloc
    web.put(2, redirect(f"http://{netloc}\\@{DENIED}:{port}{ART}"))
    web.pages["/khac.html"] = page(4)
    web.put(4, redirect(f"http://ai-do@{netloc}/khac.html"))


def moved_away(web: Web) -> None:
    elsewhere = web.site()
    elsewhere.pages[ART] = page(9)
    web.put(2, redirect(f"{elsewhere.url.rstrip('/')}{ART}"))


def says_moved(seen: Seen) -> Faults:
    message = seen.results[0].message or ""
    return [] if "moved" in message else [f"no word of a move: {message}"]


def vietnamese_location(web: Web) -> None:
    target = "/tin/hội nghị đợt 2.html"
    raw_target = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + target.encode() + b"\r\n\r\n"
    web.put(2, raw_target)
    web.pages["/tin/h%E1%BB%99i%20ngh%E1%BB%8B%20%C4%91%E1%BB%A3t%202.html"] = page(2)


def stored_once(seen: Seen) -> Faults:
    told = sorted(seen.stored)
    expected = sorted([article_path(1), article_path(3), ART])
    alternative = sorted(
        [article_path(1), article_path(3), "/tin/h%E1%BB%99i%20ngh%E1%BB%8B%20%C4%91%E1%BB%A3t%202.html"]
    )
    return [] if told in (expected, alternative) else [f"stored {told}"]


def crlf_location(web: Web) -> None:
    web.put(2, redirect("/tin/bai%0d%0aX-Evil:%201%0d%0a.html"))
    web.pages["/tin/bai%0D%0AX-Evil:%201%0D%0A.html"] = page(2)
    web.pages["/tin/bai%0d%0aX-Evil:%201%0d%0a.html"] = page(2)


def no_injected_header(seen: Seen) -> Faults:
    log = seen.web.portal_site.log
    followed = any("%0d%0a" in asked.path.lower() for asked in log)
    injected = any("x-evil" in asked.headers for asked in log)
    return (["a header was injected"] if injected else []) + (
        [] if followed else ["the encoded address was not asked"]
    )


def unquoted(url: str) -> str:
    from urllib.parse import unquote

    return unquote(url).replace("\r\n", "")


CASES = [
    Case(1, "self-redirect", to_itself, ["redirect_loop"], hits=6, without=NO_MEMORY),
    Case(
        2, "chain of 31 redirects", long_chain, ["redirect_loop"], hits=6, check=chain_hits, without=MANY_HOPS
    ),
    Case(
        3,
        "loop across http and https",
        http_and_https,
        ["redirect_loop", "tls_cert"],
        hits=6,
        without=NO_MEMORY,
    ),
    Case(
        4,
        "302 without Location",
        without_location,
        ["protocol"],
        without=both(
            take_out("crawler.fetching.fetcher", REDIRECTING=()),
            take_out("crawler.fetching.fetcher", PAGES=(200, 203, 302)),
        ),
    ),
    Case(
        5,
        "redirect to file, ftp, data",
        out_of_the_web,
        ["blocked_address"],
        check=no_file_was_read,
        without=both(
            take_out("crawler.fetching.fetcher", SCHEMES=("http", "https", "file", "ftp", "data")),
            take_out("crawler.fetching.fetcher", well_formed=lambda url: True),
            take_out("crawler.fetching.hosts:PortalHosts", cover=lambda self, url: True),
        ),
    ),
    Case(
        6,
        "redirect to a denied address",
        denied_in((DENIED,)),
        ["blocked_address"],
        check=nothing_there,
        without=ANY_ADDRESS,
    ),
    Case(
        7,
        "the same in decimal, hexadecimal and short",
        denied_in(("2130706434", "0x7f.0.0.2", "127.2")),
        ["blocked_address"],
        check=nothing_there,
        without=ANY_ADDRESS,
    ),
    Case(
        8,
        "the same as IPv4 inside IPv6",
        denied_in(("[::ffff:127.0.0.2]",)),
        ["blocked_address"],
        check=nothing_there,
        without=ANY_ADDRESS,
    ),
    Case(
        9,
        "meta refresh to a denied address",
        denied_in((DENIED,), refresh=True),
        ["blocked_address"],
        check=nothing_there,
        without=ANY_ADDRESS,
    ),
    Case(
        10,
        "DNS rebinding",
        rebinding,
        ["blocked_address"],
        check=rebound,
        without=ANY_ADDRESS,
    ),
    Case(11, "a name with one denied record", one_bad_record, ["blocked_address"], without=ANY_ADDRESS),
    Case(12, "table of addresses", pure=classifier, without=ANY_ADDRESS),
    Case(
        13,
        "backslash and user info",
        user_info,
        ["blocked_address"],
        check=nothing_there,
        without=take_out("crawler.fetching.fetcher", well_formed=lambda url: True),
    ),
    Case(
        14,
        "redirect to another site",
        moved_away,
        ["redirect_offsite"],
        check=says_moved,
        without=take_out("crawler.fetching.hosts:PortalHosts", cover=lambda self, url: True),
    ),
    Case(
        15,
        "Location in raw Vietnamese",
        vietnamese_location,
        stored=None,
        check=stored_once,
        without=take_out(
            "crawler.fetching.fetcher",
            location_of=lambda response: (response.headers.get("Location") or b"").decode("latin-1"),
        ),
    ),
    Case(
        16,
        "line break in Location",
        crlf_location,
        stored=None,
        check=no_injected_header,
        without=take_out("crawler.fetching.fetcher", safe_url_string=unquoted),
    ),
]
