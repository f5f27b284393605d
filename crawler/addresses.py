"""Addresses that people write: told from what is none before anything is done with them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def taken_apart(address: str) -> SplitResult:
    """The parts of an address, and its port is one: urlsplit looks at that only when it is asked for.

    Raises ValueError with what is wrong, without the address.
    """
    parts = urlsplit(address)
    _ = parts.port
    return parts
