"""Whether a page links to files is asked of all its links at once."""

from __future__ import annotations

import pytest

from crawler.reading.attachments import absolute, any_file, file_type


@pytest.mark.parametrize(
    "addresses",
    [
        ["/a.html", "/van-ban/Ke-hoach.PDF"],
        ["/xem?file=/a.docx&x=1", "/a.html"],
        ["/a.html", "/pdf", "mailto:a@b.vn", ""],
        ["/a.pdf\n", "/b"],
        ["/a.pdf\n/b"],
        ["/a.pdfx", "/b.doc.html"],
        [],
    ],
)
def test_the_answer_is_that_of_each_link(addresses: list[str]) -> None:
    assert any_file(addresses) is any(file_type(address) for address in addresses)


@pytest.mark.parametrize(
    ("base", "address", "whole"),
    [
        ("https://x.vn/tin/bai-1.html?a=b", "/anh/1.jpg", "https://x.vn/anh/1.jpg"),
        ("https://x.vn:8080/tin/", "/anh/1.jpg?t=17&v=2", "https://x.vn:8080/anh/1.jpg?t=17&v=2"),
        ("HTTPS://X.vn", "/anh/1.jpg", "https://X.vn/anh/1.jpg"),
        ("https://x.vn/tin/", "/anh/../1.jpg", "https://x.vn/1.jpg"),
        ("https://x.vn/tin/", "anh 1.jpg", "https://x.vn/tin/anh%201.jpg"),
        ("https://x.vn/tin/", "https://cdn.vn/anh/1.jpg?w=300", "https://cdn.vn/anh/1.jpg?w=300"),
        ("https://x.vn/tin/", "http://x.vn/anh/1.jpg?", "http://x.vn/anh/1.jpg?"),
        ("https://x.vn/tin/", "//cdn.vn/1.jpg", "https://cdn.vn/1.jpg"),
        ("file:///tin/bai.html", "/anh/1.jpg", None),
        ("file:///tin/bai.html", "https://cdn.vn/anh/1.jpg", "https://cdn.vn/anh/1.jpg"),
        ("https://x.vn/tin/", "ftp://x.vn/1.jpg", None),
    ],
)
def test_an_address_is_made_absolute(base: str, address: str, whole: str | None) -> None:
    assert absolute(base, address) == whole
