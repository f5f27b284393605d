"""Addresses as people paste them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult

import typer

from crawler.addresses import taken_apart

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)(?=://)|(mailto|javascript|data)(?=:)", re.IGNORECASE)

FILE_ENDINGS = (".html", ".htm", ".txt", ".json", ".jsonl", ".xml", ".csv", ".pdf", ".aspx", ".php")
"""What a name without a slash ends in when it is a mistyped file: no such host is asked for."""


def looks_like_address(text: str) -> bool:
    """Whether a text is an address, also one pasted without its scheme (``thoxuan.thanhhoa.gov.vn/tin``)."""
    if _SCHEME.match(text):
        return True
    host = text.split("/", 1)[0].lower()
    return "." in host[1:] and " " not in host and not host.endswith(FILE_ENDINGS)


def with_scheme(address: str) -> str:
    """The address with the scheme that it most likely has: a bare port is seldom TLS.

    Raises typer.BadParameter for a scheme that is not the web's (``ftp://``) and for an address without a
    host.
    """
    if found := _SCHEME.match(address):
        scheme = found[0].lower()
        if scheme not in ("http", "https"):
            hint = "; a saved page is read by its path" if scheme == "file" else ""
            raise typer.BadParameter(f"{address}: only http and https are crawled, not {scheme}{hint}")
        if not _parts(address).hostname:
            raise typer.BadParameter(f"{address} names no host")
        return address
    return f"{'http' if _parts(f'//{address}').port else 'https'}://{address}"


def _parts(address: str) -> SplitResult:
    """The address taken apart. Raises typer.BadParameter."""
    try:
        return taken_apart(address)
    except ValueError as problem:
        raise typer.BadParameter(f"{address.removeprefix('//')} is no address: {problem}") from None
