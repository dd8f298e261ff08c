"""Measure what a home keeps and what its server takes: items, events, bytes, lag, processes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from garrison.journal import Journal
from garrison.runtime.home import Home
from garrison.runtime.parts import Opened, open_parts
from garrison.services.cloudtrail.delivery.state import deliveries
from garrison.settings import Settings

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder, of which some may go meanwhile; 0 where there is none."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total


def _bytes_by_part(home: Path) -> dict[str, int]:
    """What the folders of the home hold (`objects`, `lake`, `logs`, `metrics` …), the largest first; files of its own as `files`."""
    held = {"files": 0}
    for entry in home.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            held[entry.name] = folder_bytes(entry)
        else:
            with suppress(FileNotFoundError):
                held["files"] += entry.lstat().st_size
    return dict(sorted(held.items(), key=lambda item: -item[1]))


def measure(settings: Settings) -> dict[str, Any]:
    """Sizes in bytes, counts, retention and ceilings, for `garrison status`."""
    home = Home(settings.home_path)
    with closing(open_parts(settings)) as opened:
        journal = Journal(home.journal)
        last = journal.last_position()
        kept = opened.parts.store.statistics()
        journal_bytes, spool_bytes = folder_bytes(home.journal), folder_bytes(home.spools)
        return {
            "items": kept.items,
            "item_versions": kept.versions,
            "secrets": kept.secrets,
            "store_bytes": kept.size_bytes,
            "journal_events": last - journal.first_position() + 1 if last else 0,
            "journal_position": last,
            "journal_bytes": journal_bytes,
            "recent_events": opened.parts.recent.count(),
            "recent_bytes": database_bytes(home.recent_file),
            "events_in_outbox": kept.outbox_rows,
            "trail_deliveries": _trail_deliveries(opened, last),
            "journal_events_behind": max(0, last - opened.parts.recent.position),
            "spool_bytes": spool_bytes,
            "spool_ceiling_bytes": settings.spool_ceiling_bytes,
            "retention_days": settings.retention_days,
            "disk_ceiling_bytes": settings.disk_ceiling_bytes,
            "disk_ceiling_used_percent": round(100 * (journal_bytes + spool_bytes) / settings.disk_ceiling_bytes, 1),
            "disk_free_bytes": shutil.disk_usage(home.path).free,
            "home_bytes": folder_bytes(home.path),
            "home_part_bytes": _bytes_by_part(home.path),
            "fsync": "never (ephemeral)" if settings.ephemeral else settings.fsync,
        }


def _trail_deliveries(opened: Opened, last_position: int) -> dict[str, str]:
    with opened.parts.store.reading(opened.settings.account_id, opened.settings.region) as unit:
        return deliveries(unit, last_position)


def measure_server(running: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the running server says of itself, its age, and what its processes hold in memory."""
    if running is None:
        return {
            "running": False,
            "ready": False,
            "endpoint": None,
            "console": None,
            "uptime_seconds": None,
            "processes": {},
        }
    processes: dict[str, int] = running["processes"]
    started_at = running.get("started_at")
    uptime = datetime.now(UTC) - datetime.fromisoformat(started_at) if started_at else None
    pids = [*processes.values(), *worker_pids(processes.get("gateway"))]
    return {
        "running": True,
        "ready": running["endpoint"] is not None,
        "endpoint": running["endpoint"],
        "console": running["console"],
        "supervisor": running["supervisor"],
        "started_at": started_at,
        "uptime_seconds": round(uptime.total_seconds()) if uptime is not None else None,
        "workers": running.get("workers"),
        "processes": processes,
        "restarts": running["restarts"],
        "resident_bytes": {str(pid): size for pid in pids if (size := resident_bytes(pid)) is not None},
    }


def worker_pids(gateway: int | None) -> list[int]:
    """The processes that the gateway forked, where it has more than one worker (Linux)."""
    try:
        return [int(pid) for pid in Path(f"/proc/{gateway}/task/{gateway}/children").read_text().split()]
    except OSError:
        return []


def resident_bytes(pid: int) -> int | None:
    """What a process holds in memory, None where the system does not say (Linux says)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return None


def database_bytes(database: Path) -> int:
    """Bytes of a SQLite file with its log."""
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
