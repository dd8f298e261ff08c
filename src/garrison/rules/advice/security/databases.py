"""Databases that are open, unencrypted, or on versions that are no longer supported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.dates import engine_support
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import with_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.security.groups import ANYWHERE, RISKY, opened
from garrison.rules.advice.showing import colour
from garrison.rules.managed.ec2 import sources
from garrison.rules.reading import Unseen, flag, objects, text

INSTANCE, CLUSTER, DB_GROUP = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::DBSecurityGroup"
EC2_GROUP = "AWS::EC2::SecurityGroup"
ENCRYPTION_COLUMNS = ("Status", "Region", "Resource", "Engine Name", "Last Updated Time")
SOON = timedelta(days=180)


def _engine(database: Item) -> str:
    engine = text(database, "engine")
    if engine is None:
        raise Unseen("engine: not in the configuration")
    return engine


def _encryption(database: Item, inputs: Inputs) -> Advised:
    engine, is_on = _engine(database), flag(database, "storageEncrypted")
    if is_on is None:
        raise Unseen("storageEncrypted: not in the configuration")
    status = Status.OK if is_on else Status.ERROR
    return advised(database, status, colour(status), database.region, database.arn, engine, inputs.now.isoformat())


@check(
    "c1qf5bt005", "amazon-rds-aurora-storage-encryption-is-turned-off", Category.SECURITY, on=CLUSTER,
    name="Amazon RDS Aurora storage encryption is turned off", chinese_name="Amazon RDS Aurora 存储加密已关闭",
    columns=ENCRYPTION_COLUMNS, fix="Restore a snapshot of the cluster with a KMS key, and move to it.",
)  # fmt: skip
def aurora_encryption(cluster: Item, inputs: Inputs) -> Advised | None:
    """An Aurora cluster is encrypted.

    Source: AWS Support User Guide, "Amazon RDS Aurora storage encryption is turned off".
    """
    return _encryption(cluster, inputs) if _engine(cluster).startswith("aurora") else None


@check(
    "c1qf5bt006", "amazon-rds-storage-encryption-is-turned-off", Category.SECURITY, on=INSTANCE,
    name="Amazon RDS storage encryption is turned off", chinese_name="Amazon RDS 存储加密已关闭",
    columns=ENCRYPTION_COLUMNS, fix="Copy a snapshot of the instance with a KMS key, restore it, and move to it.",
)  # fmt: skip
def storage_encryption(instance: Item, inputs: Inputs) -> Advised | None:
    """A DB instance that is in no cluster is encrypted.

    Source: AWS Support User Guide, "Amazon RDS storage encryption is turned off".
    """
    return None if text(instance, "dBClusterIdentifier") else _encryption(instance, inputs)


@check(
    "nNauJisYIT", "amazon-rds-security-group-access-risk", Category.SECURITY, on=DB_GROUP,
    also={EC2_GROUP: ()},
    name="Amazon RDS Security Group Access Risk", chinese_name="Amazon RDS 安全组访问风险",
    columns=("Region", "RDS Security Group Name", "Ingress Rule", "Status", "Reason"),
    fix="Let in only known addresses and groups (RevokeDBSecurityGroupIngress), and move the database into a VPC.",
)  # fmt: skip
def group_access(group: Item, inputs: Inputs) -> Iterator[Advised]:
    """A DB security group lets in no range of prefix /0 (red), and no EC2 security group that is open to anybody on a risky port (yellow).

    Source: AWS Support User Guide, "Amazon RDS Security Group Access Risk".
    """
    name, found = group.resource_id, False
    for entry in objects(group, "iPRanges"):
        cidr = text(entry, "cIDRIP") or ""
        if cidr.endswith("/0"):
            found = True
            reason = "The rule lets in every address"
            yield advised(group, Status.ERROR, group.region, name, cidr, colour(Status.ERROR), reason)
    for entry in objects(group, "eC2SecurityGroups"):
        known = with_id(inputs, EC2_GROUP, text(entry, "eC2SecurityGroupId") or "")
        if known is not None and _is_open(known):
            found = True
            reason = "The EC2 security group is open to every address on a risky port"
            yield advised(group, Status.WARNING, group.region, name, known.resource_id, colour(Status.WARNING), reason)
    if not found:
        yield advised(group, Status.OK, group.region, name, None, colour(Status.OK), None)


def _is_open(group: Item) -> bool:
    return any(
        ANYWHERE in sources(permission) and any(port in ports for port in RISKY)
        for permission, _, ports in opened(group)
    )


@check(
    None, "rds-end-of-support", Category.SECURITY, on=INSTANCE,
    name="RDS engine versions near or past the end of standard support", chinese_name="接近或已过标准支持终止日期的 RDS 引擎版本",
    columns=("Status", "Region", "DB Instance", "Engine Name", "Engine Version", "End of Support", "Last Updated Time"),
    fix="Upgrade to a major version that is supported (ModifyDBInstance with AllowMajorVersionUpgrade).",
)  # fmt: skip
def engine_end_of_support(instance: Item, inputs: Inputs) -> Advised | None:
    """A MySQL, PostgreSQL or MariaDB instance has a major version with standard support (red where not), and for half a year (yellow).

    Source: Amazon RDS User Guide, "Amazon RDS Extended Support"; dates of data/rds-engines.toml.
    """
    engine, version = _engine(instance), text(instance, "engineVersion")
    if engine not in ("mysql", "postgres", "mariadb"):
        return None
    ends = engine_support(engine, version or "")
    if ends is None:
        raise Unseen(f"when support of {engine} {version} ends is not in the table")
    left = ends - inputs.now.date()
    status = Status.ERROR if left < timedelta() else Status.WARNING if left <= SOON else Status.OK
    return advised(
        instance, status, colour(status), instance.region, instance.resource_name or instance.resource_id, engine,
        version, ends.isoformat(), inputs.now.isoformat(),
    )  # fmt: skip
