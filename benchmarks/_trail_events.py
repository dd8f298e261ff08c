"""Log files for benchmarks: real CloudTrail events as templates, with ids and times of their own."""

from __future__ import annotations

import gzip
import json
import os
import random
import tarfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SUITES = Path(os.environ.get("GARRISON_SUITES", Path(__file__).parents[2] / "shared" / "suites"))
RECORDS_A_FILE = 2000
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


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
    chosen = templates()
    step = timedelta(days=days) / count
    for number in range(count):
        event = dict(draw.choice(chosen))
        event["eventID"] = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        event["requestID"] = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        event["eventTime"] = (BEGIN + step * number).strftime("%Y-%m-%dT%H:%M:%SZ")
        yield json.dumps(event, separators=(",", ":")).encode()


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


def _write(folder: Path, number: int, batch: list[bytes]) -> None:
    content = b'{"Records":[' + b",".join(batch) + b"]}"
    (folder / f"123837392027_CloudTrail_us-east-1_{number:06d}.json.gz").write_bytes(gzip.compress(content, 6))
