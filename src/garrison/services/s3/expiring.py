"""Let objects, versions and uploads go when their lifecycle rules say so: once a day for each bucket, and when its rules change.

Whether something is due is decided again in the transaction that removes it. What went is one event of the service for each
transaction; AWS tells of it in server access logs ("Expiring objects"), which there are none of here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from garrison.batches import batched
from garrison.services.background import Workplace
from garrison.services.s3.expiry import Due, Rule, aborts_at, due, enabled
from garrison.services.s3.finding import bucket_of, lookup_bucket
from garrison.services.s3.locking import is_locked
from garrison.services.s3.resources import EVERYBODY, Bucket, BucketName, ObjectVersion, object_arn
from garrison.services.s3.service import service
from garrison.services.s3.storing import doom
from garrison.services.s3.uploads import Upload, drop_upload, uploads_of
from garrison.services.s3.versions import hide, versions
from garrison.services.s3.walking import Place, Walk
from garrison.services.service_events import service_event

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Store, Unit

PRINCIPAL = "s3.amazonaws.com"
EVENT_NAME = "LifecycleExpiration"
BATCH = 50
"""Keys of one transaction."""
_PAGE = 1000
_Done = tuple[Any, date]
_done: dict[tuple[str, str], _Done] = {}
"""The rules by which each home's buckets were last gone through to their end, and the day."""


@dataclass(slots=True)
class Expiring:
    """One transaction in which things of a bucket go."""

    parts: Parts
    unit: Unit
    bucket: Bucket
    at: datetime
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    """What was done, as the event tells it."""


@service.task("expire", every=timedelta(seconds=2))
def expire(place: Workplace) -> None:
    """Go through every bucket whose rules have not been followed today."""
    store, now = place.parts.store, place.clock.now()
    for bucket in _buckets(store):
        done = (bucket.lifecycle, now.date())
        key = (str(place.home), bucket.name)
        if _done.get(key) == done:
            continue
        rules = enabled(bucket.lifecycle)
        if rules:
            _expire_objects(place, bucket, rules, now)
            _abort_uploads(place, bucket, rules, now)
        _done[key] = done


def _buckets(store: Store) -> Iterator[Bucket]:
    """All buckets with rules, of every account."""
    after: tuple[str] | None = None
    while True:
        with store.reading(EVERYBODY, "global") as unit:
            names = unit.page(BucketName, after=after, limit=_PAGE, account=EVERYBODY)
            found = [bucket_of(unit, name) for name in names]
        yield from (bucket for bucket in found if bucket is not None and bucket.lifecycle)
        if len(names) < _PAGE:
            return
        after = (names[-1].name,)


def _expire_objects(place: Workplace, bucket: Bucket, rules: list[Rule], now: datetime) -> None:
    store = place.parts.store
    has_versions = bucket.versioning is not None

    def fetch(start: Place, limit: int) -> list[ObjectVersion]:
        with store.reading(bucket.account, bucket.region) as unit:
            after = (bucket.name, *start)
            return unit.page(ObjectVersion, after=after, limit=limit, account=bucket.account, region=bucket.region)

    stacks = groupby(Walk(fetch, bucket.name, "", ("", 0)), key=lambda version: version.key)
    keys = (
        key for key, stack in stacks if any(_going(due(rules, list(stack), has_versions=has_versions, now=now), now))
    )
    for some in batched(keys, BATCH):
        with _transaction(place, bucket, now) as work:
            if work is not None:
                for key in some:
                    _expire_key(work, key)


def _going(found: Iterator[Due], now: datetime) -> Iterator[Due]:
    """Those that no lock keeps; a version can always be hidden."""
    return (one for one in found if one.hides or not is_locked(one.version, now))


def _expire_key(work: Expiring, key: str) -> None:
    bucket = work.bucket
    stack = list(versions(work.unit, bucket, key))
    found = due(enabled(bucket.lifecycle), stack, has_versions=bucket.versioning is not None, now=work.at)
    gone: set[int] = set()
    for one in list(_going(found, work.at)):
        if one.version.rank in gone:
            continue  # the marker has taken its place
        told = {"key": key, "versionId": one.version.version_id, "ruleId": one.rule["ID"]}
        if one.hides:
            made, replaced = hide(work.unit, bucket, key, work.at)
            gone |= {replaced.rank} if replaced is not None else set()
            doom(work, bucket, replaced)
            work.told.append(told | {"action": "DeleteMarkerCreated", "deleteMarkerVersionId": made.version_id})
            continue
        work.unit.remove(one.version)
        doom(work, bucket, one.version)
        work.told.append(told | {"action": "Delete"})


def _abort_uploads(place: Workplace, bucket: Bucket, rules: list[Rule], now: datetime) -> None:
    after = ("", "")
    while True:
        with place.parts.store.reading(bucket.account, bucket.region) as unit:
            page = uploads_of(unit, bucket, after, _PAGE)
        for some in batched((upload for upload in page if _aborting(rules, upload, now) is not None), BATCH):
            with _transaction(place, bucket, now) as work:
                if work is not None:
                    for upload in some:
                        _abort(work, upload)
        if len(page) < _PAGE:
            return
        after = (page[-1].key, page[-1].upload_id)


def _abort(work: Expiring, seen: Upload) -> None:
    bucket = work.bucket
    upload = work.unit.get(Upload, bucket.name, seen.key, seen.upload_id, account=bucket.account, region=bucket.region)
    rule = _aborting(enabled(bucket.lifecycle), upload, work.at) if upload is not None else None
    if upload is None or rule is None:
        return
    drop_upload(work, bucket, upload)
    work.told.append({"key": upload.key, "uploadId": upload.upload_id, "ruleId": rule["ID"], "action": "AbortUpload"})


def _aborting(rules: list[Rule], upload: Upload, now: datetime) -> Rule | None:
    times = ((aborts_at(rule, upload.key, upload.initiated_at), rule) for rule in rules)
    return next((rule for at, rule in times if at is not None and at <= now), None)


@contextmanager
def _transaction(place: Workplace, seen: Bucket, now: datetime) -> Iterator[Expiring | None]:
    """A transaction with the bucket as it is now; None where its rules have changed, for then they are followed afresh."""
    event_id = str(uuid4())
    with place.parts.store.writing(seen.account, seen.region, event_id=event_id, at=now) as unit:
        bucket = lookup_bucket(unit, seen.name)
        work = Expiring(place.parts, unit, bucket, now) if bucket is not None else None
        is_as_seen = bucket is not None and (bucket.created_at, bucket.lifecycle) == (seen.created_at, seen.lifecycle)
        yield work if is_as_seen else None
        if work is not None and work.told:
            unit.append_event(event_id, _event(work, event_id))
    for act in work.after_commit if work is not None else ():
        act()


def _event(work: Expiring, event_id: str) -> bytes:
    bucket = work.bucket
    keys = dict.fromkeys(each["key"] for each in work.told)
    objects = [{"type": "AWS::S3::Object", "ARN": object_arn(bucket.name, key)} for key in keys]
    return service_event(
        PRINCIPAL,
        bucket.account,
        bucket.region,
        event_id,
        EVENT_NAME,
        work.at,
        resources=[*objects, {"accountId": bucket.account, "type": "AWS::S3::Bucket", "ARN": bucket.arn}],
        details={"bucketName": bucket.name, "actions": work.told},
        is_data_event=True,
    )
