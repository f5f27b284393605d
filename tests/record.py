"""The keys of the record, in its order: what the design promises to other programs."""

from __future__ import annotations

RECORD_KEYS = [
    "id", "url", "urls", "portal", "portals", "site_name", "section", "title", "lead", "paragraphs",
    "captions", "byline", "authors", "source_credit", "published_at", "published_precision",
    "modified_at", "event_date", "relevant", "relevance", "organizations", "provinces_2024",
    "districts_2024", "provinces_2025", "communes_2025", "kind", "documents", "officials", "images",
    "attachments", "story_id", "revision", "language", "first_seen_at", "last_seen_at", "provenance",
]  # fmt: skip
