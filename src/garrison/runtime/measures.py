"""Measure what a home keeps: items, events, bytes, and how far the consumers have come."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from garrison.journal import Journal
from garrison.runtime.home import Home
from garrison.runtime.parts import open_parts
from garrison.settings import Settings


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


def measure(settings: Settings) -> dict[str, Any]:
    """Sizes in bytes, counts, retention and ceilings, for `garrison status`."""
    home = Home(settings.home_path)
    opened = open_parts(settings)
    try:
        journal = Journal(home.journal)
        last = journal.last_position() if home.journal.exists() else 0
        return {
            "recent_events": opened.parts.recent.count(),
            "journal_events_behind": max(0, last - opened.parts.recent.position),
            "journal_bytes": folder_bytes(home.journal),
            "spool_bytes": folder_bytes(home.spools),
            "home_bytes": folder_bytes(home.path),
            "retention_days": settings.retention_days,
            "disk_ceiling_bytes": settings.disk_ceiling_bytes,
            "disk_free_bytes": shutil.disk_usage(home.path).free,
            "fsync": settings.fsync,
        }
    finally:
        opened.close()
