"""Find the log group and stream that a request means, and name them for the policies.

The policies are asked about `…:log-group:NAME:log-stream:NAME`, where a call is about the group with nothing at the end: what
AWS asks of them, and why its own policies end in `:*` (CloudWatch Logs User Guide, "Overview of managing access permissions",
"CloudWatch Logs resources and operations").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import Arn, parse_arn
from garrison.errors import ApiError
from garrison.services.logs.resources import LogGroup, LogStream, log_group_arn

if TYPE_CHECKING:
    from garrison.services.call import Call

_KIND = "log-group:"


def invalid(message: str) -> ApiError:
    """The error of a parameter that is wrong."""
    return ApiError("InvalidParameterException", message)


def missing(what: str) -> ApiError:
    """The error of a group, stream, filter or policy that is not there."""
    return ApiError("ResourceNotFoundException", f"The specified {what} does not exist.")


def group_arn(call: Call, request: Mapping[str, Any]) -> str:
    """The ARN of the group that a request names by `logGroupName` or `logGroupIdentifier`."""
    name, identifier = request.get("logGroupName"), request.get("logGroupIdentifier")
    if name and identifier:
        raise invalid("LogGroupName and LogGroupIdentifier cannot both be given.")
    if not name and not identifier:
        raise invalid("Either LogGroupName or LogGroupIdentifier must be given.")
    return arn_of_identifier(call, name or identifier or "")


def arn_of_identifier(call: Call, identifier: str) -> str:
    """The ARN of a group by its name or ARN."""
    if not identifier.startswith("arn:"):
        return log_group_arn(call.region, call.account, identifier)
    return str(_group_arn(identifier))


def _group_arn(text: str) -> Arn:
    arn = parse_arn(text)
    if arn is None or arn.service != "logs" or not arn.resource.removeprefix(_KIND) or ":" in arn.resource[10:]:
        raise invalid(f"{text} is not the ARN of a log group.")
    if not arn.resource.startswith(_KIND):
        raise invalid(f"{text} is not the ARN of a log group.")
    return arn


def on_group(call: Call, request: Mapping[str, Any]) -> str:
    """What the policies are asked about for a call on a group."""
    return f"{group_arn(call, request)}:log-stream:"


def on_stream(call: Call, request: Mapping[str, Any]) -> str:
    """What the policies are asked about for a call on a stream."""
    return f"{group_arn(call, request)}:log-stream:{request['logStreamName']}"


def group_of_arn(call: Call, text: str) -> LogGroup:
    """The group of an ARN; ResourceNotFoundException where there is none."""
    arn = _group_arn(text)
    name = arn.resource.removeprefix(_KIND)
    group = call.unit.get(LogGroup, name, account=arn.account, region=arn.region)
    if group is None:
        raise missing("log group")
    return group


def find_group(call: Call, request: Mapping[str, Any]) -> LogGroup:
    """The group that a request names; ResourceNotFoundException where there is none."""
    return group_of_arn(call, group_arn(call, request))


def find_stream(call: Call, group: LogGroup, name: str) -> LogStream:
    """A stream of a group; ResourceNotFoundException where there is none."""
    stream = call.unit.get(LogStream, group.name, name, account=group.account, region=group.region)
    if stream is None:
        raise missing("log stream")
    return stream


def of_group(
    arn: Callable[[Call, Mapping[str, Any]], str] = group_arn,
) -> Callable[[Call, Mapping[str, Any]], dict[str, Any]]:
    """Gives the condition values of the group that a request names: its tags."""

    def values(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
        found = _group_arn(arn(call, request))
        name = found.resource.removeprefix(_KIND)
        group = call.unit.get(LogGroup, name, account=found.account, region=found.region)
        return {f"aws:ResourceTag/{key}": value for key, value in (group.tags if group else {}).items()}

    return values


def milliseconds(call: Call) -> int:
    """The time of a call as the API writes times."""
    return int(call.at.timestamp() * 1000)
