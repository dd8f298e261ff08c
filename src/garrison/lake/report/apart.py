"""A report in a process of its own, for a server's worker."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from garrison.lake.apart import answer, ask_apart
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
    return ask_apart(__name__, asked)


def _told(asked: Asked) -> dict[str, Any]:
    from garrison.journal import Journal
    from garrison.lake.engine import Limits
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.report.reporting import trail_report
    from garrison.setting_sources import load_settings

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
    answer(Asked, _told)
