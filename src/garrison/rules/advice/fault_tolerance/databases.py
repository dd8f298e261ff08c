"""RDS instances that stand alone, without backups or room."""

from __future__ import annotations

from collections.abc import Mapping

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import Metric
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes, zone
from garrison.rules.reading import Unseen, flag, number, text

INSTANCE = "AWS::RDS::DBInstance"
DAYS = 7
GIB, MB = 1024**3, 1024**2


def by_name(instance: Item) -> Mapping[str, str] | None:
    """The dimensions of an instance that is there."""
    name = instance.resource_name or text(instance, "dBInstanceIdentifier")
    return {"DBInstanceIdentifier": name} if name else None


def of_replica(instance: Item) -> Mapping[str, str] | None:
    """The dimensions of a read replica."""
    return by_name(instance) if text(instance, "readReplicaSourceDBInstanceIdentifier") else None


def with_storage(instance: Item) -> Mapping[str, str] | None:
    """The dimensions of an instance whose storage is its own."""
    return None if _is_aurora(instance) else by_name(instance)


LAG = Metric(INSTANCE, "AWS/RDS", "ReplicaLag", of_replica, "Maximum", DAYS)
FREE = Metric(INSTANCE, "AWS/RDS", "FreeStorageSpace", with_storage, "Minimum", 1)
QUEUE = Metric(INSTANCE, "AWS/RDS", "DiskQueueDepth", with_storage, "Maximum", 1)


def _is_aurora(instance: Item) -> bool:
    engine = text(instance, "engine")
    if engine is None:
        raise Unseen("engine: not in the configuration")
    return engine.startswith(("aurora", "docdb", "neptune"))


def _name(instance: Item) -> str:
    return instance.resource_name or instance.resource_id


@check(
    "opQPADkZvH", "amazon-rds-backups", Category.FAULT_TOLERANCE, on=INSTANCE,
    name="Amazon RDS Backups", chinese_name="Amazon RDS 备份",
    columns=("Region/AZ", "DB Instance", "VPC ID", "Backup Retention Period", "Status"),
    fix="Keep automated backups for a week or longer (ModifyDBInstance with BackupRetentionPeriod).",
)  # fmt: skip
def backups(instance: Item, inputs: Inputs) -> Advised:
    """A DB instance keeps automated backups.

    Source: AWS Support User Guide, "Amazon RDS Backups".
    """
    days = number(instance, "backupRetentionPeriod")
    if days is None:
        raise Unseen("backupRetentionPeriod: not in the configuration")
    status = Status.OK if days > 0 else Status.ERROR
    command = (
        "rds", "modify-db-instance", "--db-instance-identifier", _name(instance), "--backup-retention-period", "7",
    )  # fmt: skip
    return advised(
        instance, status, zone(instance), _name(instance), text(instance, "dBSubnetGroup", "vpcId"), str(int(days)),
        colour(status), commands=() if days > 0 else [command],
    )  # fmt: skip


@check(
    "f2iK5R6Dep", "amazon-rds-multi-az", Category.FAULT_TOLERANCE, on=INSTANCE,
    name="Amazon RDS Multi-AZ", chinese_name="Amazon RDS 多可用区",
    columns=("Region/AZ", "DB Instance", "VPC ID", "Multi-AZ", "Status"),
    fix="Have a standby in another zone (ModifyDBInstance with MultiAZ).",
)  # fmt: skip
def multi_az(instance: Item, inputs: Inputs) -> Advised | None:
    """A DB instance has a standby in another zone; those of SQL Server, of clusters and read replicas are left alone.

    Source: AWS Support User Guide, "Amazon RDS Multi-AZ".
    """
    if _is_aurora(instance) or (text(instance, "engine") or "").startswith("sqlserver"):
        return None
    if text(instance, "dBClusterIdentifier") or text(instance, "readReplicaSourceDBInstanceIdentifier"):
        return None
    is_on = flag(instance, "multiAZ")
    if is_on is None:
        raise Unseen("multiAZ: not in the configuration")
    status = Status.OK if is_on else Status.WARNING
    command = ("rds", "modify-db-instance", "--db-instance-identifier", _name(instance), "--multi-az")
    return advised(
        instance, status, zone(instance), _name(instance), text(instance, "dBSubnetGroup", "vpcId"), yes(is_on),
        colour(status), commands=() if is_on else [command],
    )  # fmt: skip


