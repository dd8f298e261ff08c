"""Rules about databases: RDS, Aurora, Neptune, DocumentDB, Redshift, DynamoDB."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.reading import flag, listed, number, part, rows_of, text, texts
from garrison.rules.registry import Parameters, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, not_applicable

INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
SNAPSHOT, CLUSTER_SNAPSHOT = "AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"
REDSHIFT, TABLE = "AWS::Redshift::Cluster", "AWS::DynamoDB::Table"


class StorageKey(Parameters, frozen=True, rename="camel"):
    """The KMS key, by id or ARN, that has to encrypt, where it matters."""

    kms_key_id: str | None = None


class Backup(Parameters, frozen=True, rename="camel"):
    """How backups have to be kept, where it matters."""

    backup_retention_period: int | None = None
    backup_retention_minimum: int | None = None
    preferred_backup_window: str | None = None
    check_read_replicas: bool = False


class Keys(Parameters, frozen=True, rename="camel"):
    """The KMS keys, by ARN, that may encrypt; any where none is given."""

    kms_key_arns: str = ""


class NeptuneKeys(Parameters, frozen=True, rename="pascal"):
    """The KMS keys, by ARN, that may encrypt; any where none is given."""

    kms_key_arns: str = ""


class Retention(Parameters, frozen=True, rename="pascal"):
    """For how many days automated snapshots have to be kept."""

    min_retention_period: int = 1
    max_retention_period: int = 35


@rule(
    "RDS_STORAGE_ENCRYPTED", on=INSTANCE, severity=Severity.HIGH,
    fix="Restore an encrypted copy of a snapshot and put it in the instance's place.",
)  # fmt: skip
def rds_storage_encrypted(instance: Item, parameters: StorageKey) -> Verdict:
    """A DB instance's storage is encrypted, by the given key where one is.

    Source: AWS Config Developer Guide, "rds-storage-encrypted".
    """
    found = flag(instance, "storageEncrypted")
    if not found:
        return expect(False, "storageEncrypted", found)
    key, wanted = text(instance, "kmsKeyId"), parameters.kms_key_id
    return expect(not wanted or key == wanted or (key or "").endswith(f"/{wanted}"), "kmsKeyId", key)


@rule(
    "RDS_SNAPSHOT_ENCRYPTED", on=(SNAPSHOT, CLUSTER_SNAPSHOT), severity=Severity.HIGH,
    fix="Copy the snapshot with a KMS key and delete the plain one.",
)  # fmt: skip
def rds_snapshot_encrypted(snapshot: Item) -> Verdict:
    """A DB snapshot is encrypted.

    Source: AWS Config Developer Guide, "rds-snapshot-encrypted".
    """
    place = "encrypted" if snapshot.resource_type == SNAPSHOT else "storageEncrypted"
    return expect(flag(snapshot, place) is True, place, flag(snapshot, place))


@rule(
    "DB_INSTANCE_BACKUP_ENABLED", on=INSTANCE, severity=Severity.MEDIUM,
    fix="Set a backup retention period above 0 (ModifyDBInstance).",
)  # fmt: skip
def db_instance_backup_enabled(instance: Item, parameters: Backup) -> Verdict:
    """A DB instance keeps backups, as long and at the hours that the parameters say.

    Source: AWS Config Developer Guide, "db-instance-backup-enabled".
    """
    if text(instance, "readReplicaSourceDBInstanceIdentifier") and not parameters.check_read_replicas:
        return not_applicable("The instance is a read replica")
    days, window = number(instance, "backupRetentionPeriod"), text(instance, "preferredBackupWindow")
    has_days = (
        bool(days)
        and parameters.backup_retention_period in (None, days)
        and (days or 0) >= (parameters.backup_retention_minimum or 0)
    )
    if not has_days:
        return expect(False, "backupRetentionPeriod", days)
    return expect(parameters.preferred_backup_window in (None, window), "preferredBackupWindow", window)


@rule(
    "RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED", on=INSTANCE, severity=Severity.MEDIUM,
    fix="Turn on IAM database authentication (ModifyDBInstance).",
)  # fmt: skip
def rds_instance_iam_authentication(instance: Item) -> Verdict:
    """A DB instance of an engine that can do so lets callers in by IAM.

    Source: AWS Config Developer Guide, "rds-instance-iam-authentication-enabled".
    """
    engine = text(instance, "engine")
    if engine is not None and not engine.startswith(("mysql", "postgres", "mariadb", "aurora")):
        return not_applicable(f"{engine} has no IAM authentication")
    found = flag(instance, "iAMDatabaseAuthenticationEnabled")
    return expect(found is True, "iAMDatabaseAuthenticationEnabled", found)


@rule(
    "RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Turn on IAM database authentication (ModifyDBCluster).",
)  # fmt: skip
def rds_cluster_iam_authentication(cluster: Item) -> Verdict:
    """A DB cluster lets callers in by IAM.

    Source: AWS Config Developer Guide, "rds-cluster-iam-authentication-enabled".
    """
    engine = text(cluster, "engine")
    if engine in ("docdb", "neptune"):
        return not_applicable(f"{engine} is not RDS")
    found = flag(cluster, "iamdatabaseAuthenticationEnabled")
    return expect(found is True, "iamdatabaseAuthenticationEnabled", found)


@rule(
    "DOCDB_CLUSTER_ENCRYPTED", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Restore a snapshot of the cluster with encryption.",
)  # fmt: skip
def docdb_cluster_encrypted(cluster: Item, parameters: Keys) -> Verdict:
    """A DocumentDB cluster's storage is encrypted, by one of the given keys where any is.

    Source: AWS Config Developer Guide, "docdb-cluster-encrypted".
    """
    return _encrypted(cluster, "docdb", parameters.kms_key_arns)


@rule(
    "NEPTUNE_CLUSTER_ENCRYPTED", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Restore a snapshot of the cluster with encryption.",
)  # fmt: skip
def neptune_cluster_encrypted(cluster: Item, parameters: NeptuneKeys) -> Verdict:
    """A Neptune cluster's storage is encrypted, by one of the given keys where any is.

    Source: AWS Config Developer Guide, "neptune-cluster-encrypted".
    """
    return _encrypted(cluster, "neptune", parameters.kms_key_arns)


@rule(
    "NEPTUNE_CLUSTER_IAM_DATABASE_AUTHENTICATION", on=CLUSTER, severity=Severity.MEDIUM,
    fix="Turn on IAM database authentication (ModifyDBCluster).",
)  # fmt: skip
def neptune_cluster_iam_authentication(cluster: Item) -> Verdict:
    """A Neptune cluster lets callers in by IAM.

    Source: AWS Config Developer Guide, "neptune-cluster-iam-database-authentication".
    """
    return _of_engine(cluster, "neptune", "iamdatabaseAuthenticationEnabled")


@rule(
    "NEPTUNE_CLUSTER_SNAPSHOT_ENCRYPTED", on=CLUSTER_SNAPSHOT, severity=Severity.MEDIUM,
    fix="Copy the snapshot with a KMS key and delete the plain one.",
)  # fmt: skip
def neptune_cluster_snapshot_encrypted(snapshot: Item) -> Verdict:
    """A snapshot of a Neptune cluster is encrypted.

    Source: AWS Config Developer Guide, "neptune-cluster-snapshot-encrypted".
    """
    return _of_engine(snapshot, "neptune", "storageEncrypted")


@rule(
    "NEPTUNE_CLUSTER_SNAPSHOT_PUBLIC_PROHIBITED", on=CLUSTER_SNAPSHOT, severity=Severity.CRITICAL,
    parts=("DBClusterSnapshotAttributes",),
    fix="Take `all` out of the snapshot's restore attribute (ModifyDBClusterSnapshotAttribute).",
)  # fmt: skip
def neptune_cluster_snapshot_not_public(snapshot: Item) -> Verdict:
    """Not everybody may restore a manual snapshot of a Neptune cluster.

    Source: AWS Config Developer Guide, "neptune-cluster-snapshot-public-prohibited".
    """
    return _not_shared_with_all(snapshot, "neptune")


@rule(
    "DOCDB_CLUSTER_SNAPSHOT_PUBLIC_PROHIBITED", on=CLUSTER_SNAPSHOT, severity=Severity.CRITICAL,
    parts=("DBClusterSnapshotAttributes",),
    fix="Take `all` out of the snapshot's restore attribute (ModifyDBClusterSnapshotAttribute).",
)  # fmt: skip
def docdb_cluster_snapshot_not_public(snapshot: Item) -> Verdict:
    """Not everybody may restore a manual snapshot of a DocumentDB cluster.

    Source: AWS Config Developer Guide, "docdb-cluster-snapshot-public-prohibited".
    """
    return _not_shared_with_all(snapshot, "docdb")


@rule(
    "REDSHIFT_BACKUP_ENABLED", on=REDSHIFT, severity=Severity.MEDIUM,
    fix="Set the automated snapshot retention period (ModifyCluster).",
)  # fmt: skip
def redshift_backup_enabled(cluster: Item, parameters: Retention) -> Verdict:
    """A cluster keeps automated snapshots, neither shorter nor longer than the parameters say.

    Source: AWS Config Developer Guide, "redshift-backup-enabled".
    """
    days = number(cluster, "automatedSnapshotRetentionPeriod")
    is_kept = bool(days) and parameters.min_retention_period <= (days or 0) <= parameters.max_retention_period
    return expect(is_kept, "automatedSnapshotRetentionPeriod", days)


@rule(
    "REDSHIFT_CLUSTER_KMS_ENABLED", on=REDSHIFT, severity=Severity.MEDIUM,
    fix="Encrypt the cluster by a KMS key (ModifyCluster).",
)  # fmt: skip
def redshift_cluster_kms_enabled(cluster: Item, parameters: Keys) -> Verdict:
    """A cluster is encrypted by a KMS key, one of the given where any is.

    Source: AWS Config Developer Guide, "redshift-cluster-kms-enabled".
    """
    if not flag(cluster, "encrypted"):
        return expect(False, "encrypted", flag(cluster, "encrypted"))
    return _by_one_of(text(cluster, "kmsKeyId"), parameters, "kmsKeyId")


@rule(
    "REDSHIFT_ENHANCED_VPC_ROUTING_ENABLED", on=REDSHIFT, severity=Severity.MEDIUM,
    fix="Turn on enhanced VPC routing (ModifyCluster).",
)  # fmt: skip
def redshift_enhanced_vpc_routing(cluster: Item) -> Verdict:
    """A cluster's traffic to other services goes through its VPC.

    Source: AWS Config Developer Guide, "redshift-enhanced-vpc-routing-enabled".
    """
    found = flag(cluster, "enhancedVpcRouting")
    return expect(found is True, "enhancedVpcRouting", found)


@rule(
    "DYNAMODB_TABLE_ENCRYPTED_KMS", on=TABLE, severity=Severity.MEDIUM,
    fix="Encrypt the table by a KMS key (UpdateTable with SSESpecification).",
)  # fmt: skip
def dynamodb_table_encrypted_kms(table: Item, parameters: Keys) -> Verdict:
    """A table is encrypted by a KMS key, one of the given where any is.

    Source: AWS Config Developer Guide, "dynamodb-table-encrypted-kms".
    """
    kind, status = text(table, "ssedescription", "ssetype"), text(table, "ssedescription", "status")
    if kind != "KMS" or status not in ("ENABLED", "ENABLING", "UPDATING"):
        return expect(False, "ssedescription", kind and f"{kind}, {status}")
    return _by_one_of(text(table, "ssedescription", "kmsmasterKeyArn"), parameters, "ssedescription.kmsmasterKeyArn")


@rule(
    "DYNAMODB_TABLE_ENCRYPTION_ENABLED", on=TABLE, severity=Severity.MEDIUM,
    fix="Encrypt the table by a KMS key (UpdateTable with SSESpecification).",
)  # fmt: skip
def dynamodb_table_encryption_enabled(table: Item) -> Verdict:
    """A table's server-side encryption is enabled or about to be.

    Source: AWS Config Developer Guide, "dynamodb-table-encryption-enabled".
    """
    status = text(table, "ssedescription", "status")
    return expect(status in ("ENABLED", "ENABLING"), "ssedescription.status", status)


@rule(
    "DYNAMODB_PITR_ENABLED", on=TABLE, severity=Severity.MEDIUM,
    parts=("ContinuousBackupsDescription",),
    fix="Turn on point-in-time recovery (UpdateContinuousBackups).",
)  # fmt: skip
def dynamodb_pitr_enabled(table: Item) -> Verdict:
    """A table has point-in-time recovery on.

    Source: AWS Config Developer Guide, "dynamodb-pitr-enabled".
    """
    backups = part(table, "ContinuousBackupsDescription")
    found = text(backups, "pointInTimeRecoveryDescription", "pointInTimeRecoveryStatus")
    return expect(found == "ENABLED", "pointInTimeRecoveryStatus", found)


def _of_engine(resource: Item, engine: str, place: str) -> Verdict:
    """A flag that has to be on, for resources of one engine; RDS, Neptune and DocumentDB share their types."""
    found = text(resource, "engine")
    if found not in (engine, None):
        return not_applicable(f"The engine is {found}")
    return expect(flag(resource, place) is True, place, flag(resource, place))


def _encrypted(cluster: Item, engine: str, keys: str) -> Verdict:
    verdict, wanted = _of_engine(cluster, engine, "storageEncrypted"), listed(keys)
    if verdict is not COMPLIANT or not wanted:
        return verdict
    found = text(cluster, "kmsKeyId")
    return expect(found in wanted, "kmsKeyId", found)


def _not_shared_with_all(snapshot: Item, engine: str) -> Verdict:
    found = text(snapshot, "engine")
    if found not in (engine, None) or text(snapshot, "snapshotType") == "automated":
        return not_applicable(f"Not a manual snapshot of {engine}")
    rows = rows_of(snapshot, "DBClusterSnapshotAttributes")
    shared = [one for row in rows if text(row, "attributeName") == "restore" for one in texts(row, "attributeValues")]
    return expect("all" not in shared, "DBClusterSnapshotAttributes.restore", shared)


def _by_one_of(key: str | None, parameters: Keys, place: str) -> Verdict:
    allowed = listed(parameters.kms_key_arns)
    return COMPLIANT if not allowed or key in allowed else expect(False, place, key)
