"""Create, delete and list log streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.identifiers import request_id
from garrison.services.logs.naming import find_group, find_stream, invalid, milliseconds, of_group, on_group, on_stream
from garrison.services.logs.paging import page_of
from garrison.services.logs.resource_policies import account_policies
from garrison.services.logs.resources import LogStream
from garrison.services.logs.service import service
from garrison.services.logs.storage import NO_TIMES, StreamTimes, events_of
from garrison.store import AlreadyExists, StartsWith

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.logs.resources import LogGroup


@service.operation(
    "CreateLogStream",
    needs={"logs:CreateLogStream": on_stream},
    context=of_group(),
    resource_policy=account_policies,
)
def create_log_stream(call: Call, request: shapes.CreateLogStreamRequestTypeDef) -> None:
    """A new stream."""
    group = find_group(call, request)
    stream = LogStream(
        account=call.account,
        log_group=group.name,
        name=request["logStreamName"],
        token=request_id(),
        created_at=milliseconds(call),
    )
    try:
        call.unit.add(stream)
    except AlreadyExists:
        raise ApiError("ResourceAlreadyExistsException", "The specified log stream already exists") from None


@service.operation("DeleteLogStream", needs={"logs:DeleteLogStream": on_stream}, context=of_group())
def delete_log_stream(call: Call, request: shapes.DeleteLogStreamRequestTypeDef) -> None:
    """The stream is gone with its events."""
    group = find_group(call, request)
    stream = find_stream(call, group, request["logStreamName"])
    if group.is_protected:
        raise ApiError("ValidationException", "The log group has deletion protection; turn it off first.")
    call.unit.remove(stream)


@service.operation("DescribeLogStreams", needs={"logs:DescribeLogStreams": on_group}, context=of_group())
def describe_log_streams(call: Call, request: shapes.DescribeLogStreamsRequestTypeDef) -> dict[str, Any]:
    """The streams of a group in the order of their names, or of their last events."""
    group = find_group(call, request)
    prefix, by_time = request.get("logStreamNamePrefix"), request.get("orderBy") == "LastEventTime"
    if prefix and by_time:
        raise invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
    streams = streams_of(call, group, prefix)
    times = events_of(call.parts).times(group.token)
    if by_time:
        streams.sort(key=lambda stream: times.get(stream.token, NO_TIMES).last or 0)
    if request.get("descending"):
        streams.reverse()
    return page_of(
        call,
        request,
        "logStreams",
        streams,
        key=lambda stream: stream.name,
        render=lambda stream: _shown(call, stream, times.get(stream.token, NO_TIMES)),
    )


def streams_of(call: Call, group: LogGroup, prefix: str | None = None) -> list[LogStream]:
    """The streams of a group in the order of their names."""
    where: dict[str, Any] = {"log_group": group.name}
    if prefix:
        where["name"] = StartsWith(prefix)
    return list(call.unit.page(LogStream, where=where, account=group.account, region=group.region))


def _shown(call: Call, stream: LogStream, times: StreamTimes) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "logStreamName": stream.name,
        "creationTime": stream.created_at,
        "firstEventTimestamp": events_of(call.parts).first_at(stream.token),
        "lastEventTimestamp": times.last,
        "lastIngestionTime": times.ingested,
        "uploadSequenceToken": sequence_token(times.ingested or stream.created_at),
        "arn": stream.arn,
        "storedBytes": 0,  # AWS counts bytes of groups only since June 2019
    }
    return {member: value for member, value in shown.items() if value is not None}


def sequence_token(at: int) -> str:
    """A token in the old form; nobody needs it any more, and what comes with a request is not looked at."""
    return f"{49_000_000 + at:056d}"
