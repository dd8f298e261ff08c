"""A model's shapes with a reference's traits laid over them: what every codec is compiled from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

_UNSEEN = frozenset(
    {
        "documentation",
        "deprecated",
        "deprecatedMessage",
        "deprecatedSince",
        "contextParam",
        "box",
        "synthetic",
    }
)
"""Traits that change nothing on the wire, so that references which differ only in them share one shape."""


class Shape:
    """One shape as seen through one reference; members resolve when first asked for."""

    __slots__ = ("_element", "_key", "_members", "_table", "name", "traits", "type")

    def __init__(self, name: str, traits: Mapping[str, Any], table: ShapeTable) -> None:
        self.name = name
        """The shape's name in the model."""
        self.type: str = traits["type"]
        """structure, list, map, string, blob, timestamp, boolean, integer, long, float, double or character."""
        self.traits = traits
        """The shape's own traits with the reference's laid over them."""
        self._table = table
        self._members: dict[str, Shape] | None = None
        self._element: Shape | None = None
        self._key: Shape | None = None

    def __repr__(self) -> str:
        return f"Shape({self.name}: {self.type})"

    @property
    def members(self) -> dict[str, Shape]:
        """A structure's members by their model names, in the model's order."""
        if self._members is None:
            references = self.traits.get("members", {})
            self._members = {name: self._table.resolve(reference) for name, reference in references.items()}
        return self._members

    @property
    def element(self) -> Shape:
        """A list's member or a map's value."""
        if self._element is None:
            self._element = self._table.resolve(self.traits["member" if self.type == "list" else "value"])
        return self._element

    @property
    def key(self) -> Shape:
        """A map's key."""
        if self._key is None:
            self._key = self._table.resolve(self.traits["key"])
        return self._key

    @property
    def required(self) -> list[str]:
        """Names of the members that must be present."""
        return cast("list[str]", self.traits.get("required", []))

    @property
    def wire_name(self) -> str | None:
        """The `locationName`, or None where the member's own name is used."""
        return cast("str | None", self.traits.get("locationName"))

    @property
    def location(self) -> str | None:
        """uri, querystring, header, headers, statusCode, or None for the body."""
        return cast("str | None", self.traits.get("location"))

    @property
    def is_in_answer_head(self) -> bool:
        """Whether an answer carries the member outside its body."""
        return self.location in ("header", "headers", "statusCode")

    @property
    def flattened(self) -> bool:
        """Whether a list or map has no element of its own around its members."""
        return bool(self.traits.get("flattened"))

    @property
    def sensitive(self) -> bool:
        """Whether values must not be shown or recorded."""
        return bool(self.traits.get("sensitive"))

    @property
    def timestamp_format(self) -> str | None:
        """iso8601, rfc822 or unixtimestamp where the model names one."""
        return cast("str | None", self.traits.get("timestampFormat"))

    @property
    def payload(self) -> str | None:
        """The member that is the whole body, for the REST protocols."""
        return cast("str | None", self.traits.get("payload"))

    @property
    def is_document(self) -> bool:
        """Whether the value is any JSON document."""
        return bool(self.traits.get("document"))

    @property
    def is_exception(self) -> bool:
        """Whether the structure is an error of the service."""
        return bool(self.traits.get("exception"))

    @property
    def is_event_stream(self) -> bool:
        """Whether the structure is a stream of events."""
        return bool(self.traits.get("eventstream"))


class ShapeTable:
    """All shapes of one model, resolved by reference and shared where references agree."""

    def __init__(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        self._raw = raw
        self._resolved: dict[tuple[str, str], Shape] = {}

    def resolve(self, reference: Mapping[str, Any]) -> Shape:
        """The shape that a reference (`{"shape": name, ...traits}`) names."""
        name = reference["shape"]
        extra = {trait: value for trait, value in reference.items() if trait != "shape" and trait not in _UNSEEN}
        identity = (name, repr(sorted(extra.items())) if extra else "")
        shape = self._resolved.get(identity)
        if shape is None:
            shape = self._resolved[identity] = Shape(name, {**self._raw[name], **extra}, self)
        return shape

    def with_trait(self, shape: Shape, trait: str, value: Any) -> Shape:
        """A shape with one more trait laid over it."""
        return Shape(shape.name, {**shape.traits, trait: value}, self)

    def named(self, name: str) -> Shape | None:
        """A shape by its name without any reference's traits, or None."""
        return self.resolve({"shape": name}) if name in self._raw else None

    def exceptions(self) -> Iterator[Shape]:
        """Every exception of the model."""
        for name, traits in self._raw.items():
            if traits.get("exception"):
                yield self.resolve({"shape": name})
