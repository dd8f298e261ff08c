"""Carry out the actions of alarms: each is kept with the change of state that asks for it, and published to its topic once.

The publishing itself and the mark that it was done are one transaction of SNS's (`once`), so that neither a crash before it loses
a message nor one after it makes two.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.identifiers import event_id
from garrison.logs import get_logger
from garrison.services.background import Workplace
from garrison.services.cloudwatch.alarm_history import add_item
from garrison.services.cloudwatch.naming import metric_data
from garrison.services.cloudwatch.resources import Alarm, alarm_arn
from garrison.services.cloudwatch.service import service
from garrison.services.inside import call_as_service

if TYPE_CHECKING:
    from garrison.store import StateEntry, Unit

PRINCIPAL = "cloudwatch.amazonaws.com"
_NAMESPACE = "cloudwatch-alarm-actions"
_ACTION = "Action"
_GIVEN_UP_AFTER = timedelta(hours=1)
"""How long a topic that fails, and does not refuse, is tried."""
_FIRST_REST, _LONGEST_REST = timedelta(seconds=1), timedelta(minutes=1)
_PASSING_STATUS = (429, 500)
"""Refusals with this status, or from this one on, may pass."""
_BATCH = 200

_log = get_logger(__name__)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told to one topic."""

    alarm: str
    action: str
    """The topic's ARN."""
    at: datetime
    """When the state changed."""
    subject: str
    message: str
    """For machines, JSON."""
    text: str
    """For people."""
    failures: int = 0
    due_at: datetime | None = None
    """When it is tried again; None where it was not tried yet."""


_decode = msgspec.json.Decoder(Notice).decode


def enqueue(unit: Unit, notice: Notice) -> None:
    """Keep what is to be told, in the transaction that makes it so."""
    key = f"{int(notice.at.timestamp() * 1_000_000):020d}/{event_id()}"
    unit.state_put(_NAMESPACE, key, msgspec.json.encode(notice), region=unit.region)


@service.task("alarm-actions", every=timedelta(seconds=0.5))
def carry_out(place: Workplace) -> None:
    """Publish what waits and is due, the oldest first."""
    for account, region in metric_data(place.parts).places():
        with place.parts.store.reading(account, region) as unit:
            waiting = unit.state_page(_NAMESPACE, limit=_BATCH, region=region)
        for entry in waiting:
            notice = _decode(entry.value)
            if notice.due_at is None or notice.due_at <= place.clock.now():
                _publish(place, account, region, entry, notice)


def _publish(place: Workplace, account: str, region: str, entry: StateEntry, notice: Notice) -> None:
    try:
        _call(place, account, region, entry, notice)
    except ApiError as error:
        now = place.clock.now()
        may_pass = error.status is not None and (
            error.status == _PASSING_STATUS[0] or error.status >= _PASSING_STATUS[1]
        )
        if may_pass and now - notice.at < _GIVEN_UP_AFTER:
            _postpone(place, account, region, entry, notice)
            return
        _log.warning(
            "alarm_action_failed", alarm=notice.alarm, action=notice.action, cause=f"{error.code}: {error.message}"
        )
        _finish(place, account, region, entry, notice, error=f"{error.code}: {error.message}")
        return
    _finish(place, account, region, entry, notice, error=None)


def _call(place: Workplace, account: str, region: str, entry: StateEntry, notice: Notice) -> None:
    topic = parse_arn(notice.action)
    call_as_service(
        place.parts,
        PRINCIPAL,
        account,
        topic.region if topic is not None else region,
        "sns",
        "Publish",
        {
            "TopicArn": notice.action,
            "Subject": notice.subject,
            "MessageStructure": "json",
            "Message": codec.encode({"default": notice.message, "email": notice.text}).decode(),
        },
        source_arn=alarm_arn(region, account, notice.alarm),
        once=f"{_NAMESPACE}/{entry.key}",
    )


def _postpone(place: Workplace, account: str, region: str, entry: StateEntry, notice: Notice) -> None:
    rest = min(_FIRST_REST * 2 ** min(notice.failures, 10), _LONGEST_REST)
    again = msgspec.structs.replace(notice, failures=notice.failures + 1, due_at=place.clock.now() + rest)
    with place.parts.store.writing(account, region, at=place.clock.now()) as unit:
        unit.state_put(_NAMESPACE, entry.key, msgspec.json.encode(again), expect=entry.version, region=region)


def _finish(
    place: Workplace, account: str, region: str, entry: StateEntry, notice: Notice, *, error: str | None
) -> None:
    """It needs no more trying; what became of it is part of the alarm's history, as long as the alarm is there."""
    now = place.clock.now()
    with place.parts.store.writing(account, region, at=now) as unit:
        unit.state_remove(_NAMESPACE, entry.key, region=region)
        alarm = unit.get(Alarm, notice.alarm)
        if alarm is not None:
            summary = f"{'Successfully executed' if error is None else 'Failed to execute'} action {notice.action}"
            add_item(unit, alarm, now, _ACTION, summary, _outcome(notice, error))


def _outcome(notice: Notice, error: str | None) -> dict[str, Any]:
    return {
        "actionState": "Succeeded" if error is None else "Failed",
        "stateUpdateTimestamp": int(notice.at.astimezone(UTC).timestamp() * 1000),
        "notificationResource": notice.action,
        "subject": notice.subject,
        "error": error,
    }
