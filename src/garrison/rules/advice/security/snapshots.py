"""Snapshots that everybody can make a disk or a database of."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules import Compliance
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import once
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.inventory import Inventory
from garrison.rules.reading import text
from garrison.rules.registry import ACCOUNT

DB, CLUSTER = "AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"
BLOCKED = "block-all-sharing"


@once
def _blocked_regions(inventory: Inventory) -> frozenset[str]:
    """The regions in which no snapshot is public, whatever its permissions say."""
    found = inventory.of_type(ACCOUNT)
    return frozenset(one.region for one in found if one.supplementary.get("SnapshotBlockPublicAccess") == BLOCKED)


@check(
    "ePs02jT06w", "amazon-ebs-public-snapshots", Category.SECURITY, on="AWS::EC2::Snapshot",
    parts=("CreateVolumePermissions",), also={ACCOUNT: ("SnapshotBlockPublicAccess",)},
    name="Amazon EBS Public Snapshots", chinese_name="Amazon EBS 公共快照",
    columns=("Status", "Region", "Volume ID", "Snapshot ID", "Description"),
    fix="Make the snapshot private (ModifySnapshotAttribute), and block public access to snapshots in the region.",
)  # fmt: skip
def public_disk_snapshot(snapshot: Item, inputs: Inputs) -> Advised:
    """Not everybody can make volumes of a snapshot, be it that public access to snapshots is blocked in the region.

    Source: AWS Support User Guide, "Amazon EBS Public Snapshots".
    """
    verdict = inputs.verdict("EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK", snapshot)
    is_public = verdict.compliance is Compliance.NON_COMPLIANT and snapshot.region not in _blocked_regions(inputs)
    status = Status.ERROR if is_public else Status.OK
    command = (
        "ec2", "modify-snapshot-attribute", "--snapshot-id", snapshot.resource_id,
        "--attribute", "createVolumePermission", "--operation-type", "remove", "--group-names", "all",
    )  # fmt: skip
    return advised(
        snapshot, status, colour(status), snapshot.region, text(snapshot, "volumeId"), snapshot.resource_id,
        text(snapshot, "description"), commands=[command] if is_public else (),
    )  # fmt: skip


@check(
    "rSs93HQwa1", "amazon-rds-public-snapshots", Category.SECURITY, on=(DB, CLUSTER),
    also={DB: ("DBSnapshotAttributes",), CLUSTER: ("DBClusterSnapshotAttributes",)},
    name="Amazon RDS Public Snapshots", chinese_name="Amazon RDS 公共快照",
    columns=("Status", "Region", "DB Instance or Cluster ID", "Snapshot ID"),
    fix="Make the snapshot private (ModifyDBSnapshotAttribute).",
)  # fmt: skip
def public_database_snapshot(snapshot: Item, inputs: Inputs) -> Advised | None:
    """Not everybody can restore a database of a manual snapshot; automated ones cannot be given away.

    Source: AWS Support User Guide, "Amazon RDS Public Snapshots".
    """
    verdict = inputs.verdict("RDS_SNAPSHOTS_PUBLIC_PROHIBITED", snapshot)
    if verdict.compliance is Compliance.NOT_APPLICABLE:
        return None
    is_public = verdict.compliance is Compliance.NON_COMPLIANT
    status = Status.ERROR if is_public else Status.OK
    kind = "db-cluster-snapshot" if snapshot.resource_type == CLUSTER else "db-snapshot"
    command = (
        "rds", f"modify-{kind}-attribute", f"--{kind}-identifier", snapshot.resource_id,
        "--attribute-name", "restore", "--values-to-remove", "all",
    )  # fmt: skip
    source = text(snapshot, "dBInstanceIdentifier") or text(snapshot, "dbclusterIdentifier")
    return advised(
        snapshot, status, colour(status), snapshot.region, source, snapshot.resource_id,
        commands=[command] if is_public else (),
    )  # fmt: skip
