"""The registry: every portal that is known, from the YAML files of spiders/portals.

One file a province (of 2024, the finer map: a new province is a union of old ones), and
central.yaml. ``docs/adding-a-portal.md`` says how a record is written.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from spiders.registry_file import FileReading, Problem, read_registry_file
from spiders.registry_rules import OWNERS, bare_host, did_you_mean
from storage.portals import Portal
from vietnam.writing import fold

__all__ = ["OWNERS", "Registry", "RegistryProblem", "UnknownPortal", "load_registry"]

FOLDER = Path(__file__).parent / "portals"


class RegistryProblem(Exception):
    """The registry cannot be used. ``file``, ``line`` and ``message`` are of the first problem;
    ``problems`` has them all. ``str()`` is one line for the person who must repair it."""

    def __init__(self, file: str, line: int, message: str, problems: Iterable[Problem] = ()) -> None:
        self.file, self.line, self.message = file, line, message
        self.problems = tuple(problems) or (Problem(file, line, message),)
        more = len(self.problems) - 1
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {message}" + (f" (and {more} more)" if more else ""))


class UnknownPortal(Exception):
    """No portal, or more than one, goes by this name. ``nearest``: ids to choose from."""

    def __init__(self, name: str, nearest: tuple[str, ...], *, ambiguous: bool = False) -> None:
        self.name, self.nearest, self.ambiguous = name, nearest, ambiguous
        if ambiguous:
            message = f"'{name}' is the name of several portals: {', '.join(nearest)}"
        elif nearest:
            message = f"no portal '{name}' in the registry; nearest: {', '.join(nearest)}"
        else:
            message = f"no portal '{name}' in the registry"
        super().__init__(message)


@dataclass(frozen=True)
class Registry:
    """All portals by id, in the order of the files. ``origins`` has file and line of each."""

    portals: dict[str, Portal]
    origins: dict[str, str]

    def __iter__(self) -> Iterator[Portal]:
        return iter(self.portals.values())

    def __len__(self) -> int:
        return len(self.portals)

    def get(self, name: str) -> Portal:
        """The portal of an id, host, address or name; accents and capitals do not matter.

        Raises UnknownPortal, with the nearest ids, or with all that the name could mean.
        """
        name = name.strip()
        if name in self.portals:
            return self.portals[name]
        if (portal := self.for_url(name)) is not None:
            return portal
        meant = self._by_name.get(_key(name)) or self._of_host(name)
        if len(meant) == 1:
            return self.portals[meant[0]]
        if meant:
            raise UnknownPortal(name, meant, ambiguous=True)
        raise UnknownPortal(name, self._nearest(_key(name)))

    def for_url(self, url: str) -> Portal | None:
        """The portal that an address (or a bare host) belongs to; None outside the registry.

        Where portals share a host, the one with the longest base path wins.
        """
        try:
            parts = urlsplit(url if "://" in url else f"//{url}")
        except ValueError:
            return None
        inside = [
            (len(path), portal)
            for path, portal in self._by_host.get(bare_host(parts.netloc), ())
            if (parts.path or "/").startswith(path) or f"{parts.path}/" == path
        ]
        return max(inside, key=lambda match: match[0])[1] if inside else None

    @cached_property
    def _by_host(self) -> dict[str, list[tuple[str, Portal]]]:
        hosts: dict[str, list[tuple[str, Portal]]] = defaultdict(list)
        for portal in self:
            for host, path in _addresses(portal):
                hosts[host].append((path, portal))
        return hosts

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        """Folded names that mean a portal: its id, the last part of it, its name, its district."""
        names: dict[str, dict[str, None]] = defaultdict(dict)
        for portal in self:
            spoken = [portal.id, portal.id.partition("/")[2], portal.name]
            if portal.owner == "district_portal" and portal.district_2024:
                spoken += [portal.district_2024, portal.district_2024.partition(" ")[2]]
            for name in spoken:
                names[_key(name)][portal.id] = None
        return {name: tuple(ids) for name, ids in names.items() if name}

    def _of_host(self, name: str) -> tuple[str, ...]:
        """Ids of the portals below paths of a host, where the name is a bare host."""
        return tuple(portal.id for _, portal in self._by_host.get(bare_host(name), ()))

    def _nearest(self, folded: str) -> tuple[str, ...]:
        near = difflib.get_close_matches(folded, self._by_name, n=6, cutoff=0.5)
        ids = dict.fromkeys(portal_id for name in near for portal_id in self._by_name[name])
        return tuple(ids)[:3]


def _key(name: str) -> str:
    return fold(name.replace("_", " "))


def _addresses(portal: Portal) -> Iterator[tuple[str, str]]:
    """Host and base path of every address of a portal."""
    base = urlsplit(portal.url)
    for netloc in (base.netloc, *portal.aliases):
        yield bare_host(netloc), base.path


def load_registry(folder: Path | None = None) -> Registry:
    """Read every ``*.yaml`` of a folder (the project's own without one).

    Raises RegistryProblem for the first of all mistakes found; a registry with a mistake is not
    used at all, because a portal left out by a typo would be missed by nobody.
    """
    folder = folder or FOLDER
    files = sorted(folder.glob("*.yaml"))
    if not files:
        what = "a file, not a folder" if folder.exists() else "no such folder"
        what = "no *.yaml file in this folder" if folder.is_dir() else what
        raise RegistryProblem(str(folder), 0, what)
    readings = [read_registry_file(path) for path in files]
    problems = [problem for reading in readings for problem in reading.problems]
    # Between sound files only: a record lost to a typo would be reported again by all that name it.
    problems = problems or list(_problems_between(readings))
    if problems:
        raise RegistryProblem(problems[0].file, problems[0].line, problems[0].message, problems)
    return Registry(
        portals={portal.id: portal for reading in readings for portal, _ in reading.portals},
        origins={
            portal.id: f"{reading.file}:{line}" for reading in readings for portal, line in reading.portals
        },
    )


def _problems_between(readings: Iterable[FileReading]) -> Iterator[Problem]:
    """What no record can know alone: an id or address given twice, a successor that is nowhere."""
    ids: dict[str, str] = {}
    addresses: dict[tuple[str, str], str] = {}
    successors: list[tuple[str, int, str]] = []
    for reading in readings:
        for portal, line in reading.portals:
            here = f"{reading.file}:{line}"
            if portal.id in ids:
                yield Problem(reading.file, line, f"id '{portal.id}' is also at {ids[portal.id]}")
            ids.setdefault(portal.id, here)
            for address in dict.fromkeys(_addresses(portal)):
                if address in addresses:
                    text = "".join(address)
                    yield Problem(reading.file, line, f"address '{text}' is also at {addresses[address]}")
                addresses.setdefault(address, here)
            if portal.successor is not None:
                successors.append((reading.file, line, portal.successor))
    for file, line, successor in successors:
        if successor not in ids:
            yield Problem(file, line, f"unknown successor '{successor}'{did_you_mean(successor, ids)}")
