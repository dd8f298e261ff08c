"""Databases, file systems, functions and tasks that their settings hold back."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.functions import FUNCTION, INVOCATIONS, MEMORY, MEMORY_DAYS, memory_size
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, percent, plain
from garrison.rules.reading import Unseen, number, objects, text

_DATABASE, _CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
_FILE_SYSTEM, _DEFINITION = "AWS::EFS::FileSystem", "AWS::ECS::TaskDefinition"
_HIGH_MEMORY_PERCENT = 90


@check(
    "c1qf5bt000", "rds-magnetic-volumes", Category.PERFORMANCE, on=_DATABASE,
    name="Amazon RDS magnetic volume is in use", chinese_name="正在使用 Amazon RDS 磁介质卷",
    columns=("Status", "Region", "Resource", "Recommended Value", "Engine Name", "Last Updated Time"),
    fix="Move the instance to general purpose or provisioned IOPS storage (ModifyDBInstance).",
)  # fmt: skip
def magnetic_storage(database: Item, inputs: Inputs) -> Advised:
    """A database instance does not use magnetic storage.

    Source: AWS Support User Guide, "Amazon RDS magnetic volume is in use".
    """
    status = Status.WARNING if text(database, "storageType") == "standard" else Status.OK
    name = text(database, "dBInstanceIdentifier") or database.resource_id
    return advised(
        database, status,
        colour(status), database.region, database.arn, "gp3" if status is Status.WARNING else None,
        text(database, "engine"), inputs.now.isoformat(),
        commands=[("rds", "modify-db-instance", "--db-instance-identifier", name, "--storage-type", "gp3")]
        if status is Status.WARNING else (),
    )  # fmt: skip


def _members(inputs: Inputs) -> dict[str, set[str]]:
    """By cluster, the classes of its instances."""
    found: dict[str, set[str]] = {}
    for database in inputs.items(_DATABASE):
        if cluster := text(database, "dBClusterIdentifier"):
            found.setdefault(f"{database.region}/{cluster}", set()).add(text(database, "dBInstanceClass") or "")
    return found


def _mixed(cluster: Item, inputs: Inputs, part: int) -> Advised | None:
    """Whether the classes of a cluster's instances differ in their family (1) or in their size (2): `db.r6g.large`."""
    classes = inputs.once(_members).get(f"{cluster.region}/{cluster.resource_name}", set()) - {"", "db.serverless"}
    if not classes:
        return None
    different = {one.split(".")[part] if one.count(".") >= part else one for one in classes}
    status = Status.ERROR if len(different) > 1 else Status.OK
    return advised(
        cluster, status,
        colour(status), cluster.region, cluster.arn, "The same class and size for all instances" if status is Status.ERROR
        else None, text(cluster, "engine"), inputs.now.isoformat(),
    )  # fmt: skip


@check(
    "c1qf5bt009", "rds-clusters-with-mixed-classes", Category.PERFORMANCE, on=_CLUSTER, also={_DATABASE: ()},
    name="Amazon RDS DB instances in the clusters with heterogeneous instance classes",
    chinese_name="Amazon RDS 集群中的数据库实例类别不一致",
    columns=("Status", "Region", "Resource", "Recommended Value", "Engine Name", "Last Updated Time"),
    fix="Give all instances of the cluster the same class.",
)  # fmt: skip
def mixed_classes(cluster: Item, inputs: Inputs) -> Advised | None:
    """The instances of a database cluster are of one family, so that any can take over.

    Source: AWS Support User Guide, "Amazon RDS DB instances in the clusters with heterogeneous instance classes".
    """
    return _mixed(cluster, inputs, 1)


@check(
    "c1qf5bt008", "rds-clusters-with-mixed-sizes", Category.PERFORMANCE, on=_CLUSTER, also={_DATABASE: ()},
    name="Amazon RDS DB instances in the clusters with heterogeneous instance sizes",
    chinese_name="Amazon RDS 集群中的数据库实例大小不一致",
    columns=("Status", "Region", "Resource", "Recommended Value", "Engine Name", "Last Updated Time"),
    fix="Give all instances of the cluster the same size.",
)  # fmt: skip
def mixed_sizes(cluster: Item, inputs: Inputs) -> Advised | None:
    """The instances of a database cluster are of one size, so that any can take over.

    Source: AWS Support User Guide, "Amazon RDS DB instances in the clusters with heterogeneous instance sizes".
    """
    return _mixed(cluster, inputs, 2)


