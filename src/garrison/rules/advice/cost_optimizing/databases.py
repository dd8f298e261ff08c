"""Databases that run and that nobody talks to, or that have more capacity than they use."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY, HOUR, Metric, of_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, money, plain, yes
from garrison.rules.reading import flag, number, text

_DATABASE, _CLUSTER, _TABLE = "AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::DynamoDB::Table"
_DAYS, _LONGEST_LOOK = 7, 14
_LOW_CPU_PERCENT, _LOW_SHARE = 5, 0.99
_LOW_TABLE_SHARE = 0.5


def _of_database(database: Item) -> Mapping[str, str] | None:
    identifier = text(database, "dBInstanceIdentifier")
    return (
        {"DBInstanceIdentifier": identifier}
        if identifier and text(database, "dBInstanceStatus") == "available"
        else None
    )


def _of_provisioned(table: Item) -> Mapping[str, str] | None:
    return {"TableName": table.resource_id} if _is_provisioned(table) else None


def _is_provisioned(table: Item) -> bool:
    return text(table, "billingModeSummary", "billingMode") in ("PROVISIONED", None) and bool(
        number(table, "provisionedThroughput", "readCapacityUnits")
    )


CONNECTIONS = Metric(_DATABASE, "AWS/RDS", "DatabaseConnections", _of_database, "Maximum", _LONGEST_LOOK, most_gaps=0.5)
CLUSTER_CONNECTIONS = Metric(
    _CLUSTER, "AWS/Redshift", "DatabaseConnections", of_id("ClusterIdentifier"), "Maximum", _DAYS
)
CLUSTER_CPU = Metric(
    _CLUSTER, "AWS/Redshift", "CPUUtilization", of_id("ClusterIdentifier"), "Average", _DAYS * 24, HOUR
)
READS = Metric(
    _TABLE, "AWS/DynamoDB", "ConsumedReadCapacityUnits", _of_provisioned, "Sum", _LONGEST_LOOK * 24, HOUR,
    is_zero_where_absent=True,
)  # fmt: skip
WRITES = Metric(
    _TABLE, "AWS/DynamoDB", "ConsumedWriteCapacityUnits", _of_provisioned, "Sum", _LONGEST_LOOK * 24, HOUR,
    is_zero_where_absent=True,
)  # fmt: skip


@check(
    "Ti39halfu8", "rds-idle-db-instances", Category.COST_OPTIMIZING, on=_DATABASE, metrics=(CONNECTIONS,),
    name="Amazon RDS Idle DB Instances", chinese_name="空闲的 Amazon RDS 数据库实例",
    columns=(
        "Region", "DB Instance Name", "Multi-AZ", "Instance Type", "Storage Provisioned (GB)",
        "Days Since Last Connection", "Estimated Monthly Savings (On Demand)",
    ),
    fix="Take a snapshot of the instance and delete it, or stop it.",
)  # fmt: skip
def idle_database(database: Item, inputs: Inputs) -> Advised | None:
    """A database instance that is available had a connection in the last seven days.

    Source: AWS Support User Guide, "Amazon RDS Idle DB Instances".
    """
    if _of_database(database) is None or inputs.is_younger(database, _DAYS * DAY):
        return None
    quiet = 0
    for connections in reversed(inputs.series(CONNECTIONS, database).values):
        if connections is None or connections > 0:
            break
        quiet += 1
    is_idle = quiet >= _DAYS
    savings = _database_cost(database, inputs) if is_idle else None
    since = f"{quiet}+" if quiet == _LONGEST_LOOK else str(quiet)
    name = text(database, "dBInstanceIdentifier") or database.resource_id
    return advised(
        database,
        Status.WARNING if is_idle else Status.OK,
        database.region, name, yes(bool(flag(database, "multiAZ"))), text(database, "dBInstanceClass"),
        plain(number(database, "allocatedStorage")), since, money(savings),
        savings=savings,
        commands=[("rds", "stop-db-instance", "--db-instance-identifier", name)] if is_idle else (),
    )  # fmt: skip


def _database_cost(database: Item, inputs: Inputs) -> Decimal | None:
    """Of the instance: its storage is paid for while it is stopped."""
    deployment = "multi" if flag(database, "multiAZ") else "single"
    name = f"{text(database, 'dBInstanceClass')}/{text(database, 'engine')}/{deployment}"
    return inputs.prices.monthly("db-instance-hour", database.region, name)


@check(
    "G31sQ1E9U", "underutilized-redshift-clusters", Category.COST_OPTIMIZING, on=_CLUSTER,
    metrics=(CLUSTER_CONNECTIONS, CLUSTER_CPU),
    name="Underutilized Amazon Redshift Clusters", chinese_name="未充分利用的 Amazon Redshift 集群",
    columns=("Status", "Region", "Cluster", "Instance Type", "Reason", "Estimated Monthly Savings"),
    fix="Pause the cluster, make it smaller, or shut it down and keep a final snapshot.",
)  # fmt: skip
def underutilized_cluster(cluster: Item, inputs: Inputs) -> Advised | None:
    """A running cluster had a connection in the last seven days, and used 5 % of its CPU in more than one hour of a hundred.

    Source: AWS Support User Guide, "Underutilized Amazon Redshift Clusters".
    """
    if text(cluster, "clusterStatus") != "available" or inputs.is_younger(cluster, _DAYS * DAY):
        return None
    reason = None
    cpu = inputs.series(CLUSTER_CPU, cluster).known
    if max(inputs.series(CLUSTER_CONNECTIONS, cluster).known) == 0:
        reason = "No recent connections"
    elif sum(one < _LOW_CPU_PERCENT for one in cpu) >= _LOW_SHARE * len(cpu):
        reason = "Low CPU utilization"
    status = Status.WARNING if reason else Status.OK
    node = inputs.prices.monthly("redshift-node-hour", cluster.region, text(cluster, "nodeType") or "")
    nodes = number(cluster, "numberOfNodes") or 1
    savings = node * Decimal(str(nodes)) if node is not None and reason else None
    return advised(
        cluster, status,
        colour(status), cluster.region, cluster.resource_id, text(cluster, "nodeType"), reason, money(savings),
        savings=savings,
        commands=[("redshift", "pause-cluster", "--cluster-identifier", cluster.resource_id)] if reason else (),
    )  # fmt: skip


@check(
    None, "dynamodb-unused-capacity", Category.COST_OPTIMIZING, on=_TABLE, metrics=(READS, WRITES),
    name="Over-provisioned Amazon DynamoDB tables", chinese_name="过度预置的 Amazon DynamoDB 表",
    columns=(
        "Status", "Region", "Table", "Read Capacity Units", "Read Units Used in the Busiest Hour", "Write Capacity Units",
        "Write Units Used in the Busiest Hour", "Estimated Monthly Savings",
    ),
    fix="Provision less, let auto scaling do it, or pay by request.",
)  # fmt: skip
def over_provisioned_table(table: Item, inputs: Inputs) -> Advised | None:
    """A table with provisioned capacity uses at least half of it in the busiest hour of 14 days.

    What twice the busiest hour's average leaves over is what it saves.

    Source: Amazon DynamoDB Developer Guide, "Evaluate for right-sized provisioning"; AWS has no such check.
    """
    if not _is_provisioned(table) or inputs.is_younger(table, _LONGEST_LOOK * DAY):
        return None
    wanted, savings, is_over = [], Decimal(), False
    for metric, name, kind in ((READS, "readCapacityUnits", "read"), (WRITES, "writeCapacityUnits", "write")):
        units = number(table, "provisionedThroughput", name) or 0
        busiest = max(inputs.series(metric, table).known, default=0.0) / HOUR.total_seconds()
        wanted += [plain(units), f"{busiest:.2f}"]
        spare = units - max(1, 2 * busiest)
        if busiest < units * _LOW_TABLE_SHARE and spare > 0:
            is_over = True
            price = inputs.prices.monthly("dynamodb-unit-hour", table.region, kind)
            savings += (price if price is not None else Decimal("NaN")) * Decimal(str(spare))
    status = Status.WARNING if is_over else Status.OK
    known = savings if is_over and savings.is_finite() else None
    return advised(
        table, status,
        colour(status), table.region, table.resource_id, *wanted, money(known),
        savings=known,
        commands=[
            ("dynamodb", "update-table", "--table-name", table.resource_id, "--billing-mode", "PAY_PER_REQUEST"),
        ] if is_over else (),
    )  # fmt: skip
