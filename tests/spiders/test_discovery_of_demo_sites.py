"""First discovery over the demo portals: eight platforms, one of them of no known make."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Literal

import pytest

from spiders.check import check_portal
from spiders.discovery import discover
from spiders.registry import Registry, load_registry
from tests.portals.portals import PORTALS
from tests.portals.serve import DemoSites
from tests.spiders.plain_fetch import fetch


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with DemoSites(date(2026, 11, 20)) as sites:
        yield load_registry(sites.registry(tmp_path_factory.mktemp("registry")))


@pytest.mark.parametrize("scope", ["front", "all"])
@pytest.mark.parametrize("portal_id", [portal.id for portal in PORTALS])
def test_a_demo_portal_gets_its_platform_and_exactly_its_sections(
    demo: Registry, portal_id: str, scope: Literal["front", "all"]
) -> None:
    portal = demo.get(portal_id)
    found = asyncio.run(discover(portal.url, fetch, scope=scope)).portal
    assert found.platform == portal.platform
    assert {section.path: section.scope for section in found.sections} == {
        section.path: section.scope for section in portal.sections
    }


@pytest.mark.parametrize("portal_id", [portal.id for portal in PORTALS])
def test_a_demo_portal_passes_the_check(demo: Registry, portal_id: str) -> None:
    check = asyncio.run(check_portal(demo.get(portal_id), fetch))
    assert check.ok, check.findings


def test_the_demo_registry_is_read_with_the_rules_of_the_real_one(demo: Registry) -> None:
    assert len(demo) == len(PORTALS) >= 6
