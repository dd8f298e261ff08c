"""Make the hourly digests of what was delivered, a chain for each region of a trail, empty hours too.

Hours that were missed, because the server was down or the bucket refused, are made up for in their order: the chain has no hole.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.anchors import have_anchored
from garrison.services.cloudtrail.delivery.state import (
    Chain,
    Kept,
    Logged,
    Origin,
    TrailId,
    chain_key,
    chains_prefix,
    logged_prefix,
    origin_of,
)
from garrison.services.cloudtrail.delivery.to_bucket import put_object
from garrison.services.cloudtrail.digest_keys import destroy_retired, signer_at
from garrison.services.cloudtrail.resources import Trail
from garrison.services.organizations.resources import MemberAccount
from garrison.services.pauses import is_resting, pause_after
from garrison.trails import Digest, build_digest, digest_key
from garrison.trails.digests import PERIOD

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import Unit

MOST_IN_A_ROUND = 48
"""Digests of one chain, so that what was missed long ago does not hold up what happens now."""

MEMBERS_ARE_KNOWN_FOR = timedelta(seconds=30)
"""How much later than an account joins an organization its chain may begin; nothing is delivered of it before."""

_known_members: dict[tuple[Path, str], tuple[datetime, frozenset[str]]] = {}
_log = get_logger(__name__)


class _Standing(NamedTuple):
    trail: Trail | None
    chains: list[Kept[Chain]]
    origins: frozenset[Origin]
    """What is to be digested, events or not: the home region of the trail's account, or of each of its organization's."""

    def goes_on(self, origin: Origin) -> bool:
        """Whether the chain of some events has a next digest after this one."""
        if self.trail is None or not self.origins:
            return False
        return Origin(origin.account, self.trail.home_region, origin.organization_id) in self.origins


def digest_trail(place: Workplace, trail: TrailId) -> None:
    """Make the digests of a trail that are due."""
    standing = _standing(place, trail)
    for chain in standing.chains:
        _catch_up(place, trail, standing, chain)


def _catch_up(place: Workplace, trail: TrailId, as_is: _Standing, kept: Kept[Chain]) -> None:
    origin = origin_of(trail, kept.key)
    for _ in range(MOST_IN_A_ROUND):
        now = place.clock.now()
        if kept.value.start_at + PERIOD > now or is_resting(kept.value.retry_at, now):
            return
        made = _make_next(place, trail, as_is, origin, kept)
        if made is None:
            return
        kept = made


def _standing(place: Workplace, trail: TrailId) -> _Standing:
    """The trail as it is, and its chains; one that is to be digested has at least those of its home region."""
    with place.parts.store.reading(trail.account, trail.home_region) as unit:
        found = unit.get(Trail, trail.home_region, trail.name)
        chains = list(state.page(unit, Chain, chains_prefix(trail)))
        origins = _home_origins(place, unit, found)
    present = {kept.key for kept in chains}
    missing = [origin for origin in sorted(origins) if chain_key(trail, origin) not in present]
    if missing and found is not None:
        with place.parts.store.writing(trail.account, trail.home_region) as unit:
            chains += [state.begin_digests(unit, found, origin) for origin in missing]
    return _Standing(found, chains, origins)


def _home_origins(place: Workplace, unit: Unit, trail: Trail | None) -> frozenset[Origin]:
    if trail is None or not trail.is_logging or not trail.validates_log_files:
        return frozenset()
    organization_id = trail.organization_id
    if organization_id is None:
        return frozenset([Origin(trail.account, trail.home_region, None)])
    accounts = {trail.account, *_members(place, unit, trail.account)}
    return frozenset(Origin(account, trail.home_region, organization_id) for account in accounts)


def _members(place: Workplace, unit: Unit, account: str) -> frozenset[str]:
    """The members of an account's organization, as they were at most some seconds ago: this is asked each second."""
    now = place.clock.now()
    known = _known_members.get((place.home, account))
    if known is None or abs(now - known[0]) >= MEMBERS_ARE_KNOWN_FOR:
        known = now, frozenset(member.account_id for member in unit.page(MemberAccount))
        _known_members[place.home, account] = known
    return known[1]


def _make_next(
    place: Workplace, trail: TrailId, as_is: _Standing, origin: Origin, kept: Kept[Chain]
) -> Kept[Chain] | None:
    """Deliver the next digest of a chain and go on to the hour after; None where it cannot, or the chain ends."""
    chain = kept.value
    if as_is.trail is not None:
        chain = msgspec.structs.replace(chain, bucket=as_is.trail.bucket, prefix=as_is.trail.key_prefix)
    end = chain.start_at + PERIOD
    with place.parts.store.reading(trail.account, trail.home_region) as unit:
        logged = [
            each for each in state.page(unit, Logged, logged_prefix(trail, origin)) if each.value.delivered_at < end
        ]
    digest = _digest(place, trail, origin, chain, end, logged)
    try:
        kms_key = as_is.trail.kms_key_id if as_is.trail is not None else None
        content = digest.compressed()
        put_object(place.parts, trail, digest.bucket, digest.key, content, digest.metadata, kms_key=kms_key)
    except ApiError as error:
        _remember_failure(place, trail, kept, error)
        return None
    with place.parts.store.writing(trail.account, trail.home_region) as unit:
        for each in logged:
            state.remove(unit, each.key)
        destroy_retired(unit, chain.start_at)
        have_anchored(unit, place.parts.settings.digest_anchors, trail, origin, end, digest)
        if not as_is.goes_on(origin):
            state.remove(unit, kept.key)
            return None
        chain = Chain(end, chain.bucket, chain.prefix, digest.as_previous(), delivered_at=unit.at)
        return Kept(kept.key, chain, state.put(unit, kept.key, chain, kept.version))


def _digest(
    place: Workplace, trail: TrailId, origin: Origin, chain: Chain, end: datetime, logged: list[Kept[Logged]]
) -> Digest:
    where = (chain.prefix, origin.account, origin.region, trail.name, trail.home_region)
    return build_digest(
        account=origin.account,
        bucket=chain.bucket,
        key=digest_key(*where, end, origin.organization_id),
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
