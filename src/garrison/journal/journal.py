"""One ordered, append-only stream of events: reading it, following it, finding a time in it, pruning it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

from garrison.journal.entries import Damaged, Torn, decode_entries, encode_entry
from garrison.journal.segments import (
    FRAME_HEADER_BYTES,
    HEADER,
    FrameHeader,
    Segment,
    check_body,
    check_header,
    damage,
    decode_frame_header,
    list_segments,
    microseconds,
    time_of,
)
from garrison.journal.writer import DEFAULT_SEGMENT_BYTES, END, END_NAME, JournalWriter

Position: TypeAlias = int
"""An event's sequence number: 1 for the first that the journal ever held, then without gaps."""

_POLL_SECONDS = 0.005
_LONGEST_POLL_SECONDS = 0.05
_REMEMBERED_PLACES = 64


class Entry(NamedTuple):
    """One event of the journal."""

    position: Position
    event_id: str
    at: datetime
    """When it was appended; never earlier than the entry before."""
    payload: bytes


class Journal:
    """A journal in a folder. Reading is thread-safe, needs no writer, and sees only what is on the disk for good."""

    def __init__(self, folder: Path, *, max_segment_bytes: int = DEFAULT_SEGMENT_BYTES, sync: bool = True) -> None:
        self.folder = folder
        self._max_segment_bytes = max_segment_bytes
        self._sync = sync
        self._lock = threading.Lock()
        self._writer: JournalWriter | None = None
        self._places: dict[Position, tuple[Path, int]] = {}
        """Where the frame after a position begins, for readers that go on."""

    def writer(self) -> JournalWriter:
        """Become the journal's writer; raises `JournalBusy`, `JournalUnavailable` or `OperatorError`."""
        return JournalWriter(self.folder, max_segment_bytes=self._max_segment_bytes, sync=self._sync)

    def append_batch(
        self, events: Sequence[tuple[str, bytes]], at: datetime, marks: Mapping[str, int] | None = None
    ) -> Position:
        """Append events (id, payload) as one batch that is there whole or not at all; gives the last one's position.

        Takes the journal's writing end at the first call, until `close`. Raises as `writer` does.
        """
        with self._lock:
            if self._writer is None:
                self._writer = self.writer()
            held = self._writer.marks if marks is None else marks
            return self._writer.append([encode_entry(name, payload) for name, payload in events], at, held)

    def close(self) -> None:
        """Give up the writing end, if this process had it."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def last_position(self) -> Position:
        """The position of the last event; 0 where there is none."""
        try:
            data = (self.folder / END_NAME).read_bytes()
        except FileNotFoundError:
            return 0
        return int(END.unpack(data)[0]) if len(data) == END.size else 0

    def written_position(self) -> Position:
        """The position of the last event in the files, also where no writer has vouched for it yet."""
        segments = list_segments(self.folder)
        position = segments[-1].first_sequence - 1 if segments else 0
        for header in self._headers(segments[-1], bounded=False) if segments else ():
            position = header.last_sequence
        return position

    def first_position(self) -> Position:
        """The position of the oldest event that is still held; the next to come where there is none."""
        segments = list_segments(self.folder)
        return segments[0].first_sequence if segments else self.last_position() + 1

    def size_bytes(self) -> int:
        """What the journal's segments take on the disk."""
        total = 0
        for segment in list_segments(self.folder):
            try:
                total += segment.path.stat().st_size
            except FileNotFoundError:
                continue  # pruned meanwhile
        return total

    def read(self, after: Position | None = None) -> Iterator[Entry]:
        """The events after a position, oldest first, up to the end of now; raises `OperatorError` where it is damaged."""
        for batch in self.batches(after):
            yield from batch

    def batches(self, after: Position | None = None) -> Iterator[list[Entry]]:
        """As `read`, in the batches in which they were appended."""
        start = after or 0
        for header, body in self._frames(start):
            at = time_of(header.at_us)
            found = decode_entries(body[header.marks_bytes :])
            entries = [
                Entry(position, name, at, payload)
                for position, (name, payload) in enumerate(found, header.first_sequence)
            ]
            yield entries if header.first_sequence > start else entries[start + 1 - header.first_sequence :]

    def wait(self, after: Position, timeout: float) -> bool:
        """Wait at most `timeout` seconds for an event after a position; whether there is one."""
        deadline = time.monotonic() + timeout
        pause = _POLL_SECONDS
        while self.last_position() <= after:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)
        return True

    def position_at(self, at: datetime) -> Position:
        """The position after which everything was appended at `at` or later."""
        at_us = microseconds(at.astimezone(UTC))
        segments = list_segments(self.folder)
        if not segments:
            return self.last_position()
        # The last segment that began before `at` holds the boundary: times never go back.
        chosen = segments[0]
        for segment in segments:
            if segment.created_at_us() >= at_us:
                break
            chosen = segment
        position = chosen.first_sequence - 1
        for header in self._headers(chosen):
            if header.at_us >= at_us:
                break
            position = header.last_sequence
        return position

    def prune(
        self,
        *,
        consumed: Position | None,
        before: datetime | None = None,
        max_bytes: int | None = None,
        force: bool = False,
    ) -> int:
        """Delete the oldest segments: those with nothing appended since `before`, and those beyond `max_bytes` in all.

        `consumed` is the lowest offset of all consumers: nothing after it goes unless forced. The last segment always
        stays. Gives the number of bytes freed.
        """
        segments = list_segments(self.folder)
        sizes = [segment.path.stat().st_size for segment in segments]
        total = sum(sizes)
        freed = 0
        for segment, following, size in zip(segments, segments[1:], sizes, strict=False):
            is_old = before is not None and following.created_at_us() < microseconds(before.astimezone(UTC))
            is_too_much = max_bytes is not None and total - freed > max_bytes
            is_consumed = consumed is not None and following.first_sequence - 1 <= consumed
            if not (is_old or is_too_much) or not (is_consumed or force):
                break
            if following.first_sequence > self.last_position():
                break  # the segment after it is still empty: the marks are here
            segment.path.unlink(missing_ok=True)
            freed += size
        return freed

    def _frames(self, after: Position) -> Iterator[tuple[FrameHeader, bytes]]:
        """Header and body of each frame that holds something after a position, in order."""
        end = self.last_position()
        expected = 0
        while after < end:
            place = self._places.get(after) or self._place(after)
            if place is None:
                return
            path, offset = place
            try:
                fd = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                self._places.pop(after, None)
                expected = 0
                continue  # pruned between the listing and now
            reached = after
            try:
                for header, body, next_offset in _segment_frames(path, fd, offset, after, end):
                    if expected and header.first_sequence != expected:
                        raise damage(path, offset)
                    expected = header.last_sequence + 1
                    reached = header.last_sequence
                    offset = next_offset
                    self._remember(reached, path, offset)
                    yield header, body
            finally:
                os.close(fd)
            if reached == after and not self._skip_to_next(path, after):
                raise damage(path, offset)  # the writer has vouched for more
            after = reached

    def _place(self, after: Position) -> tuple[Path, int] | None:
        chosen: Segment | None = None
        for segment in list_segments(self.folder):
            if chosen is not None and segment.first_sequence > after + 1:
                break
            chosen = segment
        return None if chosen is None else (chosen.path, 0)

    def _skip_to_next(self, path: Path, after: Position) -> bool:
        """Forget a remembered place at the end of a segment; whether another segment goes on from there."""
        self._places.pop(after, None)
        place = self._place(after)
        return place is not None and place[0] != path

    def _remember(self, position: Position, path: Path, offset: int) -> None:
        if len(self._places) >= _REMEMBERED_PLACES:
            self._places.clear()
        self._places[position] = (path, offset)

    def _headers(self, segment: Segment, *, bounded: bool = True) -> Iterator[FrameHeader]:
        end = self.last_position() if bounded else 2**64
        fd = os.open(segment.path, os.O_RDONLY)
        try:
            offset = HEADER.size
            while True:
                try:
                    header = decode_frame_header(os.pread(fd, FRAME_HEADER_BYTES, offset))
                except Torn:
                    return
                except Damaged:
                    if not bounded:
                        return
                    raise damage(segment.path, offset) from None
                if header.last_sequence > end:
                    return
                yield header
                offset += FRAME_HEADER_BYTES + header.body_bytes
        finally:
            os.close(fd)


def _segment_frames(
    path: Path, fd: int, offset: int, after: Position, end: Position
) -> Iterator[tuple[FrameHeader, bytes, int]]:
    """Header, body and end of each frame after a position from an offset on (0 for the beginning)."""
    if offset == 0:
        first = int(path.name.partition(".")[0])
        check_header(path, os.pread(fd, HEADER.size, 0), first)
        offset = HEADER.size
    while True:
        try:
            header = decode_frame_header(os.pread(fd, FRAME_HEADER_BYTES, offset))
            if header.last_sequence > end:
                return
            start, offset_after = offset + FRAME_HEADER_BYTES, offset + FRAME_HEADER_BYTES + header.body_bytes
            if header.last_sequence > after:
                body = os.pread(fd, header.body_bytes, start)
                check_body(header, body)
                yield header, body, offset_after
            if header.last_sequence == end:
                return  # what follows nobody has vouched for: it may be torn until the writer has opened it
        except Torn:
            return
        except Damaged:
            raise damage(path, offset) from None
        offset = offset_after
