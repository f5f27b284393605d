"""Records written into the files of the registry, so that the file stays a person's.

The text of a file is changed where the record stands and nowhere else: comments and the order of records
stay. What would come of it is read by the registry's own rules first; a file with a mistake is never written.
"""

from __future__ import annotations

import difflib
import fcntl
import os
import re
import shutil
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from spiders.registry import FOLDER, Registry, RegistryProblem, load_registry
from spiders.registry_text import to_yaml
from storage.portals import Portal
from vietnam import places
from vietnam.writing import fold

NAME_LENGTH = 40
UNPLACED = "other"
"""File of the portals whose province nobody knows yet."""


class RecordNotWritten(Exception):
    """The registry stays as it was; the message says what was wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where a record stands now: ``path`` and ``line`` (from 1)."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def file_of(portal: Portal) -> str:
    """Name of a record's file, without its suffix: ``thanh_hoa``, ``central``, ``other``."""
    if portal.province_2024 is None:
        return "central" if portal.owner == "central" else UNPLACED
    return fold(portal.province_2024).replace(" ", "_").replace("-", "_").replace("__", "_")


def free_id(portal: Portal, registry: Registry | None) -> str:
    """An id for a new record: file and district, else the first label of its host, else the whole host."""
    host = urlsplit(portal.url).netloc.lower().removeprefix("www.")
    names = [re.sub(r"[^a-z0-9]+", "_", name).strip("_") for name in _names(portal, host)]
    ids = [f"{file_of(portal)}/{name}" for name in names if name]
    taken = registry.portals if registry is not None else {}
    ids += [f"{ids[-1]}_{n}" for n in range(2, len(taken) + 3)]
    return next(portal_id for portal_id in ids if portal_id not in taken)


def _names(portal: Portal, host: str) -> Iterator[str]:
    if portal.owner == "district_portal" and portal.district_2024:
        yield fold(portal.district_2024.partition(" ")[2])
        yield fold(portal.district_2024)
    label = host.partition(".")[0]
    if label.isdigit():  # an address of numbers tells nobody anything
        yield fold(portal.name)[:NAME_LENGTH]
    else:
        yield label
    yield host
    base = urlsplit(portal.url).path
    yield host + base


def add(folder: Path | None, portal: Portal) -> Written:
    """Add a record to the file of its province. Raises RecordNotWritten where the registry refuses it."""
    folder = folder or FOLDER
    path = folder / f"{file_of(portal)}.yaml"
    with _locked(folder):
        if path.exists():
            text, line = _appended(path, portal)
        else:
            text = _new_file(portal)
            line = text[: text.index("- id:")].count("\n") + 1
        _write(folder, path, text)
    return Written(path, line)


def replace_record(folder: Path | None, portal: Portal) -> Written:
    """Put a record in the place of the one with its id. Raises RecordNotWritten."""
    folder = folder or FOLDER
    with _locked(folder):
        path, text, line = _replaced(folder, portal)
        _write(folder, path, text)
    return Written(path, line)


def proposal(folder: Path | None, portal: Portal) -> str:
    """The change that a corrected record is, as a unified diff of its file; "" where nothing changes."""
    path, text, _ = _replaced(folder or FOLDER, portal)
    old = path.read_text(encoding="utf-8")
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), text.splitlines(keepends=True), f"a/{path.name}", f"b/{path.name}", n=2
    )
    return "".join(lines)


# --- text ------------------------------------------------------------------------------------------


def _new_file(portal: Portal) -> str:
    head = f"province: {portal.province_2024}\n\n" if portal.province_2024 else ""
    return f"{head}portals:\n{_item(portal, portal.province_2024, 2)}"


def _appended(path: Path, portal: Portal) -> tuple[str, int]:
    text = path.read_text(encoding="utf-8")
    province, records = _records(path, text)
    item = _item(portal, province, _indent(records))
    if not records.value:  # "portals: []"
        start, end = records.start_mark.index, records.end_mark.index
        return f"{text[:start].rstrip()}\n{item}{text[end:]}", text[:start].count("\n") + 2
    if text[records.end_mark.index :].strip():
        raise RecordNotWritten(
            f"{path}: 'portals:' must be the last key of the file for a record to be added"
        )
    text = text.rstrip("\n") + "\n"
    gap = "\n" if len(records.value) > 1 and _gaps(records, text) else ""
    return text + gap + item, text.count("\n") + len(gap) + 1


def _replaced(folder: Path, portal: Portal) -> tuple[Path, str, int]:
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if portal.id not in text:
            continue
        province, records = _records(path, text)
        for place, record in enumerate(records.value):
            if _value(record, "id") == portal.id:
                lines = text.splitlines(keepends=True)
                first = record.start_mark.line
                later = [other.start_mark.line for other in records.value[place + 1 : place + 2]]
                last = later[0] if later else len(lines)
                while last > first + 1 and (lines[last - 1].strip() or "#")[0] == "#":
                    last -= 1  # an empty line, or a comment on the next record
                item = _item(portal, province, _indent(records))
                return path, "".join(lines[:first]) + item + "".join(lines[last:]), first + 1
    raise RecordNotWritten(f"no record '{portal.id}' in {folder}")


def _records(path: Path, text: str) -> tuple[str | None, SequenceNode]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise RecordNotWritten(f"{path}: not YAML: {error}") from None
    for key, value in root.value if isinstance(root, MappingNode) else ():
        if key.value == "portals" and isinstance(value, SequenceNode):
            return _value(root, "province"), value
    raise RecordNotWritten(f"{path}: no 'portals:' list")


def _value(node: Node | None, key: str) -> str | None:
    for name, value in node.value if isinstance(node, MappingNode) else ():
        if name.value == key and isinstance(value, ScalarNode):
            return str(value.value)
    return None


def _indent(records: SequenceNode) -> int:
    """Columns before the dash of an item."""
    return max(0, records.value[0].start_mark.column - 2) if records.value and not records.flow_style else 2


def _gaps(records: SequenceNode, text: str) -> bool:
    """Whether an empty line stands between the records of a file."""
    second = records.value[1].start_mark.line
    return not text.splitlines()[second - 1].strip()


def _item(portal: Portal, province: str | None, indent: int) -> str:
    """The record's text; what follows from the file's province is left out."""
    if province is not None and portal.province_2024 == province:
        follows = portal.province_2025 == places.successor(province)
        portal = replace(portal, province_2024=None, province_2025=None if follows else portal.province_2025)
    return textwrap.indent(textwrap.dedent(to_yaml(portal)), " " * indent)


# --- files -----------------------------------------------------------------------------------------


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep others who write from the folder; readers see whole files only."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise RecordNotWritten(f"{folder}: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(folder: Path, path: Path, text: str) -> None:
    """Write a file of the registry if the registry with it has no mistake."""
    with tempfile.TemporaryDirectory(prefix="frontnews-registry-") as trial:
        for other in folder.glob("*.yaml"):
            shutil.copy(other, trial)
        (Path(trial) / path.name).write_text(text, encoding="utf-8")
        try:
            load_registry(Path(trial))
        except RegistryProblem as problem:
            raise RecordNotWritten(f"the registry would not take it: {problem}") from None
    new = path.with_suffix(".yaml.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise RecordNotWritten(f"{path}: {error.strerror}") from None
