"""The two languages of the pages: which one a visitor reads, and its messages (dashboard/messages/*.yaml)."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import yaml

from storage.said import Said, Value

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
COOKIE = "frontnews_language"

_FOLDER = Path(__file__).parent / "messages"

NAMED = frozenset({"error", "verdict", "trigger", "unit", "week_time", "weekday"})
"""Values of messages that are words of a closed list, each of the group of its name."""

DECIMALS = frozenset({"count", "length", "hours", "minutes"})
"""Values of messages that are numbers, with a point where they come as text."""


class _Counting(string.Formatter):
    """``{n:article|articles}`` is the word that goes with the number, without the number itself."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, bar, more = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else more
        return str(super().format_field(value, format_spec))


_COUNTING = _Counting()


class Text(NamedTuple):
    """What a page shows; ``language`` where it is another than the page's."""

    text: str
    language: Language | None


class Messages:
    """The messages of one language: ``messages("matrix.shown", n=3)``."""

    def __init__(self, language: Language, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = texts

    def __call__(self, key: str, **values: object) -> str:
        """Return a message with its values filled in. Raises KeyError for one that is not there."""
        text = self.texts[key]
        return _COUNTING.format(text, **values) if values else text

    def has(self, key: str) -> bool:
        """Whether there is a message of this key: words from the database may be newer than the catalogue."""
        return key in self.texts

    def number(self, value: float) -> str:
        """A whole number with its thousands set apart as the language does: 12.345 or 12,345."""
        written = f"{value:,.0f}"
        return written.replace(",", ".") if self.language == "vi" else written

    def said(self, said: Said | None, english: str | None) -> Text:
        """A message of the crawler; its ``english`` where the catalogue has no text for it."""
        text = self.texts.get(said.code) if said is not None else None
        if said is None or text is None:
            return Text(english or "", None if self.language == "en" else "en")
        values = {name: self._in_words(name, value) for name, value in said.values.items()}
        try:
            return Text(_COUNTING.format(text, **values), None)
        except (KeyError, ValueError, IndexError):  # of another version
            return Text(english or "", None if self.language == "en" else "en")

    def _in_words(self, name: str, value: Value) -> Value:
        if name in NAMED:
            return self.name(name, value)
        if name in DECIMALS and isinstance(value, str) and self.language == "vi":
            return value.replace(".", ",")
        return value

    def all_said(self, said: Sequence[Said], english: str | None) -> Text:
        """Several messages in a line; the ``english`` of all where there is none in codes."""
        texts = [self.said(each, None).text for each in said]
        return Text("; ".join(texts), None) if texts and all(texts) else self.said(None, english)

    def name(self, group: str, word: object) -> str:
        """The name of a word of a closed list (``verdict``, ``failed``); the word itself where none."""
        return self.texts.get(f"{group}.{word}", str(word or ""))


@cache
def messages(language: Language) -> Messages:
    """The catalogue of a language."""
    tree = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text("utf-8"))
    return Messages(
        language, {f"{group}.{key}": text for group, texts in tree.items() for key, text in texts.items()}
    )


def preferred(accepted: str, chosen: str | None = None) -> Language:
    """The language for an Accept-Language header (RFC 9110, 12.5.4); Vietnamese where it asks for neither.

    ``chosen`` is what the visitor picked with the switch: it wins.
    """
    for language in LANGUAGES:
        if chosen == language:
            return language
    weights: dict[str, float] = {}
    for part in accepted.lower().split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.strip().removeprefix("q=")) if parameter.strip() else 1.0
        except ValueError:
            continue
        weights.setdefault(tag.split("-", 1)[0], weight)
    return "en" if weights.get("en", 0.0) > weights.get("vi", weights.get("*", 0.0)) else "vi"
