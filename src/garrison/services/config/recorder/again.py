"""What a call names: the resources that are known of it, and the calls that are behind an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from garrison.collect import Touched
from garrison.inventory import Cause, History, Resource
from garrison.items import GLOBAL, Item


def causes_of(item: Item, causes: Mapping[Touched, list[Cause]]) -> list[Cause]:
    """The calls that named an item; one that names the account means what the account has one of."""
    names = {item.resource_id, item.arn, item.resource_name, item.account}
    return [
        cause
        for one, found in causes.items()
        if one.resource_type == item.resource_type and one.name in names
        for cause in found
    ]


def resources_named(history: History, one: Touched) -> Iterator[Resource]:
    """The recorded resources that a call names: by id, ARN or name."""
    regions = (one.region, GLOBAL)
    found = [history.get(Resource(one.account, region, one.resource_type, one.name)) for region in regions]
    found.append(history.at_arn(one.name))
    name = None if one.name == one.account else one.name
    found += history.listed(one.account, regions, one.resource_type, name=name, limit=10)
    resources = {Resource.of(item) for item in found if item is not None}
    yield from (each for each in resources if each.resource_type == one.resource_type)
