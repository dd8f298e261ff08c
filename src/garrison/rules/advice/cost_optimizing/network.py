"""Gateways and endpoints that are paid for by the hour and carry nothing."""

from __future__ import annotations

from collections.abc import Mapping

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.metrics import DAY, Metric, of_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, money, plain
from garrison.rules.reading import objects, text, texts

_GATEWAY, _ENDPOINT, _ROUTE_TABLE = "AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint", "AWS::EC2::RouteTable"
_DAYS, _IDLE_DAYS = 30, 32


def _through(metric: str, statistic: str, periods: int) -> Metric:
    return Metric(
        _GATEWAY, "AWS/NATGateway", metric, of_id("NatGatewayId"), statistic, periods, is_zero_where_absent=True
    )


def _of_endpoint(endpoint: Item) -> Mapping[str, str] | None:
    kind = text(endpoint, "vpcEndpointType")
    if kind not in ("Interface", "GatewayLoadBalancer"):
        return None
    return {
        "Endpoint Type": kind,
        "Service Name": text(endpoint, "serviceName") or "",
        "VPC Endpoint Id": endpoint.resource_id,
        "VPC Id": text(endpoint, "vpcId") or "",
    }


FROM_DESTINATION = _through("BytesInFromDestination", "Sum", _DAYS)
FROM_SOURCE = _through("BytesInFromSource", "Sum", _DAYS)
ACTIVE = _through("ActiveConnectionCount", "Maximum", _IDLE_DAYS)
PACKETS_FROM_SOURCE = _through("PacketsInFromSource", "Sum", _IDLE_DAYS)
PACKETS_FROM_DESTINATION = _through("PacketsInFromDestination", "Sum", _IDLE_DAYS)
PROCESSED = Metric(
    _ENDPOINT, "AWS/PrivateLinkEndpoints", "BytesProcessed", _of_endpoint, "Sum", _DAYS, is_zero_where_absent=True
)


@check(
    "c2vlfg022t", "inactive-nat-gateways", Category.COST_OPTIMIZING, on=_GATEWAY, metrics=(FROM_DESTINATION, FROM_SOURCE),
    name="Inactive NAT Gateways", chinese_name="不活跃的 NAT 网关",
    columns=(
        "Status", "Region", "NAT Gateway Id", "Subnet Id", "VPC Id", "TotalBytesFromDest", "TotalBytesFromSrc", "TotalBytes",
        "Last Updated Time",
    ),
    fix="Delete the gateway if nothing needs the way out of the VPC.",
)  # fmt: skip
def inactive_gateway(gateway: Item, inputs: Inputs) -> Advised | None:
    """A NAT gateway carried something in the last 30 days.

    Source: AWS Support User Guide, "Inactive NAT Gateways".
    """
    if text(gateway, "state") != "available" or inputs.is_younger(gateway, _DAYS * DAY):
        return None
    back, out = sum(inputs.series(FROM_DESTINATION, gateway).known), sum(inputs.series(FROM_SOURCE, gateway).known)
    status = Status.OK if back + out else Status.WARNING
    return advised(
        gateway, status,
        colour(status), gateway.region, gateway.resource_id, text(gateway, "subnetId"), text(gateway, "vpcId"),
        plain(back), plain(out), plain(back + out), inputs.now.isoformat(),
        savings=inputs.prices.monthly("nat-gateway-hour", gateway.region, "standard") if status is Status.WARNING else None,
        commands=_deletion(gateway) if status is Status.WARNING else (),
    )  # fmt: skip


def _deletion(gateway: Item) -> list[tuple[str, ...]]:
    return [("ec2", "delete-nat-gateway", "--nat-gateway-id", gateway.resource_id)]


