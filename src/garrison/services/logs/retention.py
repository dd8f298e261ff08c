"""Remove events that nobody can see any more, and keep the file below its ceiling."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.logs import get_logger
from garrison.services.logs.put_events import DAY
from garrison.services.logs.resources import LogGroup, LogStream
from garrison.services.logs.service import service
from garrison.services.logs.storage import EventFile, events_of, tidying

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_log = get_logger(__name__)


@service.task("retention", every=timedelta(seconds=5))
def keep_retention(place: Workplace) -> None:
    """Remove what expired, what belongs to nothing any more, and what is too much."""
    file = events_of(place.parts)
    if not file.connections.exists:
        return
    for owner in tidying.groups(file.connections):
        _tidy(place, file, owner)
    ceiling = place.parts.settings.log_ceiling_bytes
    if removed := tidying.keep_below(file.connections, ceiling):
        _log.warning("log_events_beyond_the_ceiling", events=removed, ceiling=ceiling)
    tidying.give_back(file.connections)


def _tidy(place: Workplace, file: EventFile, owner: tidying.Owner) -> None:
    streams = tidying.streams(file.connections, owner.number)  # before the store is asked: a new one is there first
    with place.parts.store.reading(owner.account, owner.region) as unit:
        group = unit.get(LogGroup, owner.name)
        kept = {stream.token for stream in unit.page(LogStream, where={"log_group": owner.name})}
    if group is None or group.token != owner.token:
        tidying.drop_group(file.connections, owner.number)
        return
    for token, number in streams.items():
        if token not in kept:
            tidying.drop_stream(file.connections, number)
    if group.retention_days is not None:
        now = int(place.clock.now().timestamp() * 1000)
        tidying.expire(file.connections, owner.number, now - group.retention_days * DAY)
