"""Quotas of RDS, which tells itself what is used and what may be, and of DynamoDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from garrison.items import GLOBAL, Item
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.quotas import Limit, Use, Uses, accounts, limit, per_region, rows, told
from garrison.rules.reading import Unseen, number, objects, text
from garrison.rules.registry import ACCOUNT

TABLE = "AWS::DynamoDB::Table"
QUOTAS = "RDSQuotas"
KINDS = (
    ("XG0aXHpIEt", "rds-db-instances", "DBInstances", "DB instances", "RDS DB Instances", "RDS 数据库实例", "AWS::RDS::DBInstance"),
    ("gjqMBn6pjz", "rds-clusters", "DBClusters", "Clusters", "RDS Clusters", "RDS 集群", "AWS::RDS::DBCluster"),
    ("dYWBaXaaMM", "rds-subnet-groups", "DBSubnetGroups", "Subnet groups", "RDS Subnet Groups", "RDS 子网组", "AWS::RDS::DBSubnetGroup"),
    ("gfZAn3W7wl", "rds-db-security-groups", "DBSecurityGroups", "DB security groups", "RDS DB Security Groups", "RDS 数据库安全组", "AWS::RDS::DBSecurityGroup"),
    ("dV84wpqRUs", "rds-db-manual-snapshots", "ManualSnapshots", "RDS DB Manual Snapshots", "RDS DB Manual Snapshots", "RDS 数据库手动快照", "AWS::RDS::DBSnapshot"),
    ("keAhfbH5yb", "rds-event-subscriptions", "EventSubscriptions", "Event subscriptions", "RDS Event Subscriptions", "RDS 事件订阅", "AWS::RDS::EventSubscription"),
    ("P1jhKWEmLa", "rds-total-storage-quota", "AllocatedStorage", "Storage quota (GB)", "RDS Total Storage Quota", "RDS 总存储配额", None),
    ("jEECYg2YVU", "rds-db-parameter-groups", "DBParameterGroups", "DB parameter groups", "RDS DB Parameter Groups", "RDS 数据库参数组", None),
    ("jtlIMO3qZM", "rds-cluster-parameter-groups", "DBClusterParameterGroups", "Cluster parameter groups", "RDS Cluster Parameter Groups", "RDS 集群参数组", None),
    ("7fuccf1Mx7", "rds-cluster-roles", "DBClusterRoles", "Cluster roles", "RDS Cluster Roles", "RDS 集群角色", None),
    ("dBkuNCvqn5", "rds-max-auths-per-security-group", "AuthorizationsPerDBSecurityGroup", "Max auths per security group", "RDS Max Auths per Security Group", "RDS 每个安全组的最大授权数", None),
    ("3Njm0DJQO9", "rds-option-groups", "OptionGroups", "Option groups", "RDS Option Groups", "RDS 选项组", None),
    ("pYW8UkYz2w", "rds-read-replicas-per-master", "ReadReplicasPerMaster", "Read replicas per master", "RDS Read Replicas per Master", "RDS 每个主实例的只读副本数", None),
    ("UUDvOa5r34", "rds-reserved-instances", "ReservedDBInstances", "Reserved instances", "RDS Reserved Instances", "RDS 预留实例", None),
    ("jEhCtdJKOY", "rds-subnets-per-subnet-group", "SubnetsPerDBSubnetGroup", "Subnets per subnet group", "RDS Subnets per Subnet Group", "RDS 每个子网组的子网数", None),
)  # fmt: skip
"""AWS's id, our key, RDS's name of the quota, ours, the check's in English and Chinese, and the type that is counted where RDS does not tell."""


def _is_manual(snapshot: Item) -> bool:
    return text(snapshot, "snapshotType") in ("manual", None)


def of_rds(name: str, resource_type: str | None) -> Uses:
    """What RDS tells of a quota; else the resources counted, where that can be done."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        quotas = {region: _quota(inputs, region, name) for region in accounts(inputs) if region != GLOBAL}
        said = {region: use for region, use in quotas.items() if use is not None}
        yield from said.values()
        if resource_type is not None:
            found = per_region(inputs, resource_type, lambda one: 1 if _counts(one) else None)
            yield from (Use(region, used) for region, used in sorted(found.items()) if region not in said)
        elif len(said) < len(quotas) or not quotas:
            raise Unseen(f"{QUOTAS}: what RDS tells of the account's quotas was not collected")

    return uses


def _counts(item: Item) -> bool:
    return item.resource_type != "AWS::RDS::DBSnapshot" or _is_manual(item)


def _quota(inputs: Inputs, region: str, name: str) -> Use | None:
    for one in rows(inputs, region, QUOTAS):
        if text(one, "accountQuotaName") == name:
            used, most = number(one, "used"), number(one, "max")
            if used is not None and most is not None:
                return Use(region, used, most)
    return None


for aws_id, key, counted_as, title, english, chinese, kind in KINDS:
    limit(
        aws_id, key, Limit("RDS", title), of_rds(counted_as, kind),
        name=english, chinese_name=chinese,
        needs={ACCOUNT: (QUOTAS,)} | ({kind: ()} if kind else {}),
    )  # fmt: skip


def capacity(place: str) -> Callable[[Item], float]:
    """What is provisioned of a table with its indexes; nothing where it is on demand."""

    def of_table(table: Item) -> float:
        indexes = objects(table, "globalSecondaryIndexes")
        own = number(table, "provisionedThroughput", place) or 0
        return own + sum(number(one, "provisionedThroughput", place) or 0 for one in indexes)

    return of_table


def of_tables(place: str, most: str) -> Uses:
    """The capacity that is provisioned, and what DynamoDB says may be."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        for region, used in sorted(per_region(inputs, TABLE, capacity(place)).items()):
            yield Use(region, used, number(told(inputs, region, "DynamoDBLimits"), most))

    return uses


limit(
    "6gtQddfEw6", "dynamodb-read-capacity", Limit("DynamoDB", "DynamoDB Read Capacity"),
    of_tables("readCapacityUnits", "accountMaxReadCapacityUnits"),
    name="DynamoDB Read Capacity", chinese_name="DynamoDB 读取容量", needs={TABLE: (), ACCOUNT: ("DynamoDBLimits",)},
)  # fmt: skip
limit(
    "c5ftjdfkMr", "dynamodb-write-capacity", Limit("DynamoDB", "DynamoDB Write Capacity"),
    of_tables("writeCapacityUnits", "accountMaxWriteCapacityUnits"),
    name="DynamoDB Write Capacity", chinese_name="DynamoDB 写入容量", needs={TABLE: (), ACCOUNT: ("DynamoDBLimits",)},
)  # fmt: skip
