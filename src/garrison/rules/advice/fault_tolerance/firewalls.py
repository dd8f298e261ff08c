"""Network Firewalls whose endpoints are in one zone only."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import zones
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import Unseen, objects, text


@check(
    "c2vlfg0gqd", "network-firewall-multi-az", Category.FAULT_TOLERANCE, on="AWS::NetworkFirewall::Firewall",
    also={"AWS::EC2::Subnet": ()},
    name="Network Firewall Multi-AZ", chinese_name="Network Firewall 多可用区",
    columns=(
        "Status", "Region", "Network Firewall Arn", "VPC Id", "Network Firewall Subnets", "Network Firewall Subnets AZs",
        "Last Updated Time",
    ),
    fix="Give the firewall a subnet in a second zone (AssociateSubnets).",
)  # fmt: skip
def firewall_zones(firewall: Item, inputs: Inputs) -> Advised:
    """A firewall has endpoints in two zones at least.

    Source: AWS Support User Guide, "Network Firewall Multi-AZ".
    """
    subnets = [text(one, "subnetId") or "" for one in objects(firewall, "firewall", "subnetMappings")]
    if not subnets:
        raise Unseen("firewall.subnetMappings: not in the configuration")
    found = sorted(zones(inputs, subnets))
    status = Status.OK if len(found) > 1 else Status.WARNING
    return advised(
        firewall, status, colour(status), firewall.region, firewall.arn, text(firewall, "firewall", "vpcId"),
        ", ".join(subnets), ", ".join(found), inputs.now.isoformat(),
    )  # fmt: skip
