"""The two recorded sites, by their own scorer: the floors of the issue, with selectors and by structure."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("spiders.platforms.nukeviet")

FLOORS = {
    "coverage": 1.0,
    "title": 0.99,
    "day": 0.99,
    "minute": 0.99,
    "byline": 0.95,
    "lead": 0.97,
    "paragraph_recall": 0.98,
    "paragraph_precision": 0.97,
    "nfc": 1.0,
}


@pytest.fixture(scope="module")
def accuracy(shared: Path) -> ModuleType:
    """benchmarks/accuracy_sites.py, where the sites are recorded."""
    if not (shared / "sites").is_dir():
        pytest.skip(f"no recorded sites in {shared}")
    path = Path(__file__).resolve().parents[3] / "benchmarks" / "accuracy_sites.py"
    spec = importlib.util.spec_from_file_location("accuracy_sites", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["accuracy_sites"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("known", [True, False], ids=["by selectors", "by structure"])
@pytest.mark.parametrize("site", ["nukeviet", "wordpress"])
def test_every_floor_is_met_on_a_recorded_site(accuracy: ModuleType, site: str, known: bool) -> None:
    result = accuracy.score(site, accuracy.platform_of(site) if known else None)
    shares, counts = result.shares, result.counts
    low = {name: shares[name] for name, floor in FLOORS.items() if shares[name] < floor}
    assert not low, json.dumps(low)
    wrong = ("spurious", "edit_date", "no_date", "captions_in_body", "noise_in_body", "bylines_in_body")
    assert {name: counts.get(name, 0) for name in wrong} == dict.fromkeys(wrong, 0)
