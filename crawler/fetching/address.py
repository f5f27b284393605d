"""The address guard: which network addresses may be asked, checked when the connection is made.

A name is checked by what it resolves to at that moment, so a redirect, a decimal or mapped spelling and
a DNS answer that changes between two look-ups all meet the same gate (reference/hostile_servers.md 5-13).
Nothing here covers a proxy; crawler.settings turns proxies off for that reason.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import ClassVar, Literal, Protocol
from urllib.parse import urlsplit

from twisted.internet.address import IPv4Address as TwistedIPv4
from twisted.internet.address import IPv6Address as TwistedIPv6
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.fetching.outcomes import FetchRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORBIDDEN: tuple[Network, ...] = tuple(
    ip_network(n) for n in ("100.64.0.0/10", "192.88.99.0/24", "224.0.0.0/4", "ff00::/8", "3fff::/20")
)
"""Ranges that Python's ``is_global`` has let through in one version or another (GHSA-gwph-fp79-379w)."""

NAT64 = ip_network("64:ff9b::/96")


class AddressGuard:
    """Tells which addresses may be asked: all global ones, and those that the operator allowed.

    >>> AddressGuard(["127.0.0.0/8"]).allows("127.0.0.1"), AddressGuard().allows("10.1.2.3")
    (True, False)
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """``allowed`` are networks in CIDR form or single addresses. Raises ValueError for anything else."""
        self.allowed: tuple[Network, ...] = tuple(ip_network(n, strict=False) for n in allowed)

    def allows(self, address: str) -> bool:
        """Tell whether ``address`` (an IP address as text, a zone allowed) may be asked."""
        inner = unwrap(ip_address(address.partition("%")[0]))
        if any(inner in network for network in self.allowed if network.version == inner.version):
            return True
        return inner.is_global and not any(
            inner in network for network in FORBIDDEN if network.version == inner.version
        )


def unwrap(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64), else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


LookUp = Callable[..., Awaitable[Sequence[tuple[object, object, object, str, tuple[object, ...]]]]]
"""What asks the system's resolver: ``loop.getaddrinfo``, or what stands in for it."""


async def resolve(host: str, port: int, guard: AddressGuard, look_up: LookUp | None = None) -> list[str]:
    """Return the addresses of a host name or of any spelling of an address, every one of them allowed.

    Raises FetchRefused: ``dns`` for a name without address, ``blocked_address`` where ANY answer is
    forbidden (one public and one private record together are an attack, not a choice). Only ``localhost``,
    whose answers are all this machine, may be reached at the one of them that is allowed.
    """
    try:
        look_up = look_up or asyncio.get_running_loop().getaddrinfo
        answers = await look_up(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchRefused("dns", f"no address for {host}: {error}") from error
    addresses = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    allowed = [address for address in addresses if guard.allows(address)]
    this_machine = all(ip_address(address.partition("%")[0]).is_loopback for address in addresses)
    if allowed and (this_machine or len(allowed) == len(addresses)):
        return allowed
    refused = next(address for address in addresses if address not in allowed)
    name = "" if refused == host else f" ({host})"
    raise FetchRefused(
        "blocked_address", f"{refused}{name} is a private address; allow it with --allow-address"
    )


class _Receiver(Protocol):
    """Twisted's IResolutionReceiver, as types see it."""

    def resolutionBegan(self, resolutionInProgress: object) -> None: ...  # noqa: N802, N803

    def addressResolved(self, address: TwistedIPv4 | TwistedIPv6) -> None: ...  # noqa: N802

    def resolutionComplete(self) -> None: ...  # noqa: N802


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's name resolver with the guard in it; ``reactor.installNameResolver`` takes it.

    Every outgoing connection of the process asks it, also for hosts that are spelled as addresses.
    A refused name resolves to nothing; why is kept in ``refused`` for whoever asked for the connection:
    each crawler has a handler for http and one for https, and Twisted asks the resolver of the youngest.
    """

    refused: ClassVar[dict[str, FetchRefused]] = {}

    def __init__(self, guard: AddressGuard, look_up: LookUp | None = None) -> None:
        self.guard = guard
        self.look_up = look_up

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: _Receiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type] | None = None,  # noqa: N803
        transportSemantics: Literal["TCP", "UDP"] = "TCP",  # noqa: N803
    ) -> _Resolution:
        """Answer Twisted with the allowed addresses of ``hostName`` (IHostnameResolver)."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        async def answer() -> None:
            self.refused.pop(hostName, None)
            try:
                for address in await resolve(hostName, portNumber, self.guard, self.look_up):
                    kind = TwistedIPv6 if ":" in address else TwistedIPv4
                    if addressTypes is None or kind in addressTypes:
                        resolutionReceiver.addressResolved(kind(transportSemantics, address, portNumber))
            except FetchRefused as refusal:
                self.refused[hostName] = refusal
            finally:
                resolutionReceiver.resolutionComplete()

        resolution.task = asyncio.get_running_loop().create_task(answer())
        return resolution


def host_and_port(url: str) -> tuple[str, int]:
    """Return host and port of an http or https URL.

    Raises FetchRefused ``blocked_address`` for another scheme, user info, a backslash or a bad port: forms
    on which two parsers of URLs disagree (GHSA-rph4-96w6-q594).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefused("blocked_address", f"not a URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchRefused("blocked_address", f"not an http or https address: {url[:200]}")
    if "@" in parts.netloc or "\\" in url:
        raise FetchRefused("blocked_address", f"user info or a backslash in the address: {url[:200]}")
    return parts.hostname, port or (443 if parts.scheme == "https" else 80)
