"""Tag the root, units, accounts and policies of the organization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.organizations import quotas
from garrison.services.organizations.finding import (
    find_node,
    find_policy,
    managed_organization,
    missing,
    named,
    refused,
    resource_values,
)
from garrison.services.organizations.paging import page_of
from garrison.services.organizations.resources import ControlPolicy, Node
from garrison.services.organizations.service import service

if TYPE_CHECKING:
    from types_boto3_organizations import type_defs as shapes

    from garrison.services.call import Call


def checked_tags(tags: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """A request's Tags as a mapping; duplicate and reserved keys are refused."""
    checked: dict[str, str] = {}
    for tag in tags or ():
        key = tag["Key"]
        if key in checked:
            raise refused("InvalidInputException", "DUPLICATE_TAG_KEY", f"The tag key {key} is given more than once.")
        if key.lower().startswith("aws:"):
            raise refused(
                "InvalidInputException",
                "INVALID_SYSTEM_TAGS_PARAMETER",
                "Tag keys that begin with aws: are reserved for system use.",
            )
        checked[key] = tag["Value"]
    quotas.check_quota("MAX_TAG_LIMIT_EXCEEDED", len(checked), quotas.TAGS)
    return checked


def request_tags(request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request with Tags or TagKeys; nothing where it has neither."""
    values: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in request.get("Tags") or ()}
    keys = [tag["Key"] for tag in request.get("Tags") or ()] or list(request.get("TagKeys") or ())
    return values | {"aws:TagKeys": keys} if keys else values


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return request_tags(request) | resource_values(call, request["ResourceId"])


def _find_tagged(call: Call, part_id: str) -> Node | ControlPolicy:
    managed_organization(call)
    if not part_id.startswith("p-"):
        return find_node(call, part_id)
    policy = find_policy(call, part_id)
    if policy.is_aws_managed:
        raise missing("TargetNotFoundException")
    return policy


@service.operation("TagResource", needs={"organizations:TagResource": named("ResourceId")}, context=_context)
def tag_resource(call: Call, request: shapes.TagResourceRequestTypeDef) -> None:
    """Add tags, or give those that are there new values."""
    part = _find_tagged(call, request["ResourceId"])
    tags = part.tags | checked_tags(request["Tags"])
    quotas.check_quota("MAX_TAG_LIMIT_EXCEEDED", len(tags), quotas.TAGS)
    call.unit.save(replace(part, tags=tags))


@service.operation("UntagResource", needs={"organizations:UntagResource": named("ResourceId")}, context=_context)
def untag_resource(call: Call, request: shapes.UntagResourceRequestTypeDef) -> None:
    """Take tags off; keys that are not there are passed over."""
    part = _find_tagged(call, request["ResourceId"])
    gone = set(request["TagKeys"])
    call.unit.save(replace(part, tags={key: value for key, value in part.tags.items() if key not in gone}))


@service.operation(
    "ListTagsForResource", needs={"organizations:ListTagsForResource": named("ResourceId")}, context=_context
)
def list_tags_for_resource(call: Call, request: shapes.ListTagsForResourceRequestTypeDef) -> dict[str, Any]:
    """List the tags of a part of the organization."""
    part = _find_tagged(call, request["ResourceId"])
    return page_of(
        call,
        request,
        "Tags",
        part.tags.items(),
        key=lambda tag: tag[0],
        render=lambda tag: {"Key": tag[0], "Value": tag[1]},
    )
