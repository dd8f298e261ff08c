"""Start and stop the logging of a trail, and say truly how it stands.

Event history (LookupEvents) does not depend on it: Garrison records every call whatever the trails do, and StopLogging is
recorded as well, and the last event of a trail's log files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.services.cloudtrail.delivery.state import (
    BUCKET,
    LOGS,
    Chain,
    Lane,
    Origin,
    TrailId,
    begin_delivery,
    begin_digests,
    delivery_status,
)
from garrison.services.cloudtrail.names import arn_in, find_own_trail, find_trail
from garrison.services.cloudtrail.organization import members_policy
from garrison.services.cloudtrail.service import service
from garrison.services.cloudtrail.tags import context_of_trail

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import (
        GetTrailStatusRequestTypeDef,
        StartLoggingRequestTypeDef,
        StopLoggingRequestTypeDef,
    )

    from garrison.services.call import Call


@service.operation(
    "StartLogging",
    needs={"cloudtrail:StartLogging": arn_in("Name")},
    context=context_of_trail("Name"),
    resource_policy=members_policy,
)
def start_logging(call: Call, request: StartLoggingRequestTypeDef) -> None:
    """The trail logs from now on; one that logs already keeps its starting time."""
    trail = find_own_trail(call, request["Name"])
    if not trail.is_logging:
        call.unit.save(msgspec.structs.replace(trail, is_logging=True, logging_started_at=call.at))
        identity = TrailId(trail.account, trail.home_region, trail.name)
        begin_delivery(call.unit, BUCKET, identity, call.at)
        if trail.log_group_arn:
            begin_delivery(call.unit, LOGS, identity, call.at)
        if trail.validates_log_files:
            begin_digests(call.unit, trail, Origin(trail.account, trail.home_region, trail.organization_id))


@service.operation(
    "StopLogging",
    needs={"cloudtrail:StopLogging": arn_in("Name")},
    context=context_of_trail("Name"),
    resource_policy=members_policy,
)
def stop_logging(call: Call, request: StopLoggingRequestTypeDef) -> None:
    """The trail logs no longer; one that did not keeps the time it stopped at."""
    trail = find_own_trail(call, request["Name"])
    if trail.is_logging:
        call.unit.save(msgspec.structs.replace(trail, is_logging=False, logging_stopped_at=call.at))


@service.operation(
    "GetTrailStatus",
    needs={"cloudtrail:GetTrailStatus": arn_in("Name")},
    context=context_of_trail("Name"),
    resource_policy=members_policy,
)
def get_trail_status(call: Call, request: GetTrailStatusRequestTypeDef) -> dict[str, Any]:
    """Whether the trail logs, and since or until when, and how its deliveries stand."""
    trail = find_trail(call, request["Name"])
    with call.parts.store.reading(trail.account, trail.home_region) as unit:  # an organization's is kept by its manager
        identity = TrailId(trail.account, trail.home_region, trail.name)
        delivered = delivery_status(unit, identity, trail.organization_id)
    status: dict[str, Any] = {
        "IsLogging": trail.is_logging,
        "TimeLoggingStarted": _text(trail.logging_started_at),
        "TimeLoggingStopped": _text(trail.logging_stopped_at),
        "StartLoggingTime": trail.logging_started_at,
        "StopLoggingTime": trail.logging_stopped_at,
        **_deliveries(*delivered),
    }
    return {member: value for member, value in status.items() if value is not None}


def _deliveries(to_bucket: Lane | None, to_logs: Lane | None, chain: Chain | None) -> dict[str, Any]:
    lane = to_bucket or _NOTHING_YET
    logs = to_logs or _NOTHING_YET
    return {
        "LatestDeliveryTime": lane.delivered_at,
        "LatestDeliveryError": lane.error,
        "LatestDeliveryAttemptTime": _text(lane.attempted_at),
        "LatestDeliveryAttemptSucceeded": _text(lane.delivered_at),
        "LatestNotificationTime": lane.notified_at,
        "LatestNotificationError": lane.notice_error,
        "LatestNotificationAttemptTime": _text(lane.notice_attempted_at),
        "LatestNotificationAttemptSucceeded": _text(lane.notified_at),
        "LatestCloudWatchLogsDeliveryTime": logs.delivered_at,
        "LatestCloudWatchLogsDeliveryError": logs.error,
        "LatestDigestDeliveryTime": chain.delivered_at if chain is not None else None,
        "LatestDigestDeliveryError": chain.error if chain is not None else None,
    }


def _text(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else ""


_NOTHING_YET = Lane(since=datetime.min.replace(tzinfo=UTC))
