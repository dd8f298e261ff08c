"""Compare digests with what was told of them elsewhere: whoever rewrites a log and its digests cannot rewrite that.

An anchor vouches for its digest, and that one's hash of the digest before for that, and so on to the beginning of the chain:
a lost anchor, as a datagram may be, leaves no gap as long as a later one is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from garrison.lake.failures import Refused
from garrison.lake.logfiles import fingerprint, inflate
from garrison.lake.sources import Source, SourceUnavailable
from garrison.trails import Anchor, Unreadable, read_anchors

_DATE_PARTS = 4
"""What follows the region in a digest's key: year, month, day and name."""


class _Place(NamedTuple):
    bucket: str
    key: str

    @property
    def location(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def folder(self) -> str:
        """Where the digests of its region lie."""
        return self.key.rsplit("/", _DATE_PARTS)[0] + "/"

    @property
    def chain(self) -> tuple[str, str]:
        """Its folder and its name without the time: what the digests of one chain have in common."""
        return self.folder, self.key.rpartition("/")[2].rpartition("_")[0]

    @property
    def time(self) -> str:
        return self.key.rpartition("_")[2]


class _Told(NamedTuple):
    sha256: str
    signature: str
    by: str
    """Who says so, in a sentence's end."""


class _Digest(msgspec.Struct):
    previous_bucket: str | None = msgspec.field(name="previousDigestS3Bucket", default=None)
    previous_key: str | None = msgspec.field(name="previousDigestS3Object", default=None)
    previous_sha256: str | None = msgspec.field(name="previousDigestHashValue", default=None)
    previous_signature: str | None = msgspec.field(name="previousDigestSignature", default=None)


@dataclass
class Compared:
    """What a comparison has found."""

    anchors: int = 0
    unreadable: int = 0
    """Lines that look like anchors and are none."""
    same: int = 0
    """Digests that are as their anchors say."""
    vouched: int = 0
    """Digests without an anchor that are as a later digest says, which an anchor vouches for."""
    not_anchored_yet: int = 0
    """Digests newer than the newest anchor of their chain."""
    differences: list[dict[str, str]] = field(default_factory=list)

    def differs(self, location: str, reason: str) -> None:
        """Note a difference."""
        self.differences.append({"location": location, "reason": reason})

    def as_dict(self) -> dict[str, Any]:
        """It for programs."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def compare_anchors(anchors: Source, store_of: Callable[[str, str], Source]) -> Compared:
    """Compare what a source holds of anchors with the digests in their buckets.

    `store_of` gives the source of a bucket and a prefix. Raises `OperatorError` where a source cannot be listed at all.
    """
    found = Compared()
    told = _gather(found, _anchors_of(found, anchors))
    anchored = set(told)
    newest: dict[tuple[str, str, str], str] = {}
    for place in anchored:
        chain = (place.bucket, *place.chain)
        newest[chain] = max(newest.get(chain, ""), place.time)
    waiting = sorted(told, reverse=True)
    while waiting:
        place = waiting.pop(0)
        before = _check(found, place, told[place], place in anchored, store_of(place.bucket, place.folder))
        if before is not None and before[0] not in told:
            told[before[0]] = before[1]
            waiting.append(before[0])
    for (bucket, folder, name), time in sorted(newest.items()):
        _look_for_others(found, bucket, (folder, name), time, told, store_of(bucket, folder))
    return found


def _anchors_of(found: Compared, anchors: Source) -> Iterable[Anchor]:
    for each in anchors.list():
        try:
            content = inflate(anchors.read(each.location))
        except Refused as refused:
            found.differs(each.location, f"the anchors in it {refused}")
            continue
        for read in read_anchors(content):
            if isinstance(read, Unreadable):
                found.unreadable += 1
            else:
                yield read


def _gather(found: Compared, anchors: Iterable[Anchor]) -> dict[_Place, _Told]:
    """What is told of each digest; one that is told twice in different ways was made anew by somebody."""
    told: dict[_Place, _Told] = {}
    for anchor in anchors:
        found.anchors += 1
        place, says = _Place(anchor.bucket, anchor.key), _Told(anchor.sha256, anchor.signature, "its anchor")
        if told.setdefault(place, says) != says:
            found.differs(place.location, "has two anchors that differ: it was made anew")
    return told


def _check(
    found: Compared, place: _Place, told: _Told, is_anchored: bool, store: Source
) -> tuple[_Place, _Told] | None:
    """Compare one digest; what it says of the one before, where it can be believed."""
    try:
        content = inflate(store.read(place.location))
        metadata = store.metadata(place.location)
        if fingerprint(content) != told.sha256:
            found.differs(place.location, f"is not what {told.by} says: its SHA-256 is {fingerprint(content)}")
            return None
        digest = msgspec.json.decode(content, type=_Digest)
    except SourceUnavailable as gone:
        found.differs(place.location, f"is not there, though {told.by} names it: {gone}")
        return None
    except (Refused, msgspec.DecodeError) as refused:
        found.differs(place.location, f"is not what {told.by} says: {refused}")
        return None
    if metadata.get("signature") != told.signature:
        found.differs(place.location, f"has another signature in its metadata than {told.by} says")
    elif is_anchored:
        found.same += 1
    else:
        found.vouched += 1
    if digest.previous_bucket is None or digest.previous_key is None:
        return None
    by = f"the digest after it, {place.location},"
    before = _Told(digest.previous_sha256 or "", digest.previous_signature or "", by)
    return _Place(digest.previous_bucket, digest.previous_key), before


def _look_for_others(
    found: Compared, bucket: str, chain: tuple[str, str], newest: str, told: dict[_Place, _Told], store: Source
) -> None:
    """Count the digests of a chain that are too new to be anchored, and name those that nothing vouches for."""
    oldest = min(place.time for place in told if place.bucket == bucket and place.chain == chain)
    for each in store.list():
        place = _Place(bucket, each.location.removeprefix(f"s3://{bucket}/"))
        if place in told or place.chain != chain:
            continue
        if place.time > newest:
            found.not_anchored_yet += 1
        elif place.time > oldest:
            found.differs(place.location, "is in the midst of anchored digests, and no anchor or digest names it")
