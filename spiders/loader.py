"""RegistryLoader: Scrapy's spider loader over the registry, so that ``scrapy list`` names portals."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawler.reading.urls import same_site
from spiders.portal import PortalSpider
from spiders.registry import Registry, UnknownPortal, load_registry
from storage.portals import Portal


class RegistryLoader:
    """One spider class per record (Scrapy's SPIDER_LOADER_CLASS).

    Setting FRONTNEWS_REGISTRY, or the environment variable of that name: another folder of records.
    """

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Load the registry. Raises spiders.registry.RegistryProblem with file and line."""
        folder = settings.get("FRONTNEWS_REGISTRY") or os.environ.get("FRONTNEWS_REGISTRY")
        return cls(load_registry(Path(folder) if folder else None))

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of a portal, by id or by what else the registry knows it as. Raises KeyError."""
        try:
            portal = self.registry.get(spider_name)
        except UnknownPortal as error:
            raise KeyError(f"no portal {spider_name!r}; nearest: {', '.join(error.nearest)}") from error
        return spider_of(portal)

    def list(self) -> list[str]:
        """Return the ids of all portals."""
        return sorted(self.registry.portals)

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]
        """Return the ids of the portals on whose site a request is."""
        return [id for id, portal in self.registry.portals.items() if same_site(portal.url, request.url)]


def spider_of(portal: Portal) -> type[PortalSpider]:
    """Return the spider class of a portal."""
    name = "".join(part.capitalize() for part in portal.id.replace("/", "_").split("_"))
    return type(f"{name}Spider", (PortalSpider,), {"name": portal.id, "portal": portal})
