"""ECS services and tasks that stop with a zone or with their log."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import zones
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes
from garrison.rules.reading import Unseen, objects, text, texts, value

TASK, SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
BY_ZONE = "attribute:ecs.availability-zone"


def _named(service: Item) -> str:
    cluster = (text(service, "Cluster") or "").rsplit("/", 1)[-1]
    return f"{cluster}/{service.resource_name or service.resource_id}"


@check(
    "c1dvkm4z6b", "amazon-ecs-awslogs-driver-in-blocking-mode", Category.FAULT_TOLERANCE, on=TASK,
    name="Amazon ECS AWSLogs driver in blocking mode", chinese_name="处于阻塞模式的 Amazon ECS AWSLogs 驱动程序",
    columns=("Status", "Region", "Task Definition ARN", "Container Definition Names", "Last Updated Time"),
    fix="Set the log option mode to non-blocking, with a max-buffer-size.",
)  # fmt: skip
def blocking_logs(task: Item, inputs: Inputs) -> Advised:
    """No container waits for its log: the awslogs driver, where it is used, is told to be non-blocking.

    Source: AWS Support User Guide, "Amazon ECS AWSLogs driver in blocking mode".
    """
    if "ContainerDefinitions" not in task.configuration:
        objects(task, "ContainerDefinitions")  # says why, where it was refused
        raise Unseen("ContainerDefinitions: not in the configuration")
    blocking = [
        text(one, "Name") or ""
        for one in objects(task, "ContainerDefinitions")
        if text(one, "LogConfiguration", "LogDriver") == "awslogs"
        and text(one, "LogConfiguration", "Options", "mode") != "non-blocking"
    ]
    status = Status.WARNING if blocking else Status.OK
    return advised(
        task, status, colour(status), task.region, task.arn, ", ".join(blocking) or None, inputs.now.isoformat()
    )


@check(
    "c1z7dfpz02", "amazon-ecs-multi-az-placement-strategy", Category.FAULT_TOLERANCE, on=SERVICE,
    name="Amazon ECS Multi-AZ placement strategy", chinese_name="Amazon ECS 多可用区放置策略",
    columns=(
        "Status", "Region", "ECS Cluster Name/ECS Service Name",
        "Spread Task Placement Strategy Enabled and Applied Correctly", "Last Updated Time",
    ),
    fix="Make spread by availability zone the first placement strategy (UpdateService).",
)  # fmt: skip
def placement(service: Item, inputs: Inputs) -> Advised | None:
    """A service on EC2 spreads its tasks over zones before anything else; without a strategy ECS does so by itself.

    Source: AWS Support User Guide, "Amazon ECS Multi-AZ placement strategy".
    """
    if text(service, "LaunchType") == "FARGATE" or text(service, "SchedulingStrategy") == "DAEMON":
        return None
    strategies = objects(service, "PlacementStrategies")
    fits = not strategies or (text(strategies[0], "Type") == "spread" and text(strategies[0], "Field") == BY_ZONE)
    status = Status.OK if fits else Status.WARNING
    return advised(service, status, colour(status), service.region, _named(service), yes(fits), inputs.now.isoformat())


@check(
    "c1z7dfpz01", "amazon-ecs-service-using-a-single-az", Category.FAULT_TOLERANCE, on=SERVICE,
    also={"AWS::EC2::Subnet": ()},
    name="Amazon ECS service using a single AZ", chinese_name="使用单个可用区的 Amazon ECS 服务",
    columns=(
        "Status", "Region", "ECS Cluster Name/ECS Service Name", "Number of Availability Zones", "Last Updated Time",
    ),
    fix="Give the service subnets in a second zone (UpdateService with NetworkConfiguration).",
)  # fmt: skip
def service_zones(service: Item, inputs: Inputs) -> Advised | None:
    """A service whose tasks have addresses of their own may run in two zones at least, by its subnets.

    Where the tasks of other services run is not collected. Source: AWS Support User Guide, "Amazon ECS service using a single AZ".
    """
    if not value(service, "NetworkConfiguration"):
        return None
    subnets = texts(service, "NetworkConfiguration", "AwsvpcConfiguration", "Subnets")
    if not subnets:
        return None
    count = len(zones(inputs, subnets))
    status = Status.OK if count > 1 else Status.WARNING
    return advised(service, status, colour(status), service.region, _named(service), str(count), inputs.now.isoformat())
