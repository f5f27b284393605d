"""A slice of ``make fuzz``, the same inputs each time, and everything that fuzzing has ever found."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.fuzz.__main__ import FINDINGS, fault_of
from tests.fuzz.mutation import broken
from tests.fuzz.targets import TARGETS

SLICE = 25


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Libraries that complain of broken input."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("target", TARGETS)
def test_no_broken_input_raises_hangs_or_gives_unclean_text(target: str) -> None:
    faults = {number: fault_of(target, broken(target, number)) for number in range(SLICE)}
    assert {number: fault for number, fault in faults.items() if fault} == {}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("finding", sorted(p.name for p in FINDINGS.iterdir() if not p.name.startswith(".")))
def test_what_was_found_once_is_mended(finding: str) -> None:
    target = finding.rpartition("-")[0]
    assert fault_of(target, (FINDINGS / finding).read_bytes()) is None


def test_a_target_that_raises_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_target(data: bytes) -> None:
        raise ValueError(f"{len(data)} bytes")

    monkeypatch.setitem(TARGETS, "writing", broken_target)
    assert fault_of("writing", b"abc") == "ValueError: 3 bytes"
