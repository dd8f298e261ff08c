"""Objects' bytes on the disk: each run of bytes a file under a random name, sealed, whole before anything refers to it.

A file is written under another name, synced and renamed; the item that refers to it is committed afterwards. Beside every file
that no item may refer to yet, or no longer, lies a note which names the object; its maker holds a lock on the note, so that the
sweeper knows notes whose maker is gone.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType

import msgspec

from garrison.services.s3.sealing import CHUNK_BYTES, SEAL_BYTES, ChunkSeal

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_BLOB = re.compile(r"[0-9a-f]{32}")


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The key whose versions or parts may refer to a file."""

    account: str
    region: str
    bucket: str
    key: str


@dataclass(slots=True)
class Note:
    """Says that a file may be one that nothing refers to; locked for as long as its maker lives."""

    path: Path
    descriptor: int

    def close(self) -> None:
        """Leave the note to the sweeper."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def drop(self) -> None:
        """The file is referred to: nobody needs to look at it."""
        self.path.unlink(missing_ok=True)
        self.close()

    def __del__(self) -> None:
        self.close()


class Blobs:
    """The folder of all objects' bytes."""

    def __init__(self, folder: Path, *, sync: bool = True) -> None:
        self.folder = folder
        self._sync = sync
        self._notes = folder / "notes"

    def write(self, place: Place, key: bytes) -> BlobWriter:
        """Begin a file; it is there when the writer is finished."""
        blob = secrets.token_hex(16)
        note = self.note(blob, place)
        path = self.path(blob)
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        return BlobWriter(path, note, ChunkSeal(key, blob), sync=self._sync)

    def note(self, blob: str, place: Place) -> Note:
        """Note a file that nothing refers to yet, or soon no longer."""
        self._notes.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        path = self._notes / blob
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(path.stat(), os.fstat(descriptor)):
                break
            os.close(descriptor)  # another's note, which went while this waited
        os.pwrite(descriptor, msgspec.json.encode(place), 0)
        return Note(path, descriptor)

    def read(self, blob: str, key: bytes, size_bytes: int, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end` of a file that holds `size_bytes`; opened at once, read piece by piece."""
        file = self.path(blob).open("rb", buffering=0)
        return _pieces(file, ChunkSeal(key, blob), size_bytes, start, size_bytes if end is None else end)

    def path(self, blob: str) -> Path:
        """Where a file lies."""
        if not _BLOB.fullmatch(blob):
            raise ValueError("not the name of a file of bytes")
        return self.folder / "bytes" / blob[:2] / blob

    def notes(self) -> Iterator[tuple[str, Path]]:
        """The files that are noted, with the note's path."""
        if self._notes.exists():
            yield from ((path.name, path) for path in sorted(self._notes.iterdir()) if _BLOB.fullmatch(path.name))

    def names(self) -> Iterator[str]:
        """The files that are whole, as names below the folder."""
        for path in sorted(self.folder.glob("bytes/??/*")):
            if _BLOB.fullmatch(path.name):
                yield str(path.relative_to(self.folder))

    @contextmanager
    def while_swept(self) -> Iterator[bool]:
        """Keep backups away while files are removed; gives False where one is under way."""
        with self._hold(fcntl.LOCK_EX | fcntl.LOCK_NB) as is_held:
            yield is_held

    @contextmanager
    def while_copied(self) -> Iterator[None]:
        """Keep the sweeper away: what an item refers to now stays until this ends."""
        with self._hold(fcntl.LOCK_SH):
            yield

    @contextmanager
    def _hold(self, how: int) -> Iterator[bool]:
        self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(self.folder / "sweep.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
        try:
            yield _lock(descriptor, how)
        finally:
            os.close(descriptor)

    def remove(self, blob: str) -> None:
        """Remove a file that nothing refers to."""
        path = self.path(blob)
        path.unlink(missing_ok=True)
        path.with_name(f"{blob}.part").unlink(missing_ok=True)


def _lock(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        return False
    return True


class BlobWriter:
    """Writes one file; without `finish` there is none."""

    def __init__(self, path: Path, note: Note, seal: ChunkSeal, *, sync: bool) -> None:
        self.blob = path.name
        self.note = note
        self.size_bytes = 0
        self._path = path
        self._seal = seal
        self._sync = sync
        self._rest = bytearray()
        self._unfinished = path.with_name(f"{path.name}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file = os.fdopen(os.open(self._unfinished, flags, _FILE_MODE), "wb")

    def __enter__(self) -> BlobWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            self._file.close()
            self._unfinished.unlink(missing_ok=True)
            self.note.drop()

    def write(self, data: bytes | memoryview) -> None:
        """Add bytes."""
        self.size_bytes += len(data)
        self._rest += data
        whole = len(self._rest) // CHUNK_BYTES * CHUNK_BYTES
        if whole:
            view = memoryview(self._rest)
            for start in range(0, whole, CHUNK_BYTES):
                self._file.write(self._seal.seal_next(bytes(view[start : start + CHUNK_BYTES])))
            view.release()
            del self._rest[:whole]

    def finish(self) -> None:
        """Sync the bytes, give the file its name and sync that."""
        if self._rest:
            self._file.write(self._seal.seal_next(bytes(self._rest)))
        self._file.flush()
        if self._sync:
            os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.rename(self._path)
        if self._sync:
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _pieces(source: FileIO, seal: ChunkSeal, size_bytes: int, start: int, end: int) -> Iterator[bytes]:
    with source:
        position = start
        while position < end:
            number = position // CHUNK_BYTES
            first = number * CHUNK_BYTES
            length = min(CHUNK_BYTES, size_bytes - first)
            source.seek(number * (CHUNK_BYTES + SEAL_BYTES))
            chunk = seal.unseal(number, source.read(length + SEAL_BYTES))
            if len(chunk) != length:
                raise OSError(f"the file {seal.blob} is shorter than its object")
            piece = chunk[position - first : end - first]
            position += len(piece)
            yield piece
