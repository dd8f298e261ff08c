"""Take a trail's delivery to one destination further: plan, send, remember, try again.

Everything that decides what is sent is durable before it is sent, and what was sent is remembered before the next: a round that
is killed anywhere is taken up with the same parcels, under the same names.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.state import Kept, Lane, Plan, TrailId, lane_key
from garrison.services.cloudtrail.delivery.timeline import Timeline, Wanted
from garrison.services.cloudtrail.resources import Trail
from garrison.services.pauses import is_resting, pause_after

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import Unit

MOST_PLANNED_BYTES = 64 * 1024 * 1024
"""Of the events of one plan, which are held in memory while it is carried out."""
_SHARE_OF_LIMIT = 0.75
"""Of the time in which an event is to be delivered: when a file is cut, so that there is time left to deliver it."""

_log = get_logger(__name__)

P = TypeVar("P")


class Destination(Protocol[P]):
    """Where events go."""

    name: str
    """Its name in the state's keys."""

    def parcels(self, trail: TrailId, plan: Plan, wanted: Iterable[Wanted]) -> Sequence[P]:
        """What is sent, a call each: the same for the same plan and events."""

    def send(self, place: Workplace, trail: TrailId, parcel: P) -> None:
        """Send a parcel; raises `ApiError`. Where it can, twice the same one is as once."""

    def remember(self, unit: Unit, trail: TrailId, lane: Lane, parcel: P) -> Lane:
        """Keep, with the lane, what follows from a parcel that was sent."""


class _Round(NamedTuple, Generic[P]):
    plan: Plan
    revision: int
    """The version of the trail in force at the plan's end."""
    is_over: bool
    parcels: Sequence[P]


class LaneRunner(Generic[P]):
    """Takes the lanes of one destination further."""

    def __init__(self, place: Workplace, destination: Destination[P]) -> None:
        self._place = place
        self._destination = destination
        self._interval = timedelta(seconds=place.parts.settings.trail_delivery_seconds * _SHARE_OF_LIMIT)

    def run(self, trail: TrailId) -> None:
        """Deliver what is due of a trail; what goes wrong is kept as the lane's error and tried again later."""
        kept = self._read(trail)
        now = self._place.clock.now()
        if kept is None or is_resting(kept.value.retry_at, now):
            return
        if kept.value.plan is None and not self._is_due(kept.value, now):
            return
        found = self._planned(trail, kept.value, now)
        if found is None:
            return
        if not found.parcels:
            self._finish(trail, kept, found)
            return
        if kept.value.plan is None:
            kept = self._save(trail, kept, msgspec.structs.replace(kept.value, plan=found.plan))
        self._carry_out(trail, kept, found)

    def _carry_out(self, trail: TrailId, kept: Kept[Lane], found: _Round[P]) -> None:
        for number in range(found.plan.done, len(found.parcels)):
            parcel = found.parcels[number]
            try:
                self._destination.send(self._place, trail, parcel)
            except ApiError as error:
                self._save(trail, kept, _failed(kept.value, error, self._place.clock.now()))
                _log.warning("trail_not_delivered", trail=trail.arn, to=self._destination.name, cause=error.code)
                return
            kept = self._remember(trail, kept, found, number)
        self._finish(trail, kept, found)

    def _read(self, trail: TrailId) -> Kept[Lane] | None:
        with self._place.parts.store.reading(trail.account, trail.home_region) as unit:
            return state.get(unit, Lane, lane_key(self._destination.name, trail))

    def _is_due(self, lane: Lane, now: datetime) -> bool:
        if lane.position is not None and self._place.journal.last_position() <= lane.position:
            return False
        return lane.cut_at is None or not lane.cut_at <= now < lane.cut_at + self._interval

    def _planned(self, trail: TrailId, lane: Lane, now: datetime) -> _Round[P] | None:
        """The plan under way, or a new one, with its parcels; None where the journal has nothing new."""
        journal = self._place.journal
        start = lane.position
        if start is None:
            start = journal.position_at(lane.since - timedelta(seconds=1))
        end = lane.plan.upto if lane.plan is not None else journal.last_position()
        if end <= start and lane.plan is None:
            return None
        first = journal.first_position()
        if first > start + 1:
            _log.error("trail_events_lost", trail=trail.arn, after=start, before=first)
            start = first - 1
        timeline = Timeline(self._place.parts.store, trail, lane.revision, self._place.parts.settings.region)
        wanted, size = [], 0
        for each in timeline.wanted(journal, start, end):
            wanted.append(each)
            size += len(each.entry.payload)
            if size > MOST_PLANNED_BYTES and lane.plan is None:
                end = each.entry.position
                break
        plan = lane.plan or Plan(upto=end, cut_at=now, seed=secrets.token_urlsafe(24))
        return _Round(plan, timeline.revision, timeline.is_over, self._destination.parcels(trail, plan, wanted))

    def _remember(self, trail: TrailId, kept: Kept[Lane], found: _Round[P], number: int) -> Kept[Lane]:
        with self._place.parts.store.writing(trail.account, trail.home_region) as unit:
            lane = msgspec.structs.replace(
                kept.value,
                plan=msgspec.structs.replace(found.plan, done=number + 1),
                failures=0,
                retry_at=None,
                error=None,
                delivered_at=unit.at,
                attempted_at=unit.at,
            )
            lane = self._destination.remember(unit, trail, lane, found.parcels[number])
            return Kept(kept.key, lane, state.put(unit, kept.key, lane, kept.version))

    def _finish(self, trail: TrailId, kept: Kept[Lane], found: _Round[P]) -> None:
        lane = msgspec.structs.replace(
            kept.value, plan=None, position=found.plan.upto, revision=found.revision, cut_at=found.plan.cut_at
        )
        with self._place.parts.store.writing(trail.account, trail.home_region) as unit:
            is_gone = found.is_over and unit.get(Trail, trail.home_region, trail.name) is None
            if is_gone and not lane.notices:
                state.remove(unit, kept.key)
            else:
                state.put(unit, kept.key, lane, kept.version)

    def _save(self, trail: TrailId, kept: Kept[Lane], lane: Lane) -> Kept[Lane]:
        with self._place.parts.store.writing(trail.account, trail.home_region) as unit:
            return Kept(kept.key, lane, state.put(unit, kept.key, lane, kept.version))


def _failed(lane: Lane, error: ApiError, now: datetime) -> Lane:
    failures = lane.failures + 1
    return msgspec.structs.replace(
        lane, failures=failures, retry_at=now + pause_after(failures), error=error.code, attempted_at=now
    )
