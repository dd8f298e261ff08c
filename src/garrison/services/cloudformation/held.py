"""What is really there for a resource, with its secrets opened: what the engine works with and never shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from garrison import codec
from garrison.services.cloudformation.resources import Physical

if TYPE_CHECKING:
    from garrison.services.cloudformation.resources import Stack
    from garrison.services.handlers import Kind
    from garrison.store import Unit

MASK = "****"
SYSTEM_TAGS = ("aws:cloudformation:stack-name", "aws:cloudformation:logical-id", "aws:cloudformation:stack-id")


@dataclass(frozen=True, slots=True)
class Held:
    """A physical resource with its true properties and attributes."""

    id: str
    properties: Mapping[str, Any] = field(repr=False)
    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False)
    deletion_policy: str | None = None
    replace_policy: str | None = None
    metadata: Mapping[str, Any] | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    """Its properties without what is secret."""

    def keep(self, unit: Unit, kind: Kind | None) -> Physical:
        """Keep it, what is secret sealed."""
        secret_names = kind.secret_attributes if kind is not None else frozenset()
        has_secrets = self.shown != self.properties or any(name in secret_names for name in self.attributes)
        secret = codec.encode({"properties": self.properties, "attributes": self.attributes})
        return Physical(
            id=self.id,
            properties=dict(self.shown),
            attributes={name: MASK if name in secret_names else value for name, value in self.attributes.items()},
            secrets=unit.seal(secret) if has_secrets else None,
            deletion_policy=self.deletion_policy,
            replace_policy=self.replace_policy,
            metadata=dict(self.metadata) if self.metadata is not None else None,
        )


def held(unit: Unit, physical: Physical) -> Held:
    """A physical resource opened."""
    properties, attributes = physical.properties, physical.attributes
    if physical.secrets is not None:
        opened = codec.decode(unit.unseal(physical.secrets))
        properties, attributes = opened["properties"], opened["attributes"]
    return Held(
        physical.id,
        properties,
        attributes,
        physical.deletion_policy,
        physical.replace_policy,
        physical.metadata,
        physical.properties,
    )


def with_stack_tags(kind: Kind, properties: Mapping[str, Any], stack: Stack, logical_id: str) -> dict[str, Any]:
    """Properties with the tags of the stack in them, where the type has tags; the resource's own win. Raises `InvalidProperties`."""
    from garrison.services.handlers import InvalidProperties, TagStyle

    made = dict(properties)
    if kind.tags is None:
        return made
    tags: dict[str, Any] = {}
    if kind.tags is not TagStyle.OF_STACK:
        tags |= dict(zip(SYSTEM_TAGS, (stack.name, logical_id, stack.arn), strict=True))
    tags |= stack.deployed.tags
    own = _own_tags(properties.get("Tags"))
    if any(key.lower().startswith("aws:") for key in own):
        raise InvalidProperties("#/Tags: keys that begin with aws: are reserved for system use")
    tags |= own
    if tags and kind.tags is TagStyle.MAPPED:
        made["Tags"] = tags
    elif tags:
        made["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return made


def _own_tags(given: Any) -> dict[str, Any]:
    """The tags that a template gives a resource, in a list or in a mapping."""
    if isinstance(given, dict):
        return {str(key): value for key, value in given.items()}
    listed = given if isinstance(given, list) else ()
    return {str(tag["Key"]): tag.get("Value", "") for tag in listed if isinstance(tag, dict) and "Key" in tag}
