"""What is to be told of an alarm, kept from the change of state that asks for it until it is told or given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.identifiers import event_id
from garrison.services.cloudwatch.alarm_history import add_item
from garrison.services.cloudwatch.resources import Alarm

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import StateEntry, Unit

TOPICS, SINKS = "cloudwatch-alarm-actions", "cloudwatch-alarm-sinks"
"""The queues: of operational state, by account and region."""
GIVEN_UP_AFTER = timedelta(hours=1)
"""How long a receiver that fails, and does not refuse, is tried."""
_FIRST_REST, _LONGEST_REST = timedelta(seconds=1), timedelta(minutes=1)
_KEPT_FOR = timedelta(days=1)
"""What nobody takes any more, as of a sink that the settings no longer have, is forgotten then."""
_ACTION = "Action"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told to one receiver."""

    alarm: str
    action: str
    """The topic's ARN, or the sink's name."""
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


decode = msgspec.json.Decoder(Notice).decode


def enqueue(unit: Unit, queue: str, notice: Notice, lane: str = "") -> None:
    """Keep what is to be told, in the transaction that makes it so."""
    key = f"{lane}{int(notice.at.timestamp() * 1_000_000):020d}/{event_id()}"
    value = msgspec.json.encode(notice)
    unit.state_put(queue, key, value, expires_at=notice.at + _KEPT_FOR, region=unit.region)


def is_due(place: Workplace, notice: Notice) -> bool:
    """Whether its time has come."""
    return notice.due_at is None or notice.due_at <= place.clock.now()


def postpone(place: Workplace, queue: str, account: str, region: str, entry: StateEntry, notice: Notice) -> None:
    """Try it again later, ever more slowly."""
    rest = min(_FIRST_REST * 2 ** min(notice.failures, 10), _LONGEST_REST)
    now = place.clock.now()
    again = msgspec.structs.replace(notice, failures=notice.failures + 1, due_at=now + rest)
    with place.parts.store.writing(account, region, at=now) as unit:
        unit.state_put(
            queue,
            entry.key,
            msgspec.json.encode(again),
            expires_at=notice.at + _KEPT_FOR,
            expect=entry.version,
            region=region,
        )


def finish(
    place: Workplace,
    queue: str,
    account: str,
    region: str,
    entry: StateEntry,
    notice: Notice,
    *,
    error: str | None,
) -> None:
    """It needs no more trying; what became of it is part of the alarm's history, as long as the alarm is there."""
    now = place.clock.now()
    with place.parts.store.writing(account, region, at=now) as unit:
        unit.state_remove(queue, entry.key, region=region)
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
