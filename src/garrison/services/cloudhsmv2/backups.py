"""Backups by the API: described, exempted from their time, copied to another region, deleted and brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.cloudhsmv2.backup_making import copy_backup, discard
from garrison.services.cloudhsmv2.failures import failed, invalid
from garrison.services.cloudhsmv2.naming import Request, backup_arn, backup_values, find_backup, new_id, note_place
from garrison.services.cloudhsmv2.paging import filtered, page_of
from garrison.services.cloudhsmv2.resources import Backup, cloudhsm_arn
from garrison.services.cloudhsmv2.service import service
from garrison.services.cloudhsmv2.sharing import shared_backups
from garrison.services.cloudhsmv2.tag_rules import checked_tags, shown_tags

if TYPE_CHECKING:
    from types_boto3_cloudhsmv2 import type_defs as shapes

    from garrison.services.call import Call

DAYS_UNTIL_DELETED = 7
"""How long a deleted backup can be brought back (API reference, DeleteBackup)."""


@service.operation("DescribeBackups", needs={"cloudhsm:DescribeBackups": "*"})
def describe_backups(call: Call, request: shapes.DescribeBackupsRequestTypeDef) -> dict[str, Any]:
    """The account's backups in the region, the newest first, or those that others share with it."""
    found = shared_backups(call) if request.get("Shared") else call.unit.page(Backup)
    found = filtered(
        found,
        request.get("Filters") or {},
        {
            "backupIds": lambda one: one.id,
            "sourceBackupIds": lambda one: one.source_backup or "",
            "clusterIds": lambda one: one.cluster,
            "states": _state,
            "neverExpires": lambda one: str(one.never_expires).lower(),
        },
    )
    found.sort(key=lambda one: (one.created_at, one.id), reverse=not request.get("SortAscending"))
    page, more = page_of(call, request, "Backups", found, lambda one: str(one.arn), 50)
    return {"Backups": [shown(one) for one in page]} | more


@service.operation(
    "ModifyBackupAttributes", needs={"cloudhsm:ModifyBackupAttributes": backup_arn}, context=backup_values
)
def modify_backup_attributes(call: Call, request: shapes.ModifyBackupAttributesRequestTypeDef) -> dict[str, Any]:
    """Keep a backup for ever, or for the cluster's time."""
    backup = find_backup(call, request["BackupId"])
    return {"Backup": shown(call.unit.save(replace(backup, never_expires=request["NeverExpires"])))}


@service.operation("DeleteBackup", needs={"cloudhsm:DeleteBackup": backup_arn}, context=backup_values)
def delete_backup(call: Call, request: shapes.DeleteBackupRequestTypeDef) -> dict[str, Any]:
    """Delete a backup in seven days."""
    backup = find_backup(call, request["BackupId"])
    if backup.delete_at is not None:
        raise invalid(f"Backup {backup.id} is not READY.")
    delete_at = call.at + timedelta(days=DAYS_UNTIL_DELETED)
    return {"Backup": shown(call.unit.save(replace(backup, delete_at=delete_at)))}


@service.operation("RestoreBackup", needs={"cloudhsm:RestoreBackup": backup_arn}, context=backup_values)
def restore_backup(call: Call, request: shapes.RestoreBackupRequestTypeDef) -> dict[str, Any]:
    """Bring a deleted backup back."""
    backup = find_backup(call, request["BackupId"])
    if backup.delete_at is None or backup.delete_at <= call.at:
        raise invalid(f"Backup {backup.id} is not PENDING_DELETION.")
    return {"Backup": shown(call.unit.save(replace(backup, delete_at=None)))}


def _tagged(call: Call, request: Request) -> tuple[str, ...]:
    region = request["DestinationRegion"]
    return (cloudhsm_arn(region, call.account, "backup", "*"),) if request.get("TagList") else ()


def _prepare_copy(call: Call, request: Request) -> None:
    settings, target = call.parts.settings, new_id("backup")
    with call.parts.store.reading(call.account, call.region) as unit:
        call.unit = unit
        backup = find_backup(call, request["BackupId"])
        if backup.delete_at is not None:
            raise invalid(f"Backup {backup.id} is not READY.")
    if request["DestinationRegion"] == call.region:
        raise invalid("The destination region is the backup's own.")
    try:
        copy_backup(settings, backup.id, target)
    except OSError as error:
        raise failed("The backup's files cannot be copied.") from error
    call.after_refusal.append(lambda: discard(settings, target))
    call.evidence = target


@service.operation(
    "CopyBackupToRegion",
    needs={"cloudhsm:CopyBackupToRegion": backup_arn, "cloudhsm:TagResource": _tagged},
    context=backup_values,
    prepare=_prepare_copy,
)
def copy_backup_to_region(call: Call, request: shapes.CopyBackupToRegionRequestTypeDef) -> dict[str, Any]:
    """A backup of the same in another region, from which clusters can be made there."""
    source = find_backup(call, request["BackupId"])
    copied = replace(
        source,
        region=request["DestinationRegion"],
        id=call.evidence,
        copied_at=call.at,
        never_expires=False,
        source_region=call.region,
        source_backup=source.id,
        source_cluster=source.cluster,
        policy=None,
        tags=checked_tags(request.get("TagList") or ()),
        revision=0,
    )
    call.unit.add(copied)
    note_place(call, copied.region)
    return {
        "DestinationBackup": {
            "CreateTimestamp": source.created_at,
            "SourceRegion": call.region,
            "SourceBackup": source.id,
            "SourceCluster": source.cluster,
        }
    }


def _state(backup: Backup) -> str:
    return "READY" if backup.delete_at is None else "PENDING_DELETION"


def shown(backup: Backup) -> dict[str, Any]:
    """A backup as answers show it."""
    answer = {
        "BackupId": backup.id,
        "BackupArn": backup.arn,
        "BackupState": _state(backup),
        "ClusterId": backup.cluster,
        "CreateTimestamp": backup.created_at,
        "CopyTimestamp": backup.copied_at,
        "NeverExpires": backup.never_expires,
        "SourceRegion": backup.source_region,
        "SourceBackup": backup.source_backup,
        "SourceCluster": backup.source_cluster,
        "DeleteTimestamp": backup.delete_at,
        "TagList": shown_tags(backup.tags),
        "HsmType": backup.hsm_type,
        "Mode": backup.mode,
    }
    return {name: value for name, value in answer.items() if value is not None}
