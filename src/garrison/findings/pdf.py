"""Reports as PDF: paragraphs of text on A4 pages in the fonts that every reader has, and nothing that could run or load.

    pdf = Pdf("Assessment report")
    pdf.add("Findings", size=16, is_bold=True)
    pdf.add("Instance i-0abc …", indent=12)
    data = pdf.finish()

Source: ISO 32000-1, 7.5 "File structure", 9.6.2.2 "Standard Type 1 fonts". Text outside of Windows-1252 shows as `?`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_WIDTH, _HEIGHT, _MARGIN = 595.0, 842.0, 50.0
"""Of an A4 page, in points."""
_LEADING = 1.35
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
"""Of the characters from space to tilde in Helvetica, in thousandths of the size (its font metrics, as Adobe published them)."""
_OTHER_WIDTH = 600
_BOLD = 1.09
"""How much wider bold text is at most."""
_ESCAPED = {ord(character): f"\\{character}" for character in "\\()"}


class Pdf:
    """A document that grows paragraph by paragraph."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._pages: list[bytes] = []
        self._page: list[str] = []
        self._left = _HEIGHT - 2 * _MARGIN

    def add(
        self,
        text: str,
        *,
        size: float = 9.5,
        is_bold: bool = False,
        indent: float = 0.0,
        before: float = 0.0,
        grey: float = 0.0,
    ) -> None:
        """A paragraph, broken into lines; `size`, `indent` and the space `before` it are in points, `grey` is 0 (black) to 1."""
        height = size * _LEADING
        self._left -= before if self._page else 0.0
        for line in _lines(text, (_WIDTH - 2 * _MARGIN - indent) / size * 1000, is_bold):
            if self._left < height:
                self._end_page()
            self._left -= height
            font, x, y = "F2" if is_bold else "F1", _MARGIN + indent, _MARGIN + self._left
            self._page.append(
                f"{grey:g} g BT /{font} {size:g} Tf {x:.1f} {y:.1f} Td ({line.translate(_ESCAPED)}) Tj ET"
            )

    def finish(self) -> bytes:
        """The whole document."""
        self._end_page()
        return b"".join(self._written())

    def _end_page(self) -> None:
        if self._page or not self._pages:
            self._pages.append(zlib.compress("\n".join(self._page).encode("cp1252", "replace")))
        self._page, self._left = [], _HEIGHT - 2 * _MARGIN

    def _objects(self) -> Iterator[bytes]:
        first = 6
        kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(self._pages)))
        title = self._title.translate(_ESCAPED).encode("cp1252", "replace")
        yield b"<< /Type /Catalog /Pages 2 0 R >>"
        yield f"<< /Type /Pages /Kids [{kids}] /Count {len(self._pages)} >>".encode()
        for font in (b"Helvetica", b"Helvetica-Bold"):
            yield b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % font
        yield b"<< /Title (%s) /Producer (Garrison) >>" % title
        for number, content in enumerate(self._pages):
            yield (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH:g} {_HEIGHT:g}] /Contents {first + 2 * number + 1} 0 R"
                " /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            ).encode()
            head = f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode()
            yield head + content + b"\nendstream"

    def _written(self) -> Iterator[bytes]:
        position = 0
        places = []

        def placed(data: bytes) -> bytes:
            nonlocal position
            position += len(data)
            return data

        yield placed(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
        for number, content in enumerate(self._objects(), 1):
            places.append(position)
            yield placed(b"%d 0 obj\n" % number + content + b"\nendobj\n")
        table = "".join(f"{place:010d} 00000 n \n" for place in places)
        size = len(places) + 1
        yield f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
        yield f"trailer\n<< /Size {size} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{position}\n%%EOF\n".encode()


def _lines(text: str, width: float, is_bold: bool) -> Iterator[str]:
    """The lines of a text, none wider than so many thousandths of its size; a word that is too long is cut."""
    limit = width / _BOLD if is_bold else width
    for paragraph in text.replace("\t", "    ").splitlines() or [""]:
        line, used = "", 0
        for piece in _pieces("".join(character if character.isprintable() else " " for character in paragraph), limit):
            size = _size(piece)
            if line and used + size > limit:
                yield line.rstrip()
                line, used = piece.lstrip(), _size(piece.lstrip())
            else:
                line, used = line + piece, used + size
        yield line.rstrip()


def _pieces(text: str, limit: float) -> Iterator[str]:
    """Words, those cut that are wider than a line."""
    for word in _words(text):
        most = max(1, int(len(word) * limit / max(_size(word), 1)))
        for start in range(0, len(word), most):
            yield word[start : start + most]


def _words(text: str) -> Iterator[str]:
    """Words, each with the spaces before it."""
    start = 0
    for position in range(1, len(text)):
        if text[position] == " " and text[position - 1] != " ":
            yield text[start:position]
            start = position
    if text:
        yield text[start:]


def _size(text: str) -> int:
    return sum(_WIDTHS[ord(character) - 32] if 32 <= ord(character) < 127 else _OTHER_WIDTH for character in text)
