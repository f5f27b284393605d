"""What stands at a path of a page: elements, or texts of attributes. lxml tells neither from a number."""

from __future__ import annotations

from typing import cast

from lxml.etree import _Element
from lxml.html import HtmlElement


def elements(tree: _Element, path: str) -> list[HtmlElement]:
    """The elements at a path."""
    return cast("list[HtmlElement]", tree.xpath(path))


def values(tree: _Element, path: str) -> list[str]:
    """The values of the attributes at a path."""
    return cast("list[str]", tree.xpath(path))