@check(
    "c1qf5bt013", "amazon-rds-storage-autoscaling-is-turned-off", Category.FAULT_TOLERANCE, on=INSTANCE,
    name="Amazon RDS DB instances have storage autoscaling turned off", chinese_name="Amazon RDS 数据库实例已关闭存储自动扩展",
    columns=("Status", "Region", "Resource", "Recommended Value", "Engine Name", "Last Updated Time"),
    fix="Let the storage grow (ModifyDBInstance with MaxAllocatedStorage).",
)  # fmt: skip
def storage_autoscaling(instance: Item, inputs: Inputs) -> Advised | None:
    """The storage of a DB instance grows by itself.

    Source: AWS Support User Guide, "Amazon RDS DB instances have storage autoscaling turned off".
    """
    if _is_aurora(instance) or text(instance, "dBClusterIdentifier"):
        return None
    size, most = number(instance, "allocatedStorage"), number(instance, "maxAllocatedStorage")
    if size is None:
        raise Unseen("allocatedStorage: not in the configuration")
    status = Status.OK if most is not None and most > size else Status.ERROR
    return advised(
        instance, status, colour(status), instance.region, instance.arn, None if status is Status.OK else "On",
        text(instance, "engine"), inputs.now.isoformat(),
    )  # fmt: skip


@check(
    "Cmsvnj8db1", "amazon-rds-replica-lag", Category.FAULT_TOLERANCE, on=INSTANCE,
    metrics=(LAG,),
    name="Amazon RDS ReplicaLag", chinese_name="Amazon RDS ReplicaLag（副本延迟）",
    columns=("Status", "Region", "DB Instance ARN", "ReplicaLag Metric"),
    fix="Find what keeps the replica behind: a class too small, long transactions, or a source that writes too fast.",
)  # fmt: skip
def replica_lag(instance: Item, inputs: Inputs) -> Advised | None:
    """A read replica was at most 10 seconds behind during the last week (yellow), at most 60 (red).

    Source: AWS Support User Guide, "Amazon RDS ReplicaLag".
    """
    if of_replica(instance) is None:
        return None
    lag = max(inputs.series(LAG, instance).known)
    status = Status.ERROR if lag > 60 else Status.WARNING if lag > 10 else Status.OK
    return advised(instance, status, colour(status), instance.region, instance.arn, f"{lag:.1f}")


@check(
    "Cmsvnj8db2", "amazon-rds-free-storage-space", Category.FAULT_TOLERANCE, on=INSTANCE,
    metrics=(FREE,),
    name="Amazon RDS FreeStorageSpace", chinese_name="Amazon RDS FreeStorageSpace（可用存储空间）",
    columns=(
        "Status", "Region", "DB Instance ARN", "FreeStorageSpace Metric (MB)", "DB Instance Allocated Storage (MB)",
        "DB Instance Storage Used Percent",
    ),
    fix="Give the instance more storage (ModifyDBInstance with AllocatedStorage).",
)  # fmt: skip
def free_storage(instance: Item, inputs: Inputs) -> Advised | None:
    """A DB instance has a fifth of its storage free (yellow), a tenth (red).

    Source: AWS Support User Guide, "Amazon RDS FreeStorageSpace".
    """
    if with_storage(instance) is None:
        return None
    size = number(instance, "allocatedStorage")
    if not size:
        raise Unseen("allocatedStorage: not in the configuration")
    free = min(inputs.series(FREE, instance).known)
    share = free / (size * GIB)
    status = Status.ERROR if share < 0.1 else Status.WARNING if share <= 0.2 else Status.OK
    return advised(
        instance, status, colour(status), instance.region, instance.arn, f"{free / MB:.0f}",
        f"{size * GIB / MB:.0f}", f"{(1 - share) * 100:.1f}",
    )  # fmt: skip


@check(
    "Cmsvnj8db3", "amazon-rds-disk-queue-depth", Category.FAULT_TOLERANCE, on=INSTANCE,
    metrics=(QUEUE,),
    name="Amazon RDS DiskQueueDepth", chinese_name="Amazon RDS DiskQueueDepth（磁盘队列深度）",
    columns=("Status", "Region", "DB Instance ARN", "DiskQueueDepth Metric"),
    fix="Move to a class and storage that read and write as fast as is asked.",
)  # fmt: skip
def disk_queue(instance: Item, inputs: Inputs) -> Advised | None:
    """At most 5 reads and writes wait for a DB instance's disk (yellow), at most 10 (red).

    Source: AWS Support User Guide, "Amazon RDS DiskQueueDepth".
    """
    if with_storage(instance) is None:
        return None
    depth = max(inputs.series(QUEUE, instance).known)
    status = Status.ERROR if depth > 10 else Status.WARNING if depth > 5 else Status.OK
    return advised(instance, status, colour(status), instance.region, instance.arn, f"{depth:.1f}")
