"""An article as a row of the table, and back as the CONTRACT record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from storage.records import VIETNAM, Article

PLACE_LEVELS = ("provinces_2024", "districts_2024", "provinces_2025", "communes_2025")

CONTENT = (
    "site_name", "section", "title", "lead", "paragraphs", "captions", "byline", "authors", "source_credit",
    "published_at", "published_precision", "modified_at", "event_date", "relevant", "relevance",
    "organizations", *PLACE_LEVELS, "kind", "documents", "officials", "images", "attachments", "language",
)  # fmt: skip
"""The columns that come from the page: a difference in any of them is a change of the record."""

_WITH_COMPANION = {
    "lead": None,
    "byline": "authors",
    "published_at": "published_precision",
    "modified_at": None,
}
"""What a listing row may know and the article's page not (38 leads of the recorded WordPress site)."""


def values_of(article: Article) -> dict[str, object]:
    """The columns of CONTENT, and the provenance, as the database gives them back."""
    values: dict[str, object] = {name: getattr(article, name) for name in CONTENT}
    for name in ("paragraphs", "captions", "authors", "organizations", *PLACE_LEVELS):
        values[name] = list(getattr(article, name))
    for name in ("documents", "officials", "images", "attachments"):
        values[name] = [asdict(entry) for entry in getattr(article, name)]
    for name in ("published_at", "modified_at"):
        values[name] = _to_the_second(getattr(article, name))
    values["event_date"] = article.event_date.isoformat() if article.event_date else None
    values["provenance"] = dict(article.provenance)
    return values


def keep_what_the_listing_said(values: dict[str, object], stored: Mapping[str, object]) -> None:
    """Fill ``values`` of a re-read page with what an earlier read had from the listing.

    A re-check fetches the page alone. What only the listing knew is still true: its absence is no change.
    """
    provenance = stored["provenance"]
    assert isinstance(provenance, dict)
    for name, companion in _WITH_COMPANION.items():
        from_listing = "listing" in str(provenance.get(name, ""))
        if from_listing and (
            values[name] is None or (name == "published_at" and _is_coarser(values, stored))
        ):
            values[name] = stored[name]
            if companion:
                values[companion] = stored[companion]
            new_provenance = values["provenance"]
            assert isinstance(new_provenance, dict)
            new_provenance[name] = provenance[name]


def _is_coarser(values: Mapping[str, object], stored: Mapping[str, object]) -> bool:
    """Whether ``values`` print less of one moment: 03/08/2022 where the listing has 14:05 03/08/2022."""
    new, old = values["published_at"], stored["published_at"]
    return (
        values["published_precision"] == "day"
        and stored["published_precision"] in ("minute", "second")
        and isinstance(new, datetime)
        and isinstance(old, datetime)
        and new.astimezone(VIETNAM).date() == old.astimezone(VIETNAM).date()
    )


def _to_the_second(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None
