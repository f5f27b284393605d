"""Make the place tables of this folder from the data files of the PyPI package vietnamadminunits 1.0.4 (MIT).

    pip download --no-deps -d /tmp/units vietnamadminunits==1.0.4
    cd /tmp/units && unzip -qo vietnamadminunits-1.0.4-py3-none-any.whl
    python vietnam/data/generate_places.py /tmp/units/vietnamadminunits/data

Its ``dataset.db`` holds the units with their official codes, ``converter_2025.json`` which units of before
1 July 2025 went into which new one. The package is needed here alone, never at run time.

Written, all UTF-8 CSV with a header line:

- ``provinces.csv``      name_2024, name_2025
- ``districts_2024.csv`` code, province (2024), name with its type
- ``communes_2025.csv``  code, province (2025), name with its type
- ``communes_2024.csv``  district code, name with its type, codes of its successors (the default first), and
  the units that it had taken in before (mergers of 2019-2024, which the package keeps as keys: "xasenchieu")

``former_districts.csv`` and ``renamed_districts.csv`` are our own (reference/places.md, National Assembly
resolutions on the districts of 2013-2025).
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent

# The package has the names of spring 2025; the contract speaks of the provinces of 2024.
# Spelling of the law where the package has another ("Phú Quý" in the portals' own pages).
SPELLING = {"Huyện Phú Quí": "Huyện Phú Quý"}
PROVINCE_OF_2024 = {"Huế": "Thừa Thiên Huế"}
TYPE_KEYS = ("xa", "phuong", "thitran")
PROVINCE_TOTAL, DISTRICT_TOTAL, NEW_PROVINCE_TOTAL, NEW_COMMUNE_TOTAL = 63, 696, 34, 3321


def spelled(name: str) -> str:
    """NFC, one space between words, the type word as the law prints it (the source has one "Thị Xã")."""
    text = " ".join(unicodedata.normalize("NFC", name).split()).replace("’", "'")
    for wrong, right in (("Thị Xã ", "Thị xã "), ("Thành Phố ", "Thành phố "), ("Thị Trấn ", "Thị trấn ")):
        text = text.replace(wrong, right)
    return SPELLING.get(text, text)


def write(name: str, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def successor_keys(converter: dict[str, dict[str, dict[str, list[object]]]]) -> dict[str, list[str]]:
    """Old unit's key -> keys ``province/ward`` of the new units, the default one first."""
    found: dict[str, list[str]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, old_units in wards.items():
            for old in old_units:
                found.setdefault(str(old), []).append(f"{province}/{ward}")
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in divided.items():
            rows = [part for part in parts if isinstance(part, dict)]
            rows.sort(key=lambda part: not part["isDefaultNewWard"])
            found.setdefault(old, []).extend(f"{province}/{part['newWardKey']}" for part in rows)
    return found


def main(folder: Path) -> None:
    database = sqlite3.connect(folder / "dataset.db")
    converter = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))

    new_codes: dict[str, str] = {}
    new_rows: list[tuple[str, ...]] = []
    new_province_names: dict[str, str] = {}
    for province_key, province, ward_key, ward, code in database.execute(
        "select provinceKey, provinceShort, wardKey, ward, wardCode from admin_units order by wardCode"
    ):
        new_codes[f"{province_key}/{ward_key}"] = code
        new_province_names[province_key] = spelled(province)
        new_rows.append((code, spelled(province), spelled(ward)))

    districts: dict[str, tuple[str, ...]] = {}
    old_rows: list[tuple[str, ...]] = []
    provinces: dict[str, str] = {}
    successors = successor_keys(converter)
    orphans: list[str] = []
    for province_key, province, district_key, district, code, ward_key, ward, aliases in database.execute(
        "select provinceKey, provinceShort, districtKey, district, districtCode, wardKey, ward, wardAlias "
        "from admin_units_legacy order by provinceCode, districtCode, wardCode"
    ):
        name = PROVINCE_OF_2024.get(spelled(province), spelled(province))
        districts[code] = (code, name, spelled(district))
        keys = successors.get(f"{province_key}_{district_key}_{ward_key or ''}", [])
        codes = list(dict.fromkeys(new_codes[key] for key in keys if key in new_codes))
        if not codes:
            orphans.append(f"{name} / {district} / {ward}")
        taken_in = [
            key for key in json.loads(aliases or "[]") if key.startswith(TYPE_KEYS) and not key[-1].isdigit()
        ]
        old_rows.append(
            (code, spelled(ward) if ward else "", " ".join(codes), " ".join(dict.fromkeys(taken_in)))
        )
        for key, olds in converter["DICT_PROVINCE"].items():
            if province_key in olds:
                provinces[name] = new_province_names[key]

    counts = (len(provinces), len(districts), len(set(provinces.values())), len(new_rows))
    if counts != (PROVINCE_TOTAL, DISTRICT_TOTAL, NEW_PROVINCE_TOTAL, NEW_COMMUNE_TOTAL):
        raise SystemExit(f"the source does not hold what it should: {counts}")
    write("provinces.csv", ("name_2024", "name_2025"), sorted(provinces.items()))
    write("districts_2024.csv", ("code", "province", "name"), districts.values())
    write("communes_2025.csv", ("code", "province", "name"), new_rows)
    write("communes_2024.csv", ("district", "name", "successors", "taken_in"), old_rows)
    print(counts, len(old_rows), f"{len(orphans)} without successor:", *orphans, sep="\n")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
