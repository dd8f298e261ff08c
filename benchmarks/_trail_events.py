"""Log files for benchmarks: real CloudTrail events as templates, with ids and times of their own."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SUITES = Path(os.environ.get("GARRISON_SUITES", Path(__file__).parents[2] / "shared" / "suites"))
RECORDS_A_FILE = 2000
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_OWN = ("eventID", "requestID", "eventTime")
"""What each event has of its own."""


def templates() -> list[dict[str, Any]]:
    """The real events, or none where the suites are not there."""
    archive = SUITES / "cloudtrail" / "cloudtrail-samples.tar.gz"
    if not archive.exists():
        raise SystemExit(f"{archive} is not there: set GARRISON_SUITES.")
    found: list[dict[str, Any]] = []
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda member: member.name):
            if member.name.endswith(".json") and (file := tar.extractfile(member)) is not None:
                content = json.load(file)
                found += content["Records"] if isinstance(content, dict) else content
    return found


def records(count: int, days: int = 3) -> Iterator[bytes]:
    """Events in the order of their times; the same ones each time."""
    draw = random.Random(7)
    chosen = [_template(event) for event in templates()]
    step = timedelta(days=days) / count
    second, at = -1, ""
    for number in range(count):
        template = draw.choice(chosen)
        event_id, request_id = _uuid(draw.getrandbits(128)), _uuid(draw.getrandbits(128))
        if (now := step * number // _SECOND) != second:
            second, at = now, (BEGIN + _SECOND * now).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield (template % {"eventID": event_id, "requestID": request_id, "eventTime": at}).encode()


def _template(event: dict[str, Any]) -> str:
    """An event with places for what each has of its own: it is made JSON once for many."""
    text = json.dumps(event | {name: f"<{name}>" for name in _OWN}, separators=(",", ":")).replace("%", "%%")
    return re.sub("<({})>".format("|".join(_OWN)), r"%(\1)s", text)


def _uuid(bits: int) -> str:
    """A random UUID's text, as `uuid.UUID(int=bits, version=4)` makes it."""
    digits = f"{bits & ~(0xF000 << 64) & ~(0xC000 << 48) | 4 << 76 | 0x8000 << 48:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def write_logs(folder: Path, count: int) -> int:
    """Write gzip log files in CloudTrail's form; gives the bytes of the records."""
    size = number = 0
    batch: list[bytes] = []
    for record in records(count):
        batch.append(record)
        size += len(record)
        if len(batch) == RECORDS_A_FILE:
            _write(folder, number, batch)
            number, batch = number + 1, []
    if batch:
        _write(folder, number, batch)
    return size


def kept_logs(folder: Path, count: int) -> Path:
    """A folder of such files, made where it is not there."""
    if not folder.exists():
        folder.mkdir(parents=True)
        write_logs(folder, count)
    return folder


def _write(folder: Path, number: int, batch: list[bytes]) -> None:
    content = b'{"Records":[' + b",".join(batch) + b"]}"
    (folder / f"123837392027_CloudTrail_us-east-1_{number:06d}.json.gz").write_bytes(gzip.compress(content, 6))
