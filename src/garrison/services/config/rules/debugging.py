"""Deliver what a policy that wants its debug log said of each item to CloudWatch Logs: EnableDebugLogDelivery.

The group is `/aws/config/config-rule/NAME/ID`. Config writes as a service: a resource policy of CloudWatch Logs must let
`config.amazonaws.com` make the group and its stream and put events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.items import Item
from garrison.services.config.rules.active import Active
from garrison.services.config.service import PRINCIPAL
from garrison.services.inside import call_as_service

if TYPE_CHECKING:
    from garrison.services.background import Workplace

STREAM = "evaluations"
MOST_EVENTS = 1_000


def deliver_debug(place: Workplace, active: Active, said: list[tuple[Item, str]]) -> dict[str, Any]:
    """Deliver it; gives what became of it, as fields of the rule's state."""
    rule, now = active.rule, place.clock.now()
    group = {"logGroupName": f"/aws/config/config-rule/{rule.name}/{rule.rule_id}"}
    stream = {**group, "logStreamName": STREAM}
    at = int(now.timestamp() * 1000)
    events = [{"timestamp": at, "message": f"{item.resource_type} {item.resource_id}: {text}"} for item, text in said]
    try:
        for operation, parameters in (("CreateLogGroup", group), ("CreateLogStream", stream)):
            try:
                _call(place, active, operation, parameters)
            except ApiError as error:
                if error.code != "ResourceAlreadyExistsException":
                    raise
        for start in range(0, len(events), MOST_EVENTS):
            _call(place, active, "PutLogEvents", {**stream, "logEvents": events[start : start + MOST_EVENTS]})
    except ApiError as error:
        return {"debug_status": "Failed", "debug_reason": f"{error.code}: {error.message}", "debug_at": now}
    return {"debug_status": "Successful", "debug_reason": None, "debug_at": now}


def _call(place: Workplace, active: Active, operation: str, parameters: dict[str, Any]) -> None:
    rule = active.rule
    call_as_service(
        place.parts, PRINCIPAL, rule.account, rule.region, "logs", operation, parameters, source_arn=rule.arn
    )
