"""The registry: every record is sound, and every way to be unsound is told with file and line."""

from __future__ import annotations

import csv
import time
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from spiders.platforms import PLATFORMS
from spiders.registry import FOLDER, Registry, RegistryProblem, UnknownPortal, load_registry
from spiders.registry_file import FIELDS, SECTION_FIELDS
from spiders.registry_rules import OWNERS, PLATFORM_NAMES
from storage.portals import Portal, Section
from vietnam import places

REGISTRY = load_registry()
EVERY_PORTAL = list(REGISTRY)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return REGISTRY


def test_keys_of_a_record_are_the_fields_of_portal_and_section() -> None:
    assert set(FIELDS) == {field.name for field in fields(Portal)}
    assert set(SECTION_FIELDS) == {field.name for field in fields(Section)}


def test_every_platform_can_be_named_by_a_record() -> None:
    assert set(PLATFORM_NAMES) == {*PLATFORMS, "unknown"}


@pytest.mark.parametrize("portal", EVERY_PORTAL, ids=lambda portal: portal.id)
def test_every_record_is_complete_and_in_the_file_of_its_province(portal: Portal) -> None:
    file = REGISTRY.origins[portal.id].partition(":")[0]
    assert file == f"{portal.id.partition('/')[0]}.yaml"
    assert portal.evidence
    assert REGISTRY.get(portal.id) is portal
    assert REGISTRY.for_url(portal.url) is portal
    if portal.owner != "central":
        assert portal.province_2024 and portal.province_2025
    if portal.active_until and portal.owner == "district_portal":
        assert portal.active_until <= date(2025, 6, 30), "districts were abolished on 1 July 2025"


def test_every_host_of_the_portal_list_is_known(registry: Registry, shared: Path) -> None:
    with (shared / "data" / "portals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 380
    unknown = [row["host"] for row in rows if _portal_of(registry, row["host"]) is None]
    assert unknown == []


def _portal_of(registry: Registry, host: str) -> Portal | None:
    try:
        return registry.get(host)
    except UnknownPortal:
        return None


def test_places_of_the_portal_list_are_those_of_the_records(registry: Registry, shared: Path) -> None:
    with (shared / "data" / "portals.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["province_2024"]]
    for row in rows:
        portal = registry.get(row["host"])
        assert portal.province_2024 == places.province_2024(row["province_2024"]), row["host"]
        assert portal.province_2025 == places.province_2025(row["province_2025"]), row["host"]
        district = row["district_2024"]
        if district.startswith(("Huyện ", "Quận ", "Thị xã ", "Thành phố ")) and "(" not in district:
            assert portal.district_2024 == places.district_2024(district, row["province_2024"]), row["host"]


def test_the_whole_registry_loads_within_half_a_second() -> None:
    spent = []
    for _ in range(3):  # what runs beside a test only adds to its processor time
        start = time.process_time()
        load_registry()
        spent.append(time.process_time() - start)
    assert min(spent) < 0.5


# --- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "thanh_hoa/tho_xuan",
        "tho_xuan",
        "Thọ Xuân",
        "THO XUAN",
        "huyện thọ xuân",
        "Cổng TTĐT huyện Thọ Xuân",
        "thoxuan.thanhhoa.gov.vn",
        "www.thoxuan.thanhhoa.gov.vn",
        "https://thoxuan.thanhhoa.gov.vn/portal/pages/print.aspx?p=1",
        "http://thoxuan.thanhhoa.gov.vn",
    ],
)
def test_a_portal_goes_by_id_name_host_and_address_without_accents(registry: Registry, name: str) -> None:
    assert registry.get(name).id == "thanh_hoa/tho_xuan"


def test_an_alias_host_is_the_same_portal(registry: Registry) -> None:
    assert registry.get("m.mattran.org.vn") is registry.get("mattran.org.vn")


