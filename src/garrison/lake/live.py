"""What is followed live: the fresh events of log files that have just come, handed over to alarms and detections.

An event is live that was under 15 minutes old when its file was first seen by who follows; a year's log files wake nobody. The fresh
events of a file are written beside the lake before the file is committed, and are taken from there once it is: a file that never gets
into the lake raises nothing, and none that does is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from garrison import codec
from garrison.journal.files import make_folder, replace_whole
from garrison.lake.place import LakePlace

FRESH = timedelta(minutes=15)
"""How old an event may be when its file is first seen."""
FOLDER = "live"
_SUFFIX = ".jsonl"


class LiveEvents(NamedTuple):
    """The fresh events of one log file."""

    sha256: str
    """Of the file's content, inflated."""
    records: tuple[bytes, ...]


def keep(place: LakePlace, found: Iterable[LiveEvents]) -> None:
    """Write fresh events down, durably; the same again after a crash. Raises `OSError`."""
    folder = place.folder / FOLDER
    for one in found:
        make_folder(folder)
        lines = (codec.encode(codec.decode(record)) for record in one.records)
        replace_whole(folder / f"{one.sha256}{_SUFFIX}", b"".join(line + b"\n" for line in lines))


def waiting(place: LakePlace) -> list[str]:
    """The contents, by SHA-256, whose fresh events wait."""
    try:
        names = [path.name for path in (place.folder / FOLDER).iterdir()]
    except FileNotFoundError:
        return []
    return sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


def read(place: LakePlace, sha256: str) -> LiveEvents:
    """The fresh events of a file."""
    return LiveEvents(sha256, tuple(_path(place, sha256).read_bytes().splitlines()))


def forget(place: LakePlace, sha256s: Iterable[str]) -> None:
    """They were taken."""
    for sha256 in sha256s:
        _path(place, sha256).unlink(missing_ok=True)


def is_stale(place: LakePlace, sha256: str, before: datetime) -> bool:
    """Whether they were written before a time, and so belong to a file that nobody takes in any more."""
    return _path(place, sha256).stat().st_mtime < before.timestamp()


def is_fresh(event_time: datetime, arrived: datetime) -> bool:
    """Whether an event was under 15 minutes old when its file came."""
    return event_time > arrived - FRESH


def event_ids(records: Sequence[bytes]) -> list[str]:
    """Each record's `eventID`."""
    return [_IDS.decode(record).event_id for record in records]


class _Id(msgspec.Struct):
    event_id: str = msgspec.field(name="eventID")


_IDS = msgspec.json.Decoder(_Id)


def _path(place: LakePlace, sha256: str) -> Path:
    return place.folder / FOLDER / f"{sha256}{_SUFFIX}"
