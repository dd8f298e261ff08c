"""Keep which events a trail is to deliver. What Garrison records for LookupEvents does not depend on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.services.cloudtrail.names import arn_in, find_own_trail, find_trail
from garrison.services.cloudtrail.organization import members_policy
from garrison.services.cloudtrail.selectors import checked_advanced_selectors, checked_selectors, default_selector
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.tags import context_of_trail

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import GetEventSelectorsRequestTypeDef, PutEventSelectorsRequestTypeDef

    from garrison.services.call import Call
    from garrison.services.cloudtrail.resources import Trail


@service.operation(
    "PutEventSelectors",
    needs={"cloudtrail:PutEventSelectors": arn_in("TrailName")},
    context=context_of_trail("TrailName"),
    resource_policy=members_policy,
)
def put_event_selectors(call: Call, request: PutEventSelectorsRequestTypeDef) -> dict[str, Any]:
    """The trail with basic or with advanced selectors; those of the other kind go."""
    trail = find_own_trail(call, request["TrailName"])
    basic, advanced = request.get("EventSelectors"), request.get("AdvancedEventSelectors")
    if bool(basic) == bool(advanced):
        raise ApiError(
            "InvalidEventSelectorsException", "Specify either EventSelectors or AdvancedEventSelectors, and not both."
        )
    if advanced:
        changed = msgspec.structs.replace(
            trail, event_selectors=(), advanced_event_selectors=checked_advanced_selectors(advanced)
        )
    else:
        selectors = checked_selectors(basic or ())
        kept = () if selectors == (default_selector(),) else selectors
        changed = msgspec.structs.replace(trail, event_selectors=kept, advanced_event_selectors=())
    call.unit.save(changed)
    return _shown(changed)


@service.operation(
    "GetEventSelectors",
    needs={"cloudtrail:GetEventSelectors": arn_in("TrailName")},
    context=context_of_trail("TrailName"),
    resource_policy=members_policy,
)
def get_event_selectors(call: Call, request: GetEventSelectorsRequestTypeDef) -> dict[str, Any]:
    """The trail's selectors, of the one kind or the other."""
    return _shown(find_trail(call, request["TrailName"]))


def _shown(trail: Trail) -> dict[str, Any]:
    if trail.advanced_event_selectors:
        return {"TrailARN": trail.arn, "AdvancedEventSelectors": list(trail.advanced_event_selectors)}
    return {"TrailARN": trail.arn, "EventSelectors": list(trail.event_selectors) or [default_selector()]}
