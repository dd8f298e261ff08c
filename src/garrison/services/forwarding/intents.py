"""Intents: what is about to be sent to an upstream, written down before, so that a crash in between is told and not lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from garrison.errors import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from garrison.services.call import Call
    from garrison.store import Store

NAMESPACE = "forwarding-intents"
GIVEN_UP_AFTER = timedelta(minutes=5)
"""Longer than any call may take: whoever wrote an intent so old is no more."""
UNKNOWN = ApiError(
    "OutcomeUnknown", "Garrison stopped before the upstream's answer came: whether it was carried out is not known."
)


class _Intent(msgspec.Struct, frozen=True):
    at: int
    """Seconds since 1970."""
    record: bytes
    """The event, should nothing more be heard."""


def write_intent(call: Call) -> None:
    """Make durable what the call is about to do elsewhere."""
    assert call.record_with is not None
    intent = _Intent(int(call.at.timestamp()), call.record_with(UNKNOWN))
    with call.parts.store.writing(call.account, call.region, at=call.at) as unit:
        unit.state_put(NAMESPACE, call.event_id, msgspec.msgpack.encode(intent))


def end_intent(call: Call) -> None:
    """Forget an intent, in the transaction that keeps the event of its outcome."""
    call.unit.state_remove(NAMESPACE, call.event_id)


def tell_unknown_outcomes(store: Store, account: str, now: datetime) -> int:
    """Make events of the intents that nobody will end any more; gives how many there were."""
    with store.reading(account, "global") as unit:
        rows = unit.state_page(NAMESPACE)
    told = 0
    for row in rows:
        intent = msgspec.msgpack.decode(row.value, type=_Intent)
        if now.timestamp() - intent.at < GIVEN_UP_AFTER.total_seconds():
            continue
        with store.writing(account, "global", at=now) as unit:
            if unit.state_get(NAMESPACE, row.key) is not None:
                unit.state_remove(NAMESPACE, row.key)
                unit.append_event(row.key, intent.record)
                told += 1
    return told
