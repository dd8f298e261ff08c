"""Tell the operator's sinks of alarms, each in a thread of its own while something waits for it: one that hangs holds up no other."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.logs import get_logger
from garrison.outgoing import OutgoingFailure, Unreachable
from garrison.services.background import Workplace
from garrison.services.cloudwatch.naming import metric_data
from garrison.services.cloudwatch.notices import GIVEN_UP_AFTER, SINKS, Notice, decode, finish, is_due, postpone
from garrison.services.cloudwatch.service import service
from garrison.services.cloudwatch.sinks import Sink, send, sinks_of
from garrison.store import Conflict

if TYPE_CHECKING:
    from garrison.store import StateEntry

_BATCH = 50

_log = get_logger(__name__)


@service.task("alarm-sinks", every=timedelta(seconds=0.5))
def tell_sinks(place: Workplace) -> None:
    """Begin to tell those for whom something waits and who are not being told already."""
    sinks = sinks_of(place.parts.settings.alarm_sinks)
    if not sinks:
        return
    busy = _busy(place.home)
    for sink in sinks:
        if busy.begin(sink.id):
            threading.Thread(target=_tell, args=(place, sink, busy), name=f"sink-{sink.form}", daemon=True).start()


class _Busy:
    """The sinks that are being told."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: set[str] = set()

    def begin(self, sink: str) -> bool:
        """Whether it was not being told yet."""
        with self._lock:
            if sink in self._ids:
                return False
            self._ids.add(sink)
            return True

    def end(self, sink: str) -> None:
        """It is told all that was due."""
        with self._lock:
            self._ids.discard(sink)


@lru_cache(maxsize=4)
def _busy(_home: Path) -> _Busy:
    return _Busy()


def _tell(place: Workplace, sink: Sink, busy: _Busy) -> None:
    try:
        for account, region in metric_data(place.parts).places():
            with place.parts.store.reading(account, region) as unit:
                waiting = unit.state_page(SINKS, f"{sink.id}/", limit=_BATCH, region=region)
            for entry in waiting:
                notice = decode(entry.value)
                if not is_due(place, notice) or not _tell_one(place, account, region, sink, entry, notice):
                    break  # in order, so that a receiver ends with the state that is
    except Conflict:
        pass
    except Exception:
        _log.exception("sink_failed", sink=sink.name)
    finally:
        busy.end(sink.id)


def _tell_one(place: Workplace, account: str, region: str, sink: Sink, entry: StateEntry, notice: Notice) -> bool:
    """Whether the next may be told."""
    try:
        send(sink, notice)
    except Unreachable as failure:
        if place.clock.now() - notice.at < GIVEN_UP_AFTER:
            postpone(place, SINKS, account, region, entry, notice)
            return False
        _give_up(place, account, region, sink, entry, notice, str(failure))
    except OutgoingFailure as failure:
        _give_up(place, account, region, sink, entry, notice, str(failure))
    else:
        finish(place, SINKS, account, region, entry, notice, error=None)
    return True


def _give_up(
    place: Workplace, account: str, region: str, sink: Sink, entry: StateEntry, notice: Notice, cause: str
) -> None:
    _log.warning("sink_refused", sink=sink.name, alarm=notice.alarm, cause=cause)
    finish(place, SINKS, account, region, entry, notice, error=cause)
