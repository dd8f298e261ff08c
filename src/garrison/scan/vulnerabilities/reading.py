"""Open what a source gave: compressed or not, one document or many, and never more than there is room for.

Compression is told by its first bytes, not by the name. A file that unpacks to more than the limits is set aside with that reason.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from garrison.scan.vulnerabilities.advisory import Refused

MOST_UNPACKED_BYTES = 16 * 1024**3
"""Of one source, all of its documents together; OSV's whole export is below 8 GiB."""
MOST_DOCUMENT_BYTES = 512 * 1024**2
"""Of one document read whole; Debian's tracker is below 100 MiB."""
MOST_LINE_BYTES = 32 * 1024**2
MOST_DOCUMENTS = 2_000_000
_HEAD = 64 * 1024


class Document(NamedTuple):
    """One JSON, YAML, TOML, CSV … text."""

    name: str
    data: bytes


class _TooMuchError(Exception):
    """More than the limits let pass; the message says which."""


class _Counted(io.RawIOBase):
    """A stream that gives up beyond a number of bytes: what a bomb unpacks to is never held."""

    def __init__(self, inner: BinaryIO, most: int) -> None:
        self._inner = inner
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io asks for, with a memoryview
        data = self._inner.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise _TooMuchError(f"it unpacks to more than {MOST_UNPACKED_BYTES:,} bytes")
        buffer[: len(data)] = data
        return len(data)


_PACKERS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda file: cast("BinaryIO", gzip.GzipFile(fileobj=file)),
    b"\xfd7zXZ": lambda file: cast("BinaryIO", lzma.LZMAFile(file)),  # noqa: SIM115 - closed with the file below it
    b"BZh": lambda file: cast("BinaryIO", bz2.BZ2File(file)),
}
"""By a file's first bytes."""
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
)


def documents(path: Path, name: str) -> Iterator[Document | Refused]:
    """Every document of a file; what cannot be read is said, and ends it."""
    try:
        with path.open("rb") as file:
            yield from _opened(name, file)
    except _TooMuchError as error:
        yield Refused(name[:200], str(error), is_the_rest=True)
    except _BROKEN as error:
        reason = f"it cannot be read: {str(error)[:200] or type(error).__name__}"
        yield Refused(name[:200], reason, is_the_rest=True)


def _opened(name: str, file: BinaryIO) -> Iterator[Document | Refused]:
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"PK"):
        yield from _zipped(name, file)
        return
    unpacked = next((open_(file) for magic, open_ in _PACKERS.items() if head.startswith(magic)), file)
    stream = _buffered(unpacked)
    if stream.peek(_HEAD)[257:262] == b"ustar":
        yield from _tarred(stream)
        return
    yield from _text(name, stream)


def _buffered(unpacked: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(cast("io.RawIOBase", _Counted(unpacked, MOST_UNPACKED_BYTES)), 1 << 20)


def _zipped(name: str, file: BinaryIO) -> Iterator[Document | Refused]:
    left = MOST_UNPACKED_BYTES
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) > MOST_DOCUMENTS:
            raise _TooMuchError(f"it has more than {MOST_DOCUMENTS:,} members")
        for member in members:
            if member.is_dir():
                continue
            with archive.open(member) as inner:
                data = inner.read(MOST_DOCUMENT_BYTES + 1)
            if len(data) > MOST_DOCUMENT_BYTES:
                yield Refused(
                    f"{name}/{member.filename}"[:200], f"it unpacks to more than {MOST_DOCUMENT_BYTES:,} bytes"
                )
                continue
            left -= len(data)
            if left < 0:
                raise _TooMuchError(f"it unpacks to more than {MOST_UNPACKED_BYTES:,} bytes")
            yield Document(member.filename, data)


def _tarred(stream: BinaryIO) -> Iterator[Document | Refused]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for count, member in enumerate(archive):
            if count > MOST_DOCUMENTS:
                raise _TooMuchError(f"it has more than {MOST_DOCUMENTS:,} members")
            if not member.isfile():
                continue
            if member.size > MOST_DOCUMENT_BYTES:
                yield Refused(member.name[:200], f"it is larger than {MOST_DOCUMENT_BYTES:,} bytes")
                continue
            inner = archive.extractfile(member)
            if inner is not None:
                yield Document(member.name, inner.read())


def _text(name: str, stream: io.BufferedReader) -> Iterator[Document | Refused]:
    if _is_lines(stream.peek(_HEAD)):
        while line := stream.readline(MOST_LINE_BYTES + 1):
            if len(line) > MOST_LINE_BYTES:
                raise _TooMuchError(f"a line is longer than {MOST_LINE_BYTES:,} bytes")
            if line.strip():
                yield Document(name, line)
        return
    data = stream.read(MOST_DOCUMENT_BYTES + 1)
    if len(data) > MOST_DOCUMENT_BYTES:
        raise _TooMuchError(f"it unpacks to more than {MOST_DOCUMENT_BYTES:,} bytes")
    yield Document(name, data)


def _is_lines(head: bytes) -> bool:
    """Whether a text is JSON Lines: objects, each closed at its line's end."""
    first, newline, rest = head.partition(b"\n")
    if not first.lstrip().startswith(b"{"):
        return False
    if not newline:  # a line longer than the head: only one object that is a record by itself begins so
        return head.lstrip().startswith(b'{"id"') or head.lstrip().startswith(b'{"schema_version"')
    return first.rstrip().endswith(b"}") and (not rest.strip() or rest.lstrip().startswith(b"{"))
