"""What a search found, as a person reads it in the terminal and as a program reads it from a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from commands.problems import say
from storage.records import in_vietnam
from storage.search import Hit, Results
from storage.snippets import Passage

_SHOWN_VALUES = 8
"""Values of a facet that fit in a line or two of a terminal."""


def to_json(results: Results) -> Iterator[dict[str, object]]:
    """One object a hit; marks are [begin, end) of each highlight, in characters."""
    for hit in results.hits:
        yield {
            "id": hit.article_id,
            "url": hit.url,
            "title": hit.title.text,
            "title_marks": hit.title.marks,
            "portal": hit.portal,
            "published_at": in_vietnam(hit.published_at),
            "snippet": hit.snippet.text,
            "snippet_marks": hit.snippet.marks,
            "organizations": hit.organizations,
            "provinces_2024": hit.provinces_2024,
            "provinces_2025": hit.provinces_2025,
            "kind": hit.kind,
        }


def show(results: Results, *, facets: bool) -> None:
    """Three lines a hit, what matched in bold; off a terminal the same without colours and line breaks."""
    console = Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())
    for hit in results.hits:
        console.print(_highlighted(hit.title, "bold underline"))
        console.print(_highlighted(hit.snippet, "bold"), style=None)
        console.print(_about(hit), style="dim")
        console.print()
    if facets:
        for name, counts in results.facets.items():
            if counts:
                first = list(counts.items())[:_SHOWN_VALUES]
                more = f" … {len(counts) - len(first)} more" if len(counts) > len(first) else ""
                shown = ", ".join(f"{value} {count}" for value, count in first)
                console.print(f"{name.replace('_', ' ')}: {shown}{more}")
    total = f"more than {results.total}" if results.is_more else str(results.total)
    shown_all = len(results.hits) == results.total
    say(f"{total} found" + ("" if shown_all else f", the best {len(results.hits)} shown; --limit shows more"))


def _about(hit: Hit) -> str:
    published = in_vietnam(hit.published_at)
    day = f"{published[8:10]}/{published[5:7]}/{published[:4]}" if published else "without a date"
    return " · ".join((day, hit.portal, hit.url))


def _highlighted(passage: Passage, style: str) -> Text:
    text = Text(passage.text)
    for begin, end in passage.marks:
        text.stylize(style, begin, end)
    return text
