"""Change an alarm's state: the state, its history and whom to tell of it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.detect.alarms import ALARM, OK
from garrison.detect.examples import Example
from garrison.errors import ApiError
from garrison.services.cloudwatch.alarm_history import add_item
from garrison.services.cloudwatch.alarm_messages import message_of
from garrison.services.cloudwatch.alarms import announce, not_found, tell_when_done
from garrison.services.cloudwatch.naming import alarms_in
from garrison.services.cloudwatch.notices import SINKS, TOPICS, Notice, enqueue
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.cloudwatch.service import service
from garrison.services.cloudwatch.sinks import Sink, sinks_of

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import SetAlarmStateInputTypeDef

    from garrison.services.call import Call
    from garrison.store import Unit

STATE = "StateUpdate"


def change_state(
    unit: Unit,
    alarm: Alarm,
    state: str,
    reason: str,
    reason_data: str | None,
    at: datetime,
    examples: Sequence[Example] = (),
    sinks: Sequence[Sink] = (),
) -> Alarm:
    """Put an alarm into a state; where it is another than before, that is history, and whoever is to know is to be told."""
    is_other = state != alarm.state
    changed = unit.save(
        msgspec.structs.replace(
            alarm,
            state=state,
            state_reason=reason,
            state_reason_data=reason_data,
            state_updated_at=at,
            state_changed_at=at if is_other else alarm.state_changed_at,
        )
    )
    if not is_other:
        return changed
    data = {"version": "1.0", "oldState": _state(alarm), "newState": _state(changed)}
    add_item(unit, changed, at, STATE, f"Alarm updated from {alarm.state} to {state}", data)
    if changed.actions_enabled:
        _tell(unit, changed, alarm.state, examples, sinks)
    return changed


def _tell(unit: Unit, alarm: Alarm, old_state: str, examples: Sequence[Example], sinks: Sequence[Sink]) -> None:
    """Keep what the topics of the state are to be told, and the operator's sinks of alarms that begin and end."""
    message = message_of(alarm, old_state, examples)

    def notice(action: str) -> Notice:
        return Notice(
            alarm=alarm.name,
            action=action,
            at=alarm.state_changed_at,
            subject=message.subject,
            message=message.document,
            text=message.text,
        )

    for action in alarm.actions[alarm.state]:
        enqueue(unit, TOPICS, notice(action))
    if alarm.state == ALARM or (alarm.state == OK and old_state == ALARM):
        for sink in sinks:
            enqueue(unit, SINKS, notice(sink.name), f"{sink.id}/")


def _state(alarm: Alarm) -> dict[str, Any]:
    shown: dict[str, Any] = {"stateValue": alarm.state, "stateReason": alarm.state_reason}
    if alarm.state_reason_data:
        shown["stateReasonData"] = msgspec.Raw(alarm.state_reason_data.encode())
    return shown


@service.operation("SetAlarmState", needs={"cloudwatch:SetAlarmState": alarms_in("AlarmName")}, prepare=announce)
def set_alarm_state(call: Call, request: SetAlarmStateInputTypeDef) -> None:
    """Put an alarm into a state until it is next evaluated; its actions are carried out as for any change."""
    alarm = call.unit.get(Alarm, request["AlarmName"])
    if alarm is None:
        raise not_found(request["AlarmName"])
    data = request.get("StateReasonData")
    if data:
        try:
            msgspec.json.decode(data)
        except msgspec.DecodeError:
            raise ApiError("InvalidFormat", "StateReasonData was not syntactically valid JSON.") from None
    sinks = sinks_of(call.parts.settings.alarm_sinks)
    change_state(call.unit, alarm, request["StateValue"], request["StateReason"], data or None, call.at, sinks=sinks)
    tell_when_done(call)
