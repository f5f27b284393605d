"""Sentence templates: the text files of ``text/`` as values, and how a template becomes a sentence."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

TEXT = Path(__file__).parent / "text"
CHOICE = re.compile(r"\[([^\[\]]+)\]")
SLOT = re.compile(r"\{(\w+)(?::(\d+)-(\d+))?\}")
SENTENCE_START = re.compile(r"(?:^|(?<=[.!?] ))\w")


@dataclass(slots=True)
class Topic:
    """One block of a text file: its templates by part (title, opening, guest, body)."""

    name: str
    organizations: tuple[str, ...] = ()
    parts: dict[str, list[str]] = field(default_factory=dict)


@cache
def topics(filename: str) -> dict[str, Topic]:
    """Topics of ``text/<filename>`` by name, in the order of the file."""
    found: dict[str, Topic] = {}
    part: list[str] = []
    for line in (TEXT / filename).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            name, _, organizations = line[3:].partition(":")
            topic = found[name.strip()] = Topic(name.strip(), tuple(organizations.split()))
        elif line.startswith("-- "):
            part = topic.parts.setdefault(line[3:].strip(), [])
        elif line and not line.startswith("#"):
            part.append(line)
    return found


def fill(template: str, values: Mapping[str, str], rng: random.Random) -> str:
    """The sentence of a template: choices drawn, slots filled, each sentence begun with a capital.

    KeyError names a slot that the event does not have.
    """

    def slot(match: re.Match[str]) -> str:
        name, low, high = match.groups()
        if low is None:
            return values[name]
        number = rng.randint(int(low), int(high))
        return f"{number:,}".replace(",", ".")

    text = CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template)
    return SENTENCE_START.sub(lambda match: match.group().upper(), SLOT.sub(slot, text))
