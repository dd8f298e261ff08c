"""The journal's single writer: repairs a torn end, appends batches, syncs them, and only then shows them to readers."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from garrison.journal.entries import Damaged, Torn, decode_entries
from garrison.journal.failures import JournalBusy, JournalUnavailable, unavailable
from garrison.journal.files import FILE_MODE, create_whole, is_locked, make_folder, replace_whole, write_at
from garrison.journal.segments import (
    FRAME_HEADER_BYTES,
    HEADER,
    Segment,
    check_header,
    damage,
    decode_frame_header,
    decode_marks,
    encode_frame,
    encode_header,
    frame_follows,
    list_segments,
    microseconds,
    segment_name,
    whole_frames,
)

DEFAULT_SEGMENT_BYTES = 32 * 1024 * 1024
LOCK_NAME = "writer.lock"
END_NAME = "end"
END = struct.Struct("<Q")
"""The sequence number up to which the journal is on disk: what readers may see."""


class JournalWriter:
    """Owns a journal folder for as long as it is open. Not thread-safe."""

    def __init__(self, folder: Path, *, max_segment_bytes: int = DEFAULT_SEGMENT_BYTES, sync: bool = True) -> None:
        """Take the folder and repair it.

        Raises `JournalBusy` where another writer has it, `OperatorError` where it is damaged or of another version, and
        `JournalUnavailable` where it cannot be written.
        """
        self.folder = folder
        self.last_sequence = 0
        self.marks: dict[str, int] = {}
        """How far each spool segment is sequenced, as of the last batch."""
        self._max_segment_bytes = max_segment_bytes
        self._sync = sync
        self._fd = -1
        self._size = 0
        self._last_at_us = 0
        self._end_fd = -1
        self._lock_fd = -1
        try:
            self._open()
        except OSError as error:
            self.close()
            raise unavailable(folder, error) from error
        except BaseException:
            self.close()
            raise

    def append(self, entries: Sequence[bytes], at: datetime, marks: Mapping[str, int]) -> int:
        """Append one batch and sync it; gives the sequence number of its last event.

        Raises `JournalUnavailable`, and then nothing of it is in the journal.
        """
        if self._lock_fd < 0:
            raise JournalUnavailable(f"The journal {self.folder} is closed for writing.")
        first = self.last_sequence + 1
        at_us = max(microseconds(at), self._last_at_us)
        frame = encode_frame(first, at_us, entries, marks)
        try:
            if self._fd < 0 or self._size + len(frame) > max(self._max_segment_bytes, HEADER.size + len(frame)):
                self._begin_segment(first, at_us)
            write_at(self._fd, frame, self._size)
        except OSError as error:
            raise unavailable(self.folder, error) from error
        self._sync_frame()
        self._size += len(frame)
        self._last_at_us = at_us
        self.last_sequence += len(entries)
        self.marks = dict(marks)
        self._publish()
        return self.last_sequence

    def recent_ids(self, limit: int) -> list[str]:
        """The ids of the last events, oldest first: at least `limit` where the journal holds as many."""
        found: list[list[str]] = []
        total = 0
        for segment in reversed(list_segments(self.folder)):
            data = segment.path.read_bytes()
            ids: list[str] = []
            try:
                for _, header, body in whole_frames(data):
                    ids.extend(event_id for event_id, _ in decode_entries(body[header.marks_bytes :]))
            except (Torn, Damaged):
                raise damage(segment.path, HEADER.size) from None
            found.append(ids)
            total += len(ids)
            if total >= limit:
                break
        return [event_id for ids in reversed(found) for event_id in ids]

    def close(self) -> None:
        """Give the folder free."""
        for fd in (self._fd, self._end_fd, self._lock_fd):
            if fd >= 0:
                os.close(fd)
        self._fd = self._end_fd = self._lock_fd = -1

    def _open(self) -> None:
        make_folder(self.folder)
        for segment in list_segments(self.folder):
            segment.created_at_us()  # another version is refused before anything is touched
        self._lock_fd = os.open(self.folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, FILE_MODE)
        if is_locked(self._lock_fd):
            os.close(self._lock_fd)
            self._lock_fd = -1
            raise JournalBusy(f"Another process writes to {self.folder}.")
        segments = list_segments(self.folder)
        if segments:
            self._continue(segments)
        end = self.folder / END_NAME
        if not end.exists():
            replace_whole(end, END.pack(0), sync=self._sync)
        self._end_fd = os.open(end, os.O_RDWR)
        self._publish()

    def _continue(self, segments: list[Segment]) -> None:
        last = segments[-1]
        data = last.path.read_bytes()
        self._last_at_us = check_header(last.path, data[: HEADER.size], last.first_sequence)
        end = self._read_last(last, data)
        if end < len(data):
            self._cut(last.path, data, end)
        self._fd = os.open(last.path, os.O_RDWR)
        self._size = end
        os.ftruncate(self._fd, end)
        if self._sync:
            os.fsync(self._fd)  # a whole frame may have been written by a writer that died before it synced it
        if end == HEADER.size and len(segments) > 1:
            before = segments[-2]
            if self._read_last(before, before.path.read_bytes()) != before.path.stat().st_size:
                raise damage(before.path, HEADER.size)

    def _read_last(self, segment: Segment, data: bytes) -> int:
        """Take position, time and marks from a segment's frames; gives where the last whole frame ends."""
        end = HEADER.size
        last = segment.first_sequence - 1
        try:
            for at, header, body in whole_frames(data):
                if header.first_sequence != last + 1:
                    raise damage(segment.path, at)
                last = header.last_sequence
                self._last_at_us = max(self._last_at_us, header.at_us)
                self.marks = decode_marks(header, body)
                end = at + FRAME_HEADER_BYTES + header.body_bytes
        except (Torn, Damaged):
            if frame_follows(data, end + 1):
                raise damage(segment.path, end) from None
        self.last_sequence = last
        return end

    def _cut(self, path: Path, data: bytes, end: int) -> None:
        """Keep aside what a torn end held, where it is more than the beginning of a frame: nothing is destroyed."""
        try:
            header = decode_frame_header(data, end)
            is_plainly_torn = end + FRAME_HEADER_BYTES + header.body_bytes > len(data)
        except Torn:
            is_plainly_torn = True
        except Damaged:
            is_plainly_torn = not any(data[end:])
        if not is_plainly_torn:
            replace_whole(path.with_name(f"{path.name}.{end}.torn"), data[end:], sync=self._sync)

    def _begin_segment(self, first: int, at_us: int) -> None:
        header = encode_header(first, at_us)
        fd = create_whole(self.folder / segment_name(first), header, sync=self._sync)
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._size = fd, len(header)

    def _sync_frame(self) -> None:
        if not self._sync:
            return
        try:
            os.fdatasync(self._fd)
        except OSError as error:
            # What the page cache shows after a failed fsync may not be on the disk: drop it, look again when reopened.
            with suppress(OSError):
                os.ftruncate(self._fd, self._size)
            self.close()
            raise unavailable(self.folder, error) from error

    def _publish(self) -> None:
        os.pwrite(self._end_fd, END.pack(self.last_sequence), 0)
