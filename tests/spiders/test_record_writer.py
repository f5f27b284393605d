"""Records written into the registry's files: beside what stands there, and never one that is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spiders.record_writer import RecordNotWritten, add, free_id, proposal, replace_record
from spiders.registry import load_registry
from storage.portals import Portal, Section

FIRST = Portal(
    id="thanh_hoa/tho_xuan",
    name="Cổng TTĐT huyện Thọ Xuân",
    url="https://thoxuan.thanhhoa.gov.vn/",
    owner="district_portal",
    platform="vnpt_portal",
    sections=(Section("/mat-tran", "front", "Mặt trận"),),
    province_2024="Thanh Hóa",
    district_2024="Huyện Thọ Xuân",
    province_2025="Thanh Hóa",
)
SECOND = replace(
    FIRST,
    id="thanh_hoa/hau_loc",
    name="Hậu Lộc",
    url="https://hauloc.thanhhoa.gov.vn/",
    district_2024="Huyện Hậu Lộc",
)


def test_a_first_record_makes_the_file_of_its_province(tmp_path: Path) -> None:
    written = add(tmp_path, FIRST)
    assert (written.path.name, written.line) == ("thanh_hoa.yaml", 4)
    assert load_registry(tmp_path).get(FIRST.id) == FIRST
    assert load_registry(tmp_path).origins[FIRST.id] == "thanh_hoa.yaml:4"


@pytest.mark.parametrize("indent", [0, 2])
def test_a_further_record_goes_below_the_others_and_touches_no_line_of_theirs(
    tmp_path: Path, indent: int
) -> None:
    path = tmp_path / "thanh_hoa.yaml"
    edge = " " * indent
    text = (
        f"# seen by a person\nprovince: Thanh Hóa\nportals:\n{edge}- id: thanh_hoa/xua  # old\n"
        f'{edge}  name: "Xưa"\n{edge}  url: https://xua.vn/\n{edge}  owner: other\n'
    )
    path.write_text(text, encoding="utf-8")
    written = add(tmp_path, FIRST)
    assert path.read_text(encoding="utf-8").startswith(text)
    assert load_registry(tmp_path).origins[FIRST.id] == f"thanh_hoa.yaml:{written.line}"
    assert load_registry(tmp_path).get(FIRST.id) == FIRST


def test_a_file_with_an_empty_list_takes_a_record(tmp_path: Path) -> None:
    (tmp_path / "thanh_hoa.yaml").write_text("province: Thanh Hóa\nportals: []\n", encoding="utf-8")
    add(tmp_path, FIRST)
    assert load_registry(tmp_path).get(FIRST.id) == FIRST


def test_what_the_registry_would_refuse_is_not_written(tmp_path: Path) -> None:
    add(tmp_path, FIRST)
    before = (tmp_path / "thanh_hoa.yaml").read_bytes()
    with pytest.raises(RecordNotWritten, match="is also at"):
        add(tmp_path, FIRST)
    with pytest.raises(RecordNotWritten, match="has no district"):
        add(tmp_path, replace(SECOND, district_2024="Huyện Không Có"))
    assert (tmp_path / "thanh_hoa.yaml").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["thanh_hoa.yaml"]


def test_a_corrected_record_takes_the_place_of_its_own_and_of_no_other(tmp_path: Path) -> None:
    path = add(tmp_path, FIRST).path
    path.write_text(path.read_text(encoding="utf-8") + "\n  # the next one\n", encoding="utf-8")
    add(tmp_path, SECOND)
    corrected = replace(FIRST, platform="liferay")
    diff = proposal(tmp_path, corrected)
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == ["-    platform: vnpt_portal", "+    platform: liferay"]
    assert load_registry(tmp_path).get(FIRST.id) == FIRST, "a proposal writes nothing"
    replace_record(tmp_path, corrected)
    registry = load_registry(tmp_path)
    assert (registry.get(FIRST.id), registry.get(SECOND.id)) == (corrected, SECOND)
    assert "# the next one" in path.read_text(encoding="utf-8")
    assert proposal(tmp_path, corrected) == ""


def test_a_record_that_is_not_there_cannot_be_corrected(tmp_path: Path) -> None:
    add(tmp_path, FIRST)
    with pytest.raises(RecordNotWritten, match="no record 'thanh_hoa/hau_loc'"):
        replace_record(tmp_path, SECOND)


def test_an_id_is_the_district_else_the_host_and_never_one_that_is_taken(tmp_path: Path) -> None:
    assert free_id(FIRST, None) == "thanh_hoa/tho_xuan"
    add(tmp_path, FIRST)
    registry = load_registry(tmp_path)
    assert free_id(FIRST, registry) == "thanh_hoa/huyen_tho_xuan"
    women = replace(FIRST, owner="women", url="https://hoiphunu.thanhhoa.gov.vn/")
    assert free_id(women, registry) == "thanh_hoa/hoiphunu"
    placeless = replace(women, province_2024=None, district_2024=None, province_2025=None, owner="other")
    assert free_id(placeless, registry) == "other/hoiphunu"
    assert free_id(replace(placeless, owner="central"), registry) == "central/hoiphunu"
