"""Addresses as people paste them."""

from __future__ import annotations

from urllib.parse import urlsplit


def looks_like_address(text: str) -> bool:
    """Whether a text is an address, also one pasted without its scheme (``thoxuan.thanhhoa.gov.vn/tin``)."""
    if text.startswith(("http://", "https://")):
        return True
    host = text.split("/", 1)[0]
    return (
        "." in host and not host.startswith(".") and " " not in host and not host.endswith((".html", ".htm"))
    )


def with_scheme(address: str) -> str:
    """The address with the scheme that it most likely has: a bare port is seldom TLS."""
    if "://" in address:
        return address
    return f"{'http' if urlsplit(f'//{address}').port else 'https'}://{address}"
