"""Reads XML documents into plain nodes, refusing what AWS never needs (DTDs, entities, deep nesting), and escapes text."""

from __future__ import annotations

import re
from xml.parsers import expat

from garrison.wire.faults import WireFault
from garrison.wire.limits import MAX_DEPTH, MAX_XML_NODES

_SPECIAL = re.compile('[&<>"\\r\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]')
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#xD;"}


class Node:
    """One element: its local name, attributes as written, child elements and character data."""

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Node] = []
        self.text = ""


special = _SPECIAL.search
"""Finds the first character of a text that `escape` would replace; None where there is none."""


def escape(text: str) -> str:
    """Text for an element or a quoted attribute; characters that XML 1.0 cannot hold become U+FFFD."""
    if special(text) is None:
        return text
    return _SPECIAL.sub(lambda match: _NAMED.get(match.group(), "\ufffd"), text)


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[tuple[Node, list[str]]] = []
        self._nodes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if len(self._open) >= MAX_DEPTH or self._nodes > MAX_XML_NODES:
            raise WireFault("The XML document is nested too deeply or has too many elements")
        node = Node(name.rpartition(":")[2], attributes)
        if self._open:
            self._open[-1][0].children.append(node)
        else:
            self.root = node
        self._open.append((node, []))

    def end(self, _name: str) -> None:
        node, pieces = self._open.pop()
        node.text = "".join(pieces)

    def data(self, text: str) -> None:
        self._open[-1][1].append(text)

    def refuse(self, *_: object) -> None:
        raise WireFault("The XML document must not have a document type or entities")


def parse(body: bytes) -> Node:
    """The root element of a document."""
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError, UnicodeError) as fault:
        raise WireFault(f"The XML you provided was not well-formed: {fault}") from None
    if builder.root is None:
        raise WireFault("The XML document has no root element")
    return builder.root
