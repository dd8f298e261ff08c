"""List and count what is recorded.

Source: AWS Config API reference, "ListDiscoveredResources", "GetDiscoveredResourceCounts".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.items import DELETED, GLOBAL, Item
from garrison.services.config.paging import page_of, position_of
from garrison.services.config.recorder.finding import needed_recorder
from garrison.services.config.recorder.known_types import check_type
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

DEFAULT_LIMIT = 100
MOST_IDS = 20


@service.operation("ListDiscoveredResources", needs={"config:ListDiscoveredResources": "*"}, long=True)
def list_discovered_resources(call: Call, request: shapes.ListDiscoveredResourcesRequestTypeDef) -> dict[str, Any]:
    """The resources of a type, in the order of their ids; deleted ones where they are asked for."""
    needed_recorder(call.unit)
    check_type(request["resourceType"])
    ids, name = tuple(request.get("resourceIds") or ()), request.get("resourceName")
    if ids and name:
        raise ApiError("ValidationException", "You can specify either resource IDs or a resource name, but not both.")
    if len(ids) > MOST_IDS:
        raise ApiError("ValidationException", f"You can specify no more than {MOST_IDS} resource IDs.")
    limit = request.get("limit") or DEFAULT_LIMIT
    found = history_of(call.parts).listed(
        call.account,
        (call.region, GLOBAL),
        request["resourceType"],
        after=position_of(call, request, str) or "",
        limit=limit + 1,
        with_deleted=bool(request.get("includeDeletedResources")),
        ids=ids,
        name=name,
    )
    return page_of(
        call,
        found,
        limit,
        "resourceIdentifiers",
        position=lambda item: item.resource_id,
        render=_identifier,
        after_member="nextToken",
    )


def _identifier(item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": item.resource_type, "resourceId": item.resource_id}
    if item.resource_name:
        made["resourceName"] = item.resource_name
    if item.status == DELETED:
        made["resourceDeletionTime"] = item.captured_at
    return made


@service.operation("GetDiscoveredResourceCounts", needs={"config:GetDiscoveredResourceCounts": "*"})
def get_discovered_resource_counts(
    call: Call, request: shapes.GetDiscoveredResourceCountsRequestTypeDef
) -> dict[str, Any]:
    """How many resources there are of each type, most first."""
    counts = history_of(call.parts).counts(call.account, (call.region, GLOBAL))
    wanted = request.get("resourceTypes")
    if wanted:
        counts = {name: counts[name] for name in wanted if name in counts}
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    after, limit = position_of(call, request, int) or 0, request.get("limit") or DEFAULT_LIMIT
    pages = list(enumerate(ordered, 1))[after:]
    answer = page_of(
        call,
        pages[: limit + 1],
        limit,
        "resourceCounts",
        position=lambda one: one[0],
        render=lambda one: {"resourceType": one[1][0], "count": one[1][1]},
        after_member="nextToken",
    )
    return answer | {"totalDiscoveredResources": sum(counts.values())}
