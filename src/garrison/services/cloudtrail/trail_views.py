"""Show trails: those of the called region, and the shadows of other regions' multi-Region trails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.cloudtrail.names import arn_in, find_trail, named_arn, own_trails, visible_trails
from garrison.services.cloudtrail.organization import members_policy, organization_trails
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.shapes import trail_shown
from garrison.services.cloudtrail.tags import context_of_trail

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import (
        DescribeTrailsRequestTypeDef,
        GetTrailRequestTypeDef,
        ListTrailsRequestTypeDef,
    )

    from garrison.services.call import Call
    from garrison.services.cloudtrail.resources import Trail


@service.operation("DescribeTrails", needs={"cloudtrail:DescribeTrails": "*"})
def describe_trails(call: Call, request: DescribeTrailsRequestTypeDef) -> dict[str, Any]:
    """The named trails, or all that the region shows; names that there are not are passed over, as in AWS.

    Without shadows neither other regions' trails nor, in a member account, those of the organization are shown.
    """
    names = request.get("trailNameList") or ()
    with_shadows = request.get("includeShadowTrails") is not False
    shown = visible_trails(call)
    if names:
        wanted = {named_arn(call, name) for name in names}
        by_name = {name for name in names if not name.startswith("arn:")} if with_shadows else set()
        shown = [
            trail for trail in shown if trail.arn in wanted or (trail.name in by_name and trail.account == call.account)
        ]
    return {"trailList": [trail_shown(trail) for trail in shown if with_shadows or _is_at_home(call, trail)]}


def _is_at_home(call: Call, trail: Trail) -> bool:
    return trail.home_region == call.region and trail.account == call.account


@service.operation(
    "GetTrail",
    needs={"cloudtrail:GetTrail": arn_in("Name")},
    context=context_of_trail("Name"),
    resource_policy=members_policy,
)
def get_trail(call: Call, request: GetTrailRequestTypeDef) -> dict[str, Any]:
    """One trail's settings."""
    return {"Trail": trail_shown(find_trail(call, request["Name"]))}


@service.operation("ListTrails", needs={"cloudtrail:ListTrails": "*"})
def list_trails(call: Call, request: ListTrailsRequestTypeDef) -> dict[str, Any]:
    """Every trail of the account and of its organization, with its home region. They are few enough for one page."""
    if request.get("NextToken"):
        raise ApiError("InvalidTokenException", "NextToken is not valid.")
    return {
        "Trails": [
            {"TrailARN": trail.arn, "Name": trail.name, "HomeRegion": trail.home_region}
            for trail in sorted([*own_trails(call), *organization_trails(call)], key=lambda trail: trail.arn)
        ]
    }