def test_a_portal_under_a_path_goes_by_its_host_but_not_by_other_paths_of_it(registry: Registry) -> None:
    host = "https://ttkhcn.baria-vungtau.gov.vn"
    portal = registry.get("ttkhcn.baria-vungtau.gov.vn")
    assert registry.for_url(f"{host}/phuoclongtho/news.aspx?id=714") is portal
    assert registry.for_url(f"{host}/phuoclongtho") is portal
    assert registry.for_url(f"{host}/phuoclongthoi/") is None
    assert registry.for_url(f"{host}/") is None


def test_a_misspelt_name_is_answered_with_the_nearest(registry: Registry) -> None:
    for name in ("thanh_hoa/tho_xuann", "Thọ Xuâm", "thoxuan"):
        with pytest.raises(UnknownPortal) as error:
            registry.get(name)
        assert "thanh_hoa/tho_xuan" in error.value.nearest
        assert len(error.value.nearest) <= 3
        assert not error.value.ambiguous
        assert "thanh_hoa/tho_xuan" in str(error.value)


def test_a_name_of_several_portals_lists_the_choices(registry: Registry) -> None:
    with pytest.raises(UnknownPortal) as error:
        registry.get("hoinongdan")
    assert error.value.ambiguous
    assert {"cao_bang/hoinongdan", "dak_lak/hoinongdan"} <= set(error.value.nearest)


@pytest.mark.parametrize("name", ["", "   ", "http://[", "☃", "x" * 5000])
def test_nonsense_is_an_unknown_portal_and_nothing_else(registry: Registry, name: str) -> None:
    with pytest.raises(UnknownPortal):
        registry.get(name)


# --- mistakes ----------------------------------------------------------------------------------

RECORD = """\
province: Thanh Hóa
portals:
  - id: thanh_hoa/tho_xuan
    name: Cổng TTĐT huyện Thọ Xuân
    url: https://thoxuan.thanhhoa.gov.vn/
    owner: district_portal
    platform: vnpt_portal
    district_2024: Huyện Thọ Xuân
    sections:
      - path: /mat-tran
        scope: front
        name: Mặt trận
    confidence: high
"""


def load(folder: Path, text: str, name: str = "thanh_hoa.yaml") -> Registry:
    (folder / name).write_text(text, encoding="utf-8")
    return load_registry(folder)


def problem(folder: Path, text: str, name: str = "thanh_hoa.yaml") -> str:
    with pytest.raises(RegistryProblem) as error:
        load(folder, text, name)
    assert str(error.value).startswith(f"{error.value.file}:{error.value.line}: ")
    return str(error.value)


def test_a_record_takes_the_province_of_its_file_and_its_successor(tmp_path: Path) -> None:
    portal = load(tmp_path, RECORD).get("tho_xuan")
    assert (portal.province_2024, portal.province_2025) == ("Thanh Hóa", "Thanh Hóa")
    assert portal.sections == (Section("/mat-tran", "front", "Mặt trận"),)
    assert portal.confidence == "high"


