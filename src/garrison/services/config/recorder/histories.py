"""Show what a resource was, and what several are.

Source: AWS Config API reference, "GetResourceConfigHistory", "BatchGetResourceConfig".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from garrison.errors import ApiError
from garrison.inventory import Resource
from garrison.items import DELETED, GLOBAL, Item
from garrison.services.config.faults import invalid_token
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.recorder.finding import needed_recorder
from garrison.services.config.recorder.known_types import check_type
from garrison.services.config.recorder.shapes import basic_item_shown, item_shown
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.inventory import Version
    from garrison.services.call import Call

DEFAULT_LIMIT = 10


def find_recorded(call: Call, resource_type: str, resource_id: str) -> Item | None:
    """A resource of the region, or of none, as last seen."""
    history = history_of(call.parts)
    for region in (call.region, GLOBAL):
        found = history.get(Resource(call.account, region, resource_type, resource_id))
        if found is not None:
            return found
    return None


@service.operation("GetResourceConfigHistory", needs={"config:GetResourceConfigHistory": "*"}, long=True)
def get_resource_config_history(call: Call, request: shapes.GetResourceConfigHistoryRequestTypeDef) -> dict[str, Any]:
    """The states that a resource had, newest first unless asked otherwise."""
    needed_recorder(call.unit)
    check_type(request["resourceType"])
    earlier, later = (
        cast("datetime | None", request.get("earlierTime")),
        cast("datetime | None", request.get("laterTime")),
    )
    if earlier is not None and later is not None and earlier > later:
        raise ApiError("InvalidTimeRangeException", "The earlier time must not be after the later time.")
    found = find_recorded(call, request["resourceType"], request["resourceId"])
    if found is None:
        raise ApiError(
            "ResourceNotDiscoveredException",
            f"Resource {request['resourceId']} of resourceType:{request['resourceType']} is unknown or has not been discovered",
        )
    after, limit = position_of(call, request, int), request.get("limit") or DEFAULT_LIMIT
    is_forward = request.get("chronologicalOrder") == "Forward"
    versions = list(
        history_of(call.parts).versions(Resource.of(found), since=earlier, until=later, latest_first=not is_forward)
    )
    if after is not None:
        at = next((place for place, one in enumerate(versions, 1) if one.number == after), None)
        if at is None:
            raise invalid_token()
        versions = versions[at:]
    return page_of(
        call,
        versions[: limit + 1],
        limit,
        "configurationItems",
        position=_number,
        render=item_shown,
        after_member="nextToken",
    )


def _number(version: Version) -> int:
    return version.number


@service.operation("BatchGetResourceConfig", needs={"config:BatchGetResourceConfig": "*"})
def batch_get_resource_config(call: Call, request: shapes.BatchGetResourceConfigRequestTypeDef) -> dict[str, Any]:
    """What resources are; those that are not there, or not recorded, are told apart."""
    needed_recorder(call.unit)
    found: list[dict[str, Any]] = []
    missing = []
    for key in request["resourceKeys"]:
        check_type(key["resourceType"])
        item = find_recorded(call, key["resourceType"], key["resourceId"])
        if item is None or item.status == DELETED:
            missing.append(key)
        else:
            found.append(basic_item_shown(item))
    return {"baseConfigurationItems": found, "unprocessedResourceKeys": missing}
