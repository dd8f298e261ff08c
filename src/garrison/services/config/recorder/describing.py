"""Show recorders, and how they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.config.recorder.finding import find_recorder, no_such_recorder, on_recorders, recorder_of
from garrison.services.config.recorder.resources import ConfigurationRecorder
from garrison.services.config.recorder.standing import standing_of
from garrison.services.config.service import service

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
_SCOPE = "PAID"
"""The scope of recorders of one's own."""


def _asked(call: Call, request: Mapping[str, Any]) -> list[ConfigurationRecorder]:
    """The recorders that a request names; all where it names none."""
    names, arn = request.get("ConfigurationRecorderNames"), request.get("Arn")
    if arn is not None and names:
        raise ApiError("ValidationException", "Give names or an ARN, not both.")
    if request.get("ServicePrincipal"):
        raise no_such_recorder(request["ServicePrincipal"])
    if names:
        return [find_recorder(call.unit, name) for name in names]
    found = recorder_of(call.unit)
    if arn is not None and (found is None or found.arn != arn):
        raise no_such_recorder(arn)
    return [found] if found is not None else []


@service.operation("DescribeConfigurationRecorders", needs={"config:DescribeConfigurationRecorders": on_recorders})
def describe_configuration_recorders(
    call: Call, request: shapes.DescribeConfigurationRecordersRequestTypeDef
) -> Answer:
    """The recorders' settings."""
    return {"ConfigurationRecorders": [shown(one) for one in _asked(call, request)]}


@service.operation(
    "DescribeConfigurationRecorderStatus", needs={"config:DescribeConfigurationRecorderStatus": on_recorders}
)
def describe_configuration_recorder_status(
    call: Call, request: shapes.DescribeConfigurationRecorderStatusRequestTypeDef
) -> Answer:
    """How the recorders stand."""
    return {"ConfigurationRecordersStatus": [_status(call, one) for one in _asked(call, request)]}


@service.operation("ListConfigurationRecorders", needs={"config:ListConfigurationRecorders": "*"})
def list_configuration_recorders(call: Call, request: shapes.ListConfigurationRecordersRequestTypeDef) -> Answer:
    """The recorders in short: there is one at most, so it is one page."""
    found = recorder_of(call.unit)
    for wanted in request.get("Filters") or ():
        if _SCOPE not in (wanted.get("filterValue") or ()):
            found = None
    if found is None:
        return {"ConfigurationRecorderSummaries": []}
    return {"ConfigurationRecorderSummaries": [{"arn": found.arn, "name": found.name, "recordingScope": _SCOPE}]}


def shown(recorder: ConfigurationRecorder) -> Answer:
    """A recorder as the API shows it."""
    group, frequency = recorder.group, recorder.frequency
    mode: Answer = {"recordingFrequency": frequency.of_all, "recordingModeOverrides": []}
    if frequency.of_some is not None:
        override: Answer = {"resourceTypes": list(frequency.types), "recordingFrequency": frequency.of_some}
        if frequency.description:
            override["description"] = frequency.description
        mode["recordingModeOverrides"] = [override]
    return {
        "arn": recorder.arn,
        "name": recorder.name,
        "roleARN": recorder.role_arn,
        "recordingGroup": {
            "allSupported": group.all_supported,
            "includeGlobalResourceTypes": group.includes_global_types,
            "resourceTypes": list(group.types),
            "exclusionByResourceTypes": {"resourceTypes": list(group.excluded)},
            "recordingStrategy": {"useOnly": group.strategy},
        },
        "recordingMode": mode,
        "recordingScope": _SCOPE,
    }


def _status(call: Call, recorder: ConfigurationRecorder) -> Answer:
    standing = standing_of(call.unit, recorder.region)
    made: Answer = {
        "arn": recorder.arn,
        "name": recorder.name,
        "recording": recorder.is_recording,
        "lastStatus": standing.status,
        "lastStartTime": recorder.started_at,
        "lastStopTime": recorder.stopped_at,
        "lastStatusChangeTime": standing.changed_at,
        "lastErrorCode": standing.error,
        "lastErrorMessage": standing.message,
    }
    return {name: value for name, value in made.items() if value is not None}
