"""PDF files for tests, written byte by byte: pages of lines, in a font with Unicode names or an old one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

_LINE = 16
"""Points from one line to the next."""


def pdf_of(pages: Sequence[Sequence[str]], *, legacy: bool = False) -> bytes:
    """A PDF with these lines on its pages. ``legacy``: the characters are one byte each, shown by a font
    that draws Vietnamese letters in the place of Latin-1's (.VnTime), as files of before 2005 are."""
    letters = sorted({letter for page in pages for line in page for letter in line})
    codes = {letter: number + 1 for number, letter in enumerate(letters)}
    contents = [_content(page, None if legacy else codes) for page in pages]
    first_page = 6
    kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        _simple_font() if legacy else _unicode_font(),
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Serif/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/DW 500>>",
        _stream(_to_unicode(codes)),
    ]
    for n, content in enumerate(contents):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {first_page + 2 * n + 1} 0 R"
            "/Resources<</Font<</F 3 0 R>>>>>>".encode()
        )
        objects.append(_stream(content))
    return _file(objects)


def _content(lines: Sequence[str], codes: dict[str, int] | None) -> bytes:
    shown = []
    for line in lines:
        data = (
            line.encode("latin-1")
            if codes is None
            else b"".join(codes[letter].to_bytes(2, "big") for letter in line)
        )
        shown.append(f"<{data.hex()}> Tj 0 -{_LINE} Td".encode())
    return b"BT /F 12 Tf 60 780 Td\n" + b"\n".join(shown) + b"\nET"


def _simple_font() -> bytes:
    widths = " ".join(["500"] * 224)
    return (
        "<</Type/Font/Subtype/TrueType/BaseFont/.VnTime/Encoding/WinAnsiEncoding"
        f"/FirstChar 32/LastChar 255/Widths[{widths}]>>".encode()
    )


def _unicode_font() -> bytes:
    return (
        b"<</Type/Font/Subtype/Type0/BaseFont/Serif/Encoding/Identity-H/DescendantFonts[4 0 R]"
        b"/ToUnicode 5 0 R>>"
    )


def _to_unicode(codes: dict[str, int]) -> bytes:
    rows = "\n".join(f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items())
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{rows}\nendbfchar\nendcmap end end"
    ).encode()


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return f"<</Length {len(packed)}/Filter/FlateDecode>>\nstream\n".encode() + packed + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer <</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
