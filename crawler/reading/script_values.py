"""The values that a page hands to its scripts: JSON, Nuxt's flattened list, or a literal of JavaScript.

Next.js writes ``<script id="__NEXT_DATA__" type="application/json">``; Nuxt 3 a JSON list whose numbers
point into it (``__NUXT_DATA__``, the format of the package devalue); Nuxt 2 ``window.__NUXT__=`` with an
object, or with a function of that object whose arguments are the values that come more than once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from crawler.reading.decoding import decode
from crawler.reading.page import Page

T = TypeVar("T")

MARKS = (b"__NEXT_DATA__", b"__NUXT_", b"__INITIAL_STATE__")
_JSON = re.compile(
    r"<script\b(?=[^>]{0,300}\bid=[\"']?(__NEXT_DATA__|__NUXT_DATA__))[^>]{0,400}>(.{2,2000000}?)</script>",
    re.DOTALL,
)
_ASSIGNED = re.compile(r"window\.__(?:NUXT|INITIAL_STATE)__\s*=\s*")
_FUNCTION = re.compile(r"\(?function\s*\(([\w$,\s]{0,5000})\)\s*\{")
_RETURN = re.compile(r"\breturn\s*")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_SPACE = re.compile(r"\s*")
_STRING = {quote: re.compile(rf"{quote}((?:[^{quote}\\]|\\.)*){quote}", re.DOTALL) for quote in "\"'`"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None, "undefined": None}
_DEEPEST = 60
_MOST = 200_000
"""Values of one page, and how deep they lie: what scripts take is a few hundred."""


def values_of(page: Page) -> object | None:
    """What a page's scripts are given, as Python's values; None where there is nothing, or no literal."""
    if not any(mark in page.body for mark in MARKS):
        return None
    text = decode(page)
    try:
        if found := _JSON.search(text):
            data: object = json.loads(found[2].encode("utf-8", "replace"))
            is_flat = found[1] == "__NUXT_DATA__" and isinstance(data, list) and data
            return _Flat(data).value(0) if is_flat and isinstance(data, list) else data
        if assigned := _ASSIGNED.search(text):
            return _Literal(text, assigned.end()).whole()
    except (ValueError, RecursionError):
        return None
    return None


class _Flat:
    """Nuxt 3's list: each object's and list's values are places in it."""

    def __init__(self, places: list[object]) -> None:
        self.places, self.left = places, _MOST

    def value(self, place: object, depth: int = 0) -> object:
        if not isinstance(place, int) or not 0 <= place < len(self.places):
            return None  # devalue's negative numbers: undefined, holes, infinities
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            raise ValueError("too many values")
        told = self.places[place]
        if isinstance(told, dict):
            return {name: self.value(at, depth + 1) for name, at in told.items()}
        if not isinstance(told, list):
            return told
        if told and isinstance(told[0], str):  # ["Reactive", 2], ["Date", "2025-…"]
            last = told[-1]
            return self.value(last, depth + 1) if isinstance(last, int) else last
        return [self.value(at, depth + 1) for at in told]


class _Name(str):
    """A name in the body of a function, until its arguments are known."""


class _Literal:
    """Reads one literal of JavaScript; ValueError for anything else."""

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at, self.left = text, at, _MOST

    def whole(self) -> object:
        function = _FUNCTION.match(self.text, self.at)
        if function is None:
            return _filled(self.value(), {})
        given = _RETURN.search(self.text, function.end())
        if given is None:
            raise ValueError("a function that returns nothing")
        self.at = given.end()
        body = self.value()
        opening = self.text.find("(", self.at)
        names = [name.strip() for name in function[1].split(",")]
        if opening < 0 or self.text[self.at : opening].strip("; \n\t})"):
            raise ValueError("a function that is not called")
        self.at = opening + 1
        arguments = self._rest(")", self.value)
        return _filled(body, dict(zip(names, arguments, strict=False)))

    def value(self, depth: int = 0) -> object:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            raise ValueError("too many values")
        start = self._skip()
        letter = self.text[start : start + 1]
        if letter == "{":
            self.at = start + 1
            return dict(self._rest("}", lambda: self._pair(depth)))
        if letter == "[":
            self.at = start + 1
            return self._rest("]", lambda: self.value(depth + 1))
        if letter and letter in _STRING:
            return self._string(letter)
        if letter == "!":  # minifiers write true as !0
            self.at = start + 1
            return not self.value(depth + 1)
        if number := _NUMBER.match(self.text, start):
            self.at = number.end()
            return float(number[0]) if re.search(r"[.eE]", number[0]) else int(number[0])
        return self._named(depth)

    def _named(self, depth: int) -> object:
        name = _NAME.match(self.text, self._skip())
        if name is None:
            raise ValueError(f"no literal at {self.at}")
        self.at = name.end()
        if name[0] == "void":
            self.value(depth + 1)
            return None
        if name[0] == "new":  # new Date(1700000000000): what it is made of
            self._named(depth + 1)
            return None
        if self.text[self._skip() : self.at + 1] == "(":
            self.at += 1
            given = self._rest(")", lambda: self.value(depth + 1))
            return given[0] if given else None
        return _WORDS[name[0]] if name[0] in _WORDS else _Name(name[0])

    def _pair(self, depth: int) -> tuple[str, object]:
        start = self._skip()
        if self.text[start : start + 1] in _STRING:
            key = self._string(self.text[start])
        elif name := _NAME.match(self.text, start) or _NUMBER.match(self.text, start):
            key, self.at = name[0], name.end()
        else:
            raise ValueError(f"no key at {start}")
        if self.text[self._skip() : self.at + 1] != ":":
            raise ValueError(f"no value at {self.at}")
        self.at += 1
        return key, self.value(depth + 1)

    def _rest(self, end: str, one: Callable[[], T]) -> list[T]:
        """What stands between commas up to the closing bracket."""
        found: list[T] = []
        while self.text[self._skip() : self.at + 1] != end:
            found.append(one())
            if self.text[self._skip() : self.at + 1] == ",":
                self.at += 1
            elif self.text[self.at : self.at + 1] != end:
                raise ValueError(f"no comma at {self.at}")
        self.at += 1
        return found

    def _string(self, quote: str) -> str:
        found = _STRING[quote].match(self.text, self.at)
        if found is None:
            raise ValueError(f"no end of a string at {self.at}")
        self.at = found.end()
        return _whole_letters(_ESCAPE.sub(_letter, found[1])) if "\\" in found[1] else found[1]

    def _skip(self) -> int:
        space = _SPACE.match(self.text, self.at)
        self.at = space.end() if space is not None else self.at
        return self.at


def _whole_letters(text: str) -> str:
    """The text with the halves of its letters joined (``\\ud83d\\ude00``); a half alone is replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _letter(escape: re.Match[str]) -> str:
    told = escape[1]
    return chr(int(told[1:], 16)) if len(told) > 1 else _LETTERS.get(told, told)


def _filled(value: object, given: Mapping[str, object]) -> object:
    """The value with its names replaced by a function's arguments; None for those it does not have."""
    if isinstance(value, _Name):
        return given.get(value)
    if isinstance(value, dict):
        return {name: _filled(one, given) for name, one in value.items()}
    return [_filled(one, given) for one in value] if isinstance(value, list) else value
