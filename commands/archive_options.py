"""The options by which the archive is kept small: of `archive prune` and of the clock."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from crawler.archive.retention import Retention

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}

KeepDays = Annotated[
    int | None,
    typer.Option(
        "--keep-days", min=1, metavar="N", envvar="FRONTNEWS_ARCHIVE_KEEP_DAYS",
        help="Drop archived pages that are older",
    ),
]  # fmt: skip
MaxSize = Annotated[
    str | None,
    typer.Option(
        "--max-size", metavar="SIZE", envvar="FRONTNEWS_ARCHIVE_MAX_SIZE",
        help="Drop the oldest archived pages until the rest is no larger: 500M, 20G",
    ),
]  # fmt: skip


def retention_of(keep_days: int | None, max_size: str | None) -> Retention | None:
    """What two options ask for; None where they ask for nothing. A usage error for a size that is none."""
    from crawler.archive.retention import Retention

    if keep_days is None and not max_size:
        return None
    return Retention(
        timedelta(days=keep_days) if keep_days is not None else None,
        size_of(max_size) if max_size else None,
    )


def size_of(text: str) -> int:
    """Bytes of a size such as 500M or 20G (powers of 1024)."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no size; write 500M or 20G")
    return int(float(found.group(1)) * 1024 ** _POWERS[found.group(2).upper()])
