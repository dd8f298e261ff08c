"""Rules about RDS, Neptune and Redshift beyond encryption and backup: who reaches them, what they log, how they hold out."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.reading import Unseen, flag, listed, number, part, rows_of, text, texts
from garrison.rules.registry import Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, not_applicable

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
SNAPSHOT, CLUSTER_SNAPSHOT = "AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"
REDSHIFT, CACHE, CACHE_GROUP = (
    "AWS::Redshift::Cluster",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
)
LOGS = {
    "aurora-postgresql": ("postgresql",),
    "aurora": ("audit", "error", "general", "slowquery"),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "mysql": ("audit", "error", "general", "slowquery"),
    "oracle": ("alert", "audit", "trace", "listener"),
    "postgres": ("postgresql", "upgrade"),
    "sqlserver": ("error", "agent"),
}
"""The log types that each engine has to export, by how its name begins (Config Developer Guide, "rds-logging-enabled")."""


class AdditionalLogs(Parameters, frozen=True, rename="camel"):
    """Log types that are demanded besides: `Oracle: general, slowquery; Aurora: alert`."""

    additional_logs: str = ""

    def of(self, engine: str) -> tuple[str, ...]:
        """Those of an engine."""
        named = (part.partition(":") for part in self.additional_logs.split(";"))
        return tuple(
            log
            for name, _, logs in named
            if name.strip() and engine.startswith(name.strip().lower())
            for log in listed(logs)
        )


class Interval(Parameters, frozen=True, rename="camel"):
    """The seconds between measurements, where it matters."""

    monitoring_interval: int | None = None


class LeastRetention(Parameters, frozen=True, rename="camel"):
    """For how many days backups have to be kept."""

    minimum_backup_retention_period: int = 7


class SnapshotRetention(Parameters, frozen=True, rename="camel"):
    """For how many days snapshots have to be kept."""

    snapshot_retention_period: int = 15


class Settings(Parameters, frozen=True, rename="camel"):
    """How a Redshift cluster has to be set."""

    cluster_db_encrypted: bool = True
    logging_enabled: bool = True
    node_types: str = ""


class Maintenance(Parameters, frozen=True, rename="camel"):
    """How a Redshift cluster has to be kept; the window is looked at where it is given."""

    allow_version_upgrade: bool = True
    preferred_maintenance_window: str | None = None
    automated_snapshot_retention_period: int | None = None


class Engines(Parameters, frozen=True, rename="camel"):
    """The engines that are meant; all where none is given."""

    database_engines: str = ""


@rule(
    "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", on=INSTANCE, severity=Severity.CRITICAL,
    fix="Take the public address away (ModifyDBInstance with PubliclyAccessible=false).",
)  # fmt: skip
def instance_public_access(instance: Item) -> Verdict:
    """A DB instance has no public address.

    Source: AWS Config Developer Guide, "rds-instance-public-access-check".
    """
    found = flag(instance, "publiclyAccessible")
    return expect(found is False, "publiclyAccessible", found)


@rule(
    "RDS_SNAPSHOTS_PUBLIC_PROHIBITED", on=(SNAPSHOT, CLUSTER_SNAPSHOT), severity=Severity.CRITICAL,
    also={SNAPSHOT: ("DBSnapshotAttributes",), CLUSTER_SNAPSHOT: ("DBClusterSnapshotAttributes",)},
    fix="Take `all` out of the snapshot's restore attribute (ModifyDBSnapshotAttribute).",
)  # fmt: skip
def snapshots_public_prohibited(snapshot: Item) -> Verdict:
    """A snapshot cannot be restored by everybody; automated ones cannot be given away.

    Source: AWS Config Developer Guide, "rds-snapshots-public-prohibited".
    """
    if text(snapshot, "snapshotType") in ("automated", "awsbackup"):
        return not_applicable("Not a manual snapshot")
    place = "DBSnapshotAttributes" if snapshot.resource_type == SNAPSHOT else "DBClusterSnapshotAttributes"
    rows = [row for row in rows_of(snapshot, place) if text(row, "attributeName") == "restore"]
    shared = [one for row in rows for one in texts(row, "attributeValues")]
    return expect("all" not in shared, f"{place}.restore", shared)


@rule(
    "RDS_MULTI_AZ_SUPPORT", on=INSTANCE, severity=Severity.MEDIUM,
    fix="Have a standby in another zone (ModifyDBInstance with MultiAZ).",
)  # fmt: skip
def multi_az_support(instance: Item) -> Verdict:
    """A DB instance has a standby in another zone; instances of clusters are left to these.

    Source: AWS Config Developer Guide, "rds-multi-az-support".
    """
    if text(instance, "dBClusterIdentifier"):
        return not_applicable("The instance is in a cluster")
    return _is_on(instance, "multiAZ")


@rule(
    "RDS_CLUSTER_MULTI_AZ_ENABLED", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Add an instance in another zone to the cluster.",
)  # fmt: skip
def cluster_multi_az(cluster: Item) -> Verdict:
    """A DB cluster has instances in more than one zone.

    Source: AWS Config Developer Guide, "rds-cluster-multi-az-enabled".
    """
    return not_applicable("Not of RDS") if _is_elsewhere(cluster) else _is_on(cluster, "multiAZ")


@rule(
    "RDS_INSTANCE_DELETION_PROTECTION_ENABLED", on=INSTANCE, severity=Severity.MEDIUM,
    fix="Turn on deletion protection (ModifyDBInstance).",
)  # fmt: skip
def instance_deletion_protection(instance: Item, parameters: Engines) -> Verdict:
    """A DB instance, of the given engines where any is, cannot be deleted by one call.

    Source: AWS Config Developer Guide, "rds-instance-deletion-protection-enabled".
    """
    engine, wanted = text(instance, "engine"), listed(parameters.database_engines)
    if wanted and engine is not None and engine not in wanted:
        return not_applicable(f"The engine is {engine}")
    if text(instance, "dBClusterIdentifier"):
        return not_applicable("The instance is in a cluster")
    return _is_on(instance, "deletionProtection")


@rule(
    "RDS_CLUSTER_DELETION_PROTECTION_ENABLED", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Turn on deletion protection (ModifyDBCluster).",
)  # fmt: skip
def cluster_deletion_protection(cluster: Item) -> Verdict:
    """A DB cluster cannot be deleted by one call.

    Source: AWS Config Developer Guide, "rds-cluster-deletion-protection-enabled".
    """
    return not_applicable("Not of RDS") if _is_elsewhere(cluster) else _is_on(cluster, "deletionProtection")


@rule(
    "RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED", on=INSTANCE, severity=Severity.MEDIUM,
    fix="Have minor versions put in by themselves (ModifyDBInstance with AutoMinorVersionUpgrade).",
)  # fmt: skip
def automatic_minor_version_upgrade(instance: Item) -> Verdict:
    """A DB instance gets minor versions by itself.

    Source: AWS Config Developer Guide, "rds-automatic-minor-version-upgrade-enabled".
    """
    return _is_on(instance, "autoMinorVersionUpgrade")


@rule(
    "RDS_ENHANCED_MONITORING_ENABLED", on=INSTANCE, severity=Severity.LOW,
    fix="Turn on enhanced monitoring (ModifyDBInstance with MonitoringInterval and a role).",
)  # fmt: skip
def enhanced_monitoring(instance: Item, parameters: Interval) -> Verdict:
    """A DB instance has enhanced monitoring on, at the given interval where one is.

    Source: AWS Config Developer Guide, "rds-enhanced-monitoring-enabled".
    """
    found = number(instance, "monitoringInterval")
    return expect(bool(found) and parameters.monitoring_interval in (None, found), "monitoringInterval", found)


@rule(
    "RDS_LOGGING_ENABLED", on=INSTANCE, severity=Severity.MEDIUM,
    fix="Export the engine's logs to CloudWatch Logs (ModifyDBInstance with CloudwatchLogsExportConfiguration).",
)  # fmt: skip
def logging_enabled(instance: Item, parameters: AdditionalLogs) -> Verdict:
    """A DB instance exports every log type that its engine has to, and those that the parameter adds.

    Source: AWS Config Developer Guide, "rds-logging-enabled".
    """
    engine = text(instance, "engine")
    if engine is None:
        raise Unseen("engine: not in the configuration")
    wanted = next((logs for name, logs in LOGS.items() if engine.startswith(name)), None)
    if wanted is None:
        return not_applicable(f"{engine} is not RDS")
    found = texts(instance, "enabledCloudwatchLogsExports")
    return expect({*wanted, *parameters.of(engine)} <= set(found), "enabledCloudwatchLogsExports", found)


@rule(
    "NEPTUNE_CLUSTER_BACKUP_RETENTION_CHECK", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Keep backups for longer (ModifyDBCluster with BackupRetentionPeriod).",
)  # fmt: skip
def neptune_backup_retention(cluster: Item, parameters: LeastRetention) -> Verdict:
    """A Neptune cluster keeps backups for as long as the parameter says.

    Source: AWS Config Developer Guide, "neptune-cluster-backup-retention-check".
    """
    if (engine := text(cluster, "engine")) not in ("neptune", None):
        return not_applicable(f"The engine is {engine}")
    days = number(cluster, "backupRetentionPeriod")
    return expect((days or 0) >= parameters.minimum_backup_retention_period, "backupRetentionPeriod", days)


@rule(
    "NEPTUNE_CLUSTER_CLOUDWATCH_LOG_EXPORT_ENABLED", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Export the audit log to CloudWatch Logs (ModifyDBCluster).",
)  # fmt: skip
def neptune_log_export(cluster: Item) -> Verdict:
    """A Neptune cluster exports its audit log.

    Source: AWS Config Developer Guide, "neptune-cluster-cloudwatch-log-export-enabled".
    """
    if (engine := text(cluster, "engine")) not in ("neptune", None):
        return not_applicable(f"The engine is {engine}")
    found = texts(cluster, "enabledCloudwatchLogsExports")
    return expect("audit" in found, "enabledCloudwatchLogsExports", found)


@rule(
    "REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK", on=REDSHIFT, severity=Severity.CRITICAL,
    fix="Take the public address away (ModifyCluster with PubliclyAccessible=false).",
)  # fmt: skip
def redshift_public_access(cluster: Item) -> Verdict:
    """A Redshift cluster has no public address.

    Source: AWS Config Developer Guide, "redshift-cluster-public-access-check".
    """
    found = flag(cluster, "publiclyAccessible")
    return expect(found is False, "publiclyAccessible", found)


@rule(
    "REDSHIFT_CLUSTER_CONFIGURATION_CHECK", on=REDSHIFT, severity=Severity.MEDIUM,
    parts=("LoggingStatus",),
    fix="Encrypt the cluster and have it write its audit log (ModifyCluster, EnableLogging).",
)  # fmt: skip
def redshift_configuration(cluster: Item, parameters: Settings) -> Verdict:
    """A Redshift cluster is encrypted, logs and has nodes as the parameters say.

    Source: AWS Config Developer Guide, "redshift-cluster-configuration-check".
    """
    encrypted, node = bool(flag(cluster, "encrypted")), text(cluster, "nodeType")
    if encrypted is not parameters.cluster_db_encrypted:
        return expect(False, "encrypted", encrypted)
    logs = bool(flag(part(cluster, "LoggingStatus"), "loggingEnabled"))
    if logs is not parameters.logging_enabled:
        return expect(False, "LoggingStatus.loggingEnabled", logs)
    kinds = listed(parameters.node_types)
    return expect(not kinds or node in kinds, "nodeType", node)


@rule(
    "REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK", on=REDSHIFT, severity=Severity.LOW,
    fix="Set the cluster's maintenance as demanded (ModifyCluster).",
)  # fmt: skip
def redshift_maintenance(cluster: Item, parameters: Maintenance) -> Verdict:
    """A Redshift cluster is upgraded, maintained and kept in snapshots as the parameters say.

    Source: AWS Config Developer Guide, "redshift-cluster-maintenancesettings-check".
    """
    upgrades = bool(flag(cluster, "allowVersionUpgrade"))
    if upgrades is not parameters.allow_version_upgrade:
        return expect(False, "allowVersionUpgrade", upgrades)
    window, wanted = text(cluster, "preferredMaintenanceWindow"), parameters.preferred_maintenance_window
    if wanted is not None and (window or "").lower() != wanted.lower():
        return expect(False, "preferredMaintenanceWindow", window)
    days = number(cluster, "automatedSnapshotRetentionPeriod")
    return expect(
        parameters.automated_snapshot_retention_period in (None, days), "automatedSnapshotRetentionPeriod", days
    )


@rule(
    "ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK", on=(CACHE, CACHE_GROUP), trigger=Trigger.PERIODIC,
    severity=Severity.MEDIUM,
    fix="Keep snapshots for longer (ModifyReplicationGroup with SnapshotRetentionLimit).",
)  # fmt: skip
def redis_automatic_backup(cluster: Item, parameters: SnapshotRetention) -> Verdict:
    """A Redis cluster keeps automatic snapshots for as long as the parameter says; one of a replication group is left to that.

    Source: AWS Config Developer Guide, "elasticache-redis-cluster-automatic-backup-check".
    """
    if cluster.resource_type == CACHE:
        if (engine := text(cluster, "engine")) not in ("redis", "valkey", None):
            return not_applicable(f"The engine is {engine}")
        if text(cluster, "replicationGroupId"):
            return not_applicable("The cluster is in a replication group")
    days = number(cluster, "snapshotRetentionLimit")
    return expect((days or 0) >= parameters.snapshot_retention_period, "snapshotRetentionLimit", days)


def _is_on(resource: Item, place: str) -> Verdict:
    found = flag(resource, place)
    return COMPLIANT if found is True else expect(False, place, found)


def _is_elsewhere(cluster: Item) -> bool:
    """Whether a cluster is one of the services that share RDS's types."""
    return text(cluster, "engine") in ("docdb", "neptune")
