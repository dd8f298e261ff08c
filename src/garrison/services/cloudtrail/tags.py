"""Tag trails, and give policies the tags to decide by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.names import checked_arn, find_own_trail, lookup_trail, named_arn
from garrison.services.cloudtrail.organization import members_policy
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudtrail.service import service
from garrison.services.reserved_tags import is_reserved

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import AddTagsRequestTypeDef, ListTagsRequestTypeDef, RemoveTagsRequestTypeDef

    from garrison.services.call import Call

MOST_TAGS = 50
MOST_RESOURCES = 20
"""Of one ListTags (CloudTrail API reference, ListTags)."""


def context_of_tags(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request's TagsList."""
    tags = request.get("TagsList") or ()
    values: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag.get("Value", "") for tag in tags}
    return values | {"aws:TagKeys": [tag["Key"] for tag in tags]} if tags else values


def context_of_trail(member: str) -> Callable[[Call, Mapping[str, Any]], dict[str, Any]]:
    """Gives the condition values of the trail that a request names in this member, and those of its TagsList."""

    def values(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        trail = lookup_trail(call, named_arn(call, request[member]))
        tags = trail.tags if trail is not None else {}
        return context_of_tags(call, request) | {f"aws:ResourceTag/{key}": value for key, value in tags.items()}

    return values


def _context_of_removal(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A removal names keys: values given with them play no part."""
    values = context_of_trail("ResourceId")(call, request)
    return {key: value for key, value in values.items() if not key.startswith("aws:RequestTag/")}


def checked_tags(tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A request's TagsList as a mapping; keys compare with case, and none may come twice."""
    checked: dict[str, str] = {}
    for tag in tags:
        key = tag["Key"]
        if key in checked:
            raise ApiError("InvalidTagParameterException", f"The tag key {key} is given more than once.")
        if is_reserved(key):
            raise ApiError("InvalidTagParameterException", "Tag keys that begin with aws: are reserved for system use.")
        checked[key] = tag.get("Value") or ""
    _check_number(checked)
    return checked


def _tagged_arn(call: Call, request: Mapping[str, Any]) -> str:
    return str(_trail_arn(request["ResourceId"]))


def _tagged_arns(call: Call, request: Mapping[str, Any]) -> list[str]:
    return [str(_trail_arn(text)) for text in request["ResourceIdList"]] or ["*"]


def _trail_arn(text: str) -> str:
    if ":eventdatastore/" in text or ":channel/" in text or ":dashboard/" in text:
        raise ApiError(
            "ResourceTypeNotSupportedException",
            "Only trails can be tagged: this account keeps no other CloudTrail resource.",
        )
    return str(checked_arn(text))


@service.operation(
    "AddTags",
    needs={"cloudtrail:AddTags": _tagged_arn},
    context=context_of_trail("ResourceId"),
    resource_policy=members_policy,
)
def add_tags(call: Call, request: AddTagsRequestTypeDef) -> None:
    """The trail's tags with these added or overwritten."""
    trail = _find_tagged(call, request["ResourceId"])
    tags = trail.tags | checked_tags(request["TagsList"])
    _check_number(tags)
    call.unit.save(msgspec.structs.replace(trail, tags=tags))


@service.operation(
    "RemoveTags",
    needs={"cloudtrail:RemoveTags": _tagged_arn},
    context=_context_of_removal,
    resource_policy=members_policy,
)
def remove_tags(call: Call, request: RemoveTagsRequestTypeDef) -> None:
    """The trail's tags without these keys; keys that are not there are passed over."""
    trail = _find_tagged(call, request["ResourceId"])
    gone = {tag["Key"] for tag in request["TagsList"]}
    call.unit.save(
        msgspec.structs.replace(trail, tags={key: value for key, value in trail.tags.items() if key not in gone})
    )


@service.operation("ListTags", needs={"cloudtrail:ListTags": _tagged_arns}, resource_policy=members_policy)
def list_tags(call: Call, request: ListTagsRequestTypeDef) -> dict[str, Any]:
    """The tags of up to 20 trails."""
    arns = request["ResourceIdList"]
    if len(arns) > MOST_RESOURCES:
        raise ApiError("InvalidParameterException", f"ResourceIdList can have no more than {MOST_RESOURCES} ARNs.")
    if request.get("NextToken"):
        raise ApiError("InvalidTokenException", "NextToken is not valid.")
    return {
        "ResourceTagList": [
            {
                "ResourceId": arn,
                "TagsList": [{"Key": key, "Value": value} for key, value in _shown(call, arn).tags.items()],
            }
            for arn in arns
        ]
    }


def _find_tagged(call: Call, arn: str) -> Trail:
    _shown(call, arn)
    return find_own_trail(call, arn)


def _shown(call: Call, arn: str) -> Trail:
    trail = lookup_trail(call, _trail_arn(arn))
    if trail is None:
        raise ApiError("ResourceNotFoundException", f"The specified resource {arn} is not found.")
    return trail


def _check_number(tags: Mapping[str, str]) -> None:
    if len(tags) > MOST_TAGS:
        raise ApiError("TagsLimitExceededException", f"A trail can have no more than {MOST_TAGS} tags.")
