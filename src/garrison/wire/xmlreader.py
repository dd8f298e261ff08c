"""Reads XML values by their shapes: the bodies and payloads of rest-xml requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.wire.faults import WireFault
from garrison.wire.scalars import text_reader
from garrison.wire.shapes import Shape
from garrison.wire.xml import Node

Reader = Callable[[list[Node]], Any]
"""Takes the elements of one name: one for most shapes, the whole run for a flattened list or map."""


class XmlReader:
    """Compiles shapes into readers of elements."""

    def __init__(self) -> None:
        self._compiled: dict[Shape, Reader] = {}

    def reader(self, shape: Shape) -> Reader:
        """The reader of a shape."""
        known = self._compiled.get(shape)
        if known is None:
            build = {"structure": self._structure, "list": self._list, "map": self._map}.get(shape.type, self._scalar)
            known = self._compiled[shape] = build(shape)
        return known

    def _scalar(self, shape: Shape) -> Reader:
        read = text_reader(shape)

        def value_of(nodes: list[Node]) -> Any:
            node = _only(nodes)
            if node.children:
                raise WireFault(f"Unexpected element in {node.tag[:64]}")
            return node.text if read is None else read(node.text)

        return value_of

    def _structure(self, shape: Shape) -> Reader:
        read = self.members_reader(shape, shape.members)
        return lambda nodes: read(_only(nodes))

    def members_reader(self, shape: Shape, members: Mapping[str, Shape]) -> Callable[[Node], dict[str, Any]]:
        """A reader of some of a structure's members from the element that holds them."""
        fields: dict[str, tuple[str, Reader]] = {}
        attributes: list[tuple[str, str, Callable[[str], Any]]] = []

        def read(node: Node) -> dict[str, Any]:
            values: dict[str, Any] = {}
            runs: dict[str, list[Node]] = {}
            for child in node.children:
                runs.setdefault(child.tag, []).append(child)
            for tag, nodes in runs.items():
                field = fields.get(tag)
                if field is not None:
                    values[field[0]] = field[1](nodes)
            for name, attribute, text in attributes:
                given = _attribute(node, attribute)
                if given is not None:
                    values[name] = text(given)
            return values

        if members is shape.members:
            self._compiled[shape] = lambda nodes: read(_only(nodes))
        for name, member in members.items():
            wire_name = member.wire_name or name
            if member.traits.get("xmlAttribute"):
                attributes.append((name, wire_name, text_reader(member) or str))
                continue
            fields[wire_name.rpartition(":")[2]] = (name, self.reader(member))
            if member.type == "list" and member.flattened and member.element.wire_name:
                fields.setdefault(member.element.wire_name, (name, self.reader(member)))
            fields.setdefault(name, (name, self.reader(member)))
        return read

    def _list(self, shape: Shape) -> Reader:
        read, tag = self.reader(shape.element), shape.element.wire_name or "member"
        if shape.flattened:
            return lambda nodes: [read([node]) for node in nodes]

        def items(nodes: list[Node]) -> list[Any]:
            children = _only(nodes).children
            for child in children:
                if child.tag != tag:
                    raise WireFault(f"Unexpected element {child.tag[:64]}")
            return [read([child]) for child in children]

        return items

    def _map(self, shape: Shape) -> Reader:
        key_tag, value_tag = shape.key.wire_name or "key", shape.element.wire_name or "value"
        read_key, read_value, flattened = self.reader(shape.key), self.reader(shape.element), shape.flattened

        def entries(nodes: list[Node]) -> dict[Any, Any]:
            values: dict[Any, Any] = {}
            for entry in nodes if flattened else _only(nodes).children:
                keys = [child for child in entry.children if child.tag == key_tag]
                items = [child for child in entry.children if child.tag == value_tag]
                if not keys or not items:
                    raise WireFault("A map entry needs a key and a value")
                values[read_key(keys)] = read_value(items)
            return values

        return entries


def _only(nodes: list[Node]) -> Node:
    if len(nodes) != 1:
        raise WireFault(f"The element {nodes[0].tag[:64]} comes more than once")
    return nodes[0]


def _attribute(node: Node, name: str) -> str | None:
    """An attribute by its name; the prefix is the document's own choice."""
    if name in node.attributes:
        return node.attributes[name]
    local = name.rpartition(":")[2]
    for written, value in node.attributes.items():
        if written.rpartition(":")[2] == local and not written.startswith("xmlns"):
            return value
    return None
