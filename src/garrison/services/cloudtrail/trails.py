"""Create, change and delete trails. What they deliver is in `garrison.services.cloudtrail.delivery`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.delivery.state import LOGS, TrailId, begin_delivery
from garrison.services.cloudtrail.destinations import check_changed_trail, check_new_trail
from garrison.services.cloudtrail.names import arn_in, checked_name, find_own_trail, own_trails, visible_trails
from garrison.services.cloudtrail.organization import members_policy
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.settings import check_log_destination, check_regions, checked_settings
from garrison.services.cloudtrail.shapes import settings_shown
from garrison.services.cloudtrail.tags import checked_tags, context_of_tags, context_of_trail
from garrison.store import AlreadyExists

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import (
        CreateTrailRequestTypeDef,
        DeleteTrailRequestTypeDef,
        UpdateTrailRequestTypeDef,
    )

    from garrison.services.call import Call

MOST_TRAILS = 5
"""In one region, shadows included (CloudTrail User Guide, "Quotas in AWS CloudTrail")."""


def _new_trail_if_tagged(call: Call, request: CreateTrailRequestTypeDef) -> tuple[str, ...]:
    return (arn_in("Name")(call, request),) if request.get("TagsList") else ()


@service.operation(
    "CreateTrail",
    needs={"cloudtrail:CreateTrail": arn_in("Name"), "cloudtrail:AddTags": _new_trail_if_tagged},
    context=context_of_tags,
    prepare=check_new_trail,
)
def create_trail(call: Call, request: CreateTrailRequestTypeDef) -> dict[str, Any]:
    """A new trail of the called region, not logging until StartLogging."""
    name = checked_name(request["Name"])
    present = [trail for trail in visible_trails(call) if trail.account == call.account]
    if any(trail.name == name for trail in present):
        raise _already_exists(call, name)
    if len(present) >= MOST_TRAILS:
        raise ApiError(
            "MaximumNumberOfTrailsExceededException",
            f"User: {call.account} already has {MOST_TRAILS} trails in {call.region}",
        )
    trail = Trail(
        account=call.account,
        name=name,
        home_region=call.region,
        created_at=call.at,
        tags=checked_tags(request.get("TagsList") or ()),
        **checked_settings(call, request),
    )
    _check(trail)
    try:
        call.unit.add(trail)
    except AlreadyExists:  # another writer came first
        raise _already_exists(call, name) from None
    call.resources.append({"ARN": trail.arn, "accountId": trail.account, "type": Trail.resource_type})
    return settings_shown(trail)


@service.operation(
    "UpdateTrail",
    needs={"cloudtrail:UpdateTrail": arn_in("Name")},
    context=context_of_trail("Name"),
    resource_policy=members_policy,
    prepare=check_changed_trail,
)
def update_trail(call: Call, request: UpdateTrailRequestTypeDef) -> dict[str, Any]:
    """The trail with the settings that the request names; whether it logs stays as it is."""
    trail = find_own_trail(call, request["Name"])
    changed: Trail = msgspec.structs.replace(trail, **checked_settings(call, request))
    _check(changed)
    if changed.is_multi_region and not trail.is_multi_region:
        _check_shadows(call, changed)
    call.unit.save(changed)
    if changed.is_logging and changed.log_group_arn:
        begin_delivery(call.unit, LOGS, TrailId(trail.account, trail.home_region, trail.name), call.at)
    return settings_shown(changed)


@service.operation(
    "DeleteTrail",
    needs={"cloudtrail:DeleteTrail": arn_in("Name")},
    context=context_of_trail("Name"),
    resource_policy=members_policy,
)
def delete_trail(call: Call, request: DeleteTrailRequestTypeDef) -> None:
    """The trail is gone with its shadows; what it delivered stays where it is."""
    call.unit.remove(find_own_trail(call, request["Name"]))


def _check(trail: Trail) -> None:
    check_log_destination(trail.log_group_arn, trail.log_role_arn)
    check_regions(trail.is_multi_region, trail.includes_global_events)


def _check_shadows(call: Call, trail: Trail) -> None:
    """A trail that becomes multi-Region may not hide another region's trail of the same name."""
    for other in own_trails(call):
        if other.name == trail.name and other.arn != trail.arn:
            raise _already_exists(call, trail.name)


def _already_exists(call: Call, name: str) -> ApiError:
    return ApiError("TrailAlreadyExistsException", f"Trail {name} already exists for customer: {call.account}")
