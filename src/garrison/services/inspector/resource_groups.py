"""Make and describe resource groups: tags by which hosts are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import described, look_up, new_id
from garrison.services.inspector.resources import Pair, ResourceGroup
from garrison.services.inspector.service import service

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call


@service.operation("CreateResourceGroup", needs={"inspector:CreateResourceGroup": "*"})
def create_resource_group(call: Call, request: shapes.CreateResourceGroupRequestTypeDef) -> dict[str, Any]:
    """A group of these tags. A key given twice chooses hosts with either value."""
    tags = tuple(Pair(tag["key"], tag.get("value")) for tag in request["resourceGroupTags"])
    if len(set(tags)) < len(tags):
        raise invalid("INVALID_RESOURCE_GROUP_TAG_KEY", "A tag is given more than once.")
    group = ResourceGroup(account=call.account, region=call.region, id=new_id(), chosen_by=tags, created_at=call.at)
    return {"resourceGroupArn": call.unit.add(group).arn}


@service.operation("DescribeResourceGroups", needs={"inspector:DescribeResourceGroups": "*"})
def describe_resource_groups(call: Call, request: shapes.DescribeResourceGroupsRequestTypeDef) -> dict[str, Any]:
    """The groups of these ARNs."""
    return described(
        "RESOURCE_GROUP",
        request["resourceGroupArns"],
        lambda arn: look_up(call.unit, ResourceGroup, arn),
        _shown,
        "resourceGroups",
    )


def _shown(group: ResourceGroup) -> dict[str, Any]:
    return {"arn": group.arn, "tags": [pair.shown() for pair in group.chosen_by], "createdAt": group.created_at}
