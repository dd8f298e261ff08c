"""Create, change and delete metric alarms, and turn their actions on and off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.detect.alarm_reasons import INITIAL
from garrison.errors import ApiError
from garrison.services.cloudwatch.alarm_history import add_item
from garrison.services.cloudwatch.alarm_settings import alarm_fields
from garrison.services.cloudwatch.alarm_views import alarm_shown
from garrison.services.cloudwatch.naming import alarms_in, metric_data
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.cloudwatch.service import service
from garrison.services.cloudwatch.tags import checked_tags, request_tags, tags_of

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import (
        DeleteAlarmsInputTypeDef,
        DisableAlarmActionsInputTypeDef,
        EnableAlarmActionsInputTypeDef,
        PutMetricAlarmInputTypeDef,
    )

    from garrison.services.call import Call

MOST_ALARMS = 5000
"""Of an account in a region (CloudWatch User Guide, "CloudWatch service quotas")."""
CONFIGURATION = "ConfigurationUpdate"


def announce(call: Call, _request: Any = None) -> None:
    """Let the watch over alarms know that there are some here, before the change that it must not miss."""
    data = metric_data(call.parts)
    if (call.account, call.region) not in data.places():
        data.touch(call.account, call.region)


def tell_when_done(call: Call) -> None:
    """Let the watch look again once the change is committed; where that is lost it looks within a minute all the same."""
    call.after_commit.append(lambda: metric_data(call.parts).touch(call.account, call.region))


def _context(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    actions = [
        *(request.get("OKActions") or ()),
        *(request.get("AlarmActions") or ()),
        *(request.get("InsufficientDataActions") or ()),
    ]
    values = request_tags(request) | tags_of(call.unit.get(Alarm, request["AlarmName"]))
    return values | {"cloudwatch:AlarmActions": actions} if actions else values


def _tagged(call: Call, request: Mapping[str, Any]) -> Iterable[str]:
    return alarms_in("AlarmName")(call, request) if request.get("Tags") else ()


@service.operation(
    "PutMetricAlarm",
    needs={"cloudwatch:PutMetricAlarm": alarms_in("AlarmName"), "cloudwatch:TagResource": _tagged},
    context=_context,
    prepare=announce,
)
def put_metric_alarm(call: Call, request: PutMetricAlarmInputTypeDef) -> None:
    """A new alarm without a state yet, or new settings of one, which keeps its state and its tags."""
    fields = alarm_fields(call, request)
    found = call.unit.get(Alarm, fields["name"])
    if found is None:
        if call.unit.count(Alarm) >= MOST_ALARMS:
            raise ApiError("LimitExceeded", f"You cannot have more than {MOST_ALARMS} alarms in a Region.")
        made = Alarm(
            account=call.account,
            region=call.region,
            tags=checked_tags(request.get("Tags") or ()),
            configured_at=call.at,
            state_reason=INITIAL,
            state_updated_at=call.at,
            state_changed_at=call.at,
            **fields,
        )
        alarm = call.unit.add(made)
    else:
        alarm = call.unit.save(msgspec.structs.replace(found, configured_at=call.at, **fields))
    _record(call, alarm, "created" if found is None else "updated")
    tell_when_done(call)


@service.operation("DeleteAlarms", needs={"cloudwatch:DeleteAlarms": alarms_in("AlarmNames")}, prepare=announce)
def delete_alarms(call: Call, request: DeleteAlarmsInputTypeDef) -> None:
    """Delete up to 100 alarms; those that there are not are passed over, unless one alone was named."""
    names = dict.fromkeys(request["AlarmNames"])
    found = [alarm for name in names if (alarm := call.unit.get(Alarm, name)) is not None]
    if not found and len(names) == 1:
        raise not_found(next(iter(names)))
    for alarm in found:
        call.unit.remove(alarm)
        _record(call, alarm, "deleted")
    tell_when_done(call)


def _switched(to: bool) -> Callable[[Call, Mapping[str, Any]], None]:
    def switch(call: Call, request: Mapping[str, Any]) -> None:
        for name in dict.fromkeys(request["AlarmNames"]):
            alarm = call.unit.get(Alarm, name)
            if alarm is not None and alarm.actions_enabled is not to:
                changed = msgspec.structs.replace(alarm, actions_enabled=to, configured_at=call.at)
                _record(call, call.unit.save(changed), "updated")
        tell_when_done(call)

    return switch


@service.operation(
    "EnableAlarmActions", needs={"cloudwatch:EnableAlarmActions": alarms_in("AlarmNames")}, prepare=announce
)
def enable_alarm_actions(call: Call, request: EnableAlarmActionsInputTypeDef) -> None:
    """Let alarms tell whom they name of the next change of their state; those that there are not are passed over."""
    _switched(True)(call, request)


@service.operation(
    "DisableAlarmActions", needs={"cloudwatch:DisableAlarmActions": alarms_in("AlarmNames")}, prepare=announce
)
def disable_alarm_actions(call: Call, request: DisableAlarmActionsInputTypeDef) -> None:
    """Let alarms change their state and tell nobody."""
    _switched(False)(call, request)


def not_found(name: str) -> ApiError:
    """The error for an alarm that there is not."""
    return ApiError("ResourceNotFound", f"Alarm {name} does not exist.")


def _record(call: Call, alarm: Alarm, what: str) -> None:
    kind = {"created": "Create", "updated": "Update", "deleted": "Delete"}[what]
    data = {"version": "1.0", "type": kind, f"{what}Alarm": alarm_shown(alarm)}
    add_item(call.unit, alarm, call.at, CONFIGURATION, f'Alarm "{alarm.name}" {what}', data)
