"""Relationships: read from a resource's row, brought to the ids of what was collected, and given to both ends."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from garrison.collect.declaration import Tie
from garrison.collect.paths import Row, every
from garrison.items import Item, Relationship

_KNOWN_ONLY = "\0"
"""Marks the name of a tie that holds only if its other end was collected too."""


def relationships(ties: tuple[Tie, ...], row: Row) -> tuple[Relationship, ...]:
    """The relationships that a row tells of, with ids, names or ARNs as they stand there."""
    found = (
        Relationship(name=_KNOWN_ONLY * tie.known + tie.name, resource_type=tie.resource_type, resource_id=str(named))
        for tie in ties
        for named in every(row, tie.path)
        if named
    )
    return tuple(dict.fromkeys(found))


def tied(items: list[Item]) -> list[Item]:
    """The items with relationships by id, each also with those that others have to it: a VPC contains its subnets."""
    known = {(item.resource_type, name): item for item in items for name in (item.arn, item.resource_name) if name}
    known |= {(item.resource_type, item.resource_id): item for item in items}
    outward = [tuple(_resolved(item, known)) for item in items]
    inward: dict[tuple[str, str], list[Relationship]] = {}
    for item, ties in zip(items, outward, strict=True):
        for tie in ties:
            inward.setdefault((tie.resource_type, tie.resource_id), []).append(_inverse(tie, item))
    return [
        _with(item, ties, inward.get((item.resource_type, item.resource_id), []))
        for item, ties in zip(items, outward, strict=True)
    ]


def _resolved(item: Item, known: dict[tuple[str, str], Item]) -> Iterator[Relationship]:
    for tie in item.relationships:
        other = known.get((tie.resource_type, tie.resource_id))
        name = tie.name.removeprefix(_KNOWN_ONLY)
        if other is not None:
            yield Relationship(
                name=name,
                resource_type=tie.resource_type,
                resource_id=other.resource_id,
                resource_name=other.resource_name,
            )
        elif name == tie.name:
            yield tie


def _inverse(tie: Relationship, item: Item) -> Relationship:
    verb = "Contains" if tie.name.startswith("Is contained in") else tie.name.rsplit(" ", 1)[0]
    noun = item.resource_type.rsplit("::", 1)[-1]
    return Relationship(
        name=f"{verb} {'Vpc' if noun == 'VPC' else noun}",
        resource_type=item.resource_type,
        resource_id=item.resource_id,
        resource_name=item.resource_name,
    )


def _with(item: Item, ties: tuple[Relationship, ...], inward: list[Relationship]) -> Item:
    told = {(tie.resource_type, tie.resource_id) for tie in ties}
    new = tuple(tie for tie in inward if (tie.resource_type, tie.resource_id) not in told)
    if ties + new == item.relationships:
        return item
    return msgspec.structs.replace(item, relationships=ties + new)
