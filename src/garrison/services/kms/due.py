"""What comes due of keys by the clock: deletion, rotation, expiry. Noted by time with the change that asks for it, and done by a task.

A note is a hint: what it is about says for itself whether it is due, so that nobody has to take notes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from garrison.errors import ApiError
from garrison.identifiers import event_id
from garrison.logs import get_logger
from garrison.services.kms.resources import Key
from garrison.services.kms.service import service
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts
    from garrison.store import Unit

_NAMESPACE = "kms-due"
_TIME = "%Y%m%dT%H%M%S.%f"
_MOST = 100
"""Notes of an account that are looked at in one round."""
_PAUSE = timedelta(minutes=1)
"""After what could not be done: a key store is away."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that comes due of a key."""

    kind: str
    """`delete`, `rotate`, `expire`."""
    account: str
    region: str
    key_id: str
    number: int = 0
    """Of the material that it is about."""


@dataclass(frozen=True, slots=True)
class Work:
    """A due thing under way."""

    parts: Parts
    due: Due
    key: Key
    at: datetime


Finish = Callable[["Unit", str], "bytes | None"]
"""Makes the change in a transaction, under the id of its event; gives the event, or None where nothing is due any more."""
Start = Callable[[Work], "Finish | None"]
"""Does what must not be in a transaction; None where nothing is due any more."""

_kinds: dict[str, Start] = {}


def comes_due(kind: str) -> Callable[[Start], Start]:
    """Register what is done when this kind of thing is due."""

    def register(start: Start) -> Start:
        _kinds[kind] = start
        return start

    return register


def note_due(unit: Unit, kind: str, key: Key, at: datetime, number: int = 0) -> None:
    """Note in a transaction what comes due of a key, and when."""
    unit.state_put(_NAMESPACE, _place(at, Due(kind, key.account, key.region, key.id, number)), b"")


@service.task("due", every=timedelta(seconds=1))
def do_due(place: Workplace) -> None:
    """Do what is due in every account, the oldest first."""
    now = place.clock.now()
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, place.parts.settings.region) as unit:
            notes = [entry.key for entry in unit.state_page(_NAMESPACE, limit=_MOST)]
        for note in notes:
            if _time_of(note) > now:
                break
            _do(place.parts, account, note, now)


def _do(parts: Parts, account: str, note: str, now: datetime) -> None:
    due = _due_of(note, account)
    with parts.store.reading(account, due.region) as unit:
        key = unit.get(Key, due.key_id)
    finish, postponed = None, False
    try:
        finish = _kinds[due.kind](Work(parts, due, key, now)) if key is not None else None
    except ApiError as error:
        _log.warning("kms_due_work_failed", work=due.kind, key=due.key_id, cause=error.message)
        postponed = True
    made_by = event_id()
    with parts.store.writing(account, due.region, event_id=made_by, at=now) as unit:
        unit.state_remove(_NAMESPACE, note)
        if postponed:
            unit.state_put(_NAMESPACE, _place(now + _PAUSE, due), b"")
        event = finish(unit, made_by) if finish is not None else None
        if event is not None:
            unit.append_event(made_by, event)


def _place(at: datetime, due: Due) -> str:
    return f"{at.astimezone(UTC).strftime(_TIME)}/{due.kind}/{due.region}/{due.key_id}/{due.number}"


def _time_of(note: str) -> datetime:
    return datetime.strptime(note.partition("/")[0], _TIME).replace(tzinfo=UTC)


def _due_of(note: str, account: str) -> Due:
    _, kind, region, key_id, number = note.split("/")
    return Due(kind, account, region, key_id, int(number))
