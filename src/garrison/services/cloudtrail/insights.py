"""Say that a trail has no Insights: this account does not analyse call rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from garrison.errors import ApiError
from garrison.services.cloudtrail.names import find_trail, named_arn
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.stores.finding import find_store, store_in

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import GetInsightSelectorsRequestTypeDef

    from garrison.services.call import Call


def _trail_arn(call: Call, request: GetInsightSelectorsRequestTypeDef) -> str:
    if request.get("EventDataStore"):
        return store_in("EventDataStore")(call, request)
    return named_arn(call, _trail_name(request))


@service.operation("GetInsightSelectors", needs={"cloudtrail:GetInsightSelectors": _trail_arn})
def get_insight_selectors(call: Call, request: GetInsightSelectorsRequestTypeDef) -> NoReturn:
    """Refused as AWS refuses it for a trail or an event data store without Insights."""
    if store := request.get("EventDataStore"):
        name = find_store(call, store).name
        raise ApiError("InsightNotEnabledException", f"Event data store {name} does not have Insights enabled.")
    trail = find_trail(call, _trail_name(request))
    raise ApiError("InsightNotEnabledException", f"Trail {trail.name} does not have Insights enabled.")


def _trail_name(request: GetInsightSelectorsRequestTypeDef) -> str:
    name = request.get("TrailName")
    if not name:
        raise ApiError("InvalidParameterException", "Specify either TrailName or EventDataStore.")
    return name
