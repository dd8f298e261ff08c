"""What a change set says. Source: API reference, "ResourceChange", "ResourceChangeDetail" and "ResourceTargetDefinition"."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from garrison.templates.unknown import shown

Recreation = Literal["Never", "Conditionally", "Always"]
Replacement = Literal["True", "False", "Conditional"]
Source = Literal["DirectModification", "ParameterReference", "ResourceReference", "ResourceAttribute", "Automatic"]
ATTRIBUTES = (
    "Properties",
    "Metadata",
    "CreationPolicy",
    "UpdatePolicy",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "Tags",
)


class Semantics(Protocol):
    """What changing a property means for a resource: declared beside the handlers of its type."""

    def recreation(self, resource_type: str, property_name: str) -> Recreation:
        """Whether a new resource takes the old one's place when a property of this name changes."""
        ...

    def takes_tags(self, resource_type: str) -> bool:
        """Whether the stack's tags are put on resources of this type."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """What changes."""

    attribute: str
    """One of `ATTRIBUTES`."""
    name: str | None = None
    """The property, for `Properties`."""
    path: str = ""
    """What in it changes: `/Properties/Rules/0/Status`."""
    requires_recreation: Recreation = "Never"
    before: Any = None
    """None where there was nothing."""
    after: Any = None
    """None where there will be nothing; may be or hold Unknown."""

    @property
    def change_type(self) -> str:
        """`Add`, `Remove` or `Modify`."""
        return "Add" if self.before is None else "Remove" if self.after is None else "Modify"


@dataclass(frozen=True, slots=True)
class Detail:
    """One reason for which something of a resource changes."""

    target: Target
    evaluation: Literal["Static", "Dynamic"]
    """Whether it is certain that the value changes, and to what."""
    source: Source
    causing_entity: str | None = None
    """The parameter (`Name`), resource (`Topic`) or attribute (`Topic.Arn`)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one resource."""

    action: Literal["Add", "Modify", "Remove"]
    logical_id: str
    type: str
    replacement: Replacement | None = None
    """For `Modify`."""
    details: tuple[Detail, ...] = ()
    """For `Modify`."""
    policy_action: str | None = None
    """What becomes of the old resource where one goes: `Delete`, `Retain`, `ReplaceAndDelete` …"""
    before: Mapping[str, Any] | None = None
    """`{"Properties": …, "Metadata": …}` as it was; None for `Add`."""
    after: Mapping[str, Any] | None = None
    """As it will be; None for `Remove`; may hold Unknown."""

    @property
    def scope(self) -> tuple[str, ...]:
        """Which attributes change."""
        found = {one.target.attribute for one in self.details}
        return tuple(one for one in ATTRIBUTES if one in found)


def collapsed(details: Iterable[Detail]) -> tuple[Detail, ...]:
    """Details without paths and values, each once: what is shown where property values are not asked for."""
    plain = (
        replace(one, target=Target(one.target.attribute, one.target.name, "", one.target.requires_recreation))
        for one in details
    )
    return tuple(dict.fromkeys(plain))


def value_text(value: Any) -> str | None:
    """A value as `BeforeValue` and `AfterValue` have it: a text as it is, others as JSON; None for nothing."""
    plain = shown(value)
    return plain if plain is None or isinstance(plain, str) else json.dumps(plain, separators=(",", ":"))
