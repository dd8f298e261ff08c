"""How far each trail's deliveries are, as operational state of its account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import msgspec

from garrison.services.cloudtrail.resources import trail_arn
from garrison.trails import DigestedFile, PreviousDigest

if TYPE_CHECKING:
    from garrison.services.cloudtrail.resources import Trail
    from garrison.store import Unit

NAMESPACE = "cloudtrail"
BUCKET, LOGS = "bucket", "logs"
"""The destinations."""


class TrailId(NamedTuple):
    """Which trail, also one that is deleted."""

    account: str
    home_region: str
    name: str

    @property
    def arn(self) -> str:
        """Its ARN."""
        return trail_arn(self.home_region, self.account, self.name)

    @property
    def key(self) -> str:
        """It as a part of state keys; neither regions nor trails' names have a slash."""
        return f"{self.home_region}/{self.name}"


class Origin(NamedTuple):
    """Where the events of a log file and its chain of digests come from."""

    account: str
    region: str
    organization_id: str | None
    """Set where it is an organization trail that took them."""

    @property
    def key(self) -> str:
        """It as the last part of state keys; the trail's own account goes without saying."""
        return f"{self.organization_id}/{self.account}/{self.region}" if self.organization_id else self.region


class Plan(msgspec.Struct, frozen=True):
    """A delivery under way: with the journal and the trail's history it says every file, its name and its bytes."""

    upto: int
    """The journal's position at which it ends."""
    cut_at: datetime
    seed: str
    """Random; the files' names follow from it."""
    done: int = 0
    """How many of its parcels are delivered."""


class Notice(msgspec.Struct, frozen=True):
    """A notification that a log file was delivered, not sent yet."""

    topic_arn: str
    bucket: str
    key: str


class Lane(msgspec.Struct, frozen=True):
    """How far a trail's delivery to one destination is."""

    since: datetime
    """When it was first to deliver."""
    position: int | None = None
    """Everything up to it is delivered; None before the first round."""
    revision: int = 0
    """The version of the trail in force there; 0 where none is yet."""
    cut_at: datetime | None = None
    plan: Plan | None = None
    failures: int = 0
    """In a row."""
    retry_at: datetime | None = None
    delivered_at: datetime | None = None
    attempted_at: datetime | None = None
    error: str | None = None
    """The code of the error that the last attempt ended with."""
    notices: tuple[Notice, ...] = ()
    notified_at: datetime | None = None
    notice_attempted_at: datetime | None = None
    notice_error: str | None = None
    notice_failures: int = 0
    notice_retry_at: datetime | None = None


class Chain(msgspec.Struct, frozen=True):
    """How far the digests of the log files of one account and region are."""

    start_at: datetime
    """When the next digest's period begins."""
    bucket: str
    prefix: str | None = None
    previous: PreviousDigest | None = None
    failures: int = 0
    retry_at: datetime | None = None
    delivered_at: datetime | None = None
    error: str | None = None


class Logged(msgspec.Struct, frozen=True):
    """A delivered log file that waits for its digest."""

    delivered_at: datetime
    file: DigestedFile


T = TypeVar("T", Lane, Chain, Logged)


class Kept(NamedTuple, Generic[T]):
    """A value with the version to change it over."""

    key: str
    value: T
    version: int


def lane_key(destination: str, trail: TrailId) -> str:
    """The key of a lane."""
    return f"lane/{destination}/{trail.key}"


def chains_prefix(trail: TrailId) -> str:
    """What the keys of a trail's chains begin with."""
    return f"chain/{trail.key}/"


def chain_key(trail: TrailId, origin: Origin) -> str:
    """The key of a chain."""
    return chains_prefix(trail) + origin.key


def origin_of(trail: TrailId, key: str) -> Origin:
    """Of what events the chain of a key is."""
    parts = key.removeprefix(chains_prefix(trail)).split("/")
    return Origin(trail.account, parts[0], None) if len(parts) == 1 else Origin(parts[1], parts[2], parts[0])


def logged_prefix(trail: TrailId, origin: Origin) -> str:
    """What the keys of delivered log files begin with; the times after it keep them in order."""
    return f"logged/{trail.key}/{origin.key}/"


def get(unit: Unit, kind: type[T], key: str) -> Kept[T] | None:
    """A value of the unit's account, or None."""
    entry = unit.state_get(NAMESPACE, key)
    return None if entry is None else Kept(key, msgspec.json.decode(entry.value, type=kind), entry.version)


def page(unit: Unit, kind: type[T], prefix: str) -> Iterator[Kept[T]]:
    """The values whose keys begin so, in the order of keys."""
    for entry in unit.state_page(NAMESPACE, prefix):
        yield Kept(entry.key, msgspec.json.decode(entry.value, type=kind), entry.version)


def put(unit: Unit, key: str, value: Lane | Chain | Logged, expect: int | None = None) -> int:
    """Keep a value and give its version; raises `Conflict` where it is not over the version that was expected."""
    return unit.state_put(NAMESPACE, key, msgspec.json.encode(value), expect=expect).version


def remove(unit: Unit, key: str) -> None:
    """Forget a value."""
    unit.state_remove(NAMESPACE, key)


def trails_of(unit: Unit, destination: str) -> Iterator[TrailId]:
    """The trails of the unit's account that have a lane to a destination."""
    prefix = f"lane/{destination}/"
    for entry in unit.state_page(NAMESPACE, prefix):
        home_region, _, name = entry.key.removeprefix(prefix).partition("/")
        yield TrailId(unit.account, home_region, name)


def begin_delivery(unit: Unit, destination: str, trail: TrailId, at: datetime) -> None:
    """Have a trail's events delivered from now on; one whose events are delivered already goes on."""
    key = lane_key(destination, trail)
    if unit.state_get(NAMESPACE, key) is None:
        put(unit, key, Lane(since=at), expect=0)


def begin_digests(unit: Unit, trail: Trail, origin: Origin) -> Kept[Chain]:
    """Have the log files of an account and region digested from now on; a chain that is there already goes on."""
    key = chain_key(TrailId(trail.account, trail.home_region, trail.name), origin)
    chain = Chain(unit.at.replace(microsecond=0), trail.bucket, trail.key_prefix)
    return get(unit, Chain, key) or Kept(key, chain, put(unit, key, chain, expect=0))


def delivery_status(
    unit: Unit, trail: TrailId, organization_id: str | None = None
) -> tuple[Lane | None, Lane | None, Chain | None]:
    """How a trail's deliveries stand: to its bucket, to its log group, and the digests of its home region.

    The unit is one of the trail's account.
    """
    to_bucket = get(unit, Lane, lane_key(BUCKET, trail))
    to_logs = get(unit, Lane, lane_key(LOGS, trail))
    chain = get(unit, Chain, chain_key(trail, Origin(trail.account, trail.home_region, organization_id)))
    return (
        to_bucket.value if to_bucket else None,
        to_logs.value if to_logs else None,
        chain.value if chain else None,
    )


def deliveries(unit: Unit, last_position: int) -> dict[str, str]:
    """In a word for each trail and destination of the account, whether it has everything up to the journal's end."""
    return {kept.key.removeprefix("lane/"): _said(kept.value, last_position) for kept in page(unit, Lane, "lane/")}


def _said(lane: Lane, last_position: int) -> str:
    waiting = last_position - (lane.position or 0)
    state = f"fails ({lane.error})" if lane.error is not None else "delivers"
    return f"{state}, {waiting} events to look at" if waiting else state