@check(
    "c1z7kmr18n", "idle-nat-gateways", Category.COST_OPTIMIZING, on=_GATEWAY, also={_ROUTE_TABLE: ()},
    metrics=(ACTIVE, PACKETS_FROM_SOURCE, PACKETS_FROM_DESTINATION),
    name="Idle NAT gateways", chinese_name="空闲的 NAT 网关",
    columns=(
        "Status", "Region", "Resource ID", "Recommended Action", "Current Resource Summary", "Recommended Resource Summary",
        "Estimated Monthly Cost", "Estimated Monthly Savings", "Last Refresh Timestamp",
    ),
    fix="Delete the gateway.",
)  # fmt: skip
def idle_gateway(gateway: Item, inputs: Inputs) -> Advised | None:
    """A NAT gateway is in a route table, or had a connection or a packet in the last 32 days.

    Source: AWS Support User Guide, "Idle NAT gateways"; AWS Compute Optimizer User Guide, "Viewing idle resource recommendations".
    """
    if text(gateway, "state") != "available" or inputs.is_younger(gateway, _IDLE_DAYS * DAY):
        return None
    metrics = (ACTIVE, PACKETS_FROM_SOURCE, PACKETS_FROM_DESTINATION)
    is_idle = gateway.resource_id not in inputs.once(_routed) and not any(
        any(inputs.series(metric, gateway).known) for metric in metrics
    )
    status = Status.WARNING if is_idle else Status.OK
    cost = inputs.prices.monthly("nat-gateway-hour", gateway.region, "standard")
    return advised(
        gateway, status,
        colour(status), gateway.region, gateway.resource_id, "Delete" if is_idle else None, "NAT gateway", None,
        money(cost), money(cost) if is_idle else None, inputs.now.isoformat(),
        savings=cost if is_idle else None,
        commands=_deletion(gateway) if is_idle else (),
    )  # fmt: skip


def _routed(inputs: Inputs) -> frozenset[str]:
    """The NAT gateways that route tables name."""
    return frozenset(
        text(route, "natGatewayId") or "" for table in inputs.items(_ROUTE_TABLE) for route in objects(table, "routes")
    )


@check(
    "c2vlfg0jp6", "inactive-vpc-interface-endpoints", Category.COST_OPTIMIZING, on=_ENDPOINT, metrics=(PROCESSED,),
    name="Inactive VPC interface endpoints", chinese_name="不活跃的 VPC 接口端点",
    columns=(
        "Status", "Region", "VPC Endpoint Id", "VPC Id", "Subnet Ids", "Service Name", "TotalBytesProcessed",
        "Last Updated Time",
    ),
    fix="Delete the endpoint, or share one of a central VPC.",
)  # fmt: skip
def inactive_interface_endpoint(endpoint: Item, inputs: Inputs) -> Advised | None:
    """An interface endpoint carried something in the last 30 days.

    Source: AWS Support User Guide, "Inactive VPC interface endpoints".
    """
    return _inactive(endpoint, inputs, "Interface", "interface")


@check(
    "c2vlfg0k35", "inactive-gateway-load-balancer-endpoints", Category.COST_OPTIMIZING, on=_ENDPOINT, metrics=(PROCESSED,),
    name="Inactive Gateway Load Balancer endpoints", chinese_name="不活跃的网关负载均衡器端点",
    columns=(
        "Status", "Region", "VPC Endpoint Id", "VPC Id", "Subnet Id", "Service Name", "TotalBytesProcessed",
        "Last Updated Time",
    ),
    fix="Delete the endpoint.",
)  # fmt: skip
def inactive_gateway_endpoint(endpoint: Item, inputs: Inputs) -> Advised | None:
    """A Gateway Load Balancer endpoint carried something in the last 30 days.

    Source: AWS Support User Guide, "Inactive Gateway Load Balancer endpoints".
    """
    return _inactive(endpoint, inputs, "GatewayLoadBalancer", "gateway-load-balancer")


def _inactive(endpoint: Item, inputs: Inputs, kind: str, priced_as: str) -> Advised | None:
    if text(endpoint, "vpcEndpointType") != kind or text(endpoint, "state") not in ("available", "Available"):
        return None
    if inputs.is_younger(endpoint, _DAYS * DAY):
        return None
    carried = sum(inputs.series(PROCESSED, endpoint).known)
    status = Status.OK if carried else Status.WARNING
    subnets = texts(endpoint, "subnetIds")
    hourly = inputs.prices.monthly("endpoint-hour", endpoint.region, priced_as)
    savings = hourly * max(1, len(subnets)) if hourly is not None and status is Status.WARNING else None
    return advised(
        endpoint, status,
        colour(status), endpoint.region, endpoint.resource_id, text(endpoint, "vpcId"), ", ".join(subnets) or None,
        text(endpoint, "serviceName"), plain(carried), inputs.now.isoformat(),
        savings=savings,
        commands=[("ec2", "delete-vpc-endpoints", "--vpc-endpoint-ids", endpoint.resource_id)]
        if status is Status.WARNING else (),
    )  # fmt: skip