@check(
    "c1dfprch02", "efs-throughput-mode", Category.PERFORMANCE, on=_FILE_SYSTEM,
    name="Amazon EFS Throughput Mode Optimization", chinese_name="Amazon EFS 吞吐量模式优化",
    columns=("Status", "Region", "EFS File System ID", "Throughput mode", "Last Updated Time"),
    fix="Use elastic or provisioned throughput where credits run out (UpdateFileSystem).",
)  # fmt: skip
def throughput_mode(system: Item, inputs: Inputs) -> Advised:
    """A file system does not use bursting throughput, which slows down when its credits are spent.

    Source: AWS Support User Guide, "Amazon EFS Throughput Mode Optimization".
    """
    mode = text(system, "ThroughputMode")
    status = Status.WARNING if mode == "bursting" else Status.OK
    return advised(
        system, status,
        colour(status), system.region, system.resource_id, mode, inputs.now.isoformat(),
        commands=[("efs", "update-file-system", "--file-system-id", system.resource_id, "--throughput-mode", "elastic")]
        if status is Status.WARNING else (),
    )  # fmt: skip


@check(
    "COr6dfpM06", "lambda-under-provisioned-memory", Category.PERFORMANCE, on=FUNCTION, metrics=(INVOCATIONS, MEMORY),
    name="AWS Lambda under-provisioned functions for memory size", chinese_name="内存预置不足的 AWS Lambda 函数",
    columns=(
        "Status", "Region", "Function Name", "Function Version", "Memory Size (MB)", "Recommended Memory Size (MB)",
        "Lookback Period (days)", "Performance Risk", "Last Updated Time",
    ),
    fix="Give the function more memory (UpdateFunctionConfiguration).",
)  # fmt: skip
def memory_short(function: Item, inputs: Inputs) -> Advised | None:
    """A function that was invoked in the last seven days never used 90 % of its memory in 14 days.

    AWS asks Compute Optimizer, whose algorithm is not public; Garrison goes by Lambda Insights' measure of memory.

    Source: AWS Support User Guide, "AWS Lambda under-provisioned functions for memory size".
    """
    if not any(inputs.series(INVOCATIONS, function).known):
        return None
    peak = max(inputs.series(MEMORY, function).known, default=None)
    if peak is None:
        raise Unseen("LambdaInsights memory_utilization: never measured")
    memory = memory_size(function)
    status = Status.WARNING if peak >= _HIGH_MEMORY_PERCENT else Status.OK
    more = memory * 3 // 2 if status is Status.WARNING else memory
    return advised(
        function, status,
        colour(status), function.region, function.resource_id, text(function, "version"), plain(memory), plain(more),
        str(MEMORY_DAYS), percent(peak), inputs.now.isoformat(),
        commands=[
            ("lambda", "update-function-configuration", "--function-name", function.resource_id,
             "--memory-size", str(int(more))),
        ] if status is Status.WARNING else (),
    )  # fmt: skip


@check(
    "c18d2gz176", "ecs-memory-hard-limit", Category.PERFORMANCE, on=_DEFINITION,
    name="Amazon ECS Memory Hard Limit", chinese_name="Amazon ECS 内存硬限制",
    columns=COLUMNS, fix="Set `memory` of every container in a new revision of the task definition.",
)  # fmt: skip
def memory_limit(definition: Item, inputs: Inputs) -> Advised:
    """Every container of a task definition has a hard limit of memory.

    Source: AWS Support User Guide, "Amazon ECS Memory Hard Limit"; AWS Config Developer Guide,
    "ecs-task-definition-memory-hard-limit".
    """
    limits = [number(one, "Memory") for one in objects(definition, "ContainerDefinitions")]
    status = Status.OK if limits and all(limits) else Status.WARNING
    return row(definition, inputs, status, "ECS_TASK_DEFINITION_MEMORY_HARD_LIMIT")
