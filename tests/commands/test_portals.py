"""`frontnews portals`: the registry on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.commands.conftest import Frontnews
from tests.portals.serve import DemoSites
from tests.spiders.odd_sites import PlainMenu


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


@pytest.fixture
def empty_registry(frontnews: Frontnews, tmp_path: Path) -> Path:
    """A folder for records, without any, that the command uses from now on."""
    folder = tmp_path / "records"
    frontnews.environment["FRONTNEWS_REGISTRY"] = str(folder)
    return folder


def test_an_address_is_a_checked_and_crawled_portal_in_one_command(
    frontnews: Frontnews, demo: DemoSites, empty_registry: Path
) -> None:
    added = frontnews("portals", "add", demo.addresses["tay_ninh/demo_go_dau"], "--crawl")
    assert added.returncode == 0, added.stderr
    assert "pages of a list: verified" in added.stderr
    written = yaml.safe_load((empty_registry / "tay_ninh.yaml").read_text(encoding="utf-8"))
    (record,) = written["portals"]
    assert (written["province"], record["district_2024"]) == ("Tây Ninh", "Huyện Gò Dầu")
    assert record["minimum_listed"] > 1
    assert (empty_registry / "pages" / f"{record['id']}.html.gz").exists()
    assert f"{record['id']}  new" in added.stdout
    assert frontnews("portals", "check", record["id"]).returncode == 0
    exported = frontnews("export", "--quiet").stdout.splitlines()
    assert len(exported) > 20
    again = frontnews("portals", "add", demo.addresses["tay_ninh/demo_go_dau"])
    assert again.returncode == 2
    assert f"is {record['id']} already" in again.stderr


def test_a_record_that_does_not_fit_its_site_is_corrected_when_told_to(
    frontnews: Frontnews, demo: DemoSites, empty_registry: Path
) -> None:
    frontnews("portals", "add", demo.addresses["quang_nam/demo_dai_loc"], "--id", "quang_nam/dai_loc")
    path = empty_registry / "quang_nam.yaml"
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace("platform: drupal", "platform: joomla"), encoding="utf-8")
    told = frontnews("portals", "check", "quang_nam/dai_loc")
    assert told.returncode == 6
    assert "-    platform: joomla\n+    platform: drupal" in told.stdout
    accepted = frontnews("portals", "check", "quang_nam/dai_loc", "--accept")
    assert accepted.returncode == 0, accepted.stderr
    assert path.read_text(encoding="utf-8") == right


def test_an_address_where_nobody_answers_writes_nothing(frontnews: Frontnews, empty_registry: Path) -> None:
    answer = frontnews("portals", "add", "http://127.0.0.1:9/")
    assert answer.returncode == 5
    assert "nothing was written" in answer.stderr
    assert not empty_registry.exists()


def test_a_site_that_speaks_no_tls_is_looked_at_without(frontnews: Frontnews) -> None:
    with PlainMenu() as site:
        shown = frontnews("portals", "discover", site.url.replace("http:", "https:"))
    assert shown.returncode == 0, shown.stderr
    assert f"https does not work; trying {site.url}" in shown.stderr
    assert f"url: {site.url}" in shown.stdout
