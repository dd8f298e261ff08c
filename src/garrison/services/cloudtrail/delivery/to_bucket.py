"""Deliver to a bucket: log files, put by CloudTrail itself, so that the bucket's policy decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison.services.cloudtrail.delivery import state
from garrison.services.cloudtrail.delivery.state import BUCKET, Chain, Lane, Logged, Notice, Origin, Plan, TrailId
from garrison.services.s3.object_store import UnderKey, archive_store
from garrison.trails import DigestedFile, LogFile, build_log_files, log_file_key, without_own_part
from garrison.trails.scope import CLOUDTRAIL

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts
    from garrison.services.cloudtrail.delivery.timeline import Wanted
    from garrison.services.cloudtrail.resources import Trail
    from garrison.store import Unit

MOST_NOTICES = 1000
"""That wait to be sent; the oldest go first, since the files they tell of are in the bucket anyway."""


class FileToPut(NamedTuple):
    """A log file with its place."""

    trail: Trail
    """As it stood at the file's events."""
    origin: Origin
    key: str
    file: LogFile


class ToBucket:
    """The trails' buckets as a destination."""

    name = BUCKET

    def parcels(self, trail: TrailId, plan: Plan, wanted: Iterable[Wanted]) -> Sequence[FileToPut]:
        """A file for each account, region and version of the trail, more where it gets too large."""
        groups: dict[tuple[int, Origin], list[Wanted]] = {}
        for each in wanted:
            groups.setdefault((each.trail.revision, each.origin), []).append(each)
        return [
            parcel
            for (revision, origin), events in groups.items()
            for parcel in _files(plan, f"{plan.seed}/{revision}/{origin.key}", origin, events)
        ]

    def send(self, place: Workplace, trail: TrailId, parcel: FileToPut) -> None:
        """Put a file."""
        put_object(
            place.parts,
            trail,
            parcel.trail.bucket,
            parcel.key,
            parcel.file.compressed(),
            kms_key=parcel.trail.kms_key_id,
        )

    def remember(self, unit: Unit, trail: TrailId, lane: Lane, parcel: FileToPut) -> Lane:
        """Have the file digested, and its notification sent."""
        put = parcel.trail
        if put.validates_log_files:
            _remember_for_digest(unit, trail, parcel, lane)
        if put.topic_arn is None:
            return lane
        notices = (*lane.notices, Notice(put.topic_arn, put.bucket, parcel.key))[-MOST_NOTICES:]
        return msgspec.structs.replace(lane, notices=notices)


def _files(plan: Plan, seed: str, origin: Origin, events: list[Wanted]) -> Iterator[FileToPut]:
    trail = events[0].trail
    records = ((each.event.event_time, without_own_part(each.entry.payload)) for each in events)
    for number, file in enumerate(build_log_files(records)):
        where = (trail.key_prefix, origin.account, origin.region, plan.cut_at)
        key = log_file_key(*where, f"{seed}/{number}", origin.organization_id)
        yield FileToPut(trail, origin, key, file)


def _remember_for_digest(unit: Unit, trail: TrailId, parcel: FileToPut, lane: Lane) -> None:
    put, file = parcel.trail, parcel.file
    logged = Logged(unit.at, DigestedFile(put.bucket, parcel.key, file.sha256, file.oldest, file.newest))
    done = lane.plan.done if lane.plan is not None else 0
    state.put(unit, f"{state.logged_prefix(trail, parcel.origin)}{unit.at:%Y%m%dT%H%M%S.%f}-{done:06d}", logged)
    key = state.chain_key(trail, parcel.origin)
    if state.get(unit, Chain, key) is None:
        state.put(unit, key, Chain(unit.at.replace(microsecond=0), put.bucket, put.key_prefix), expect=0)


def put_object(
    parts: Parts,
    trail: TrailId,
    bucket: str,
    key: str,
    body: bytes,
    metadata: dict[str, str] | None = None,
    *,
    encoding: str | None = "gzip",
    kms_key: str | None = None,
) -> None:
    """Put a JSON file, gzipped by default, into a bucket of the archive as CloudTrail does; raises `ApiError`.

    Under a key of KMS the encryption context names the trail (CloudTrail User Guide, "Configure KMS key policies for CloudTrail").
    """
    store = archive_store(parts, CLOUDTRAIL, trail.account, trail.home_region, trail.arn)
    store.put(
        bucket,
        key,
        body,
        content_type="application/json",
        content_encoding=encoding,
        metadata=metadata,
        acl="bucket-owner-full-control",
        under=UnderKey(kms_key, {"aws:cloudtrail:arn": trail.arn}) if kms_key else None,
    )
