"""An article as a row of the table, and back as the CONTRACT record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from storage.records import Article, Attachment, Document, Image, Official, to_record
from vietnam.stamps import VIETNAM

PLACE_LEVELS = ("provinces_2024", "districts_2024", "provinces_2025", "communes_2025")

CONTENT = (
    "site_name", "section", "title", "lead", "paragraphs", "captions", "byline", "authors", "source_credit",
    "published_at", "published_precision", "modified_at", "event_date", "relevant", "relevance",
    "organizations", *PLACE_LEVELS, "kind", "documents", "officials", "images", "attachments", "language",
)  # fmt: skip
"""The columns that come from the page: a difference in any of them is a change of the record."""

METADATA = ("url", *(name for name in CONTENT if name not in ("title", "lead", "paragraphs")))
"""What a history of a record keeps besides its words."""

_WITH_COMPANION = {
    "lead": None,
    "byline": "authors",
    "published_at": "published_precision",
    "modified_at": None,
}
"""What a listing row may know and the article's page not (38 leads of the recorded WordPress site)."""


def values_of(article: Article) -> dict[str, object]:
    """The columns of CONTENT, and the provenance, as the database gives them back.

    Named one by one: going by CONTENT takes 43 thousand instructions, so 28.
    """
    return {
        "site_name": article.site_name,
        "section": article.section,
        "title": article.title,
        "lead": article.lead,
        "paragraphs": [*article.paragraphs],
        "captions": [*article.captions],
        "byline": article.byline,
        "authors": [*article.authors],
        "source_credit": article.source_credit,
        "published_at": _to_the_second(article.published_at),
        "published_precision": article.published_precision,
        "modified_at": _to_the_second(article.modified_at),
        "event_date": article.event_date.isoformat() if article.event_date else None,
        "relevant": article.relevant,
        "relevance": article.relevance,
        "organizations": [*article.organizations],
        "provinces_2024": [*article.provinces_2024],
        "districts_2024": [*article.districts_2024],
        "provinces_2025": [*article.provinces_2025],
        "communes_2025": [*article.communes_2025],
        "kind": article.kind,
        "documents": [*map(_as_dict, article.documents)],
        "officials": [*map(_as_dict, article.officials)],
        "images": [*map(_as_dict, article.images)],
        "attachments": [*map(_as_dict, article.attachments)],
        "language": article.language,
        "provenance": {**article.provenance},
    }


def _as_dict(entry: Document | Official | Image | Attachment) -> dict[str, str | None]:
    """``dataclasses.asdict`` of what has texts alone: it would copy each of them, and take 4 µs."""
    return {name: getattr(entry, name) for name in entry.__slots__}


def metadata_of(row: Mapping[str, object]) -> dict[str, object]:
    """The columns of METADATA as JSON: times in ISO form, in the time of the record."""
    values = {name: row[name] for name in METADATA}
    return {
        name: value.astimezone(VIETNAM).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def record_of(row: Mapping[str, Any]) -> dict[str, object]:
    """A row of the table, with ``story`` (public id or None) and ``last_seen_at``, as the CONTRACT record."""
    article = Article(
        url=row["url"],
        title=row["title"],
        paragraphs=tuple(row["paragraphs"]),
        lead=row["lead"],
        captions=tuple(row["captions"]),
        byline=row["byline"],
        authors=tuple(row["authors"]),
        source_credit=row["source_credit"],
        published_at=row["published_at"],
        published_precision=row["published_precision"],
        modified_at=row["modified_at"],
        images=tuple(Image(**entry) for entry in row["images"]),
        attachments=tuple(Attachment(**entry) for entry in row["attachments"]),
        site_name=row["site_name"],
        section=row["section"],
        language=row["language"],
        event_date=date.fromisoformat(row["event_date"]) if row["event_date"] else None,
        relevant=row["relevant"],
        relevance=row["relevance"],
        organizations=tuple(row["organizations"]),
        provinces_2024=tuple(row["provinces_2024"]),
        districts_2024=tuple(row["districts_2024"]),
        provinces_2025=tuple(row["provinces_2025"]),
        communes_2025=tuple(row["communes_2025"]),
        kind=row["kind"],
        documents=tuple(Document(**entry) for entry in row["documents"]),
        officials=tuple(Official(**entry) for entry in row["officials"]),
        provenance=row["provenance"],
    )
    return to_record(
        article,
        id=row["public_id"],
        urls=row["urls"],
        portal=row["portal"],
        portals=row["portals"],
        story_id=row["story"],
        revision=row["revision"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
    )


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
    return moment.replace(microsecond=0) if moment and moment.microsecond else moment
