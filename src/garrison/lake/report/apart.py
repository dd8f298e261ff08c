"""A report in a process of its own, for a server's worker: the engine's memory goes with the process.

It reads what is asked as JSON from its standard input, and writes the report or what was wrong to its standard output.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from garrison import codec
from garrison.errors import GarrisonError
from garrison.lake.failures import QueryFailed
from garrison.lake.report.period import Period


class Asked(msgspec.Struct, frozen=True):
    """What is asked."""

    home: str
    node: str
    account: str
    start: datetime | None
    end: datetime
    most_rows: int
    seconds: float
    memory_bytes: int


def report_apart(asked: Asked) -> dict[str, Any]:
    """The report as the API answers it; raises `QueryFailed`."""
    command = [sys.executable, "-m", "garrison.lake.report.apart"]
    try:
        done = subprocess.run(
            command, input=codec.encode(asked), capture_output=True, check=True, timeout=2 * asked.seconds
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise QueryFailed("The report could not be made.") from None
    told: dict[str, Any] = codec.decode(done.stdout)
    if "problem" in told:
        raise QueryFailed(told["problem"])
    return told


def main() -> None:
    """Answer one report."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    seconds = int(asked.seconds * (os.cpu_count() or 1)) + 60
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        told = _told(asked)
    except GarrisonError as error:
        told = {"problem": str(error)}
    sys.stdout.buffer.write(codec.encode(told))


def _told(asked: Asked) -> dict[str, Any]:
    from garrison.journal import Journal
    from garrison.lake.engine import Limits
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.report.reporting import trail_report
    from garrison.settings import load_settings

    home = Path(asked.home)
    return trail_report(
        Lake(place_of(load_settings(home), asked.node)),
        Journal(home / "journal"),
        asked.node,
        Period(asked.account, asked.end, asked.start),
        most_rows=asked.most_rows,
        limits=Limits(seconds=asked.seconds, memory_bytes=asked.memory_bytes),
    ).shown()


if __name__ == "__main__":
    main()
