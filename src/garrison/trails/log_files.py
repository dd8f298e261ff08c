"""The log files of a trail: their names and their bytes.

Source: CloudTrail User Guide, "CloudTrail log file name format" and "Finding your CloudTrail log files".
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 16 * 1024 * 1024
"""Of one log file's records, inflated; AWS ends a file at 50 MB."""
_HEAD, _TAIL = b'{"Records":[', b"]}"
_UNIQUE_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_UNIQUE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log file before it has a name."""

    body: bytes
    """The records as JSON, inflated."""
    count: int
    oldest: datetime
    newest: datetime
    """The times of its oldest and newest event."""

    @property
    def sha256(self) -> str:
        """The hash of the inflated file in hex, as digests hold it."""
        return hashlib.sha256(self.body).hexdigest()

    def compressed(self) -> bytes:
        """The file's bytes as they lie in the bucket; the same ones each time."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)


def build_log_files(records: Iterable[tuple[datetime, bytes]], most_bytes: int = MOST_BYTES) -> Iterator[LogFile]:
    """Records with their times as files of at most `most_bytes` each (a larger record has one of its own)."""
    held: list[bytes] = []
    times: list[datetime] = []
    size = 0
    for at, record in records:
        if held and size + len(record) > most_bytes:
            yield _file(held, times)
            held, times, size = [], [], 0
        held.append(record)
        times.append(at)
        size += len(record) + 1
    if held:
        yield _file(held, times)


def _file(records: list[bytes], times: list[datetime]) -> LogFile:
    return LogFile(_HEAD + b",".join(records) + _TAIL, len(records), min(times), max(times))


def folder(prefix: str | None, account: str, kind: str, organization: str | None = None) -> str:
    """Where files of a kind (`CloudTrail`, `CloudTrail-Digest`) lie: `[prefix/]AWSLogs/[organization/]account/kind/`."""
    parts = [prefix, "AWSLogs", organization, account, kind]
    return "/".join(part for part in parts if part) + "/"


def marker_key(prefix: str | None, account: str, kind: str, organization: str | None = None) -> str:
    """The empty object by which CloudTrail finds out whether it may write into a folder."""
    return folder(prefix, account, kind, organization)


def log_file_key(
    prefix: str | None, account: str, region: str, at: datetime, seed: str, organization: str | None = None
) -> str:
    """The object key of a log file delivered at a time; `seed` decides its unique part, and nobody can guess the one from the other."""
    name = f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_{_unique(seed)}.json.gz"
    return f"{folder(prefix, account, 'CloudTrail', organization)}{region}/{at:%Y/%m/%d}/{name}"


def _unique(seed: str) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    characters = []
    for _ in range(_UNIQUE_LENGTH):
        number, place = divmod(number, len(_UNIQUE_CHARACTERS))
        characters.append(_UNIQUE_CHARACTERS[place])
    return "".join(characters)
