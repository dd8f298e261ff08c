"""Tag trails and event data stores.

Source: CloudTrail API reference, "AddTags", "RemoveTags", "ListTags".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.names import checked_arn, find_own_trail, lookup_trail
from garrison.services.cloudtrail.organization import members_policy
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.finding import find_active_store, find_store, store_id_of
from garrison.services.cloudtrail.stores.resources import EventDataStore, store_arn
from garrison.services.cloudtrail.tags import check_number, checked_tags, context_of_tags

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import AddTagsRequestTypeDef, ListTagsRequestTypeDef, RemoveTagsRequestTypeDef

    from garrison.services.call import Call

MOST_RESOURCES = 20
"""Of one ListTags (CloudTrail API reference, ListTags)."""


def _is_store(text: str) -> bool:
    return ":eventdatastore/" in text


def _arn(call: Call, text: str) -> str:
    if _is_store(text):
        return store_arn(call.region, call.account, store_id_of(call, text))
    if ":channel/" in text or ":dashboard/" in text:
        raise ApiError(
            "ResourceTypeNotSupportedException",
            "Only trails and event data stores can be tagged: this account keeps no other CloudTrail resource.",
        )
    return str(checked_arn(text))


def _tagged_arn(call: Call, request: Mapping[str, Any]) -> str:
    return _arn(call, request["ResourceId"])


def _tagged_arns(call: Call, request: Mapping[str, Any]) -> list[str]:
    return [_arn(call, text) for text in request["ResourceIdList"]] or ["*"]


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = _tagged_arn(call, request)
    found: Trail | EventDataStore | None = (
        call.unit.get(EventDataStore, call.region, store_id_of(call, arn))
        if _is_store(arn)
        else lookup_trail(call, arn)
    )
    tags = found.tags if found is not None else {}
    return context_of_tags(call, request) | {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def _context_of_removal(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """A removal names keys: values given with them play no part."""
    values = _context(call, request)
    return {key: value for key, value in values.items() if not key.startswith("aws:RequestTag/")}


@service.operation(
    "AddTags", needs={"cloudtrail:AddTags": _tagged_arn}, context=_context, resource_policy=members_policy
)
def add_tags(call: Call, request: AddTagsRequestTypeDef) -> None:
    """The resource's tags with these added or overwritten."""
    found = _find_own(call, request["ResourceId"])
    tags = found.tags | checked_tags(request["TagsList"])
    check_number(tags)
    call.unit.save(msgspec.structs.replace(found, tags=tags))


@service.operation(
    "RemoveTags",
    needs={"cloudtrail:RemoveTags": _tagged_arn},
    context=_context_of_removal,
    resource_policy=members_policy,
)
def remove_tags(call: Call, request: RemoveTagsRequestTypeDef) -> None:
    """The resource's tags without these keys; keys that are not there are passed over."""
    found = _find_own(call, request["ResourceId"])
    gone = {tag["Key"] for tag in request["TagsList"]}
    call.unit.save(
        msgspec.structs.replace(found, tags={key: value for key, value in found.tags.items() if key not in gone})
    )


@service.operation("ListTags", needs={"cloudtrail:ListTags": _tagged_arns}, resource_policy=members_policy)
def list_tags(call: Call, request: ListTagsRequestTypeDef) -> dict[str, Any]:
    """The tags of up to 20 trails and event data stores."""
    arns = request["ResourceIdList"]
    if len(arns) > MOST_RESOURCES:
        raise ApiError("InvalidParameterException", f"ResourceIdList can have no more than {MOST_RESOURCES} ARNs.")
    if request.get("NextToken"):
        raise ApiError("InvalidTokenException", "NextToken is not valid.")
    return {
        "ResourceTagList": [
            {
                "ResourceId": arn,
                "TagsList": [{"Key": key, "Value": value} for key, value in _find(call, arn).tags.items()],
            }
            for arn in arns
        ]
    }


def _find_own(call: Call, arn: str) -> Trail | EventDataStore:
    if _is_store(arn):
        store = find_active_store(call, arn)
        call.resources.append({"ARN": store.arn, "accountId": store.account, "type": EventDataStore.resource_type})
        return store
    _find(call, arn)
    return find_own_trail(call, arn)


def _find(call: Call, arn: str) -> Trail | EventDataStore:
    if _is_store(arn):
        return find_store(call, arn)
    trail = lookup_trail(call, _arn(call, arn))
    if trail is None:
        raise ApiError("ResourceNotFoundException", f"The specified resource {arn} is not found.")
    return trail
