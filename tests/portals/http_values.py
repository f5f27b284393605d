"""A request and an answer of a demo portal, as values between the server and the themes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` is percent-decoded, ``query`` and ``form`` hold the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, method: str, target: str, body: bytes = b"") -> Request:
        """The request of a request line's target and a form body in UTF-8."""
        parts = urlsplit(target)
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method, unquote(parts.path), query, form)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; ``modified`` is when its content last changed, for portals that send validators."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None
