"""Whether a page links to files is asked of all its links at once."""

from __future__ import annotations

import pytest

from crawler.reading.attachments import any_file, file_type


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
