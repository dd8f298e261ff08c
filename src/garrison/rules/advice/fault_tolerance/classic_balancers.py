"""Classic load balancers that lose requests when a zone or an instance goes."""

from __future__ import annotations

from collections import Counter

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.fault_tolerance.balance import by_letter, is_uneven
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.lookups import with_id, zone_of
from garrison.rules.advice.result import Advised, Command, Status
from garrison.rules.advice.showing import colour
from garrison.rules.managed.load_balancers import CLASSIC
from garrison.rules.reading import Unseen, flag, objects, part, text, texts

INSTANCE = "AWS::EC2::Instance"
LETTERS = "abcdef"
REASON_COLUMNS = ("Region", "Load Balancer Name", "Status", "Reason")


def _attribute(balancer: Item, name: str) -> bool:
    attributes = part(balancer, "LoadBalancerAttributes")
    found = flag(attributes, name, "enabled")
    if found is None:
        raise Unseen(f"LoadBalancerAttributes.{name}: not collected")
    return found


def _modified(balancer: Item, setting: str) -> Command:
    return (
        "elb", "modify-load-balancer-attributes", "--load-balancer-name", balancer.resource_id,
        "--load-balancer-attributes", setting,
    )  # fmt: skip


@check(
    "iqdCTZKCUp", "load-balancer-optimization", Category.FAULT_TOLERANCE, on=CLASSIC,
    also={INSTANCE: ()},
    name="Load Balancer Optimization", chinese_name="负载均衡器优化",
    columns=(
        "Region", "Load Balancer Name", "# of Zones", *(f"Zone {letter} Instances" for letter in LETTERS), "Status",
        "Reason",
    ),
    fix="Have the load balancer serve two zones at least, with as many running instances in each.",
)  # fmt: skip
def optimization(balancer: Item, inputs: Inputs) -> Advised:
    """A classic load balancer has more than one zone, running instances in each, and about as many of them.

    Uneven is a difference of more than one, and of more than a fifth of the fullest zone's. Source: AWS Support User Guide, "Load
    Balancer Optimization".
    """
    zones = texts(balancer, "availabilityZones")
    counts = Counter(dict.fromkeys(zones, 0))
    for one in objects(balancer, "instances"):
        instance = with_id(inputs, INSTANCE, text(one, "instanceId") or "")
        if instance is not None and text(instance, "state", "name") == "running":
            counts[zone_of(instance)] += 1
    if len(zones) < 2:
        reason = "Single zone"
    elif 0 in counts.values():
        reason = "A zone has no active instances"
    elif is_uneven(counts) and max(counts.values()) - min(counts.values()) > 1:
        reason = "Uneven distribution of instances"
    else:
        reason = ""
    status = Status.WARNING if reason else Status.OK
    return advised(
        balancer, status, balancer.region, balancer.resource_id, str(len(zones)), *by_letter(counts, LETTERS),
        colour(status), reason or None,
    )  # fmt: skip


@check(
    "7qGXsKIUw", "elb-connection-draining", Category.FAULT_TOLERANCE, on=CLASSIC,
    parts=("LoadBalancerAttributes",),
    name="CLB Connection Draining", chinese_name="CLB 连接耗尽",
    columns=REASON_COLUMNS, fix="Turn on connection draining (ModifyLoadBalancerAttributes).",
)  # fmt: skip
def connection_draining(balancer: Item, inputs: Inputs) -> Advised:
    """A classic load balancer lets an instance that leaves finish its requests.

    Source: AWS Support User Guide, "CLB Connection Draining".
    """
    if _attribute(balancer, "connectionDraining"):
        return advised(balancer, Status.OK, balancer.region, balancer.resource_id, colour(Status.OK), None)
    return advised(
        balancer, Status.WARNING, balancer.region, balancer.resource_id, colour(Status.WARNING),
        "Connection draining is not enabled",
        commands=[_modified(balancer, "ConnectionDraining={Enabled=true,Timeout=300}")],
    )  # fmt: skip


@check(
    "xdeXZKIUy", "elb-cross-zone-load-balancing", Category.FAULT_TOLERANCE, on=CLASSIC,
    parts=("LoadBalancerAttributes",),
    name="ELB Cross-Zone Load Balancing", chinese_name="ELB 跨可用区负载均衡",
    columns=REASON_COLUMNS, fix="Balance over all zones (ModifyLoadBalancerAttributes).",
)  # fmt: skip
def cross_zone(balancer: Item, inputs: Inputs) -> Advised:
    """A classic load balancer balances over all zones.

    Source: AWS Support API, DescribeTrustedAdvisorChecks, "ELB Cross-Zone Load Balancing".
    """
    if _attribute(balancer, "crossZoneLoadBalancing"):
        return advised(balancer, Status.OK, balancer.region, balancer.resource_id, colour(Status.OK), None)
    return advised(
        balancer, Status.WARNING, balancer.region, balancer.resource_id, colour(Status.WARNING),
        "Cross-zone load balancing is not enabled", commands=[_modified(balancer, "CrossZoneLoadBalancing={Enabled=true}")],
    )  # fmt: skip


@check(
    "c18d2gz154", "classic-load-balancer-without-multiple-zones", Category.FAULT_TOLERANCE, on=CLASSIC,
    name="Classic Load Balancer has no multiple AZs configured", chinese_name="Classic Load Balancer 未配置多个可用区",
    columns=COLUMNS, fix="Have the load balancer serve a second zone (AttachLoadBalancerToSubnets).",
)  # fmt: skip
def multiple_zones(balancer: Item, inputs: Inputs) -> Advised:
    """A classic load balancer serves two zones at least.

    Source: AWS Support User Guide, "Classic Load Balancer has no multiple AZs configured".
    """
    zones = set(texts(balancer, "availabilityZones"))
    if not zones:
        raise Unseen("availabilityZones: not in the configuration")
    return row(balancer, inputs, Status.OK if len(zones) > 1 else Status.WARNING, "clb-multiple-az")
