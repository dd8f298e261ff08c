"""Run replays one after another, over the lake and the journal's tail, in a process of their own that the background begins."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.errors import ApiError, GarrisonError
from garrison.logs import get_logger
from garrison.services.garrison.estates import known_estate
from garrison.services.garrison.replays.alarms import ReplayedAlarm
from garrison.services.garrison.replays.config_rules import CONFIG_RULE, replay_rule
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
from garrison.services.garrison.replays.web_acls import WEB_ACL, replay_web_acl
from garrison.services.garrison.service import service
from garrison.services.organizations.members import accounts_here
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_LOOK_EVERY_EVENTS = 20_000
"""How often progress is written, and it is looked whether the replay was stopped."""
MOST_ATTEMPTS = 3
_PROCESS = "garrison.runtime.replaying"

_log = get_logger(__name__)

service.keeps(FILE)


@service.task("replays", every=timedelta(seconds=0.25))
def begin_replays(place: Workplace) -> None:
    """Begin the process that runs replays, where one waits."""
    process = _processes.get(place.home)
    if process is not None and process.poll() is None:
        return
    if any(_waiting(place, account) for account in accounts_here(place.parts)):
        environment = dict(os.environ) | {"GARRISON_HOME": str(place.home)}
        _processes[place.home] = subprocess.Popen([sys.executable, "-m", _PROCESS], env=environment)


_processes: dict[Path, subprocess.Popen[bytes]] = {}


def run_replays(place: Workplace) -> int:
    """Run what was asked for, and give how many that were; one that a stop interrupted begins again, a few times."""
    count = 0
    for account in accounts_here(place.parts):
        for replay in _waiting(place, account):
            count += 1
            if replay.attempts < MOST_ATTEMPTS:
                _run(place, replay)
            else:
                _keep(place, replay, status=FAILED, reason="It was interrupted each time it ran; the log may say more.")
    return count


def _waiting(place: Workplace, account: str) -> list[Replay]:
    with place.parts.store.reading(account, GLOBAL_REGION) as unit:
        found = [one for status in (RUNNING, PENDING) for one in unit.page(Replay, where={"status": status})]
    return found[::-1]


def _run(place: Workplace, replay: Replay) -> None:
    _keep(place, replay, status=RUNNING, attempts=replay.attempts + 1)
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
    if replay.kind == CONFIG_RULE:
        return replay_rule(place, replay)
    if replay.kind == WEB_ACL:
        return replay_web_acl(place, replay, lambda events: _keep(place, replay, status=RUNNING, events=events))
    estate = known_estate(place.home, replay.of_account) if replay.of_account is not None else None
    with place.parts.store.reading(replay.account, GLOBAL_REGION) as unit:
        replayed = replayed_of(replay, unit, estate, place.parts.settings.sigma_placeholders)
        events = 0
        for event in records_of(place, replay):
            replayed.feed(event)
            events += 1
            if events % _LOOK_EVERY_EVENTS == 0 and not _keep(place, replay, status=RUNNING, events=events):
                return None
    return _shown(replayed, events)


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
