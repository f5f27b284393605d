"""What we are made of: locked with hashes, and under licences that let anybody use the whole."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import Distribution, distributions

import pytest

from tests.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*])?==([^\s;\\]+)", re.MULTILINE)

FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Python-2\.0|MPL|Mozilla Public|Unlicense|CC0|"
    r"Public Domain|Zlib|ZPL|Zope Public|HPND|CNRI|PostgreSQL|LGPL|Lesser General Public|Artistic|Boost",
    re.IGNORECASE,
)
STRONG = re.compile(
    r"\bA?GPL|(?<!Lesser )General Public License|SSPL|BUSL|Commons Clause|NonCommercial", re.IGNORECASE
)

CHOSEN = {"text-unidecode": "Artistic License"}
"""Of the licences that a distribution offers, the one that we take it under."""


def licence_of(distribution: Distribution) -> str:
    """What a distribution says of its licence, in the first place where it says anything."""
    said = distribution.metadata
    classified = " ".join(c for c in said.get_all("Classifier") or [] if c.startswith("License ::"))
    names = {name: str(said[name]) for name in ("License-Expression", "License") if name in said}
    first_line = names.get("License", "").strip().partition("\n")[0]
    return names.get("License-Expression") or classified or first_line


@cache
def installed() -> dict[str, Distribution]:
    """What is installed, by name. Read once, for each of 150 tests."""
    return {d.metadata["Name"].lower().replace("_", "-"): d for d in distributions()}


@cache
def locked() -> dict[str, set[str]]:
    """Names and versions of the lock file; some have one version for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in PINNED.findall(LOCK):
        found.setdefault(name.lower().replace("_", "-"), set()).add(version)
    return found


def test_every_dependency_is_locked_with_a_hash_and_no_address() -> None:
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", LOCK) if "==" in entry]
    assert len(entries) == sum(map(len, locked().values())) > 60
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK


def test_the_setup_checks_the_hashes() -> None:
    install = [
        line for line in (ROOT / "Makefile").read_text().splitlines() if "-r requirements.lock" in line
    ]
    assert install and all("--require-hashes" in line for line in install)


def test_what_is_installed_is_what_is_locked() -> None:
    versions = {name: distribution.version for name, distribution in installed().items()}
    other = {n: versions[n] for n, wanted in locked().items() if versions.get(n) not in {None, *wanted}}
    assert other == {}


@pytest.mark.parametrize("name", sorted(locked()))
def test_a_dependency_has_a_licence_that_lets_anybody_use_the_whole(name: str) -> None:
    if name not in installed():
        pytest.skip("not for this platform")
    licence = licence_of(installed()[name])
    if name in CHOSEN:
        assert CHOSEN[name] in licence
        licence = CHOSEN[name]
    assert FREE.search(licence), licence
    assert not STRONG.search(re.sub(r"L(?:esser )?GPL|Lesser General Public License", "", licence)), licence
