"""The journal's files: segments named by their first sequence number, made of whole batches (frames).

A segment is a header and frames. A frame is
`<"GJF1"> <body length: u32> <CRC-32 of all that follows, seeded with the body length: u32>
<first sequence: u64> <appended at, microseconds: u64> <count: u32> <marks length: u32> <marks: JSON> <entries>`.
The marks say how far each spool segment is sequenced once this batch is: events and acknowledgement are one write.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from garrison.errors import OperatorError
from garrison.journal.entries import Damaged, Torn

VERSION = 1
MAGIC = b"GRSNJRNL"
HEADER = struct.Struct("<8sHHIQQ")
"""Magic, version, reserved, CRC-32 of the rest, first sequence, time of the first append in microseconds."""
FRAME_MAGIC = b"GJF1"
MAX_BODY_BYTES = 128 * 1024 * 1024

_FRAME = struct.Struct("<4sIIQQII")
_UNCHECKED = struct.Struct("<4sII")
FRAME_HEADER_BYTES = _FRAME.size
_NAME = re.compile(r"([0-9]{20})\.journal")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_marks = msgspec.json.Decoder(dict[str, int])


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a frame says before its body."""

    body_bytes: int
    checksum: int
    first_sequence: int
    at_us: int
    count: int
    marks_bytes: int

    @property
    def last_sequence(self) -> int:
        """The sequence number of the frame's last event."""
        return self.first_sequence + self.count - 1


def microseconds(at: datetime) -> int:
    """An aware time as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def time_of(at_us: int) -> datetime:
    """Microseconds since 1970 as an aware UTC time."""
    return _EPOCH + timedelta(microseconds=at_us)


def encode_frame(first_sequence: int, at_us: int, entries: Sequence[bytes], marks: Mapping[str, int]) -> bytes:
    """A batch of entries and the marks that hold once it is appended; raises `ValueError` for none or too much."""
    marked = msgspec.json.encode(marks)
    body = b"".join((marked, *entries))
    if not entries or len(body) > MAX_BODY_BYTES:
        raise ValueError(f"a batch has at least one event and at most {MAX_BODY_BYTES} bytes")
    rest = struct.pack("<QQII", first_sequence, at_us, len(entries), len(marked))
    checksum = zlib.crc32(body, zlib.crc32(rest, len(body)))
    return _UNCHECKED.pack(FRAME_MAGIC, len(body), checksum) + rest + body


def decode_frame_header(data: bytes, at: int = 0) -> FrameHeader:
    """The frame header at `at`, not checked against its checksum; raises `Torn` or `Damaged`."""
    if at + FRAME_HEADER_BYTES > len(data):
        raise Torn
    magic, length, checksum, first, at_us, count, marks_bytes = _FRAME.unpack_from(data, at)
    if magic != FRAME_MAGIC or length > MAX_BODY_BYTES or marks_bytes > length or count == 0:
        raise Damaged
    return FrameHeader(length, checksum, first, at_us, count, marks_bytes)


def check_body(header: FrameHeader, body: bytes) -> None:
    """Compare a frame's checksum; raises `Torn` or `Damaged`."""
    if len(body) < header.body_bytes:
        raise Torn
    rest = struct.pack("<QQII", header.first_sequence, header.at_us, header.count, header.marks_bytes)
    if zlib.crc32(body, zlib.crc32(rest, header.body_bytes)) != header.checksum:
        raise Damaged


def decode_marks(header: FrameHeader, body: bytes) -> dict[str, int]:
    """The marks of a checked frame."""
    return _marks.decode(body[: header.marks_bytes])


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the journal."""

    path: Path
    first_sequence: int

    def created_at_us(self) -> int:
        """When its first frame was appended, checked; raises `OperatorError`."""
        with self.path.open("rb") as file:
            return check_header(self.path, file.read(HEADER.size), self.first_sequence)


def segment_name(first_sequence: int) -> str:
    """The file name of the segment that begins with a sequence number."""
    return f"{first_sequence:020d}.journal"


def list_segments(folder: Path) -> list[Segment]:
    """The segments of a journal, oldest first."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    found = [(int(match[1]), name) for name in names if (match := _NAME.fullmatch(name))]
    return [Segment(folder / name, first) for first, name in sorted(found)]


def encode_header(first_sequence: int, at_us: int) -> bytes:
    """The header of a new segment."""
    checksum = zlib.crc32(struct.pack("<QQ", first_sequence, at_us), VERSION)
    return HEADER.pack(MAGIC, VERSION, 0, checksum, first_sequence, at_us)


def check_header(path: Path, data: bytes, first_sequence: int) -> int:
    """The creation time in a segment's header; raises `OperatorError` for another version or a damaged header."""
    if len(data) >= 10 and data[:8] == MAGIC and (version := int.from_bytes(data[8:10], "little")) != VERSION:
        raise OperatorError(
            f"{path} has journal format {version}; this Garrison reads and writes format {VERSION}.",
            "Nothing was touched. Start the Garrison that wrote it, or run `garrison upgrade`.",
        )
    if len(data) < HEADER.size:
        raise damage(path, 0)
    magic, _, _, checksum, first, at_us = HEADER.unpack(data[: HEADER.size])
    if magic != MAGIC or first != first_sequence or zlib.crc32(struct.pack("<QQ", first, at_us), VERSION) != checksum:
        raise damage(path, 0)
    return int(at_us)


def damage(path: Path, offset: int) -> OperatorError:
    """What an operator must know about a damaged journal."""
    return OperatorError(
        f"The journal is damaged: {path}, byte {offset}.",
        "Nothing was touched. Restore the journal from a backup.",
    )


def whole_frames(data: bytes, start: int = HEADER.size) -> Iterator[tuple[int, FrameHeader, bytes]]:
    """Offset, header and body of each frame of a segment's bytes; raises `Torn` or `Damaged` where the row breaks."""
    at, end = start, len(data)
    while at < end:
        header = decode_frame_header(data, at)
        body = data[at + FRAME_HEADER_BYTES : at + FRAME_HEADER_BYTES + header.body_bytes]
        check_body(header, body)
        yield at, header, body
        at += FRAME_HEADER_BYTES + header.body_bytes


def frame_follows(data: bytes, start: int) -> bool:
    """Whether any whole frame begins at or after `start`: then what lies there is no torn end."""
    at = data.find(FRAME_MAGIC, start)
    while at >= 0:
        try:
            next(whole_frames(data, at))
        except (Torn, Damaged):
            at = data.find(FRAME_MAGIC, at + 1)
        else:
            return True
    return False
