"""Make, change, start, stop and delete the configuration recorder: one of its owner's in each region.

Source: AWS Config API reference, "PutConfigurationRecorder", "RecordingGroup", "RecordingMode".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.config.recorder.finding import channel_of, find_recorder, on_recorder, recorder_of
from garrison.services.config.recorder.known_types import check_own_type
from garrison.services.config.recorder.resources import (
    CONTINUOUS,
    ConfigurationRecorder,
    Frequency,
    RecordingGroup,
    recorder_arn,
)
from garrison.services.config.recorder.standing import Standing, put_standing
from garrison.services.config.rules.naming import new_id
from garrison.services.config.service import PRINCIPAL, service
from garrison.services.config.tags import checked_tags, request_tags, taggable

if TYPE_CHECKING:
    from types_boto3_config import type_defs as shapes

    from garrison.services.call import Call

taggable("configuration-recorder", ConfigurationRecorder)

DEFAULT_NAME = "default"
RESERVED = "AWSConfigurationRecorderFor"
"""How the names of recorders begin that AWS services make for themselves."""
_UNBUILT = ("recordingScope", "servicePrincipal", "connectorArn", "scopeConfiguration", "arn")


def _named(call: Call, request: Mapping[str, Any]) -> str:
    found = call.unit.get(ConfigurationRecorder, request["ConfigurationRecorder"].get("name") or DEFAULT_NAME)
    return found.arn if found is not None else recorder_arn(call.region, call.account, "*")


def _role(call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    role = request["ConfigurationRecorder"].get("roleARN")
    return (role,) if role else ()


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    return request_tags(request) | {"iam:PassedToService": PRINCIPAL}


@service.operation(
    "PutConfigurationRecorder",
    needs={"config:PutConfigurationRecorder": _named, "iam:PassRole": _role},
    context=_context,
)
def put_configuration_recorder(call: Call, request: shapes.PutConfigurationRecorderRequestTypeDef) -> None:
    """A new recorder, which does not record yet, or the one that there is with other settings."""
    asked: Mapping[str, Any] = request["ConfigurationRecorder"]
    name = asked.get("name") or DEFAULT_NAME
    if name.startswith(RESERVED):
        raise ApiError(
            "InvalidConfigurationRecorderNameException", f"The configuration recorder name '{name}' is not valid."
        )
    for member in _UNBUILT:
        if asked.get(member) not in (None, "PAID"):
            raise ApiError(
                "ValidationException", f"{member} belongs to recorders of services, which are not supported."
            )
    role = parse_arn(asked.get("roleARN") or "")
    if role is None or role.service != "iam" or not role.resource.startswith("role/") or role.account != call.account:
        raise ApiError("InvalidRoleException", "You must provide the ARN of a role of this account.")
    present = recorder_of(call.unit)
    if present is not None and present.name != name:
        raise ApiError(
            "MaxNumberOfConfigurationRecordersExceededException",
            f"Failed to put configuration recorder '{name}' because the maximum number of configuration recorders: 1 is reached.",
        )
    settings = {"role_arn": asked["roleARN"], "group": _group(asked), "frequency": _frequency(asked)}
    if present is not None:
        call.unit.save(replace(present, **settings))
        return
    call.unit.add(
        ConfigurationRecorder(
            account=call.account,
            region=call.region,
            name=name,
            arn_id=new_id("", 16).removeprefix("-"),
            tags=checked_tags(request.get("Tags") or ()),
            **settings,
        )
    )
    put_standing(call.unit, call.region, Standing())


def _group(asked: Mapping[str, Any]) -> RecordingGroup:
    """The recording group; raises InvalidRecordingGroupException for what contradicts itself."""
    group: Mapping[str, Any] = asked.get("recordingGroup") or {}
    types = tuple(group.get("resourceTypes") or ())
    excluded = tuple((group.get("exclusionByResourceTypes") or {}).get("resourceTypes") or ())
    for resource_type in (*types, *excluded):
        check_own_type(resource_type)
    is_all = group.get("allSupported", not types and not excluded)
    takes_global = bool(group.get("includeGlobalResourceTypes", False))
    if (problem := _contradiction(is_all, types, excluded, takes_global)) is not None:
        raise ApiError("InvalidRecordingGroupException", problem)
    made = RecordingGroup(all_supported=is_all, includes_global_types=takes_global, types=types, excluded=excluded)
    strategy = (group.get("recordingStrategy") or {}).get("useOnly")
    if strategy is not None and strategy != made.strategy:
        raise ApiError(
            "InvalidRecordingGroupException", f"The recording strategy {strategy} does not go with the recording group."
        )
    return made


def _contradiction(is_all: bool, types: tuple[str, ...], excluded: tuple[str, ...], takes_global: bool) -> str | None:
    if is_all and types:
        return "You cannot specify resourceTypes when allSupported is true."
    if excluded and (is_all or types):
        return "exclusionByResourceTypes goes neither with allSupported nor with resourceTypes."
    if not is_all and not types and not excluded:
        return "The recording group must name resource types, or support all."
    if takes_global and not is_all:
        return "includeGlobalResourceTypes can be true only when allSupported is true."
    return None


def _frequency(asked: Mapping[str, Any]) -> Frequency:
    mode: Mapping[str, Any] = asked.get("recordingMode") or {"recordingFrequency": CONTINUOUS}
    override: Mapping[str, Any] = next(iter(mode.get("recordingModeOverrides") or ()), {})
    for resource_type in override.get("resourceTypes") or ():
        check_own_type(resource_type)
    if override and not override["resourceTypes"]:
        raise ApiError("ValidationException", "A recording mode override must name resource types.")
    return Frequency(
        of_all=mode["recordingFrequency"],
        of_some=override.get("recordingFrequency"),
        types=tuple(override.get("resourceTypes") or ()),
        description=override.get("description"),
    )


@service.operation("StartConfigurationRecorder", needs={"config:StartConfigurationRecorder": on_recorder})
def start_configuration_recorder(call: Call, request: shapes.StartConfigurationRecorderRequestTypeDef) -> None:
    """Resources are recorded from now on."""
    recorder = find_recorder(call.unit, request["ConfigurationRecorderName"])
    if channel_of(call.unit) is None:
        raise ApiError(
            "NoAvailableDeliveryChannelException", "Delivery channel is not available to start configuration recorder."
        )
    if not recorder.is_recording:
        call.unit.save(replace(recorder, is_recording=True, started_at=call.at))


@service.operation("StopConfigurationRecorder", needs={"config:StopConfigurationRecorder": on_recorder})
def stop_configuration_recorder(call: Call, request: shapes.StopConfigurationRecorderRequestTypeDef) -> None:
    """Nothing is recorded any more; what was stays."""
    recorder = find_recorder(call.unit, request["ConfigurationRecorderName"])
    if recorder.is_recording:
        call.unit.save(replace(recorder, is_recording=False, stopped_at=call.at))


@service.operation("DeleteConfigurationRecorder", needs={"config:DeleteConfigurationRecorder": on_recorder})
def delete_configuration_recorder(call: Call, request: shapes.DeleteConfigurationRecorderRequestTypeDef) -> None:
    """The recorder is gone; what it has recorded stays."""
    call.unit.remove(find_recorder(call.unit, request["ConfigurationRecorderName"]))
