"""What comes round: a backup of each active cluster a day, and the end of backups whose time is over; and what `garrison backup` takes along."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.crypto import KeyStoreAway
from garrison.identifiers import event_id
from garrison.logs import get_logger
from garrison.services.background import Workplace
from garrison.services.cloudhsmv2.backup_making import discard, draft_backup
from garrison.services.cloudhsmv2.naming import hsms_of
from garrison.services.cloudhsmv2.resources import Backup, Cluster, Place
from garrison.services.cloudhsmv2.service import service
from garrison.services.cloudhsmv2.tokens import FOLDER
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.call import Parts

BACKUP_EVERY = timedelta(days=1)
"""CloudHSM user guide, "Cluster backups": at least once a day."""
_KEPT = ("tokens/*/token.object", "tokens/*/*.object", "tokens/*/generation", "backups/*/*")
_log = get_logger(__name__)


@service.task("backups", every=timedelta(seconds=1))
def keep_backups(place: Workplace) -> None:
    """Make the backups that are due, and let go of those whose time is over."""
    parts, now = place.parts, place.clock.now()
    if not parts.settings.cloudhsm.softhsm:
        return
    with parts.store.reading(parts.settings.account_id, GLOBAL_REGION) as unit:
        places = unit.page(Place)
    for one in places:
        with parts.store.reading(one.owner, one.place) as unit:
            clusters, backups = unit.page(Cluster), unit.page(Backup)
        for cluster in clusters:
            if cluster.state == "INITIALIZED" and (cluster.backed_up_at or cluster.created_at) + BACKUP_EVERY <= now:
                _back_up(parts, cluster, now)
        for backup in backups:
            if _is_over(backup, clusters, backups, now):
                _end(parts, backup, now)


def _back_up(parts: Parts, cluster: Cluster, now: datetime) -> None:
    with parts.store.reading(cluster.account, cluster.region) as unit:
        there = hsms_of(unit, cluster)
    if not there:
        return
    try:
        backup = draft_backup(parts.settings, cluster, there[0].token, now)
    except KeyStoreAway as away:
        _log.warning("cloudhsm_backup_failed", cluster=cluster.id, cause=str(away))
        return
    with parts.store.writing(cluster.account, cluster.region, event_id=event_id(), at=now) as unit:
        unit.add(backup)
        current = unit.get(Cluster, cluster.id)
        if current is not None:
            unit.save(replace(current, backed_up_at=now))


def _is_over(backup: Backup, clusters: list[Cluster], backups: list[Backup], now: datetime) -> bool:
    """Whether a backup goes: its deletion was asked for, or its cluster has newer ones and keeps them for less long."""
    if backup.delete_at is not None:
        return backup.delete_at <= now
    cluster = next((one for one in clusters if one.id == backup.cluster), None)
    if cluster is None or backup.never_expires or backup.source_backup is not None:
        return False
    is_newest = all(one.created_at <= backup.created_at for one in backups if one.cluster == backup.cluster)
    return not is_newest and backup.created_at + timedelta(days=cluster.retention_days) <= now


def _end(parts: Parts, backup: Backup, now: datetime) -> None:
    with parts.store.writing(backup.account, backup.region, event_id=event_id(), at=now) as unit:
        current = unit.get(Backup, backup.id)
        if current is None or current.revision != backup.revision:
            return
        unit.remove(current)
    discard(parts.settings, backup.id)


@contextmanager
def held_files(home: Path) -> Iterator[Callable[[], Iterable[str]]]:
    """The files of tokens and backups, which the tokens themselves have encrypted."""
    folder = home / FOLDER

    def names() -> Iterable[str]:
        found = {path for pattern in _KEPT for path in folder.glob(pattern) if path.is_file()}
        return sorted(path.relative_to(home).as_posix() for path in found if path.suffix != ".lock")

    yield names


service.hold_bytes = held_files
