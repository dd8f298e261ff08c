"""Remove the bytes that nothing refers to: of objects that were deleted, and of calls that never ended."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from garrison.services.background import Workplace
from garrison.services.s3.blobs import Blobs, Place
from garrison.services.s3.finding import lookup_bucket
from garrison.services.s3.service import service
from garrison.services.s3.storing import FOLDER, blobs_of
from garrison.services.s3.uploads import parts_of, uploads_of
from garrison.services.s3.versions import versions

if TYPE_CHECKING:
    from garrison.store import Store

READERS_SECONDS = 60.0
"""How long the bytes of a deleted object stay, so that who is reading them can go on."""


@service.task("sweep", every=timedelta(seconds=2))
def sweep(place: Workplace) -> None:
    """Look at every note that nobody holds: what it names is removed, unless something refers to it after all."""
    blobs = blobs_of(place.parts)
    with blobs.while_swept() as may_sweep:
        if not may_sweep:
            return  # a backup is reading them
        for blob, note in blobs.notes():
            _look_at(place.parts.store, blobs, blob, note)


@contextmanager
def held_bytes(home: Path) -> Iterator[Callable[[], Iterable[str]]]:
    """Keep the sweeper away while a backup copies objects' bytes; gives what lists them."""
    blobs = Blobs(home / FOLDER)
    with blobs.while_copied():
        yield lambda: (f"{FOLDER}/{name}" for name in blobs.names())


service.hold_bytes = held_bytes


def _look_at(store: Store, blobs: Blobs, blob: str, note: Path) -> None:
    with suppress(FileNotFoundError):
        if time.time() - note.stat().st_mtime < READERS_SECONDS:
            return
        descriptor = os.open(note, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            text = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
            with suppress(
                msgspec.DecodeError
            ):  # its maker was stopped while it wrote: then nothing refers to the bytes
                if _is_referred_to(store, msgspec.json.decode(text, type=Place), blob):
                    note.unlink(missing_ok=True)
                    return
            blobs.remove(blob)
            note.unlink(missing_ok=True)
        except BlockingIOError:
            return  # its maker is at work
        finally:
            os.close(descriptor)


def _is_referred_to(store: Store, place: Place, blob: str) -> bool:
    with store.reading(place.account, place.region) as unit:
        bucket = lookup_bucket(unit, place.bucket)
        if bucket is None:
            return False
        if any(piece.blob == blob for found in versions(unit, bucket, place.key) for piece in found.pieces):
            return True
        of_key = [upload for upload in uploads_of(unit, bucket, (place.key, "")) if upload.key == place.key]
        return any(part.piece.blob == blob for each in of_key for part in parts_of(unit, bucket, each.upload_id))
