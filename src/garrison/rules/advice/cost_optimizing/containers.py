"""ECS services with more processor and memory than they use."""

from __future__ import annotations

from collections.abc import Mapping

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY, Metric
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, percent
from garrison.rules.reading import text

_SERVICE = "AWS::ECS::Service"
_DAYS = 14
_LOW_PERCENT = 20


def _place(service: Item) -> Mapping[str, str] | None:
    cluster, name = (text(service, "Cluster") or "").rpartition("/")[2], service.resource_name
    if not cluster or not name or text(service, "Status") not in ("ACTIVE", None):
        return None
    return {"ClusterName": cluster, "ServiceName": name}


CPU = Metric(_SERVICE, "AWS/ECS", "CPUUtilization", _place, "Maximum", _DAYS)
MEMORY = Metric(_SERVICE, "AWS/ECS", "MemoryUtilization", _place, "Maximum", _DAYS)


@check(
    None, "ecs-unused-capacity", Category.COST_OPTIMIZING, on=_SERVICE, metrics=(CPU, MEMORY),
    name="Over-provisioned Amazon ECS services", chinese_name="过度预置的 Amazon ECS 服务",
    columns=("Status", "Region", "Cluster", "Service", "Highest CPU Utilization", "Highest Memory Utilization"),
    fix="Give the service's tasks less processor and memory, or run fewer of them.",
)  # fmt: skip
def over_provisioned_service(service: Item, inputs: Inputs) -> Advised | None:
    """A service used more than a fifth of its processor or of its memory at least once in 14 days.

    Source: Amazon ECS Developer Guide, "Amazon ECS service utilization metrics"; AWS asks Compute Optimizer, and for Fargate alone.
    """
    place = _place(service)
    if place is None or inputs.is_younger(service, _DAYS * DAY):
        return None
    cpu, memory = max(inputs.series(CPU, service).known), max(inputs.series(MEMORY, service).known)
    status = Status.WARNING if cpu <= _LOW_PERCENT and memory <= _LOW_PERCENT else Status.OK
    return advised(
        service, status,
        colour(status), service.region, place["ClusterName"], place["ServiceName"], percent(cpu), percent(memory),
    )  # fmt: skip
