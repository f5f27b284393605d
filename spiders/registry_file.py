"""One YAML file of the registry, read strictly: each mistake is a problem with its file and line.

A file holds ``province:`` (default place of its records; absent in central.yaml) and ``portals:``,
a list of records whose keys are the fields of storage.portals.Portal. The YAML is walked as nodes,
because plain values have lost the line they came from; libyaml parses, since the whole registry is
read at each start of the command line (2026-11: 379 records in 30 ms, 190 ms without libyaml).
"""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, get_args
from urllib.parse import SplitResult

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from crawler.addresses import taken_apart
from spiders.registry_rules import (
    OWNERS,
    PLATFORM_NAMES,
    contradictions,
    did_you_mean,
    provinces_2024,
    provinces_2025,
)
from storage.portals import Confidence, Portal, Scope, Section, Selectors
from vietnam import places

_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ID = re.compile(r"[a-z0-9_]+/[a-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the registry, and where: ``thanh_hoa.yaml:14: unknown key …``."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(slots=True)
class FileReading:
    """What one file came to: its portals with the line of each, and every problem found."""

    file: str
    portals: list[tuple[Portal, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def report(self, at: Node | int, message: str) -> None:
        line = at if isinstance(at, int) else at.start_mark.line + 1
        self.problems.append(Problem(self.file, line, message))


class _Wrong(Exception):
    """A value that its key does not take; the caller knows the node."""


def read_registry_file(path: Path) -> FileReading:
    """Read one file. Nothing raises: what cannot be read is a problem of the result."""
    reading = FileReading(path.name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_YAML)
    except yaml.MarkedYAMLError as error:
        # A quote that is never closed is found at the end of the file; the person looks where it began.
        at_end = "end of stream" in (error.problem or "") and error.context_mark is not None
        mark = error.context_mark if at_end else error.problem_mark or error.context_mark
        reading.report(mark.line + 1 if mark else 1, f"not YAML: {error.problem or error.context}")
        return reading
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reading.report(1, f"cannot be read: {error}")
        return reading
    if root is None:
        reading.report(1, "the file is empty")
        return reading
    top = _mapping(root, ("province", "portals"), reading)
    province = _province_of_file(top, reading)
    records = top.get("portals")
    if records is None:
        reading.report(root, "no 'portals:' list")
    elif not isinstance(records, SequenceNode):
        reading.report(records, "'portals' must be a list of records")
    else:
        for record in records.value:
            portal = _portal(record, province, reading)
            if portal is not None:
                reading.portals.append((portal, record.start_mark.line + 1))
    return reading


def _province_of_file(top: dict[str, Node], reading: FileReading) -> str | None:
    node = top.get("province")
    if node is None:
        return None
    try:
        return _province_2024(node)
    except _Wrong as wrong:
        reading.report(node, f"province: {wrong}")
        return None


def _mapping(node: Node, keys: Iterable[str], reading: FileReading) -> dict[str, Node]:
    """The values of a mapping by key; unknown and repeated keys are reported and left out."""
    if not isinstance(node, MappingNode):
        reading.report(node, f"expected 'key: value' lines with the keys {', '.join(keys)}")
        return {}
    found: dict[str, Node] = {}
    for key_node, value in node.value:
        key = key_node.value if isinstance(key_node, ScalarNode) else "?"
        if key not in keys:
            reading.report(key_node, f"unknown key '{key}'{did_you_mean(key, keys)}")
        elif key in found:
            reading.report(key_node, f"'{key}' is given twice")
        else:
            found[key] = value
    return found


def _portal(record: Node, province: str | None, reading: FileReading) -> Portal | None:
    """One record; None where it has a problem (which is then in ``reading``)."""
    before = len(reading.problems)
    nodes = _mapping(record, FIELDS, reading)
    values: dict[str, Any] = {}
    for key, node in nodes.items():
        if _is_null(node):
            continue
        try:
            parts = PARTS.get(key)
            values[key] = parts(node, reading) if parts is not None else FIELDS[key](node)
        except _Wrong as wrong:
            reading.report(node, f"{key}: {wrong}")
    for key in ("id", "name", "url", "owner"):
        if key not in nodes or (_is_null(nodes[key])):
            reading.report(record, f"the record has no '{key}'")
    if len(reading.problems) > before:
        return None
    if province is not None and values.get("province_2024", province) != province:
        reading.report(
            nodes["province_2024"],
            f"province_2024 '{values['province_2024']}' contradicts the file's province '{province}'",
        )
        return None
    if province is not None:
        values["province_2024"] = province
    if "province_2024" in values and "province_2025" not in values:
        values["province_2025"] = places.successor(values["province_2024"])
    portal = Portal(**values)
    for key, message in contradictions(portal):
        reading.report(nodes.get(key, record), message)
    return portal if len(reading.problems) == before else None


# --- one reader a key: node in, value out, _Wrong where the value is not one ------------------


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _text(node: Node) -> str:
    if not isinstance(node, ScalarNode) or node.tag != "tag:yaml.org,2002:str":
        raise _Wrong(f"must be text, is {_kind(node)}")
    text: str = node.value
    if text != unicodedata.normalize("NFC", text) or text != " ".join(text.split()):
        raise _Wrong("must be NFC text with single spaces")
    if not text:
        raise _Wrong("is empty")
    return text


def _kind(node: Node) -> str:
    if isinstance(node, SequenceNode):
        return "a list"
    if isinstance(node, MappingNode):
        return "a mapping"
    return f"'{node.value}' ({node.tag.rsplit(':', 1)[-1]}); quote it"


def _texts(node: Node) -> tuple[str, ...]:
    if not isinstance(node, SequenceNode):
        raise _Wrong("must be a list")
    return tuple(_text(item) for item in node.value)


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(node.value if isinstance(node, ScalarNode) else "")
    except ValueError:
        raise _Wrong(f"must be a day like 2025-06-30, is {_kind(node)}") from None


def _number(node: Node, wanted: str = "a number of seconds") -> float:
    number = math.nan
    if isinstance(node, ScalarNode) and node.tag.rsplit(":", 1)[-1] in {"int", "float"}:
        with contextlib.suppress(ValueError):  # YAML also counts 0x10, 1:30 and .inf among the numbers
            number = float(node.value)
    if not math.isfinite(number):
        raise _Wrong(f"must be {wanted}, is {_kind(node)}")
    return number


def _flag(node: Node) -> bool:
    if not isinstance(node, ScalarNode) or node.value not in {"true", "false"}:
        raise _Wrong(f"must be true or false, is {_kind(node)}")
    return bool(node.value == "true")


def _count(node: Node) -> int:
    digits = node.value if isinstance(node, ScalarNode) else ""
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10 and int(digits) > 0):
        raise _Wrong(f"must be a whole number from 1, is {_kind(node)}")
    return int(digits)


def _share(node: Node) -> float:
    number = _number(node, "a share from 0 to 1, such as 0.9")
    if not 0 <= number <= 1:
        raise _Wrong(f"must be a share from 0 to 1, is {_kind(node)}")
    return number


def _one_of(words: Iterable[str]) -> Callable[[Node], str]:
    valid = tuple(words)

    def read(node: Node) -> str:
        word = _text(node)
        if word not in valid:
            hint = did_you_mean(word, valid) or f"; one of {', '.join(valid)}"
            raise _Wrong(f"unknown '{word}'{hint}")
        return word

    return read


def _id(node: Node) -> str:
    text = _text(node)
    if not _ID.fullmatch(text):
        raise _Wrong(f"'{text}' is not like thanh_hoa/tho_xuan (small ASCII letters, digits, _ . -)")
    return text


def _url(node: Node) -> str:
    text = _text(node)
    parts = _parts(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _Wrong(f"'{text}' is not an http or https address")
    if not parts.path.endswith("/") or parts.query or parts.fragment:
        raise _Wrong(f"'{text}' must be the base address with its final slash, without query")
    return text


def _parts(text: str) -> SplitResult:
    try:
        return taken_apart(text)
    except ValueError as error:
        raise _Wrong(f"'{text}' is not an address: {error}") from None


def _host(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9.-]+(:\d+)?", text):
        raise _Wrong(f"'{text}' is not a host name")
    return text


def _hosts(node: Node) -> tuple[str, ...]:
    return tuple(_host(text) for text in _texts(node))


def _province_2024(node: Node) -> str:
    return _place(_text(node), places.province_2024, "province of 2024", provinces_2024())


def _province_2025(node: Node) -> str:
    return _place(_text(node), places.province_2025, "province of 2025", provinces_2025())


def _place(name: str, look_up: Callable[[str], str | None], kind: str, names: Iterable[str]) -> str:
    canonical = look_up(name)
    if canonical is None:
        raise _Wrong(f"unknown {kind} '{name}'{did_you_mean(name, names)}")
    if canonical != name:
        raise _Wrong(f"{kind} '{name}' is written '{canonical}'")
    return name


def _section_path(node: Node) -> str:
    text = _text(node)
    if not text.startswith(("/", "http://", "https://")):
        raise _Wrong(f"'{text}' must start with / or be a full address")
    _parts(text)
    return text


def _sections(node: Node, reading: FileReading) -> tuple[Section, ...]:
    if not isinstance(node, SequenceNode):
        raise _Wrong("must be a list of sections, each with path, scope, name")
    sections = []
    for item in node.value:
        values: dict[str, Any] = {}
        for key, value in _mapping(item, SECTION_FIELDS, reading).items():
            if not _is_null(value):
                try:
                    values[key] = SECTION_FIELDS[key](value)
                except _Wrong as wrong:
                    reading.report(value, f"section {key}: {wrong}")
        if "path" in values:
            sections.append(Section(**values))
        else:
            reading.report(item, "the section has no 'path'")
    return tuple(sections)


def _css(node: Node) -> str:
    from lxml.cssselect import CSSSelector, SelectorError

    text = _text(node)
    try:
        CSSSelector(text, translator="html")
    except SelectorError as error:
        raise _Wrong(f"'{text}' is no CSS selector: {error}") from None
    return text


def _selectors(node: Node, reading: FileReading) -> Selectors | None:
    values: dict[str, str] = {}
    keys = Selectors.__dataclass_fields__
    for key, value in _mapping(node, keys, reading).items():
        if not _is_null(value):
            try:
                values[key] = _css(value)
            except _Wrong as wrong:
                reading.report(value, f"selectors {key}: {wrong}")
    if "item" not in values and isinstance(node, MappingNode):
        reading.report(node, "the selectors have no sound 'item'")
    return Selectors(**values) if "item" in values else None


PARTS: dict[str, Callable[[Node, FileReading], object]] = {"sections": _sections, "selectors": _selectors}
"""Readers of the keys with keys of their own: each reports the line of each of these by itself."""

SECTION_FIELDS: dict[str, Callable[[Node], object]] = {
    "path": _section_path,
    "scope": _one_of(get_args(Scope)),
    "name": _text,
}

FIELDS: dict[str, Callable[[Node], object]] = {
    "id": _id,
    "name": _text,
    "url": _url,
    "owner": _one_of(OWNERS),
    "platform": _one_of(PLATFORM_NAMES),
    "sections": _texts,  # of PARTS
    "selectors": _texts,  # of PARTS
    "browser": _flag,
    "province_2024": _province_2024,
    "district_2024": _text,
    "province_2025": _province_2025,
    "communes_2025": _texts,
    "aliases": _hosts,
    "active_from": _date,
    "active_until": _date,
    "successor": _id,
    "confidence": _one_of(get_args(Confidence)),
    "evidence": _text,
    "delay": _number,
    "note": _text,
    "minimum_listed": _count,
    "newest_within": _count,
    "filled_title": _share,
    "filled_date": _share,
    "filled_body": _share,
}
"""Every key of a record: the fields of Portal (a test holds the two together)."""
