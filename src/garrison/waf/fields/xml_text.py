"""XML and its like taken apart for inspection: texts and the values of attributes, of well-formed documents and others.

Nothing is fetched and no entity of the document's own is expanded; what a DTD declares is inspected as text. Time and size are in proportion
to the body.
"""

from __future__ import annotations

import re

from garrison.waf.fields.parts import Part, text
from garrison.waf.transformations.html_entities import html_entity_decode

MOST_VALUES = 4096
"""Of texts and attributes, and as many tags. When there are more, the document itself is one more value."""

_ATTRIBUTE = re.compile(rb"=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>\"']++))")
_TAG = re.compile(rb"<(/?)([^\s/>=!?<]{0,64}+)([^><]*+)>?\s*+([^<]*+)")
"""A tag and the text that follows it. A `>` inside of quotes ends it too early: then the rest is a text."""
_SECTIONS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_DECLARATION = "!"
"""The place of declarations, comments and instructions; of a text it is its element, of an attribute `element@`."""


def values_of(body: bytes) -> list[Part]:
    """All texts and attributes in order, with references to characters decoded."""
    found: list[Part] = []
    begin, element, size = body.find(b"<"), "", len(body)
    _add(found, "", body if begin < 0 else body[:begin])
    tags = 0
    while 0 <= begin < size:
        tags += 1
        if tags > MOST_VALUES or len(found) > MOST_VALUES:
            found.append(Part("", body))
            break
        if body[begin + 1 : begin + 2] in (b"!", b"?"):
            end = _read_section(body, begin, element, found)
            begin = body.find(b"<", end)
            _add(found, element, body[end : size if begin < 0 else begin])
            continue
        tag = _TAG.match(body, begin)
        if tag is None:
            break
        closes, name, attributes, content = tag.groups()
        element = "" if closes else text(name)
        if b"=" in attributes:
            for double, single, bare in _ATTRIBUTE.findall(attributes)[: MOST_VALUES + 1]:
                _add(found, f"{element}@", double or single or bare)
        if content:
            _add(found, element, content)
        begin = tag.end()
    return found


def _add(found: list[Part], place: str, value: bytes) -> None:
    value = value.strip()
    if value:
        found.append(Part(place, html_entity_decode(value)))


def _read_section(body: bytes, begin: int, element: str, found: list[Part]) -> int:
    """Read a comment, CDATA, instruction or declaration; returns where it ends."""
    for opening, closing in _SECTIONS:
        if body.startswith(opening, begin):
            end = body.find(closing, begin + len(opening))
            end = len(body) if end < 0 else end
            content = body[begin + len(opening) : end].strip()
            if content:
                found.append(Part(element if opening == b"<![CDATA[" else _DECLARATION, content))
            return end + len(closing)
    end = _end_of_declaration(body, begin)
    _add(found, _DECLARATION, body[begin + 2 : end])
    return end + 1


def _end_of_declaration(body: bytes, begin: int) -> int:
    """A DOCTYPE may hold declarations in square brackets."""
    end = body.find(b">", begin)
    subset = body.find(b"[", begin, end if end >= 0 else len(body))
    if subset >= 0:
        close = body.find(b"]", subset)
        end = body.find(b">", close) if close >= 0 else -1
    return len(body) if end < 0 else end
