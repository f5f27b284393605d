"""The body of an article in the mark-up of six kinds of editor (``text/editors.toml``)."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from tests.portals.templates import TEXT

Block = tuple[str, str]
"""("text" | "lead" | "credit", its text) or ("image", its caption; empty where it has none)."""


@dataclass(frozen=True, slots=True)
class Editor:
    """How one editor writes each block; the keys are explained in ``text/editors.toml``."""

    text: str
    lead: str
    credit: str
    image: str
    caption: str
    close: str = ""
    join: str = "\n"
    spaces: bool = False


EDITORS = {
    name: Editor(**markup)
    for name, markup in tomllib.loads((TEXT / "editors.toml").read_text(encoding="utf-8")).items()
}


def blocks(
    lead: str | None,
    paragraphs: Iterable[str],
    captions: Iterable[str],
    credit: str | None,
    rng: random.Random,
) -> list[Block]:
    """The body in reading order: the lead, paragraphs with pictures between the first, the credit."""
    found: list[Block] = [("text", paragraph) for paragraph in paragraphs]
    for turn, caption in enumerate(captions):
        found.insert(min(len(found), 1 + 2 * turn + rng.randint(0, 1)), ("image", caption))
    if lead:
        found.insert(0, ("lead", lead))
    if credit:
        found.append(("credit", credit))
    return found


def write(editor: str | Editor, body: Iterable[Block], image_url: Callable[[int], str]) -> Markup:
    """The blocks as HTML by an editor or one of :data:`EDITORS`; ``image_url`` gives the address of the
    n-th picture."""
    editor = EDITORS[editor] if isinstance(editor, str) else editor
    pictures = 0
    parts: list[str] = []
    for kind, text in body:
        printed = str(escape(text))
        if kind == "image":
            pictures += 1
            picture = editor.image.format(src=escape(image_url(pictures)))
            parts.append(picture + (editor.caption.format(printed) if printed else "") + editor.close)
            continue
        if editor.spaces and kind == "text":
            printed = printed.replace(", ", ",&nbsp; ", 1).replace(". ", ".\u200b ", 1)
        markup = {"text": editor.text, "lead": editor.lead, "credit": editor.credit}[kind]
        parts.append(markup.format(printed))
    return Markup(editor.join.join(parts))
