"""Resource groups, whose tags the preview gives and shows as JSON text; and the registered role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.services.inspector import access_role
from garrison.services.inspector.assessing.hosts import assessable, fits, scaling_group_of
from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import find, new_id
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.resources import Pair, ResourceGroup
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

_MOST_CHARACTERS, _MOST_TAGS = 10_000, 50


class _Tag(msgspec.Struct, frozen=True):
    key: str
    values: tuple[str, ...] = ()


@service.operation("CreateResourceGroup", needs={"inspector:CreateResourceGroup": "*"})
def create_resource_group(call: Call, request: Request) -> dict[str, Any]:
    """A group of tags, given as `[{"key": "Name", "values": ["a", "b"]}]`."""
    tags = _tags(request["resourceGroupTags"])
    group = ResourceGroup(account=call.account, region=call.region, id=new_id(), chosen_by=tags, created_at=call.at)
    return {"resourceGroupArn": call.unit.add(group).arn}


def _tags(text: str) -> tuple[Pair, ...]:
    try:
        given = msgspec.json.decode(text[: _MOST_CHARACTERS + 1], type=tuple[_Tag, ...])
    except msgspec.DecodeError:
        raise invalid("INVALID_RESOURCE_GROUP_TAG_KEY", "resourceGroupTags is no list of keys with values.") from None
    pairs = tuple(Pair(tag.key[:128], value) for tag in given for value in (*tag.values,) or (None,))
    if not 1 <= len(pairs) <= _MOST_TAGS or not all(pair.key for pair in pairs):
        raise invalid("INVALID_NUMBER_OF_RESOURCE_GROUP_TAGS", f"Give 1 to {_MOST_TAGS} tags, each with a key.")
    return pairs


@service.operation("DescribeResourceGroup", needs={"inspector:DescribeResourceGroups": "*"})
def describe_resource_group(call: Call, request: Request) -> dict[str, Any]:
    """A group, its tags as text."""
    group = find(call.unit, ResourceGroup, request["resourceGroupArn"])
    values: dict[str, list[str]] = {}
    for pair in group.chosen_by:
        values.setdefault(pair.key, []).extend([pair.value] if pair.value is not None else [])
    text = codec.encode([{"key": key, "values": given} for key, given in values.items()]).decode()
    return {"resourceGroup": {"resourceGroupArn": group.arn, "resourceGroupTags": text}}


@service.operation("PreviewAgentsForResourceGroup", needs={"inspector:PreviewAgents": "*"}, read_only=True, long=True)
def preview_agents_for_resource_group(call: Call, request: Request) -> dict[str, Any]:
    """The hosts that a group would choose now."""
    group = find(call.unit, ResourceGroup, request["resourceGroupArn"])
    after = position_of(call, request, str) or ""
    return page_of(
        call,
        [host for host in assessable(call.parts, call.unit) if host.agent > after and fits(group.chosen_by, host.tags)],
        size_of(request),
        "agentPreviewList",
        position=lambda host: host.agent,
        render=lambda host: (
            {"agentId": host.agent} | ({"autoScalingGroup": scaling_group_of(host)} if scaling_group_of(host) else {})
        ),
    )


@service.operation("RegisterCrossAccountAccessRole", needs={"inspector:RegisterCrossAccountAccessRole": "*"})
def register_cross_account_access_role(call: Call, request: Request) -> dict[str, Any]:
    """Register a role of this account that Inspector may assume."""
    access_role.register(call, request["roleArn"])
    return {"message": "The role is registered."}


@service.operation("DescribeCrossAccountAccessRole", needs={"inspector:DescribeCrossAccountAccessRole": "*"})
def describe_cross_account_access_role(call: Call, request: Request) -> dict[str, Any]:
    """The role that is registered, and whether it still can be used."""
    described = access_role.describe_cross_account_access_role(call, request)
    return {"roleArn": described["roleArn"], "valid": described["valid"]}
