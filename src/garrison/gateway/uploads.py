"""Uploads too large for memory: their bytes go to a file without a name as they come, sealed, and are gone with the request."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from garrison.services.s3.sealing import CHUNK_BYTES, KEY_BYTES, SEAL_BYTES, ChunkSeal

_FOLDER_MODE = 0o700


class ArrivingUpload:
    """The body of one request: written until it is whole, read as often as it takes.

    The key is nowhere but here, so that what the disk may keep of the file says nothing.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is where the bytes lie; raises `OSError` where there is no room, as `write` does."""
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(buffering=0, dir=folder)  # noqa: SIM115 - open for as long as the request
        self._seal = ChunkSeal(secrets.token_bytes(KEY_BYTES), "upload")
        self._digest = hashlib.sha256()
        self._rest = bytearray()
        self._read = (-1, b"")
        self.size_bytes = 0

    def write(self, data: bytes | bytearray) -> None:
        """Take more bytes."""
        self._digest.update(data)
        self.size_bytes += len(data)
        self._rest += data
        while len(self._rest) >= CHUNK_BYTES:
            self._keep(bytes(self._rest[:CHUNK_BYTES]))
            del self._rest[:CHUNK_BYTES]

    def finish(self) -> None:
        """It is whole."""
        if self._rest:
            self._keep(bytes(self._rest))
            self._rest.clear()

    def close(self) -> None:
        """Let go of the bytes."""
        self._file.close()

    @property
    def sha256(self) -> str:
        """Of all bytes, in hexadecimal digits."""
        return self._digest.hexdigest()

    def pieces(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to `end`."""
        end = self.size_bytes if end is None else end
        while start < end:
            number = start // CHUNK_BYTES
            first = number * CHUNK_BYTES
            piece = self._chunk(number)[start - first : end - first]
            start += len(piece)
            yield piece

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces()

    def _keep(self, chunk: bytes) -> None:
        sealed = self._seal.seal_next(chunk)
        if self._file.write(sealed) != len(sealed):
            raise OSError("there is no room for an upload")

    def _chunk(self, number: int) -> bytes:
        """A chunk's bytes; the last one that was read is at hand."""
        if self._read[0] != number:
            self._file.seek(number * (CHUNK_BYTES + SEAL_BYTES))
            self._read = number, self._seal.unseal(number, self._file.read(CHUNK_BYTES + SEAL_BYTES))
        return self._read[1]
