"""Backups: the files of a token, which it has encrypted itself, copied into a folder of the home."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import TYPE_CHECKING

from garrison.services.cloudhsmv2.naming import new_id
from garrison.services.cloudhsmv2.resources import Backup, Cluster
from garrison.services.cloudhsmv2.tokens import backup_folder, softhsm_of

if TYPE_CHECKING:
    from garrison.settings import Settings


def draft_backup(settings: Settings, cluster: Cluster, token: str, at: datetime) -> Backup:
    """Copy a token of an initialised cluster, and give what is to be kept of it; raises `KeyStoreAway`."""
    assert cluster.key is not None
    backup = Backup(
        account=cluster.account,
        region=cluster.region,
        id=new_id("backup"),
        cluster=cluster.id,
        lineage=cluster.lineage,
        created_at=at,
        hsm_type=cluster.hsm_type,
        mode=cluster.mode,
        key=cluster.key,
        certificate=cluster.certificate or "",
        trust_anchor=cluster.trust_anchor or "",
    )
    softhsm_of(settings).copy_out(token, backup_folder(settings, backup.id))
    return backup


def copy_backup(settings: Settings, source: str, target: str) -> None:
    """Copy the files of a backup under another id; raises `OSError`."""
    folder = backup_folder(settings, target)
    fresh = folder.with_name(f".{folder.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(backup_folder(settings, source), fresh)
    fresh.replace(folder)


def discard(settings: Settings, backup: str) -> None:
    """Remove the files of a backup for good."""
    shutil.rmtree(backup_folder(settings, backup), ignore_errors=True)
