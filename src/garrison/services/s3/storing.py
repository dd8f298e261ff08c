"""Bring a request's bytes to the disk before its transaction: checked against what the client says of them, then synced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from garrison.services.s3.blobs import Blobs, Note, Place
from garrison.services.s3.checksums import Sums
from garrison.services.s3.failures import no_such_bucket
from garrison.services.s3.finding import lookup_bucket
from garrison.services.s3.resources import Bucket, ObjectVersion, Piece

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts
    from garrison.store import Store, Unit

FOLDER = "objects"
"""The folder of objects' bytes in the home."""
_SLICE_BYTES = 1024 * 1024
_MOST_KEYS = 1024

_keys: dict[str, bytes] = {}
"""Buckets' keys by their references, for a reference never means another key."""


@dataclass(slots=True)
class Stored:
    """Bytes that are on the disk, and that nothing refers to yet."""

    piece: Piece
    md5: bytes
    algorithm: str | None
    checksum: str | None
    note: Note


def blobs_of(parts: Parts) -> Blobs:
    """The folder of objects' bytes of a home."""
    return Blobs(parts.settings.home_path / FOLDER, sync=not parts.settings.ephemeral)


def bucket_key(store: Store, bucket: Bucket) -> bytes:
    """The key from which a bucket's objects' keys are derived."""
    key = _keys.get(bucket.key_ref)
    if key is None:
        with store.reading(bucket.account, bucket.region) as unit:
            key = unit.unseal(bucket.key_ref)
        if len(_keys) >= _MOST_KEYS:
            _keys.clear()
        _keys[bucket.key_ref] = key
    return key


def bucket_before(call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket that bytes are for, looked at before them; NoSuchBucket where there is none."""
    with call.parts.store.reading(call.account, call.region) as unit:
        bucket = lookup_bucket(unit, request["Bucket"])
    if bucket is None:
        raise no_such_bucket(request["Bucket"])
    return bucket


def store_body(
    call: Call,
    bucket: Bucket,
    request: Mapping[str, Any],
    default_algorithm: str | None = None,
    key: bytes | None = None,
) -> Stored:
    """The request's body as `Stored`; nothing stays behind where it is not what the client says."""
    return store_bytes(call, bucket, request, slices(request.get("Body", b"")), default_algorithm, key)


def store_bytes(
    call: Call,
    bucket: Bucket,
    request: Mapping[str, Any],
    source: Iterable[bytes | memoryview],
    default_algorithm: str | None = None,
    key: bytes | None = None,
) -> Stored:
    """The bytes of a source as `Stored`: sealed by a data key, or by one derived from the bucket's."""
    sums = Sums(request, default_algorithm)
    place = Place(bucket.account, bucket.region, bucket.name, request["Key"])
    with blobs_of(call.parts).write(place, key or bucket_key(call.parts.store, bucket)) as writer:
        for data in source:
            sums.update(data)
            writer.write(data)
        sums.check()
        writer.finish()
    call.after_refusal.append(writer.note.close)
    piece = Piece(writer.blob, writer.size_bytes, sums.checksum)
    return Stored(piece, sums.md5, sums.algorithm, sums.checksum, writer.note)


def slices(body: Any) -> Iterable[bytes | memoryview]:
    """A body in slices, whether it is bytes or comes piece by piece."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        view = memoryview(body)
        return (view[start : start + _SLICE_BYTES] for start in range(0, len(view), _SLICE_BYTES))
    if isinstance(body, str):
        return (body.encode(),)
    return body  # type: ignore[no-any-return]


def keep(call: Call, stored: Stored) -> None:
    """The transaction refers to the bytes: once it is committed nobody needs to look after them."""
    call.after_commit.append(stored.note.drop)


class LettingGo(Protocol):
    """A transaction that lets go of bytes: a call's, or one in which objects expire."""

    parts: Parts
    unit: Unit
    after_commit: list[Callable[[], None]]


def doom(call: LettingGo, bucket: Bucket, *versions: ObjectVersion | None) -> None:
    """The transaction no longer refers to these versions' bytes: once it is committed the sweeper removes them."""
    doom_pieces(call, bucket, [(found.key, piece) for found in versions if found for piece in found.pieces])


def doom_pieces(call: LettingGo, bucket: Bucket, pieces: Iterable[tuple[str, Piece]]) -> None:
    """The same of single pieces, each with its key."""
    blobs = blobs_of(call.parts)
    for key, piece in pieces:
        note = blobs.note(piece.blob, Place(bucket.account, bucket.region, bucket.name, key))
        call.after_commit.append(note.close)
