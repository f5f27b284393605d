"""The small web of a trial: a portal with a listing and three articles, and what a case puts in their place.

Everything listens on 127.0.0.1, but for the address that the guard must keep us from: 127.0.0.2.
"""

from __future__ import annotations

import datetime as dt
import ssl
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storage.portals import Portal, Section
from tests.loopback import Answer, Asked, Chunks, Reply, Site, http

ALLOWED = "127.0.0.1"
DENIED = "127.0.0.2"
LISTING = "/tin/"
DAY = "12/11/2026"

SENTENCES = (
    "Sáng nay, Ủy ban MTTQ Việt Nam xã Trường Thi tổ chức hội nghị sơ kết công tác chín tháng đầu năm.",
    "Các ban công tác Mặt trận thôn đã vận động nhân dân hiến đất, mở đường làng và trồng thêm cây mới.",
    "Hội nghị thống nhất sáu nhiệm vụ trọng tâm, trong đó có việc chăm lo Tết cho các hộ khó khăn.",
)


def article_path(number: int) -> str:
    """The path of an article of the portal."""
    return f"/tin/bai-viet-so-{number}.html"


def title_of(number: int) -> str:
    """The title of an article of the portal."""
    return f"Mặt trận xã Trường Thi phát động phong trào thi đua đợt {number}"


def article(number: int = 2, *, title: str | None = None, more: str = "", tail: str = "") -> str:
    """The page of an article; ``more`` is a paragraph of its own, ``tail`` comes before ``</body>``."""
    title = title or title_of(number)
    paragraphs = "".join(f"<p>Đợt {number}. {text}</p>" for text in SENTENCES) + (
        f"<p>{more}</p>" if more else ""
    )
    return (
        f"<!doctype html><html lang=vi><head><meta charset=utf-8><title>{title}</title></head><body><main>"
        f"<article><h1>{title}</h1><span class=date>{DAY}</span><div class=content>{paragraphs}</div>"
        f"</article></main>{tail}</body></html>"
    )


def page(number: int = 2, **more: str) -> bytes:
    """The whole answer of an article."""
    return http(article(number, **more))


def listing(paths: dict[str, str], next_page: str = "") -> bytes:
    """The answer of a listing: path or address -> title."""
    rows = "".join(
        f'<li><a href="{path}">{title}</a> <span>{DAY}</span></li>' for path, title in paths.items()
    )
    more = f'<a class=next rel=next href="{next_page}">Trang sau</a>' if next_page else ""
    return http(
        "<!doctype html><html lang=vi><head><title>Tin Mặt trận</title></head><body><main>"
        f"<h1>Tin Mặt trận</h1><ul class=news>{rows}</ul>{more}</main></body></html>"
    )


def raw(head: str, body: str | bytes = b"") -> bytes:
    """An answer as it stands: ``head`` with its lines, without the empty one."""
    data = body.encode() if isinstance(body, str) else body
    return head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + data


def dripping(data: bytes, seconds: float) -> Callable[[Asked], Chunks]:
    """An answer a byte at a time, so slow that the whole would take ``seconds``."""

    def answer(_: Asked) -> Iterator[bytes]:
        for byte in data:
            yield bytes([byte])
            time.sleep(seconds / len(data))

    return answer


def endless(head: bytes, chunk: bytes, megabytes: int) -> Callable[[Asked], Chunks]:
    """A head, and a chunk again and again until so many megabytes are sent or nobody listens."""

    def answer(_: Asked) -> Iterator[bytes]:
        yield head
        for _turn in range(megabytes * 2**20 // len(chunk)):
            yield chunk

    return answer


def in_turn(*answers: Answer | None) -> Callable[[Asked], Reply]:
    """One answer after the other; the last one stays."""
    asked = {"times": 0}

    def answer(request: Asked) -> Reply:
        current = answers[min(asked["times"], len(answers) - 1)]
        asked["times"] += 1
        return current(request) if callable(current) else current

    return answer


class TlsSite(Site):
    """A site behind TLS. ``versions`` are the oldest and newest that it speaks; its certificate ends in
    ``days``."""

    host = "localhost"
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None
    days: float = 1

    def __enter__(self) -> Self:
        super().__enter__()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.versions:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version, context.maximum_version = self.versions
        context.load_cert_chain(certificate(self.host, self.days))
        self._context = context
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        return self

    @property
    def url(self) -> str:
        """Base address with final slash."""
        return f"https://{self.netloc}/"

    def renew(self, days: float) -> None:
        """Show another certificate to whoever connects from now on."""
        self._context.load_cert_chain(certificate(self.host, days))


@cache
def certificate(host: str, days: float = 1) -> Path:
    """A file with a key and a certificate for ``host`` that it signed itself; it ends in ``days``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    with tempfile.NamedTemporaryFile(suffix=".pem", delete=False) as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        file.write(signed.public_bytes(serialization.Encoding.PEM))
    return Path(file.name)


class Web:
    """The portal of a trial and its neighbours; a case changes it before the crawl."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self.portal_site = self.site()
        self.sections: list[str] = [LISTING]
        self.aliases: list[str] = []
        self.listed: dict[str, str] = {article_path(n): title_of(n) for n in (1, 2, 3)}
        self.portals: list[Portal] = []
        self.others: list[Site] = []
        self.pages.update({article_path(n): page(n) for n in (1, 2, 3)})
        self.pages["/"] = http(
            "<html><head><title>Cổng thử</title></head><body><p>Trang chủ</p></body></html>"
        )

    def site(self, kind: type[Site] = Site, address: str = ALLOWED, **attributes: object) -> Site:
        """Open another site; ``attributes`` are set before it starts."""
        site = kind(address=address)
        for name, value in attributes.items():
            setattr(site, name, value)
        return self._open.enter_context(site)

    @property
    def pages(self) -> dict[str, Answer | None]:
        """What the portal answers, by path."""
        return self.portal_site.pages

    def put(self, number: int, answer: Answer | None) -> None:
        """Put an answer in the place of an article, listed like the others."""
        self.listed.setdefault(article_path(number), title_of(number))
        self.pages[article_path(number)] = answer

    def ready(self) -> list[Portal]:
        """Print the listing, and return the portals to crawl: ours first."""
        self.pages.setdefault(LISTING, listing(self.listed))
        return [
            Portal(
                "thu_nghiem/la", "Cổng thử", self.portal_site.url, "front",
                sections=tuple(Section(path, "front") for path in self.sections), aliases=tuple(self.aliases),
            ),
            *self.portals,
        ]  # fmt: skip

    def other(self, number: int, site: Site) -> None:
        """Crawl another site beside ours, with the same pages where it has none of its own."""
        for path in (LISTING, *self.listed):
            site.pages.setdefault(path, self.pages.get(path) or listing(self.listed))
        self.others.append(site)
        self.portals.append(
            Portal(
                f"thu_nghiem/ben_canh_{number}",
                "Cổng bên",
                site.url,
                "front",
                sections=(Section(LISTING, "front"),),
            )
        )

    def close(self) -> None:
        """Close every site."""
        self._open.close()
