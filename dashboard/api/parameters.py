"""What a client may ask with: filters, pages, opaque cursors."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator

from dashboard.api.answers import Problem
from storage.facets import Filters
from vietnam.stamps import VIETNAM

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _as_told(value: object) -> object:
    """Only what the document calls a date: pydantic takes ``0`` for a number of seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("must be a day like 2026-01-31")
    return value


Day = Annotated[date, BeforeValidator(_as_told)]

Words = Annotated[
    str,
    Query(
        max_length=300,
        description='Words that must all be there, with or without accents; "a phrase"; -word to leave out',
        examples=["đại đoàn kết"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=200, description="Articles in one answer", examples=[50])]
Cursor = Annotated[
    str | None,
    Query(
        max_length=64,
        description="`next` of the answer before; opaque, and only good for the same question",
    ),
]


def _filters(
    province: Annotated[
        str | None,
        Query(
            max_length=100,
            description="Province of 2024 or of 2025, accents optional",
            examples=["Thanh Hóa"],
        ),
    ] = None,
    province_2024: Annotated[
        str | None, Query(max_length=100, description="One of the 63 before July 2025", examples=["Hà Nam"])
    ] = None,
    province_2025: Annotated[
        str | None, Query(max_length=100, description="One of the 34 since July 2025", examples=["Ninh Bình"])
    ] = None,
    organization: Annotated[
        str | None, Query(max_length=20, description="MTTQ CTXH LDLD HND HLHPN DTN HCCB …", examples=["MTTQ"])
    ] = None,
    kind: Annotated[
        str | None, Query(max_length=40, description="Of the closed list", examples=["tong_ket"])
    ] = None,
    portal: Annotated[
        str | None,
        Query(max_length=200, description="Id of a portal, of any copy", examples=["thanh_hoa/tho_xuan"]),
    ] = None,
    relevant: Annotated[
        bool | None, Query(description="Whether the Front or a mass organization acts or is the subject")
    ] = None,
    since: Annotated[
        Day | None, Query(description="First day of publication, in Vietnam", examples=["2026-01-01"])
    ] = None,
    until: Annotated[
        Day | None, Query(description="Last day of publication, in Vietnam", examples=["2026-12-31"])
    ] = None,
) -> Filters:
    return Filters(
        province, province_2024, province_2025, organization, kind, portal, relevant,
        since=midnight(since), until=midnight(day_after(until)),
    )  # fmt: skip


Filtered = Annotated[Filters, Depends(_filters)]


def midnight(day: date | None) -> datetime | None:
    """The moment at which a day begins in Vietnam."""
    return datetime.combine(day, time(), VIETNAM) if day else None


def day_after(day: date | None) -> date | None:
    """The next day; the calendar's last stays, for nothing was published on it."""
    return day if day is None or day == date.max else day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cursors:
    """Cursors of one question: a place in its answer, which no other question takes."""

    question: tuple[object, ...]

    def write(self, place: int | None) -> str | None:
        """A place (0 or more, below 2**63) as the client sees it."""
        if place is None:
            return None
        return base64.urlsafe_b64encode(place.to_bytes(8, "big") + self._mark()).decode()

    def read(self, cursor: str | None) -> int | None:
        """The place. Raises Problem for what is no cursor of this question."""
        if cursor is None:
            return None
        try:
            data = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            data = b""
        place = int.from_bytes(data[:8], "big")
        if len(data) != 12 or data[8:] != self._mark() or place >= 1 << 63:
            raise Problem(404, "Not found", "this cursor is of no answer to this question; begin without")
        return place

    def _mark(self) -> bytes:
        return blake2b(repr(self.question).encode(), digest_size=4).digest()
