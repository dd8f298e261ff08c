"""XML and its like taken apart for inspection: texts and the values of attributes, of well-formed documents and others.

Nothing is fetched and no entity of the document's own is expanded; what a DTD declares is inspected as text. Time and size are in proportion
to the body.
"""

from __future__ import annotations

import re

import msgspec

from garrison.waf.transformations.html_entities import html_entity_decode

MOST_VALUES = 4096
"""When there are more, the document itself is one more value."""

_ATTRIBUTE = re.compile(rb"=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>\"']++))")
_NAME = re.compile(rb"[^\s/>=]{0,64}+")
_SECTIONS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))


class XmlValue(msgspec.Struct, frozen=True, gc=False):
    place: bytes
    """The element, `element@` for its attributes, `!` for declarations, comments and instructions."""
    value: bytes


def values_of(body: bytes) -> tuple[XmlValue, ...]:
    """All texts and attributes in order, with references to characters decoded."""
    found: list[XmlValue] = []
    position, element = 0, b""
    while position < len(body):
        if len(found) > MOST_VALUES:
            found.append(XmlValue(b"", body))
            break
        begin = body.find(b"<", position)
        end = len(body) if begin < 0 else begin
        _add(found, element, body[position:end])
        if begin < 0:
            break
        position, element = _read_markup(body, begin, element, found)
    return tuple(found)


def _add(found: list[XmlValue], place: bytes, value: bytes) -> None:
    value = value.strip()
    if value:
        found.append(XmlValue(place, html_entity_decode(value)))


def _read_markup(body: bytes, begin: int, element: bytes, found: list[XmlValue]) -> tuple[int, bytes]:
    """Read one tag or section; returns where it ends and the element that is open from there."""
    for opening, closing in _SECTIONS:
        if body.startswith(opening, begin):
            end = body.find(closing, begin + len(opening))
            end = len(body) if end < 0 else end
            is_data = opening == b"<![CDATA["
            content = body[begin + len(opening) : end].strip()
            if content:
                found.append(XmlValue(element if is_data else b"!", content))
            return end + len(closing), element
    if body.startswith(b"<!", begin):
        end = _end_of_declaration(body, begin)
        _add(found, b"!", body[begin + 2 : end])
        return end + 1, element
    end = body.find(b">", begin)
    end = len(body) if end < 0 else end
    tag = body[begin + 1 : end]
    if tag[:1] == b"/":
        return end + 1, b""
    name = _NAME.match(tag)
    element = name[0] if name else b""
    for match in _ATTRIBUTE.finditer(tag):
        _add(found, element + b"@", next((value for value in match.groups() if value is not None), b""))
    return end + 1, element


def _end_of_declaration(body: bytes, begin: int) -> int:
    """A DOCTYPE may hold declarations in square brackets."""
    end = body.find(b">", begin)
    subset = body.find(b"[", begin, end if end >= 0 else len(body))
    if subset >= 0:
        close = body.find(b"]", subset)
        end = body.find(b">", close) if close >= 0 else -1
    return len(body) if end < 0 else end
