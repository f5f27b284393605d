"""`frontnews portals`: the registry on the command line."""

from __future__ import annotations

import json

import yaml

from tests.commands.conftest import Frontnews
from tests.portals.serve import DemoSites


def test_portals_are_listed_by_province_platform_and_owner_accents_ignored(frontnews: Frontnews) -> None:
    rows = [json.loads(line) for line in frontnews("portals", "list", "--json").stdout.splitlines()]
    assert len(rows) == 8
    by_place = frontnews("portals", "list", "--province", "Tay NINH")
    assert [line.split()[0] for line in by_place.stdout.splitlines()[1:]] == ["tay_ninh/demo_go_dau"]
    by_platform = frontnews("portals", "list", "--platform", "wordpress", "--json")
    assert [json.loads(line)["platform"] for line in by_platform.stdout.splitlines()] == ["wordpress"]


def test_a_portal_is_shown_as_its_record_with_its_place_in_the_registry(frontnews: Frontnews) -> None:
    shown = frontnews("portals", "show", "demo gò dầu")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("# tay_ninh.yaml:")
    (record,) = yaml.safe_load(shown.stdout)
    assert record["id"] == "tay_ninh/demo_go_dau"
    assert {section["scope"] for section in record["sections"]} <= {"front", "news"}


def test_every_demo_portal_passes_its_check(frontnews: Frontnews) -> None:
    checked = frontnews("portals", "check", "--all", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert [json.loads(line)["ok"] for line in checked.stdout.splitlines()] == [True] * 8


def test_an_address_becomes_the_record_that_a_person_wrote(frontnews: Frontnews, demo: DemoSites) -> None:
    found = frontnews("portals", "discover", demo.addresses["tay_ninh/demo_go_dau"])
    assert found.returncode == 0, found.stderr
    (record,) = yaml.safe_load(found.stdout)
    (written,) = yaml.safe_load(frontnews("portals", "show", "tay_ninh/demo_go_dau").stdout)
    assert record["platform"] == written["platform"]
    scopes = {section["path"]: section["scope"] for section in record["sections"]}
    assert scopes == {section["path"]: section["scope"] for section in written["sections"]}