@pytest.mark.parametrize(
    ("was", "becomes", "line", "message"),
    [
        ("platform:", "platfrom:", 7, "unknown key 'platfrom'; did you mean 'platform'?"),
        ("scope:", "scop:", 11, "unknown key 'scop'; did you mean 'scope'?"),
        ("province:", "provinces:", 1, "unknown key 'provinces'; did you mean 'province'?"),
        ("vnpt_portal", "vnpt_portl", 7, "unknown 'vnpt_portl'; did you mean 'vnpt_portal'?"),
        ("district_portal", "distrct_portal", 6, "unknown 'distrct_portal'; did you mean 'district_portal'?"),
        ("front", "fronts", 11, "unknown 'fronts'; did you mean 'front'?"),
        ("confidence: high", "confidence: sure", 13, "one of high, medium, low"),
        ("Thanh Hóa", "Thanh Hoa", 1, "is written 'Thanh Hóa'"),
        ("Thanh Hóa", "Thanh Hố", 1, "unknown province of 2024 'Thanh Hố'; did you mean 'Thanh Hóa'?"),
        (
            "Huyện Thọ Xuân\n",
            "Huyện Thọ Xuânn\n",
            8,
            "'Thanh Hóa' has no district 'Huyện Thọ Xuânn'; did you mean 'Huyện Thọ Xuân'?",
        ),
        (
            "confidence: high",
            "communes_2025: [Xã Thọ Xuâm]",
            13,
            "has no commune 'Xã Thọ Xuâm' after July 2025; did you mean 'Xã Thọ Xuân'?",
        ),
        ("Huyện Thọ Xuân\n", "Huyện Quỳ Hợp\n", 8, "'Thanh Hóa' has no district 'Huyện Quỳ Hợp'"),
        ("Huyện Thọ Xuân\n", "Thọ Xuân\n", 8, "is written 'Huyện Thọ Xuân'"),
        ("name: Cổng TTĐT huyện Thọ Xuân", "name: 2025", 4, "must be text"),
        ("name: Cổng TTĐT huyện Thọ Xuân", "name: [a, b]", 4, "must be text, is a list"),
        ("    name: Cổng TTĐT huyện Thọ Xuân\n", "", 3, "the record has no 'name'"),
        ("https://thoxuan", "thoxuan", 5, "is not an http or https address"),
        ("gov.vn/", "gov.vn/?a=1", 5, "must be the base address"),
        ("gov.vn/", "gov.vn", 5, "must be the base address with its final slash"),
        ("thanh_hoa/tho_xuan", "tho xuan", 3, "is not like thanh_hoa/tho_xuan"),
        ("path: /mat-tran", "path: mat-tran", 10, "must start with /"),
        ("path: /mat-tran", "path: https://example.vn/a", 10, "lies on another host"),
        ("path: /mat-tran", "path: /", 10, "cannot be of scope 'front'"),
        ("    district_2024: Huyện Thọ Xuân\n", "", 6, "a district_portal needs district_2024"),
        ("confidence: high", "confidence: high\n    confidence: low", 14, "'confidence' is given twice"),
        ("confidence: high", "active_until: 2025-13-01", 13, "must be a day like 2025-06-30"),
        (
            "confidence: high",
            "active_from: 2025-07-01\n    active_until: 2025-06-30",
            14,
            "active_until 2025-06-30 is before active_from 2025-07-01",
        ),
        ("confidence: high", "province_2025: Nghệ An", 13, "became part of 'Thanh Hóa' in July 2025, not of"),
        ("confidence: high", "province_2024: Nghệ An", 13, "contradicts the file's province 'Thanh Hóa'"),
        ("confidence: high", "communes_2025: [Xã Nơi Đâu]", 13, "has no commune 'Xã Nơi Đâu'"),
        (
            "confidence: high",
            "successor: thanh_hoa/xuan_tho",
            3,
            "unknown successor 'thanh_hoa/xuan_tho'; did",
        ),
        ("confidence: high", "successor: thanh_hoa/tho_xuan", 13, "cannot be its own successor"),
        ("confidence: high", "delay: 0.5", 13, "less than the usual 2 s"),
        ("confidence: high", "delay: 3601", 13, "more than an hour"),
        ("confidence: high", "delay: soon", 13, "must be a number of seconds"),
        ("confidence: high", "delay: .inf", 13, "must be a number of seconds"),
        ("confidence: high", "delay: 0x10", 13, "must be a number of seconds"),
        ("confidence: high", f"newest_within: {'9' * 5000}", 13, "must be a whole number from 1"),
        ("gov.vn/", "gov.vn]/", 5, "is not an address: Invalid IPv6 URL"),
        ("gov.vn/", "gov.vn:99999/", 5, "is not an address: Port out of range"),
        ("path: /mat-tran", "path: http://a.vn]/tin/", 10, "is not an address: Invalid IPv6 URL"),
        ("confidence: high", "minimum_listed: 0", 13, "must be a whole number from 1"),
        ("confidence: high", "newest_within: soon", 13, "must be a whole number from 1"),
        ("confidence: high", "filled_date: 90", 13, "must be a share from 0 to 1"),
        ("confidence: high", "filled_body: all", 13, "must be a share from 0 to 1"),
        ("confidence: high", "aliases: [https://a.vn/]", 13, "is not a host name"),
        ("confidence: high", "confidence: 'high", 13, "not YAML"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(
    tmp_path: Path, was: str, becomes: str, line: int, message: str
) -> None:
    assert was in RECORD
    told = problem(tmp_path, RECORD.replace(was, becomes, 1))
    assert message in told
    assert told.startswith(f"thanh_hoa.yaml:{line}: "), told


def test_every_mistake_is_collected_and_the_first_is_the_message(tmp_path: Path) -> None:
    text = RECORD.replace("platform:", "platfrom:").replace("scope: front", "scope: frunt")
    with pytest.raises(RegistryProblem) as error:
        load(tmp_path, text)
    assert [problem.line for problem in error.value.problems] == [7, 11]
    assert str(error.value).endswith("(and 1 more)")


def test_an_id_or_address_given_twice_names_both_places(tmp_path: Path) -> None:
    again = RECORD[RECORD.index("  - id") :]
    told = problem(tmp_path, RECORD + again)
    assert "thanh_hoa.yaml:14: id 'thanh_hoa/tho_xuan' is also at thanh_hoa.yaml:3" in told
    told = problem(tmp_path, RECORD + again.replace("thanh_hoa/tho_xuan", "thanh_hoa/tho_xuan_2"))
    assert "address 'thoxuan.thanhhoa.gov.vn/' is also at thanh_hoa.yaml:3" in told


def test_portals_of_one_host_may_differ_by_path_or_port(tmp_path: Path) -> None:
    other = RECORD[RECORD.index("  - id") :].replace("thanh_hoa/tho_xuan", "thanh_hoa/second")
    registry = load(
        tmp_path, RECORD + other.replace("https://thoxuan.thanhhoa.gov.vn/", "http://127.0.0.1:8001/a/")
    )
    assert registry.get("http://127.0.0.1:8001/a/x.html").id == "thanh_hoa/second"
    assert registry.for_url("http://127.0.0.1:8002/a/x.html") is None


def test_a_portal_on_loopback_may_be_asked_without_delay(tmp_path: Path) -> None:
    text = RECORD.replace("https://thoxuan.thanhhoa.gov.vn/", "http://127.0.0.1:8001/")
    assert load(tmp_path, text + "    delay: 0\n").get("tho_xuan").delay == 0


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "portals:\n", "- a\n", "province: Thanh Hóa\n", "portals: x\n"]
)
def test_a_file_without_records_is_a_mistake(tmp_path: Path, text: str) -> None:
    assert problem(tmp_path, text).startswith("thanh_hoa.yaml:")


def test_a_missing_or_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RegistryProblem, match="no such folder"):
        load_registry(tmp_path / "nowhere")
    with pytest.raises(RegistryProblem, match=r"no \*\.yaml file"):
        load_registry(tmp_path)
    file = tmp_path / "thanh_hoa.yml"
    file.touch()
    with pytest.raises(RegistryProblem) as caught:
        load_registry(file)
    assert str(caught.value) == f"{file}: a file, not a folder"


def test_a_file_that_is_not_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(RegistryProblem, match=r"bad\.yaml:1: cannot be read"):
        load_registry(tmp_path)


def test_the_files_of_the_registry_are_named_after_provinces() -> None:
    assert len(list(FOLDER.glob("*.yaml"))) >= 60


# --- the documentation -------------------------------------------------------------------------


DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "adding-a-portal.md").read_text(encoding="utf-8")


def test_the_documented_record_loads_and_its_mistakes_are_told_as_documented(tmp_path: Path) -> None:
    example = DOCUMENTATION.split("```yaml\n", 1)[1].split("```", 1)[0]
    assert load(tmp_path, example).get("tho_xuan").sections[0].scope == "front"
    for was, becomes in (("platform:", "platfrom:"), ("Huyện Thọ Xuân", "Huyện Thọ Xuâm")):
        assert problem(tmp_path, example.replace(was, becomes)) in DOCUMENTATION


def test_every_key_and_owner_is_documented() -> None:
    for word in (*FIELDS, *SECTION_FIELDS, *OWNERS):
        assert f"`{word}`" in DOCUMENTATION, word
