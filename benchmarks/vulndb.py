"""How long the vulnerability database takes to build and how large it is: of all supplied sources, and of 200,000 advisories.

    python benchmarks/vulndb.py [--advisories 200000] [--suites ../shared/suites]

Each is built twice: afresh, and again with one advisory more, where what has not changed is taken over. Nobody else builds such a file of
these sources, so there is no peer; the targets are those of the issue. Run by one process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from _advisories import write_advisories

from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.sources import folder_sources
from garrison.scan.vulnerabilities.status import status

TARGET_SECONDS = 60
TARGET_BYTES = 500 * 1000**2


def main() -> int:
    """Build both and print the figures; exit 1 where a target is missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--advisories", type=int, default=200_000)
    arguments.add_argument("--suites", type=Path, default=_suites())
    chosen = arguments.parse_args()
    is_met = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if (chosen.suites / "inspector").exists():
            is_met = _measure("all supplied sources", chosen.suites / "inspector", folder / "supplied")
        else:
            print(f"skipped: {chosen.suites / 'inspector'} is not there")
        made = folder / "made"
        made.mkdir()
        write_advisories(made / "advisories.jsonl", chosen.advisories)
        is_met = _measure(f"{chosen.advisories:,} advisories", made, folder / "large") and is_met
    return 0 if is_met else 1


def _measure(what: str, sources: Path, folder: Path) -> bool:
    path = folder / "vulnerabilities.db"
    started, used = time.perf_counter(), time.process_time()
    built = build(path, folder_sources(sources), datetime.now(UTC))
    seconds, used = time.perf_counter() - started, time.process_time() - used
    size = path.stat().st_size
    told = status(path)
    assert told is not None
    count = sum(each.advisories for each in told.sources)
    others = sum(each.others for each in told.sources)
    refused = sum(each.refused for each in told.sources)
    print(
        f"{what}: {count:,} advisories, {others:,} scores and others, {refused:,} set aside, {built.changed:,} packages\n"
        f"  built afresh     {seconds:6.1f} s ({used:.1f} s of the processor)   target {TARGET_SECONDS} s\n"
        f"  size             {size / 1e6:6.1f} MB   target {TARGET_BYTES / 1e6:.0f} MB"
    )
    more = folder / "more"
    more.mkdir()
    (more / "new.json").write_text(json.dumps(_ONE))
    started = time.perf_counter()
    changed = build(path, folder_sources(more), datetime.now(UTC)).changed
    print(f"  one more taken in {time.perf_counter() - started:5.1f} s   {changed} package changed")
    return seconds < TARGET_SECONDS and size < TARGET_BYTES and changed == 1


_ONE = {
    "id": "SYN-NEW",
    "modified": "2026-11-26T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "new"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
        }
    ],
}


def _suites() -> Path:
    return Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")


if __name__ == "__main__":
    sys.exit(main())
