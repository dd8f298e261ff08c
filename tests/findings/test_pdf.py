"""The PDF writer: what it writes is a PDF whose parts lie where its table says, and whose text is what was put in."""

from __future__ import annotations

import re
import zlib

from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.findings.pdf import Pdf


def lines_of(data: bytes) -> list[list[str]]:
    """The lines of each page."""
    found = []
    for match in re.finditer(rb"/Length (\d+) /Filter /FlateDecode >>\nstream\n", data):
        content = zlib.decompress(data[match.end() : match.end() + int(match[1])]).decode("cp1252")
        found.append([re.sub(r"\\(.)", r"\1", one) for one in re.findall(r"Td \((.*)\) Tj", content)])
    return found


def check_table(data: bytes) -> None:
    """Every object lies where the cross-reference table says."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)[1])  # type: ignore[index]
    assert data[start : start + 4] == b"xref"
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n ", data[start:]), 1):
        assert data[int(place) :].startswith(b"%d 0 obj" % number)


def test_long_texts_break_into_lines_and_pages() -> None:
    pdf = Pdf("A (title)")
    pdf.add("Heading", size=16, is_bold=True)
    for _ in range(120):
        pdf.add("word " * 40, indent=12)
    pdf.add("x" * 400)
    data = pdf.finish()
    check_table(data)
    pages = lines_of(data)
    assert len(pages) > 4
    words = " ".join(line for page in pages for line in page)
    assert (words.count("word"), words.count("x")) == (4800, 400)
    assert max(len(line) for page in pages for line in page if "word" in line) < 120


def test_what_is_special_in_pdf_is_text() -> None:
    pdf = Pdf("t")
    pdf.add("a (b) \\ c) Tj ET – é 漢")
    assert lines_of(pdf.finish()) == [["a (b) \\ c) Tj ET – é ?"]]


@settings(max_examples=20)
@given(st.lists(st.text(max_size=200), max_size=20))
def test_any_text_makes_a_whole_document(texts: list[str]) -> None:
    pdf = Pdf("".join(texts)[:50])
    for text in texts:
        pdf.add(text)
    data = pdf.finish()
    check_table(data)
    assert lines_of(data)
