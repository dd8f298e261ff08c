"""Start and stop the logging of a trail, and say truly how it stands.

Event history (LookupEvents) does not depend on it: Garrison records every call whatever the trails do, and StopLogging is
recorded as well. A status names no delivery that was not made.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.services.cloudtrail.names import arn_in, find_own_trail, find_trail
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.tags import context_of_trail

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import (
        GetTrailStatusRequestTypeDef,
        StartLoggingRequestTypeDef,
        StopLoggingRequestTypeDef,
    )

    from garrison.services.call import Call


@service.operation("StartLogging", needs={"cloudtrail:StartLogging": arn_in("Name")}, context=context_of_trail("Name"))
def start_logging(call: Call, request: StartLoggingRequestTypeDef) -> None:
    """The trail logs from now on; one that logs already keeps its starting time."""
    trail = find_own_trail(call, request["Name"])
    if not trail.is_logging:
        call.unit.save(msgspec.structs.replace(trail, is_logging=True, logging_started_at=call.at))


@service.operation("StopLogging", needs={"cloudtrail:StopLogging": arn_in("Name")}, context=context_of_trail("Name"))
def stop_logging(call: Call, request: StopLoggingRequestTypeDef) -> None:
    """The trail logs no longer; one that did not keeps the time it stopped at."""
    trail = find_own_trail(call, request["Name"])
    if trail.is_logging:
        call.unit.save(msgspec.structs.replace(trail, is_logging=False, logging_stopped_at=call.at))


@service.operation(
    "GetTrailStatus", needs={"cloudtrail:GetTrailStatus": arn_in("Name")}, context=context_of_trail("Name")
)
def get_trail_status(call: Call, request: GetTrailStatusRequestTypeDef) -> dict[str, Any]:
    """Whether the trail logs, and since or until when; members about deliveries are there once there is one."""
    trail = find_trail(call, request["Name"])
    status: dict[str, Any] = {
        "IsLogging": trail.is_logging,
        "LatestDeliveryAttemptTime": "",
        "LatestNotificationAttemptTime": "",
        "LatestNotificationAttemptSucceeded": "",
        "LatestDeliveryAttemptSucceeded": "",
        "TimeLoggingStarted": _text(trail.logging_started_at),
        "TimeLoggingStopped": _text(trail.logging_stopped_at),
    }
    if trail.logging_started_at is not None:
        status["StartLoggingTime"] = trail.logging_started_at
    if trail.logging_stopped_at is not None:
        status["StopLoggingTime"] = trail.logging_stopped_at
    return status


def _text(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else ""
