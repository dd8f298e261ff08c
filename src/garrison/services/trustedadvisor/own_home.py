"""What the machine says of the home: room, what waits, the last backup, and whether what lies there is encrypted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.services.iam.resources import Account
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.background import Workplace

LAST_BACKUP = "last-backup"
"""The file of the home that says when the last backup was taken; `garrison backup` writes it."""
_BLOCK_DEVICES = Path("/sys/dev/block")
_ENCRYPTED = "CRYPT-"
"""What the device mapper's ids of encrypted volumes begin with (dm-crypt, LUKS)."""
_DEEPEST = 16
"""Devices beneath one another; a loop ends there."""


def home_of(place: Workplace) -> dict[str, Any]:
    """The home as its checks read it; what cannot be found out is None."""
    settings, parts = place.parts.settings, place.parts
    disk = shutil.disk_usage(place.home)
    last = place.journal.last_position()
    with parts.store.reading(settings.account_id, GLOBAL_REGION) as unit:
        account = unit.get(Account, settings.account_id)
    return {
        "freeBytes": disk.free,
        "totalBytes": disk.total,
        "journalPercent": 100 * place.journal.size_bytes() / settings.disk_ceiling_bytes,
        "spoolPercent": 100 * _bytes_below(place.home / "spool") / settings.spool_ceiling_bytes,
        "outbox": parts.store.statistics().outbox_rows,
        "notIndexed": max(0, last - parts.recent.position),
        "rootKey": "token" if settings.root_key_token.module else "variable" if settings.root_key_variable else "file",
        "diskEncrypted": is_encrypted(place.home),
        "lastBackupAt": last_backup(place.home),
        "createdAt": account.created_at if account is not None else None,
    }


def last_backup(home: Path) -> datetime | None:
    """When the last backup of a home was taken; None where none was."""
    with suppress(OSError, ValueError):
        at = datetime.fromisoformat((home / LAST_BACKUP).read_text().strip())
        return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return None


def is_encrypted(path: Path, devices: Path = _BLOCK_DEVICES) -> bool | None:
    """Whether a path lies on an encrypted block device; None where it lies on none that the kernel tells of."""
    try:
        number = path.stat().st_dev
    except OSError:
        return None
    device = devices / f"{os.major(number)}:{os.minor(number)}"
    if not device.exists():
        return None
    found = list(_ids(device.resolve(), _DEEPEST))
    return any(one.startswith(_ENCRYPTED) for one in found)


def _ids(device: Path, depth: int) -> Iterator[str]:
    """The device mapper's ids of a device and of those that it lies on."""
    with suppress(OSError):
        yield (device / "dm" / "uuid").read_text()
    if depth:
        for below in (device / "slaves").glob("*"):
            yield from _ids(below.resolve(), depth - 1)


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).lstat().st_size
    return total
