"""Ways through the network that a zone takes along."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.fault_tolerance.balancers import ROUTES, SUBNET, tables
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import once, zones, zones_of_subnets
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, objects, text, texts

NAT, ENDPOINT = "AWS::EC2::NatGateway", "AWS::EC2::VPCEndpoint"


@once
def _routed(inventory: Inventory) -> dict[str, list[tuple[str, str]]]:
    """The subnets whose traffic goes through each NAT gateway, each with its route table."""
    own, main = tables(inventory)
    through: dict[str, list[tuple[str, str]]] = {}
    for subnet in inventory.of_type(SUBNET):
        table = own.get(subnet.resource_id) or main.get(text(subnet, "vpcId") or "")
        if table is not None:
            for gateway in {text(route, "natGatewayId") or "" for route in objects(table, "routes")} - {""}:
                through.setdefault(gateway, []).append((subnet.resource_id, table.resource_id))
    return through


@check(
    "c1dfptbg10", "nat-gateway-az-independence", Category.FAULT_TOLERANCE, on=NAT,
    also={SUBNET: (), ROUTES: ()},
    name="NAT Gateway AZ Independence", chinese_name="NAT 网关可用区独立性",
    columns=(
        "Status", "Region", "NAT Availability Zone", "NAT ID", "Subnet Availability Zone", "Subnet ID",
        "Route Table ID", "NAT ARN", "Last Updated Time",
    ),
    fix="Make a NAT gateway in each zone, and route each subnet through that of its own.",
)  # fmt: skip
def nat_zones(gateway: Item, inputs: Inputs) -> Iterator[Advised]:
    """Subnets go out through a NAT gateway of their own zone.

    Source: AWS Support User Guide, "NAT Gateway AZ Independence".
    """
    if text(gateway, "state") in ("deleting", "deleted", "failed"):
        return
    known, home = zones_of_subnets(inputs), text(gateway, "subnetId")
    if home not in known:
        raise Unseen(f"{SUBNET} {home}: not among those collected")
    for subnet, table in _routed(inputs).get(gateway.resource_id, ()):
        status = Status.OK if known[subnet] == known[home] else Status.ERROR
        yield advised(
            gateway, status, colour(status), gateway.region, known[home], gateway.resource_id, known[subnet], subnet,
            table, gateway.arn, inputs.now.isoformat(),
        )  # fmt: skip


@check(
    "c1dfprch10", "vpc-interface-endpoint-network-interfaces-in-multiple-azs", Category.FAULT_TOLERANCE, on=ENDPOINT,
    also={SUBNET: ()},
    name="VPC interface endpoint network interfaces in multiple AZs", chinese_name="多个可用区中的 VPC 接口端点网络接口",
    columns=("Status", "Region", "VPC Endpoint ID", "Is Multi AZ", "Last Updated Time"),
    fix="Give the endpoint a subnet in a second zone (ModifyVpcEndpoint).",
)  # fmt: skip
def endpoint_zones(endpoint: Item, inputs: Inputs) -> Advised | None:
    """An interface endpoint is in two zones at least.

    Source: AWS Support User Guide, "VPC interface endpoint network interfaces in multiple AZs".
    """
    if text(endpoint, "vpcEndpointType") != "Interface":
        return None
    is_spread = len(zones(inputs, texts(endpoint, "subnetIds"))) > 1
    status = Status.OK if is_spread else Status.WARNING
    return advised(
        endpoint, status, colour(status), endpoint.region, endpoint.resource_id, "Yes" if is_spread else "No",
        inputs.now.isoformat(),
    )  # fmt: skip
