"""Addresses as people paste them."""

from __future__ import annotations

from urllib.parse import urlsplit

FILE_ENDINGS = (".html", ".htm", ".txt", ".json", ".jsonl", ".xml", ".csv", ".pdf", ".aspx", ".php")
"""What a name without a slash ends in when it is a mistyped file: no such host is asked for."""


def looks_like_address(text: str) -> bool:
    """Whether a text is an address, also one pasted without its scheme (``thoxuan.thanhhoa.gov.vn/tin``)."""
    if text.startswith(("http://", "https://")):
        return True
    host = text.split("/", 1)[0].lower()
    return "." in host[1:] and " " not in host and not host.endswith(FILE_ENDINGS)


def with_scheme(address: str) -> str:
    """The address with the scheme that it most likely has: a bare port is seldom TLS."""
    if "://" in address:
        return address
    return f"{'http' if urlsplit(f'//{address}').port else 'https'}://{address}"
