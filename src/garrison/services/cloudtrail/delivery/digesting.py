"""Make the hourly digests of what was delivered, a chain for each region of a trail, empty hours too.

Hours that were missed, because the server was down or the bucket refused, are made up for in their order: the chain has no hole.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.anchors import have_anchored
from garrison.services.cloudtrail.delivery.lanes import is_resting, pause_after
from garrison.services.cloudtrail.delivery.state import Chain, Kept, Logged, TrailId, chain_key, logged_prefix
from garrison.services.cloudtrail.delivery.to_bucket import put_object
from garrison.services.cloudtrail.digest_keys import destroy_retired, signer_at
from garrison.services.cloudtrail.resources import Trail
from garrison.trails import Digest, build_digest, digest_key
from garrison.trails.digests import PERIOD

if TYPE_CHECKING:
    from garrison.services.background import Workplace

MOST_IN_A_ROUND = 48
"""Digests of one chain, so that what was missed long ago does not hold up what happens now."""

_log = get_logger(__name__)


class _Standing(NamedTuple):
    trail: Trail | None
    chains: list[Kept[Chain]]


def digest_trail(place: Workplace, trail: TrailId) -> None:
    """Make the digests of a trail that are due."""
    standing = _standing(place, trail)
    for chain in standing.chains:
        _catch_up(place, trail, standing.trail, chain)


def _catch_up(place: Workplace, trail: TrailId, as_is: Trail | None, kept: Kept[Chain]) -> None:
    region = kept.key.rpartition("/")[2]
    for _ in range(MOST_IN_A_ROUND):
        now = place.clock.now()
        if kept.value.start_at + PERIOD > now or is_resting(kept.value.retry_at, now):
            return
        made = _make_next(place, trail, as_is, region, kept)
        if made is None:
            return
        kept = made


def _standing(place: Workplace, trail: TrailId) -> _Standing:
    """The trail as it is, and its chains; one that is to be digested has at least that of its home region."""
    with place.parts.store.reading(trail.account, trail.home_region) as unit:
        found = unit.get(Trail, trail.home_region, trail.name)
        chains = list(state.page(unit, Chain, chain_key(trail, "")))
    home = chain_key(trail, trail.home_region)
    if not _wants_digests(found) or any(kept.key == home for kept in chains) or found is None:
        return _Standing(found, chains)
    with place.parts.store.writing(trail.account, trail.home_region) as unit:
        chain = Chain(unit.at.replace(microsecond=0), found.bucket, found.key_prefix)
        chains.append(Kept(home, chain, state.put(unit, home, chain, expect=0)))
    return _Standing(found, chains)


def _wants_digests(trail: Trail | None) -> bool:
    return trail is not None and trail.is_logging and trail.validates_log_files


def _make_next(
    place: Workplace, trail: TrailId, as_is: Trail | None, region: str, kept: Kept[Chain]
) -> Kept[Chain] | None:
    """Deliver the next digest of a chain and go on to the hour after; None where it cannot, or the chain ends."""
    chain = kept.value
    if as_is is not None:
        chain = msgspec.structs.replace(chain, bucket=as_is.bucket, prefix=as_is.key_prefix)
    end = chain.start_at + PERIOD
    with place.parts.store.reading(trail.account, trail.home_region) as unit:
        logged = [
            each for each in state.page(unit, Logged, logged_prefix(trail, region)) if each.value.delivered_at < end
        ]
    digest = _digest(place, trail, region, chain, end, logged)
    try:
        put_object(place.parts, trail, digest.bucket, digest.key, digest.compressed(), digest.metadata)
    except ApiError as error:
        _remember_failure(place, trail, kept, error)
        return None
    with place.parts.store.writing(trail.account, trail.home_region) as unit:
        for each in logged:
            state.remove(unit, each.key)
        destroy_retired(unit, chain.start_at)
        have_anchored(unit, place.parts.settings.digest_anchors, trail, region, end, digest)
        if not _wants_digests(as_is):
            state.remove(unit, kept.key)
            return None
        chain = Chain(end, chain.bucket, chain.prefix, digest.as_previous(), delivered_at=unit.at)
        return Kept(kept.key, chain, state.put(unit, kept.key, chain, kept.version))


def _digest(
    place: Workplace, trail: TrailId, region: str, chain: Chain, end: datetime, logged: list[Kept[Logged]]
) -> Digest:
    return build_digest(
        account=trail.account,
        bucket=chain.bucket,
        key=digest_key(chain.prefix, trail.account, region, trail.name, trail.home_region, end),
        start=chain.start_at,
        end=end,
        files=[each.value.file for each in logged],
        previous=chain.previous,
        signer=signer_at(place.parts.store, trail.account, trail.home_region, chain.start_at, end),
    )


def _remember_failure(place: Workplace, trail: TrailId, kept: Kept[Chain], error: ApiError) -> None:
    failures = kept.value.failures + 1
    chain = msgspec.structs.replace(
        kept.value,
        failures=failures,
        retry_at=place.clock.now() + pause_after(failures),
        error=error.code,
    )
    _log.warning("digest_not_delivered", trail=trail.arn, cause=error.code)
    with place.parts.store.writing(trail.account, trail.home_region) as unit:
        state.put(unit, kept.key, chain, kept.version)
