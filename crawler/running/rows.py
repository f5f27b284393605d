"""Portals, options and results as JSON, between processes.

A parent (crawler.running.host_process) and a queue (crawler.running.cluster) write with these what a crawl
host or a worker reads. They are apart from the host so that a parent does not import what crawls: Scrapy and
what it needs take half a second and 40 MB, and a clock crawls nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from crawler.running.options import CrawlOptions, PortalResult
from storage.portals import Portal, Section, Selectors

LINE_LIMIT = 4 * 1024 * 1024
"""Bytes of one line: a portal of hundreds of sections stays far below."""


def portal_row(portal: Portal) -> dict[str, object]:
    """Return a portal as JSON can carry it."""
    row: dict[str, object] = asdict(portal)
    days = {name: day.isoformat() for name in _DAYS if (day := getattr(portal, name)) is not None}
    return row | days


def portal_of(row: Mapping[str, Any]) -> Portal:
    """Return the portal that portal_row wrote."""
    days = {name: date.fromisoformat(row[name]) for name in _DAYS if row[name]}
    lists = {name: tuple(row[name]) for name in ("communes_2025", "aliases")}
    selectors = {"selectors": Selectors(**row["selectors"])} if row.get("selectors") else {}
    sections = tuple(Section(**s) for s in row["sections"])
    return Portal(**{**row, **days, **lists, **selectors, "sections": sections})


_DAYS = ("active_from", "active_until")


def options_row(options: CrawlOptions) -> dict[str, object]:
    """Return the options of a crawl without days as JSON can carry them."""
    return {name: value for name, value in asdict(options).items() if name not in ("since", "until")}


def options_of(row: Mapping[str, Any]) -> CrawlOptions:
    """Return the options that options_row wrote."""
    return CrawlOptions(**{**row, "allow_addresses": tuple(row["allow_addresses"])})


def result_of(row: Mapping[str, Any]) -> PortalResult:
    """Return the result that a host reported."""
    return PortalResult(**row)
