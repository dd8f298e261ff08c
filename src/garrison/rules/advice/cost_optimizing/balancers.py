"""Load balancers that are paid for and balance nothing."""

from __future__ import annotations

from collections.abc import Mapping

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY, Metric, of_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, money
from garrison.rules.reading import objects, rows_of, text, texts

_CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
_DAYS = 7
FEWEST_REQUESTS = 100


def _application(balancer: Item) -> Mapping[str, str] | None:
    return _place(balancer) if text(balancer, "type") == "application" else None


def _network(balancer: Item) -> Mapping[str, str] | None:
    return _place(balancer) if text(balancer, "type") == "network" else None


def _place(balancer: Item) -> Mapping[str, str]:
    """What CloudWatch calls it: the end of its ARN."""
    return {"LoadBalancer": balancer.arn.rpartition(":loadbalancer/")[2]}


CLASSIC_REQUESTS = Metric(
    _CLASSIC, "AWS/ELB", "RequestCount", of_id("LoadBalancerName"), "Sum", _DAYS, is_zero_where_absent=True
)
HEALTHY_HOSTS = Metric(_CLASSIC, "AWS/ELB", "HealthyHostCount", of_id("LoadBalancerName"), "Maximum", _DAYS)
REQUESTS = Metric(
    _BALANCER, "AWS/ApplicationELB", "RequestCount", _application, "Sum", _DAYS, is_zero_where_absent=True
)
FLOWS = Metric(_BALANCER, "AWS/NetworkELB", "NewFlowCount", _network, "Sum", _DAYS, is_zero_where_absent=True)


@check(
    "hjLMh88uM8", "idle-load-balancers", Category.COST_OPTIMIZING, on=_CLASSIC, metrics=(CLASSIC_REQUESTS, HEALTHY_HOSTS),
    name="Idle Load Balancers", chinese_name="空闲的负载均衡器",
    columns=("Region", "Load Balancer Name", "Reason", "Estimated Monthly Savings"),
    fix="Register instances with the load balancer, mend their health checks, or delete it.",
)  # fmt: skip
def idle_classic_balancer(balancer: Item, inputs: Inputs) -> Advised | None:
    """A classic load balancer has instances, some of them healthy, and had 100 requests on one of the last seven days.

    Source: AWS Support User Guide, "Idle Load Balancers".
    """
    reason = None
    if not objects(balancer, "instances"):
        reason = "No active back-end instances"
    elif inputs.is_younger(balancer, _DAYS * DAY):
        return None
    elif max(inputs.series(HEALTHY_HOSTS, balancer).known) == 0:
        reason = "No healthy back-end instances"
    elif all(one < FEWEST_REQUESTS for one in inputs.series(CLASSIC_REQUESTS, balancer).known):
        reason = "Low request count"
    savings = inputs.prices.monthly("balancer-hour", balancer.region, "classic") if reason else None
    return advised(
        balancer,
        Status.WARNING if reason else Status.OK,
        balancer.region, balancer.resource_id, reason, money(savings),
        savings=savings,
        commands=[("elb", "delete-load-balancer", "--load-balancer-name", balancer.resource_id)] if reason else (),
    )  # fmt: skip


@check(
    None, "idle-albs-and-nlbs", Category.COST_OPTIMIZING, on=_BALANCER,
    also={_TARGET_GROUP: ("TargetHealthDescriptions",)}, metrics=(REQUESTS, FLOWS),
    name="Idle application and network load balancers", chinese_name="空闲的应用和网络负载均衡器",
    columns=("Status", "Region", "Load Balancer Name", "Type", "Reason", "Estimated Monthly Savings"),
    fix="Register targets with the load balancer, mend their health checks, or delete it.",
)  # fmt: skip
def idle_balancer(balancer: Item, inputs: Inputs) -> Advised | None:
    """A load balancer has targets, some of them healthy, and was used in the last seven days.

    An application load balancer is used if it had 100 requests on one of the days, a network load balancer if it had a flow.

    Source: AWS Support User Guide, "Idle Load Balancers", which knows classic ones only; the rest is by the same measure.
    """
    kind = text(balancer, "type") or ""
    if kind not in ("application", "network") or text(balancer, "state", "code") not in ("active", None):
        return None
    reason = _why_idle(balancer, kind, inputs)
    if reason == "" and inputs.is_younger(balancer, _DAYS * DAY):
        return None
    if reason == "":
        series = inputs.series(REQUESTS if kind == "application" else FLOWS, balancer).known
        if all(one < (FEWEST_REQUESTS if kind == "application" else 1) for one in series):
            reason = "Low request count" if kind == "application" else "No flows"
    status = Status.WARNING if reason else Status.OK
    savings = inputs.prices.monthly("balancer-hour", balancer.region, kind) if reason else None
    return advised(
        balancer, status,
        colour(status), balancer.region, balancer.resource_name, kind, reason or None, money(savings),
        savings=savings,
        commands=[("elbv2", "delete-load-balancer", "--load-balancer-arn", balancer.arn)] if reason else (),
    )  # fmt: skip


def _why_idle(balancer: Item, kind: str, inputs: Inputs) -> str:
    """Why nothing can come through, by its targets; empty where something can. Redirects need no targets, but are requests."""
    groups = inputs.once(_groups_of).get(balancer.arn, [])
    targets = [target for group in groups for target in rows_of(group, "TargetHealthDescriptions")]
    if not targets:
        return "" if kind == "application" else "No registered targets"
    states = {text(target, "targetHealth", "state") for target in targets}
    return "" if states & {"healthy", "initial", "unavailable", "unused", None} else "No healthy targets"


def _groups_of(inputs: Inputs) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for group in inputs.items(_TARGET_GROUP):
        for arn in texts(group, "loadBalancerArns"):
            found.setdefault(arn, []).append(group)
    return found
