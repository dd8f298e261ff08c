"""Writes values as XML by their shapes: the answers of query, ec2 and rest-xml (Smithy, "XML binding traits")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.wire.faults import AnswerFault
from garrison.wire.scalars import text_writer
from garrison.wire.shapes import Shape
from garrison.wire.xml import escape, special

Append = Callable[[str], None]
Writer = Callable[[Any, Append], None]
_Text = tuple[str, str, Callable[[Any], str]]
"""An element of text: what opens and closes it, and what makes its value a text."""


def namespace(shape: Shape) -> str:
    """The ` xmlns="…"` attribute of a shape, or nothing."""
    declared = shape.traits.get("xmlNamespace")
    if not declared:
        return ""
    if isinstance(declared, str):
        return f' xmlns="{escape(declared)}"'
    prefix = declared.get("prefix")
    return f' xmlns{":" + prefix if prefix else ""}="{escape(declared["uri"])}"'


class XmlWriter:
    """Compiles shapes into writers of whole elements; one for each service, so that shared shapes compile once."""

    def __init__(self) -> None:
        self._contents: dict[Shape, Writer] = {}

    def element(self, shape: Shape, tag: str) -> Writer:
        """A writer of `<tag>…</tag>`, or of a run of such elements for a flattened list or map."""
        if shape.type == "structure":
            return self.structure(shape, tag, namespace(shape))
        if shape.type == "list":
            return self._list(shape, tag)
        if shape.type == "map":
            return self._map(shape, tag)
        text = _text_of(shape, tag)
        assert text is not None
        opening, closing, text_of = text
        return lambda value, append: append(f"{opening}{escape(text_of(value))}{closing}")

    def members(self, shape: Shape) -> Writer:
        """A writer of a structure's member elements, without an element around them."""
        known = self._contents.get(shape)
        if known is not None:
            return known
        writers: dict[str, Writer | _Text | None] = {}

        def write(value: Mapping[str, Any], append: Append) -> None:
            for name, item in value.items():
                if item is None:
                    continue
                try:
                    writer = writers[name]
                except KeyError:
                    raise AnswerFault(f"{shape.name} has no member {name}") from None
                if isinstance(writer, tuple):  # text, most of any answer: written here, not a call away
                    opening, closing, text_of = writer
                    text = item if type(item) is str and text_of is str else text_of(item)
                    append(f"{opening}{text if special(text) is None else escape(text)}{closing}")
                elif writer is not None:
                    writer(item, append)

        self._contents[shape] = write
        for name, member in shape.members.items():
            elsewhere = member.traits.get("xmlAttribute") or member.is_in_answer_head
            tag = member_tag(name, member)
            writers[name] = None if elsewhere else _text_of(member, tag) or self.element(member, tag)
        return write

    def structure(self, shape: Shape, tag: str, space: str) -> Writer:
        """A writer of a structure's element with the given namespace attribute."""
        contents = self.members(shape)
        opening, closing = f"<{tag}{space}>", f"</{tag}>"
        attributes = [
            (name, member.wire_name or name, text_writer(member, "iso8601"))
            for name, member in shape.members.items()
            if member.traits.get("xmlAttribute")
        ]

        def write(value: Any, append: Append) -> None:
            append(opening)
            contents(value, append)
            append(closing)

        def write_with_attributes(value: Any, append: Append) -> None:
            pairs = [(wire, text(value[name])) for name, wire, text in attributes if value.get(name) is not None]
            append(opening[:-1] + "".join(f' {wire}="{escape(text)}"' for wire, text in pairs) + ">")
            contents(value, append)
            append(closing)

        return write_with_attributes if attributes else write

    def _list(self, shape: Shape, tag: str) -> Writer:
        element = shape.element
        if shape.flattened:
            item_writer = self.element(element, tag)
            opening = closing = ""
        else:
            item_writer = self.element(element, element.wire_name or "member")
            opening, closing = f"<{tag}{namespace(shape)}>", f"</{tag}>"

        def write(value: Any, append: Append) -> None:
            if opening:
                append(opening)
            for item in value:
                if item is not None:
                    item_writer(item, append)
            if closing:
                append(closing)

        return write

    def _map(self, shape: Shape, tag: str) -> Writer:
        key_writer = self.element(shape.key, shape.key.wire_name or "key")
        value_writer = self.element(shape.element, shape.element.wire_name or "value")
        entry = tag if shape.flattened else "entry"
        opening, closing = ("", "") if shape.flattened else (f"<{tag}{namespace(shape)}>", f"</{tag}>")

        def write(value: Any, append: Append) -> None:
            append(opening)
            for key, item in value.items():
                if item is None:
                    continue
                append(f"<{entry}>")
                key_writer(key, append)
                value_writer(item, append)
                append(f"</{entry}>")
            append(closing)

        return write


def member_tag(name: str, member: Shape) -> str:
    """The element name of a structure's member; a flattened list's own members may name it."""
    if member.type == "list" and member.flattened and member.element.wire_name:
        return member.element.wire_name
    return member.wire_name or name


def _text_of(shape: Shape, tag: str) -> _Text | None:
    """How a shape's element is written where it holds text alone; None for structures, lists and maps."""
    if shape.type in ("structure", "list", "map"):
        return None
    text_of = str if shape.type in ("string", "character") else text_writer(shape, "iso8601")
    return f"<{tag}{namespace(shape)}>", f"</{tag}>", text_of
