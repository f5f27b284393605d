"""The item that a portal spider yields. The record itself is defined once, in storage.records."""

from __future__ import annotations

from storage.records import Article, Attachment, Document, Image, Official, Sighting

__all__ = ["Article", "Attachment", "Document", "Image", "Official", "Sighting"]
