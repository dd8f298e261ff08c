"""Keep what an account holds within its retention time and its ceiling on the disk."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from garrison.errors import GarrisonError
from garrison.journal import Journal, Lanes, lowest_offset
from garrison.logs import get_logger
from garrison.runtime.parts import Opened
from garrison.settings import Settings

log = get_logger("garrison.retention")


_MOST_SEGMENT_BYTES = 32 * 1024 * 1024
_SEGMENTS_OF_A_CEILING = 8


def segment_bytes(settings: Settings) -> int:
    """How large a segment of the journal becomes: small enough for the ceiling to be kept by deleting whole ones."""
    return min(_MOST_SEGMENT_BYTES, settings.disk_ceiling_bytes // _SEGMENTS_OF_A_CEILING)


def enforce(opened: Opened, journal: Journal) -> int:
    """Forget what is older than the retention time, and of the journal what is beyond the ceiling; gives freed bytes.

    Nothing goes that a consumer has not taken yet, and the journal's last segment always stays.
    """
    settings = opened.settings
    now = opened.clock.now()
    freed = 0
    try:
        opened.parts.recent.expire(now)
        while opened.parts.store.purge_expired_state():
            pass
        freed = journal.prune(
            consumed=lowest_offset(opened.home.offsets),
            before=now - timedelta(days=settings.retention_days),
            max_bytes=max(0, settings.disk_ceiling_bytes - Lanes(opened.home.spools).size_bytes()),
        )
    except (OSError, GarrisonError, sqlite3.Error) as error:
        log.warning("retention_not_kept", cause=str(error))
    if freed:
        log.info("journal_pruned", bytes=freed, ceiling=settings.disk_ceiling_bytes, days=settings.retention_days)
    return freed
