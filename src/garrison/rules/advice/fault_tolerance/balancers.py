"""Application, network and gateway load balancers that stand on one zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.lookups import at_arn, once, with_id, zone_of
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.inventory import Inventory
from garrison.rules.managed.load_balancers import BALANCER
from garrison.rules.reading import Unseen, flag, objects, rows_of, text, texts

TARGETS, INSTANCE = "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::EC2::Instance"
ROUTES, SUBNET = "AWS::EC2::RouteTable", "AWS::EC2::Subnet"
RED_SHARE, YELLOW_SHARE = 0.66, 0.5


def _zones(balancer: Item) -> list[str]:
    zones = sorted({text(one, "zoneName") or "" for one in objects(balancer, "availabilityZones")})
    if not zones:
        raise Unseen("availabilityZones: not in the configuration")
    return zones


def _of_type(balancer: Item, wanted: str) -> bool:
    kind = text(balancer, "type")
    if kind is None:
        raise Unseen("type: not in the configuration")
    return kind == wanted


@check(
    "c18d2gz169", "load-balancers-not-spanning-multiple-zones", Category.FAULT_TOLERANCE, on=BALANCER,
    name="Application, Network, and Gateway Load Balancers Not Spanning Multiple Availability Zones",
    chinese_name="Application、Network 和 Gateway Load Balancer 未跨多个可用区",
    columns=COLUMNS, fix="Give the load balancer a subnet in a second zone (SetSubnets).",
)  # fmt: skip
def multiple_zones(balancer: Item, inputs: Inputs) -> Advised:
    """A load balancer has subnets in two zones at least.

    Source: AWS Support User Guide, "Application, Network, and Gateway Load Balancers Not Spanning Multiple Availability Zones".
    """
    return row(balancer, inputs, Status.OK if len(_zones(balancer)) > 1 else Status.WARNING, "elbv2-multiple-az")


@check(
    "c1dfprch08", "alb-multi-az", Category.FAULT_TOLERANCE, on=BALANCER,
    name="ALB Multi-AZ", chinese_name="ALB 多可用区",
    columns=("Status", "Region", "ALB Name", "ALB Rule", "ALB ARN", "Number of AZs", "Last Updated Time"),
    fix="Give the load balancer a subnet in a second zone (SetSubnets).",
)  # fmt: skip
def application_zones(balancer: Item, inputs: Inputs) -> Advised | None:
    """An application load balancer has two zones at least.

    Source: AWS Support User Guide, "ALB Multi-AZ".
    """
    if not _of_type(balancer, "application"):
        return None
    count = len(_zones(balancer))
    status = Status.OK if count > 1 else Status.WARNING
    return advised(
        balancer, status, colour(status), balancer.region, balancer.resource_name, None, balancer.arn, str(count),
        inputs.now.isoformat(),
    )  # fmt: skip


@check(
    "c1dfprch09", "nlb-multi-az", Category.FAULT_TOLERANCE, on=BALANCER,
    name="NLB Multi-AZ", chinese_name="NLB 多可用区",
    columns=("Status", "Region", "Number of AZs", "NLB ARN", "NLB Name", "Last Updated Time"),
    fix="Give the load balancer a subnet in a second zone (SetSubnets).",
)  # fmt: skip
def network_zones(balancer: Item, inputs: Inputs) -> Advised | None:
    """A network load balancer has two zones at least.

    Source: AWS Support User Guide, "NLB Multi-AZ".
    """
    if not _of_type(balancer, "network"):
        return None
    count = len(_zones(balancer))
    status = Status.OK if count > 1 else Status.WARNING
    return advised(
        balancer, status, colour(status), balancer.region, str(count), balancer.arn, balancer.resource_name,
        inputs.now.isoformat(),
    )  # fmt: skip


@check(
    "c18d2gz105", "network-load-balancers-cross-load-balancing", Category.FAULT_TOLERANCE, on=BALANCER,
    parts=("LoadBalancerAttributes",),
    name="Network Load Balancers Cross Load Balancing", chinese_name="Network Load Balancer 跨可用区负载均衡",
    columns=COLUMNS, fix="Balance over all zones (ModifyLoadBalancerAttributes with load_balancing.cross_zone.enabled=true).",
)  # fmt: skip
def cross_zone(balancer: Item, inputs: Inputs) -> Advised | None:
    """A network load balancer balances over all zones.

    Source: AWS Support User Guide, "Network Load Balancers Cross Load Balancing".
    """
    if not _of_type(balancer, "network"):
        return None
    attributes = {text(one, "key"): text(one, "value") for one in rows_of(balancer, "LoadBalancerAttributes")}
    is_on = attributes.get("load_balancing.cross_zone.enabled") == "true"
    command = (
        "elbv2", "modify-load-balancer-attributes", "--load-balancer-arn", balancer.arn,
        "--attributes", "Key=load_balancing.cross_zone.enabled,Value=true",
    )  # fmt: skip
    return row(
        balancer, inputs, Status.OK if is_on else Status.WARNING, "nlb-cross-zone-load-balancing-enabled",
        commands=() if is_on else [command],
    )  # fmt: skip


@check(
    "b92b83d667", "elb-target-imbalance", Category.FAULT_TOLERANCE, on=TARGETS,
    parts=("TargetHealthDescriptions",), also={BALANCER: (), INSTANCE: ()},
    name="ELB Target Imbalance", chinese_name="ELB 目标不平衡",
    columns=(
        "Status", "Region", "Load Balancer Name", "Load Balancer Type", "Target Group ARN (arn)",
        "Difference in registered targets across AZs", "Last Updated Time",
    ),
    fix="Register as many targets in each zone of the load balancer.",
)  # fmt: skip
def target_imbalance(group: Item, inputs: Inputs) -> Iterator[Advised]:
    """No zone of a load balancer has more than half of a group's targets (yellow), or more than two thirds (red).

    Load balancers of one zone and differences of one target are left alone. Source: AWS Support User Guide, "ELB Target Imbalance".
    """
    targets: Counter[str] | None = None
    for arn in texts(group, "loadBalancerArns"):
        balancer = at_arn(inputs, BALANCER, arn)
        if balancer is None or len(_zones(balancer)) < 2:
            continue
        if targets is None:
            targets = _targets(group, inputs)
        if targets is None or not targets:
            return
        counts = {zone: targets[zone] for zone in _zones(balancer)} | targets
        difference = max(counts.values()) - min(counts.values())
        share = max(counts.values()) / sum(counts.values())
        status = Status.OK
        if difference > 1:
            status = Status.ERROR if share > RED_SHARE else Status.WARNING if share > YELLOW_SHARE else Status.OK
        yield advised(
            group, status, colour(status), group.region, balancer.resource_name, text(balancer, "type"), group.arn,
            str(difference), inputs.now.isoformat(),
        )  # fmt: skip


def _targets(group: Item, inputs: Inputs) -> Counter[str]:
    """How many targets there are in each zone; none where zones say nothing."""
    counts: Counter[str] = Counter()
    for one in rows_of(group, "TargetHealthDescriptions"):
        zone = text(one, "target", "availabilityZone")
        if zone == "all":
            return Counter()
        if zone is None:
            instance = with_id(inputs, INSTANCE, text(one, "target", "id") or "")
            if instance is None:
                raise Unseen("TargetHealthDescriptions: the zone of a target is not known")
            zone = zone_of(instance)
        counts[zone] += 1
    return counts


@check(
    "c1dfpnchv4", "nlb-internet-facing-resource-in-private-subnet", Category.FAULT_TOLERANCE, on=BALANCER,
    also={SUBNET: (), ROUTES: ()},
    name="NLB - Internet-facing resource in private subnet", chinese_name="NLB - 私有子网中面向互联网的资源",
    columns=(
        "Status", "Region", "NLB Arn", "NLB Name", "Subnet ID", "NLB Scheme", "Subnet Type", "Last Updated Time",
    ),
    fix="Give the load balancer subnets with a route to an internet gateway (SetSubnets).",
)  # fmt: skip
def private_subnets(balancer: Item, inputs: Inputs) -> Iterator[Advised]:
    """A network load balancer that faces the internet has subnets with a route to an internet gateway only.

    Source: AWS Support User Guide, "NLB - Internet-facing resource in private subnet".
    """
    if not _of_type(balancer, "network") or text(balancer, "scheme") != "internet-facing":
        return
    for one in objects(balancer, "availabilityZones"):
        subnet = text(one, "subnetId") or ""
        is_public = _is_public(subnet, inputs)
        status = Status.OK if is_public else Status.ERROR
        yield advised(
            balancer, status, colour(status), balancer.region, balancer.arn, balancer.resource_name, subnet,
            "internet-facing", "public" if is_public else "private", inputs.now.isoformat(),
        )  # fmt: skip


def _is_public(subnet: str, inputs: Inputs) -> bool:
    own, main = _tables(inputs)
    known = with_id(inputs, SUBNET, subnet)
    if known is None:
        raise Unseen(f"{SUBNET} {subnet}: not among those collected")
    table = own.get(subnet) or main.get(text(known, "vpcId") or "")
    if table is None:
        raise Unseen(f"{subnet}: its route table is not among those collected")
    return any(
        (text(route, "gatewayId") or "").startswith("igw-") and text(route, "state") != "blackhole"
        for route in objects(table, "routes")
    )


def tables(inventory: Inventory) -> tuple[dict[str, Item], dict[str, Item]]:
    """The route table of each subnet that has one of its own, and the main one of each VPC."""
    own: dict[str, Item] = {}
    main: dict[str, Item] = {}
    for table in inventory.of_type(ROUTES):
        for association in objects(table, "associations"):
            subnet = text(association, "subnetId")
            if subnet:
                own[subnet] = table
            elif flag(association, "main"):
                main[text(table, "vpcId") or ""] = table
    return own, main


_tables = once(tables)
