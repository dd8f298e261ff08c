"""Clusters: made, described, changed and deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.cloudhsmv2.failures import invalid, not_found
from garrison.services.cloudhsmv2.naming import (
    Request,
    backup_of,
    cluster_arn,
    cluster_values,
    find_cluster,
    hsms_of,
    new_id,
    note_place,
    tag_values,
)
from garrison.services.cloudhsmv2.paging import filtered, page_of
from garrison.services.cloudhsmv2.resources import Backup, Cluster, Hsm, TakenToken, cloudhsm_arn
from garrison.services.cloudhsmv2.service import service
from garrison.services.cloudhsmv2.sharing import backup_policy
from garrison.services.cloudhsmv2.tag_rules import checked_tags, shown_tags
from garrison.services.cloudhsmv2.tokens import check_configured

if TYPE_CHECKING:
    from types_boto3_cloudhsmv2 import type_defs as shapes

    from garrison.services.call import Call
    from garrison.store import Unit

MOST_CLUSTERS = 4
"""Of an account and region ("AWS CloudHSM quotas")."""
SHORTEST_RETENTION, LONGEST_RETENTION = 7, 379
_HSM_TYPES = {"hsm1.medium": ("FIPS",), "hsm2m.medium": ("FIPS", "NON_FIPS")}
"""The types of HSM, and the modes of each, the default first (CloudHSM user guide, "Cluster modes and HSM types")."""


def _tagged(call: Call, request: Request) -> tuple[str, ...]:
    return (cloudhsm_arn(call.region, call.account, "cluster", "*"),) if request.get("TagList") else ()


def _source(call: Call, request: Request) -> Iterable[str]:
    """Where a backup is restored, it is needed on the backup; else on nothing in particular."""
    name = request.get("SourceBackupId")
    if not name:
        return ("*",)
    return (name if name.startswith("arn:") else cloudhsm_arn(call.region, call.account, "backup", name),)


@service.operation(
    "CreateCluster",
    needs={"cloudhsm:CreateCluster": _source, "cloudhsm:TagResource": _tagged},
    context=lambda _call, request: tag_values(request),
    resource_policy=backup_policy,
)
def create_cluster(call: Call, request: shapes.CreateClusterRequestTypeDef) -> dict[str, Any]:
    """A cluster without HSMs yet, empty or with what a backup holds."""
    check_configured(call.parts.settings)
    if call.unit.count(Cluster) >= MOST_CLUSTERS:
        raise invalid(f"The account has {MOST_CLUSTERS} clusters in this region, the most that there may be.")
    name = new_id("cluster")
    source = _restored(call, request)
    hsm_type, mode = _kind(request, source)
    cluster = Cluster(
        account=call.account,
        region=call.region,
        id=name,
        created_at=call.at,
        hsm_type=hsm_type,
        subnets=_subnets(call.region, request["SubnetIds"]),
        mode=mode,
        network_type=request.get("NetworkType") or "IPV4",
        lineage=name,
        retention_days=_retention(request) or 90,
        tags=checked_tags(request.get("TagList") or ()),
    )
    if source is not None:
        cluster = replace(
            cluster,
            state="INITIALIZED",
            source_backup=source.id,
            lineage=source.lineage,
            key=source.key,
            certificate=source.certificate,
            trust_anchor=source.trust_anchor,
        )
    cluster = call.unit.add(cluster)
    note_place(call, call.region)
    return {"Cluster": shown(call.unit, cluster) | {"State": "CREATE_IN_PROGRESS"}}


def _restored(call: Call, request: Request) -> Backup | None:
    name = request.get("SourceBackupId")
    if not name:
        return None
    found = backup_of(call.unit, call.region, name)
    if found is None:
        raise not_found(f"Backup {name} does not exist.")
    if found.delete_at is not None:
        raise invalid(f"Backup {found.id} is not READY.")
    return found


def _kind(request: Request, source: Backup | None) -> tuple[str, str]:
    hsm_type = request["HsmType"]
    modes = _HSM_TYPES.get(hsm_type)
    if modes is None:
        raise invalid(f"There is no HSM type {hsm_type}; there are {', '.join(_HSM_TYPES)}.")
    mode = request.get("Mode") or (source.mode if source is not None else modes[0])
    if mode not in modes:
        raise invalid(f"HSMs of the type {hsm_type} are not to be had in the mode {mode}.")
    if hsm_type != "hsm1.medium" and not request.get("Mode") and source is None:
        raise invalid(f"Mode is required for the HSM type {hsm_type}.")
    if source is not None and mode != source.mode:
        raise invalid("The cluster must have the mode of its backup.")
    return hsm_type, mode


def _subnets(region: str, names: list[str] | Any) -> dict[str, str]:
    """Each subnet in a zone of its own, in the order of their names: which zone one is really in is not known here."""
    if len(set(names)) != len(names):
        raise invalid("A subnet is given more than once.")
    return {f"{region}{chr(ord('a') + number)}": name for number, name in enumerate(names)}


def _retention(request: Request) -> int | None:
    policy = request.get("BackupRetentionPolicy")
    if not policy:
        return None
    if policy.get("Type") != "DAYS" or not policy.get("Value"):
        raise invalid("A BackupRetentionPolicy has the Type DAYS and a Value.")
    days = int(policy["Value"])
    if not SHORTEST_RETENTION <= days <= LONGEST_RETENTION:
        raise invalid(f"Backups are kept for {SHORTEST_RETENTION} to {LONGEST_RETENTION} days.")
    return days


@service.operation("DescribeClusters", needs={"cloudhsm:DescribeClusters": "*"})
def describe_clusters(call: Call, request: shapes.DescribeClustersRequestTypeDef) -> dict[str, Any]:
    """The clusters of the region."""
    found = filtered(
        call.unit.page(Cluster),
        request.get("Filters") or {},
        {"clusterIds": lambda one: one.id, "states": lambda one: state_of(call.unit, one), "vpcIds": lambda _: ""},
    )
    page, more = page_of(call, request, "Clusters", found, lambda one: str(one.id), 25)
    return {"Clusters": [shown(call.unit, one) for one in page]} | more


@service.operation("ModifyCluster", needs={"cloudhsm:ModifyCluster": cluster_arn}, context=cluster_values)
def modify_cluster(call: Call, request: shapes.ModifyClusterRequestTypeDef) -> dict[str, Any]:
    """Another time for which backups are kept, or the newer type of HSM."""
    cluster = find_cluster(call, request["ClusterId"])
    days, hsm_type = _retention(request), request.get("HsmType")
    if not days and not hsm_type:
        raise invalid("Give a BackupRetentionPolicy or an HsmType.")
    if hsm_type and (cluster.hsm_type, hsm_type) != ("hsm1.medium", "hsm2m.medium"):
        raise invalid(f"A cluster of {cluster.hsm_type} cannot become one of {hsm_type}.")
    changed = replace(cluster, retention_days=days or cluster.retention_days, hsm_type=hsm_type or cluster.hsm_type)
    return {"Cluster": shown(call.unit, call.unit.save(changed))}


@service.operation("DeleteCluster", needs={"cloudhsm:DeleteCluster": cluster_arn}, context=cluster_values)
def delete_cluster(call: Call, request: shapes.DeleteClusterRequestTypeDef) -> dict[str, Any]:
    """Delete a cluster that has no HSMs any more; its backups stay."""
    cluster = find_cluster(call, request["ClusterId"])
    if hsms_of(call.unit, cluster):
        raise invalid(f"Cluster {cluster.id} has HSMs: delete them first.")
    answer = shown(call.unit, cluster) | {"State": "DELETE_IN_PROGRESS"}
    own = call.parts.settings.account_id
    for taken in call.unit.page(TakenToken, account=own):
        if taken.cluster == cluster.arn:
            call.unit.remove(taken)
    call.unit.remove(cluster)
    return {"Cluster": answer}


def state_of(unit: Unit, cluster: Cluster) -> str:
    """The state of a cluster: claimed and with HSMs it is active, since its user has a password from the beginning."""
    return "ACTIVE" if cluster.state == "INITIALIZED" and hsms_of(unit, cluster) else cluster.state


def shown(unit: Unit, cluster: Cluster) -> dict[str, Any]:
    """A cluster as answers show it."""
    certificates = {"ClusterCertificate": cluster.certificate} if cluster.certificate else {"ClusterCsr": cluster.csr}
    answer = {
        "BackupPolicy": "DEFAULT",
        "BackupRetentionPolicy": {"Type": "DAYS", "Value": str(cluster.retention_days)},
        "ClusterId": cluster.id,
        "CreateTimestamp": cluster.created_at,
        "Hsms": [shown_hsm(cluster, hsm) for hsm in hsms_of(unit, cluster)],
        "HsmType": cluster.hsm_type,
        "State": state_of(unit, cluster),
        "SubnetMapping": cluster.subnets,
        "NetworkType": cluster.network_type,
        "Certificates": {name: text for name, text in certificates.items() if text},
        "TagList": shown_tags(cluster.tags),
        "Mode": cluster.mode,
    }
    return answer | ({"SourceBackupId": cluster.source_backup} if cluster.source_backup else {})


def shown_hsm(cluster: Cluster, hsm: Hsm) -> dict[str, Any]:
    """An HSM as answers show it."""
    address = {"EniIp": hsm.address} if hsm.address else {}
    return address | {
        "AvailabilityZone": hsm.zone,
        "ClusterId": cluster.id,
        "SubnetId": cluster.subnets[hsm.zone],
        "EniId": hsm.eni,
        "HsmId": hsm.id,
        "HsmType": cluster.hsm_type,
        "State": "ACTIVE",
    }
