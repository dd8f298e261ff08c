"""How requests name clusters and backups, and the ids of new ones."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.services.cloudhsmv2.failures import not_found
from garrison.services.cloudhsmv2.resources import Backup, Cluster, Hsm, Place, cloudhsm_arn

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

Request = Mapping[str, Any]
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567"


def new_id(kind: str) -> str:
    """`cluster-igklspoyj5v`, and likewise for HSMs and backups."""
    return f"{kind}-" + "".join(secrets.choice(_CHARACTERS) for _ in range(11))


def cluster_arn(call: Call, request: Request) -> str:
    """The ARN of the cluster that a request names."""
    return cloudhsm_arn(call.region, call.account, "cluster", request["ClusterId"])


def backup_arn(call: Call, request: Request) -> str:
    """The ARN of the backup that a request names by its id, or by its ARN."""
    name: str = request["BackupId"]
    return name if name.startswith("arn:") else cloudhsm_arn(call.region, call.account, "backup", name)


def find_cluster(call: Call, name: str) -> Cluster:
    """The cluster of an id, in the called region."""
    found = call.unit.get(Cluster, name)
    if found is None:
        raise not_found(f"Cluster {name} does not exist.")
    return found


def find_backup(call: Call, name: str) -> Backup:
    """The caller's backup of an id, in the called region."""
    found = call.unit.get(Backup, name)
    if found is None:
        raise not_found(f"Backup {name} does not exist.")
    return found


def backup_of(unit: Unit, region: str, name: str) -> Backup | None:
    """The backup of an id or an ARN, of any account here, in a region."""
    arn = parse_arn(name)
    if arn is None:
        return unit.get(Backup, name)
    if arn.service != "cloudhsm" or arn.region != region or not arn.resource.startswith("backup/"):
        return None
    return unit.get(Backup, arn.name, account=arn.account, region=arn.region)


def hsms_of(unit: Unit, cluster: Cluster) -> list[Hsm]:
    """The HSMs of a cluster, the first first; a cluster has few."""
    where = {"cluster": cluster.id}
    return unit.page(Hsm, where=where, account=cluster.account, region=cluster.region)


def note_place(call: Call, region: str) -> None:
    """Have what comes round look at an account and region from now on."""
    own = call.parts.settings.account_id
    if call.unit.get(Place, call.account, region, account=own) is None:
        call.unit.add(Place(account=own, owner=call.account, place=region))


def tag_values(request: Request) -> dict[str, Any]:
    """The condition values of the tags in a request."""
    tags = request.get("TagList") or ()
    values: dict[str, Any] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    keys = [tag["Key"] for tag in tags] or list(request.get("TagKeyList") or ())
    return values | ({"aws:TagKeys": keys} if keys else {})


def _tags_of(found: Cluster | Backup | None) -> dict[str, Any]:
    return {f"aws:ResourceTag/{key}": value for key, value in found.tags.items()} if found is not None else {}


def cluster_values(call: Call, request: Request) -> dict[str, Any]:
    """The condition values of the cluster that a request names, and of its own tags."""
    return _tags_of(call.unit.get(Cluster, request["ClusterId"])) | tag_values(request)


def backup_values(call: Call, request: Request) -> dict[str, Any]:
    """Likewise of the backup."""
    return _tags_of(backup_of(call.unit, call.region, request["BackupId"])) | tag_values(request)


def tagged_values(member: str) -> Callable[[Call, Request], dict[str, Any]]:
    """Likewise of the cluster or backup that a member names by its id or ARN."""

    def values(call: Call, request: Request) -> dict[str, Any]:
        name = str(request.get(member) or "").rpartition("/")[2]
        kind: type[Cluster] | type[Backup] = Cluster if name.startswith("cluster-") else Backup
        return _tags_of(call.unit.get(kind, name)) | tag_values(request)

    return values
