"""The task that comes round: every trail's deliveries, notices and digests, and how far back the journal must be kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.errors import GarrisonError
from garrison.journal import hold_position, offsets
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.anchors import send_anchors
from garrison.services.cloudtrail.delivery.digesting import digest_trail
from garrison.services.cloudtrail.delivery.lanes import LaneRunner
from garrison.services.cloudtrail.delivery.notices import send_notices
from garrison.services.cloudtrail.delivery.state import BUCKET, LOGS, Lane, TrailId
from garrison.services.cloudtrail.delivery.to_bucket import ToBucket
from garrison.services.cloudtrail.delivery.to_logs import ToLogs
from garrison.services.cloudtrail.service import service
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from garrison.services.background import Workplace

OFFSET = "trail-delivery"
"""The name under which the journal is kept from pruning what is not delivered yet."""
GIVES_UP_AFTER = timedelta(days=30)
"""How long an undelivered event keeps the journal from being pruned (CloudTrail User Guide: redelivery for 30 days)."""

_log = get_logger(__name__)


@service.task("trail-delivery", every=timedelta(seconds=1))
def deliver(place: Workplace) -> None:
    """Deliver what is due of every trail to its bucket; one that fails holds up no other."""
    accounts = accounts_here(place.parts)
    for account in accounts:
        for trail in _trails(place, account, BUCKET):
            _guarded(trail, lambda trail: _to_bucket(place, trail))
        send_anchors(place, account)
    _hold(place, accounts)


@service.task("trail-delivery-to-logs", every=timedelta(seconds=1))
def deliver_to_logs(place: Workplace) -> None:
    """The same for log groups, by itself: a store of log files that does not answer holds up no alarm."""
    for account in accounts_here(place.parts):
        for trail in _trails(place, account, LOGS):
            _guarded(trail, LaneRunner(place, ToLogs()).run)


def _to_bucket(place: Workplace, trail: TrailId) -> None:
    LaneRunner(place, ToBucket()).run(trail)
    send_notices(place, trail)
    digest_trail(place, trail)


def _guarded(trail: TrailId, work: Callable[[TrailId], None]) -> None:
    try:
        work(trail)
    except GarrisonError as problem:
        _log.warning("trail_round_failed", trail=trail.arn, cause=str(problem))
    except Exception:
        _log.exception("trail_round_failed", trail=trail.arn)


def _trails(place: Workplace, account: str, destination: str) -> list[TrailId]:
    with place.parts.store.reading(account, place.parts.settings.region) as unit:
        return list(state.trails_of(unit, destination))


def _hold(place: Workplace, accounts: list[str]) -> None:
    """Keep the journal from pruning what some trail has yet to deliver."""
    oldest = place.clock.now() - GIVES_UP_AFTER
    position = place.journal.last_position()
    for account in accounts:
        with place.parts.store.reading(account, place.parts.settings.region) as unit:
            lanes = [kept.value for kept in state.page(unit, Lane, "lane/")]
        position = min([position, *(lane.position or 0 for lane in lanes if (lane.cut_at or lane.since) > oldest)])
    folder = place.home / "offsets"
    if offsets(folder).get(OFFSET) != position:
        hold_position(folder, OFFSET, position, sync=not place.parts.settings.ephemeral)
