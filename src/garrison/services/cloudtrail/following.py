"""Events of other accounts' log files that are followed live: to the log groups where they raise alarms.

They go where the account's own events go: to the log group of each trail that delivers to one, in a stream of their own, if the trail
would have recorded them. Events of an account that is kept here go to its own trails, all others to those of this server's account.
A log event's time is when it is handed over, so that alarms look at what came together; the message has the time of the call.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.state import LOGS, TrailId
from garrison.services.cloudtrail.delivery.to_logs import Batch, ToLogs, batches, stream_name
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudtrail.service import service
from garrison.services.organizations.members import accounts_here
from garrison.services.pauses import is_resting, pause_after
from garrison.trails import TrailEvent, compile_selection, read_event

if TYPE_CHECKING:
    from garrison.lake.followed import Followed, Portion
    from garrison.services.background import Workplace

_log = get_logger(__name__)
_NEVER_FAILED: tuple[int, datetime | None] = 0, None
_failed: dict[TrailId, tuple[int, datetime | None]] = {}
"""How often a trail failed in a row, and when it is tried again."""
service.keeps("cloudtrail/followed.db")


class _Event(NamedTuple):
    account: str
    """Of whose trails it is a matter."""
    event: TrailEvent
    record: bytes


@service.task("followed-events", every=timedelta(seconds=1))
def hand_over(place: Workplace) -> None:
    """Take in the fresh events of files that are in the lake by now, and put them into log groups."""
    from garrison.lake import live
    from garrison.lake.followed import DETECTIONS, INVENTORY, take_in
    from garrison.lake.place import place_of

    waiting = live.waiting(place_of(place.parts.settings))
    stream = followed_of(place, make=bool(waiting))
    if stream is None:
        return
    trails = _trails(place)
    consumers = [*map(_consumer, trails), DETECTIONS]
    if place.parts.settings.collected_accounts:
        consumers.append(INVENTORY)
    stream.register(consumers)
    if waiting:
        take_in(stream, place_of(place.parts.settings, place.node), waiting, place.clock.now())
    for trail in trails:
        if not is_resting(_failed.get(trail, _NEVER_FAILED)[1], place.clock.now()):
            _deliver(place, stream, trail)
    stream.tidy(consumers, place.clock.now())


def followed_of(place: Workplace, *, make: bool = False) -> Followed | None:
    """The stream of followed events; None where nothing was ever followed."""
    from garrison.lake.followed import FOLLOWED_FILE

    if not make and not (place.home / FOLLOWED_FILE).exists():
        return None
    return _stream(place.home, not place.parts.settings.ephemeral)


def watcher_of(place: Workplace, account: str, here: list[str]) -> str:
    """The account whose alarms and detections an event of an account concerns: its own where that is kept here."""
    return account if account in here else place.parts.settings.account_id


@lru_cache(maxsize=4)
def _stream(home: Path, sync: bool) -> Followed:
    from garrison.lake.followed import Followed

    return Followed(home, sync=sync)


def _trails(place: Workplace) -> list[TrailId]:
    """The trails here that deliver to log groups."""
    found: list[TrailId] = []
    for account in accounts_here(place.parts):
        with place.parts.store.reading(account, place.parts.settings.region) as unit:
            found += state.trails_of(unit, LOGS)
    return found


def _consumer(trail: TrailId) -> str:
    return f"logs/{trail.account}/{trail.key}"


def _deliver(place: Workplace, stream: Followed, trail: TrailId) -> None:
    """Put what is new of the stream into a trail's log group, each portion once."""
    consumer = _consumer(trail)
    try:
        while (portion := stream.portion(consumer)) is not None:
            for batch in _batches(place, trail, portion):
                ToLogs().send(place, trail, batch)
            stream.done(consumer, portion)
        _failed.pop(trail, None)
    except ApiError as error:
        failures = _failed.get(trail, _NEVER_FAILED)[0] + 1
        _failed[trail] = failures, place.clock.now() + pause_after(failures)
        _log.warning("followed_events_not_delivered", trail=trail.arn, cause=error.code)


def _batches(place: Workplace, trail: TrailId, portion: Portion) -> Iterator[Batch]:
    """The calls of a portion: the same whenever it is tried, but for their time."""
    with place.parts.store.reading(trail.account, trail.home_region) as unit:
        now_is = unit.get(Trail, trail.home_region, trail.name)
    if now_is is None or not now_is.is_logging or not now_is.log_group_arn or not now_is.log_role_arn:
        return
    wants = compile_selection(now_is.event_selectors, now_is.advanced_event_selectors)
    streams: dict[str, list[bytes]] = {}
    for one in _events(place, portion):
        is_in_reach = now_is.is_multi_region or one.event.aws_region == trail.home_region
        if one.account == trail.account and is_in_reach and wants(one.event):
            name = stream_name(one.event.recipient_account_id or trail.account, one.event.aws_region)
            streams.setdefault(name, []).append(one.record)
    at = place.clock.now()
    for name, records in streams.items():
        for number, events in enumerate(batches((at, record) for record in records)):
            once = f"followed/{trail.key}/{portion.after}-{portion.upto}/{name}/{number}"
            yield Batch(once, now_is.log_group_arn, now_is.log_role_arn, name, events)


def _events(place: Workplace, portion: Portion) -> Iterator[_Event]:
    """The events of a portion that this server has not recorded itself."""
    here = accounts_here(place.parts)
    for record in portion.records:
        try:
            event = read_event(record)
        except msgspec.DecodeError as problem:
            _log.warning("followed_event_not_delivered", cause=str(problem))
            continue
        account = event.recipient_account_id
        if account not in here or not place.parts.recent.has(account, event.aws_region, event.event_id):
            yield _Event(watcher_of(place, account, here), event, record)
