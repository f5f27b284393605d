"""What a later page of a list has in common with the first is no row of it."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.reading.listing import read_listing
from crawler.reading.page import Page
from spiders.repeated_boxes import FirstPage, without_boxes

URL = "https://portal.example.vn/mat-tran"
NEWEST = list(range(90, 97))


def link(number: int) -> str:
    return f"<a href='/bai/{number}.html'>Ủy ban Mặt trận xã họp bàn việc làng lần thứ {number}</a>"


def page(rows: list[int], *, most_read: tuple[int, ...] = (), number: int = 1, above: bool = False) -> Page:
    """A page of the list with a box of the newest beside it, or above it in the same cards."""
    main = "".join(f"<tr><td>{link(n)} <i>({n % 28 + 1:02}/10/2026)</i></td></tr>" for n in rows)
    box = "".join(f"<li>{link(n)}</li>" for n in NEWEST)
    read = "".join(f"<li>{link(n)}</li>" for n in most_read)
    list_ = f"<div><table id='ds'>{main}</table></div>"
    boxes = (
        f"<div><div>Tin mới</div><ul>{box}</ul></div><div><p>Đáng chú ý</p><ul class='b'>{read}</ul></div>"
    )
    body = f"<body>{boxes}{list_}</body>" if above else f"<body>{list_}{boxes}</body>"
    url = URL if number == 1 else f"{URL}?page={number}"
    return Page(url, f"<html><meta charset='utf-8'>{body}</html>".encode(), datetime.now(UTC))


def numbers(later: Page, first: Page) -> list[int]:
    rows = without_boxes(later, FirstPage(first, None), read_listing(later)).rows
    return [int(row.url.rpartition("/")[2].removesuffix(".html")) for row in rows]


FIRST = page([89, 88, 87, 86, 85, 84, 83, 82])


def test_a_box_that_looks_more_like_the_list_than_two_rows_is_left_out() -> None:
    last = page([12, 11], number=5)
    assert len(read_listing(last).rows) > 2
    assert numbers(last, FIRST) == [12, 11]


def test_rows_that_such_a_box_has_hidden_are_found() -> None:
    first = page([89, 88, 87, 86, 85, 84, 83, 82], above=True)
    assert numbers(page([12, 11], number=5, above=True), first) == [12, 11]


def test_a_row_that_another_box_has_as_well_stays() -> None:
    first = page([89, 88, 87, 86, 85, 84, 83, 82], most_read=(12, 40))
    assert numbers(page([13, 12, 11], most_read=(12, 40), number=5), first) == [13, 12, 11]


def test_a_page_that_is_the_first_again_stays_as_it_is() -> None:
    again = page([89, 88, 87, 86, 85, 84, 83, 82], number=6)
    assert numbers(again, FIRST) == [89, 88, 87, 86, 85, 84, 83, 82]
