"""Which addresses belong to a portal: its host and aliases, with and without ``www.``, http and https."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.reading.urls import site_of


class PortalHosts:
    """The hosts of one portal.

    >>> hosts = PortalHosts(["http://thoxuan.thanhhoa.gov.vn/"])
    >>> hosts.cover("https://www.thoxuan.thanhhoa.gov.vn/tin-1.html"), hosts.cover("https://example.com/")
    (True, False)
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        """``addresses`` are URLs or bare host names (with a port where it is not the usual one)."""
        self._sites = {site_of(a if "://" in a else f"http://{a}") for a in addresses} - {""}

    def cover(self, url: str) -> bool:
        """Tell whether ``url`` is on this portal."""
        return site_of(url) in self._sites
