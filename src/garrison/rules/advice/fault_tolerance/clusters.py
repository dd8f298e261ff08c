"""Clusters of databases and caches that a zone takes along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules import Compliance
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.lookups import once, zone_of
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, number, objects, text

CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
CACHE, CACHES = "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup"
PLAIN = ("Status", "Region", "Resource", "Engine Name", "Last Updated Time")
CACHE_COLUMNS = ("Status", "Region", "Cluster Name", "Last Updated Time")


def _engine(cluster: Item) -> str:
    engine = text(cluster, "engine")
    if engine is None:
        raise Unseen("engine: not in the configuration")
    return engine


@once
def _instances(inventory: Inventory) -> dict[tuple[str, str], Item]:
    """The DB instances by region and name."""
    return {(one.region, one.resource_name or one.resource_id): one for one in inventory.of_type(INSTANCE)}


def _members(cluster: Item, inputs: Inputs) -> Iterator[tuple[Mapping[str, Any], Item]]:
    """The members of a cluster, each with its instance."""
    if "dbclusterMembers" not in cluster.configuration:
        objects(cluster, "dbclusterMembers")  # says why, where it was refused
        raise Unseen("dbclusterMembers: not in the configuration")
    known = _instances(inputs)
    for member in objects(cluster, "dbclusterMembers"):
        name = text(member, "dbinstanceIdentifier") or ""
        if (cluster.region, name) not in known:
            raise Unseen(f"{INSTANCE} {name}: not among those collected")
        yield member, known[cluster.region, name]


def _is_of_rds(cluster: Item) -> bool:
    return not _engine(cluster).startswith(("docdb", "neptune"))


@check(
    "c1qf5bt011", "amazon-rds-db-clusters-have-one-db-instance", Category.FAULT_TOLERANCE, on=CLUSTER,
    also={INSTANCE: ()},
    name="Amazon RDS DB clusters have one DB instance", chinese_name="Amazon RDS 数据库集群只有一个数据库实例",
    columns=("Status", "Region", "Resource", "Engine Name", "DB Instance Class", "Last Updated Time"),
    fix="Add a reader to the cluster (CreateDBInstance).",
)  # fmt: skip
def single_instance(cluster: Item, inputs: Inputs) -> Advised | None:
    """A DB cluster has more than one instance.

    Source: AWS Support User Guide, "Amazon RDS DB clusters have one DB instance".
    """
    members = [instance for _, instance in _members(cluster, inputs)] if _is_of_rds(cluster) else []
    if not members:
        return None
    status = Status.OK if len(members) > 1 else Status.WARNING
    kind = text(members[0], "dBInstanceClass")
    return advised(
        cluster, status, colour(status), cluster.region, cluster.arn, _engine(cluster), kind, inputs.now.isoformat()
    )


@check(
    "c1qf5bt007", "amazon-rds-db-clusters-in-the-same-availability-zone", Category.FAULT_TOLERANCE, on=CLUSTER,
    also={INSTANCE: ()},
    name="Amazon RDS DB clusters with all instances in the same Availability Zone",
    chinese_name="所有实例位于同一可用区的 Amazon RDS 数据库集群",
    columns=PLAIN, fix="Add an instance in another zone to the cluster.",
)  # fmt: skip
def same_zone(cluster: Item, inputs: Inputs) -> Advised | None:
    """The instances of a DB cluster that has several are in more than one zone.

    Source: AWS Support User Guide, "Amazon RDS DB clusters with all instances in the same Availability Zone".
    """
    if not _is_of_rds(cluster):
        return None
    return _spread(cluster, inputs, [instance for _, instance in _members(cluster, inputs)], Status.WARNING)


@check(
    "c1qf5bt018", "amazon-rds-reader-instances-in-the-same-availability-zone", Category.FAULT_TOLERANCE, on=CLUSTER,
    also={INSTANCE: ()},
    name="Amazon RDS DB clusters with all reader instances in the same Availability Zone",
    chinese_name="所有读取器实例位于同一可用区的 Amazon RDS 数据库集群",
    columns=PLAIN, fix="Spread the readers over zones.",
)  # fmt: skip
def readers_in_same_zone(cluster: Item, inputs: Inputs) -> Advised | None:
    """The readers of a DB cluster that has several are in more than one zone.

    Source: AWS Support User Guide, "Amazon RDS DB clusters with all reader instances in the same Availability Zone".
    """
    if not _is_of_rds(cluster):
        return None
    members = _members(cluster, inputs)
    readers = [instance for member, instance in members if flag(member, "isClusterWriter") is False]
    return _spread(cluster, inputs, readers, Status.ERROR)


def _spread(cluster: Item, inputs: Inputs, instances: list[Item], flagged: Status) -> Advised | None:
    if len(instances) < 2:
        return None
    status = Status.OK if len({zone_of(one) for one in instances}) > 1 else flagged
    return advised(
        cluster, status, colour(status), cluster.region, cluster.arn, _engine(cluster), inputs.now.isoformat()
    )


@check(
    "c15vnddn2x", "amazon-documentdb-single-az-clusters", Category.FAULT_TOLERANCE, on=CLUSTER,
    also={INSTANCE: ()},
    name="Amazon DocumentDB Single AZ Clusters", chinese_name="Amazon DocumentDB 单可用区集群",
    columns=(
        "Status", "Region", "Availability Zone", "DB Cluster Identifier", "DB Cluster ARN", "Last Updated Time",
    ),
    fix="Add instances in further zones to the cluster.",
)  # fmt: skip
def document_zones(cluster: Item, inputs: Inputs) -> Advised | None:
    """A DocumentDB cluster has instances in three zones.

    Source: AWS Support User Guide, "Amazon DocumentDB Single AZ Clusters".
    """
    if _engine(cluster) != "docdb":
        return None
    found = sorted({zone_of(instance) for _, instance in _members(cluster, inputs)})
    status = Status.OK if len(found) > 2 else Status.WARNING
    return advised(
        cluster, status, colour(status), cluster.region, ", ".join(found), cluster.resource_name, cluster.arn,
        inputs.now.isoformat(),
    )  # fmt: skip


@check(
    "xuy7H1avtl", "amazon-aurora-db-instance-accessibility", Category.FAULT_TOLERANCE, on=CLUSTER,
    also={INSTANCE: ()},
    name="Amazon Aurora DB Instance Accessibility", chinese_name="Amazon Aurora 数据库实例可访问性",
    columns=("Status", "Region", "Cluster", "Public DB Instances", "Private DB Instances", "Reason"),
    fix="Make all instances of the cluster private, or all public (ModifyDBInstance with PubliclyAccessible).",
)  # fmt: skip
def accessibility(cluster: Item, inputs: Inputs) -> Advised | None:
    """The instances of an Aurora cluster are all public or all private.

    Source: AWS Support User Guide, "Amazon Aurora DB Instance Accessibility".
    """
    if not _engine(cluster).startswith("aurora"):
        return None
    named: dict[bool, list[str]] = {True: [], False: []}
    for _, instance in _members(cluster, inputs):
        named[flag(instance, "publiclyAccessible") is True].append(instance.resource_name or instance.resource_id)
    is_mixed = bool(named[True] and named[False])
    status = Status.WARNING if is_mixed else Status.OK
    return advised(
        cluster, status, colour(status), cluster.region, cluster.resource_name, ", ".join(named[True]),
        ", ".join(named[False]), "Different accessibility" if is_mixed else None,
    )  # fmt: skip


@check(
    "c18d2gz131", "amazon-aurora-mysql-cluster-backtracking-not-enabled", Category.FAULT_TOLERANCE, on=CLUSTER,
    name="Amazon Aurora MySQL cluster backtracking not enabled", chinese_name="Amazon Aurora MySQL 集群未启用回溯",
    columns=COLUMNS, fix="Restore the cluster with a backtrack window (RestoreDBClusterFromSnapshot with BacktrackWindow).",
)  # fmt: skip
def backtracking(cluster: Item, inputs: Inputs) -> Advised | None:
    """An Aurora MySQL cluster can be taken back in time.

    Source: AWS Support User Guide, "Amazon Aurora MySQL cluster backtracking not enabled".
    """
    if _engine(cluster) not in ("aurora", "aurora-mysql"):
        return None
    window = number(cluster, "backtrackWindow") or 0
    return row(cluster, inputs, Status.OK if window > 0 else Status.WARNING, "aurora-mysql-backtracking-enabled")


@check(
    "ECHdfsQ402", "amazon-elasticache-multi-az-clusters", Category.FAULT_TOLERANCE, on=CACHES,
    name="Amazon ElastiCache Multi-AZ clusters", chinese_name="Amazon ElastiCache 多可用区集群",
    columns=CACHE_COLUMNS, fix="Add a replica in another zone and turn Multi-AZ on (ModifyReplicationGroup).",
)  # fmt: skip
def cache_zones(group: Item, inputs: Inputs) -> Advised:
    """A replication group has Multi-AZ on.

    Source: AWS Support User Guide, "Amazon ElastiCache Multi-AZ clusters".
    """
    found = text(group, "multiAZ")
    if found is None:
        raise Unseen("multiAZ: not in the configuration")
    status = Status.OK if found == "enabled" else Status.WARNING
    return advised(group, status, colour(status), group.region, group.resource_id, inputs.now.isoformat())


@check(
    "c18d2gz178", "elasticache-clusters-automatic-backup", Category.FAULT_TOLERANCE, on=(CACHE, CACHES),
    name="ElastiCache (Redis OSS) Clusters Automatic Backup", chinese_name="ElastiCache (Redis OSS) 集群自动备份",
    columns=CACHE_COLUMNS, fix="Keep snapshots for 15 days (ModifyReplicationGroup with SnapshotRetentionLimit).",
)  # fmt: skip
def cache_backups(cluster: Item, inputs: Inputs) -> Advised | None:
    """A Redis cluster keeps snapshots for 15 days.

    Source: AWS Support User Guide, "ElastiCache (Redis OSS) Clusters Automatic Backup".
    """
    verdict = inputs.verdict("ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK", cluster)
    if verdict.compliance is Compliance.NOT_APPLICABLE:
        return None
    status = Status.OK if verdict.compliance is Compliance.COMPLIANT else Status.ERROR
    return advised(cluster, status, colour(status), cluster.region, cluster.resource_id, inputs.now.isoformat())
