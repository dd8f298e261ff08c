"""Take in log events: checked, kept durably, and looked at by the group's filters exactly once, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison.services.logs.ingestion import looked_at
from garrison.services.logs.keys import sealed
from garrison.services.logs.naming import find_group, find_stream, invalid, milliseconds, of_group, on_stream
from garrison.services.logs.resource_policies import account_policies
from garrison.services.logs.service import service
from garrison.services.logs.storage import events_of
from garrison.services.logs.storage.events import OVERHEAD_BYTES
from garrison.services.logs.streams import sequence_token

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.logs.resources import LogGroup

# API reference, PutLogEvents.
MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
LONGEST_SPAN = timedelta(hours=24) // timedelta(milliseconds=1)
FARTHEST_AHEAD = timedelta(hours=2) // timedelta(milliseconds=1)
OLDEST = timedelta(days=14) // timedelta(milliseconds=1)
DAY = timedelta(days=1) // timedelta(milliseconds=1)


@service.operation(
    "PutLogEvents",
    needs={"logs:PutLogEvents": on_stream},
    context=of_group(),
    resource_policy=account_policies,
    stored_apart=True,
    data_event=True,
    hidden=("logEvents",),
)
def put_log_events(call: Call, request: shapes.PutLogEventsRequestTypeDef) -> dict[str, Any]:
    """The events are kept, but for those too old or too new, which the answer names. Sequence tokens are passed over."""
    group = find_group(call, request)
    stream = find_stream(call, group, request["logStreamName"])
    events = [(event["timestamp"], event["message"]) for event in request["logEvents"]]
    _check(events)
    now = milliseconds(call)
    kept, rejected = _accepted(events, group, now)
    if kept:
        found = looked_at(call, group, kept, now)
        events_of(call.parts).put(
            group, stream, sealed(call, group, kept), now, data=found.data, minutes=found.minutes, waiting=found.waiting
        )
    answer: dict[str, Any] = {"nextSequenceToken": sequence_token(now)}
    return answer | ({"rejectedLogEventsInfo": rejected} if rejected else {})


def _check(events: Sequence[tuple[int, str]]) -> None:
    if len(events) > MOST_EVENTS:
        raise invalid(f"A batch can have no more than {MOST_EVENTS} log events.")
    size = sum(len(message.encode()) + OVERHEAD_BYTES for _, message in events)
    if size > MOST_BYTES:
        raise invalid(f"Upload too large: {size} bytes exceeds limit of {MOST_BYTES}")
    times = [at for at, _ in events]
    if times != sorted(times):
        raise invalid("Log events in a single PutLogEvents request must be in chronological order.")
    if times[-1] - times[0] > LONGEST_SPAN:
        raise invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")


def _accepted(
    events: Sequence[tuple[int, str]], group: LogGroup, now: int
) -> tuple[list[tuple[int, str]], dict[str, int]]:
    """The events that are neither too old nor too new, and where the others are."""
    expired = now - group.retention_days * DAY if group.retention_days else 0
    first = sum(at < max(now - OLDEST, expired) for at, _ in events)
    behind = sum(at <= now + FARTHEST_AHEAD for at, _ in events)
    rejected: dict[str, int] = {}
    if too_old := sum(at < now - OLDEST for at, _ in events):
        rejected["tooOldLogEventEndIndex"] = too_old - 1
    if first > too_old:
        rejected["expiredLogEventEndIndex"] = first - 1
    if behind < len(events):
        rejected["tooNewLogEventStartIndex"] = behind
    return list(events[first:behind]), rejected
