"""Run replays in the background process, one after another, over the journal and what lies in the lake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.errors import ApiError, GarrisonError
from garrison.logs import get_logger
from garrison.services.garrison.estates import collected_estate
from garrison.services.garrison.replays.alarms import ReplayedAlarm
from garrison.services.garrison.replays.drafts import Replayed, replayed_of
from garrison.services.garrison.replays.records import records_of
from garrison.services.garrison.replays.resources import (
    FAILED,
    FINISHED,
    PENDING,
    RUNNING,
    STOPPED,
    UNDER_WAY,
    Replay,
)
from garrison.services.garrison.replays.results import FILE, results_of
from garrison.services.garrison.service import service
from garrison.services.organizations.members import accounts_here
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_LOOK_EVERY_EVENTS = 20_000
"""How often progress is written, and it is looked whether the replay was stopped."""
_NOT_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)

_log = get_logger(__name__)

service.keeps(FILE)


@service.task("replays", every=timedelta(seconds=0.5))
def run_replays(place: Workplace) -> None:
    """Run what was asked for; one that a stop interrupted begins again."""
    for account in accounts_here(place.parts):
        for replay in _waiting(place, account):
            _run(place, replay)


def _waiting(place: Workplace, account: str) -> list[Replay]:
    with place.parts.store.reading(account, GLOBAL_REGION) as unit:
        found = [one for status in (RUNNING, PENDING) for one in unit.page(Replay, where={"status": status})]
    return found[::-1]


def _run(place: Workplace, replay: Replay) -> None:
    _keep(place, replay, status=RUNNING)
    try:
        results = _results(place, replay)
    except ApiError as problem:
        _keep(place, replay, status=FAILED, reason=problem.message)
    except Exception as problem:
        _log.exception("replay_failed", replay=replay.arn)
        reason = str(problem) if isinstance(problem, GarrisonError) else "An unexpected fault; the log says more."
        _keep(place, replay, status=FAILED, reason=reason)
    else:
        if results is not None:
            results_of(place.home, sync=not place.parts.settings.ephemeral).put(replay.replay_id, codec.encode(results))
            _keep(place, replay, status=FINISHED, events=results["Events"])


def _results(place: Workplace, replay: Replay) -> dict[str, Any] | None:
    """What a replay finds; None where it was stopped."""
    estate = collected_estate(place.home, replay.of_account) if replay.of_account is not None else None
    with place.parts.store.reading(replay.account, GLOBAL_REGION) as unit:
        replayed = replayed_of(replay, unit, estate, place.parts.settings.sigma_placeholders)
        events = 0
        for record in _within(place, replay):
            replayed.feed(record)
            events += 1
            if events % _LOOK_EVERY_EVENTS == 0 and not _keep(place, replay, status=RUNNING, events=events):
                return None
    return _shown(replayed, events)


def _within(place: Workplace, replay: Replay) -> Iterator[dict[str, Any]]:
    """The records of the time that was asked for."""
    start, end = _text(replay.start or _NOT_BEFORE), _text(replay.end or place.clock.now())
    for record in records_of(place, replay):
        if start <= str(record.get("eventTime") or "") <= end:
            yield record


def _shown(replayed: Replayed, events: int) -> dict[str, Any]:
    groups = replayed.groups
    return {
        "Events": events,
        "Skipped": replayed.skipped,
        "Totals": dict(groups.totals),
        "Ungrouped": groups.ungrouped,
        "Groups": groups.shown(),
        "Alarms": replayed.alarms() if isinstance(replayed, ReplayedAlarm) else [],
    }


def _keep(place: Workplace, replay: Replay, **changes: Any) -> bool:
    """Write how a replay stands; False where it was stopped or deleted meanwhile, which then stays so."""
    now = place.clock.now()
    with place.parts.store.writing(replay.account, GLOBAL_REGION, at=now) as unit:
        kept = unit.get(Replay, replay.created_at_key, replay.replay_id)
        if kept is None or kept.status not in UNDER_WAY:
            return False
        if changes["status"] in (FINISHED, FAILED, STOPPED):
            changes["finished_at"] = now
        unit.save(msgspec.structs.replace(kept, **changes))
        return True


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
