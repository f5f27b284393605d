"""The address guard: nothing that is not public is asked, however it is spelled."""

from __future__ import annotations

import asyncio

import pytest

from crawler.fetching.address import AddressGuard, GuardedResolver, LookUp, host_and_port, resolve
from crawler.fetching.outcomes import FetchProblem, FetchRefused
from crawler.reading.page import Page
from tests.crawler.fetching.conftest import fetch
from tests.loopback import Site, page, redirect

PRIVATE = [
    "169.254.169.254", "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1", "0.0.0.0", "127.0.0.1",
    "224.0.0.1", "255.255.255.255", "192.88.99.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
    "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1", "3fff::1", "2001:db8::1", "fe80::1%eth0",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address_passes(address: str) -> None:
    assert not AddressGuard().allows(address)


@pytest.mark.parametrize("address", ["113.160.0.1", "8.8.8.8", "2402:800::1", "64:ff9b::808:808"])
def test_public_addresses_pass(address: str) -> None:
    assert AddressGuard().allows(address)


def test_an_allowed_network_opens_itself_and_nothing_beside_it() -> None:
    guard = AddressGuard(["127.0.0.1", "10.1.0.0/16"])
    assert guard.allows("127.0.0.1") and guard.allows("::ffff:127.0.0.1") and guard.allows("10.1.9.9")
    assert not guard.allows("127.0.0.2") and not guard.allows("10.2.0.1")


@pytest.mark.parametrize(
    "url", ["http://a@b.vn/", "http://b.vn\\@c.vn/", "ftp://b.vn/", "http:///x", "http://b.vn:99999/"]
)
def test_addresses_that_two_parsers_read_differently_are_refused(url: str) -> None:
    with pytest.raises(FetchRefused) as refused:
        host_and_port(url)
    assert refused.value.error == "blocked_address"


def test_loopback_is_refused_without_the_option(site: Site) -> None:
    outcome = fetch(site.url, allow_addresses=())
    assert isinstance(outcome, FetchProblem) and outcome.error == "blocked_address"
    assert "--allow-address" in outcome.message
    assert site.log == []


@pytest.mark.parametrize("host", ["127.0.0.2", "2130706434", "0x7f.0.0.2", "127.2", "[::ffff:127.0.0.2]"])
def test_no_spelling_of_a_denied_address_gets_a_byte_there(site: Site, host: str) -> None:
    with Site(address="127.0.0.2") as forbidden:
        port = forbidden.netloc.rpartition(":")[2]
        target = f"http://{host}:{port}/"
        site.pages["/"] = redirect(target)
        outcome = fetch(site.url, target, allow_addresses=("127.0.0.1",))
        assert isinstance(outcome, FetchProblem) and outcome.error == "blocked_address"
        assert forbidden.log == []


def dns(*addresses: str) -> LookUp:
    """A name server that answers every question with the same records."""

    async def look_up(
        host: str, port: int, **_: object
    ) -> list[tuple[object, object, object, str, tuple[object, ...]]]:
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    return look_up


def test_a_name_with_one_public_and_one_private_record_is_refused() -> None:
    guard = AddressGuard()
    assert asyncio.run(resolve("a.vn", 80, guard, dns("113.160.0.1", "113.160.0.2"))) == [
        "113.160.0.1",
        "113.160.0.2",
    ]
    with pytest.raises(FetchRefused) as refused:
        asyncio.run(resolve("a.vn", 80, guard, dns("113.160.0.1", "10.0.0.1")))
    assert refused.value.error == "blocked_address"
    assert "10.0.0.1 (a.vn)" in str(refused.value)


def test_localhost_is_reached_where_it_is_allowed() -> None:
    both = dns("::1", "127.0.0.1")
    assert asyncio.run(resolve("localhost", 80, AddressGuard(["127.0.0.0/8"]), both)) == ["127.0.0.1"]
    with pytest.raises(FetchRefused):
        asyncio.run(resolve("localhost", 80, AddressGuard(), both))


def test_a_connection_is_checked_by_the_answer_of_its_own_moment() -> None:
    """DNS rebinding: the second answer is another one, and the connection is not made."""
    resolved: list[str] = []

    class Receiver:
        def resolutionBegan(self, resolutionInProgress: object) -> None:  # noqa: N802, N803
            pass

        def addressResolved(self, address: object) -> None:  # noqa: N802
            resolved.append(address.host)  # type: ignore[attr-defined]

        def resolutionComplete(self) -> None:  # noqa: N802
            resolved.append("end")

    async def connect(*addresses: str) -> GuardedResolver:
        resolver = GuardedResolver(AddressGuard(), dns(*addresses))
        resolution = resolver.resolveHostName(Receiver(), "a.vn", 80)
        assert resolution.task is not None
        await resolution.task
        return resolver

    asyncio.run(connect("113.160.0.1"))
    rebound = asyncio.run(connect("127.0.0.1"))
    assert resolved == ["113.160.0.1", "end", "end"]
    assert rebound.refused["a.vn"].error == "blocked_address"


def test_an_allowed_address_is_fetched(site: Site) -> None:
    site.pages["/"] = page("x")
    assert isinstance(fetch(site.url, allow_addresses=("127.0.0.1/32",)), Page)
