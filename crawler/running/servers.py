"""Which server a portal stands on: portals of one server share its politeness slot."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from crawler.reading.urls import site_of


def group_of(address: str, port: int) -> str:
    """The server group of an address: all ports of the web are one server, others stand for themselves.

    >>> group_of("203.162.0.5", 443), group_of("127.0.0.1", 8080)
    ('203.162.0.5', '127.0.0.1:8080')
    """
    return address if port in (80, 443) else f"{address}:{port}"


def server_group(url: str) -> str:
    """The server group of a portal's address by what its name resolves to now; its site where it does not."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        answers = socket.getaddrinfo(parts.hostname or "", port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return site_of(url)
    return group_of(min(str(answer[4][0]) for answer in answers), port)
