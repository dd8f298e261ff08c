"""Peered VPCs that find each other by public addresses."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.result import Advised, Status
from garrison.rules.reading import flag, value

SIDES = ("accepterVpcInfo", "requesterVpcInfo")


@check(
    "c18d2gz124", "amazon-vpc-peering-connections-with-dns-resolution-disabled", Category.SECURITY,
    on="AWS::EC2::VPCPeeringConnection",
    name="Amazon VPC Peering Connections with DNS Resolution Disabled", chinese_name="已禁用 DNS 解析的 Amazon VPC 对等连接",
    columns=COLUMNS, fix="Resolve names to private addresses on both sides (ModifyVpcPeeringConnectionOptions).",
)  # fmt: skip
def dns_resolution(connection: Item, inputs: Inputs) -> Advised | None:
    """Each side of a peering connection that is active resolves the other's names to private addresses.

    Source: AWS Support User Guide, "Amazon VPC Peering Connections with DNS Resolution Disabled".
    """
    state = value(connection, "status")
    if isinstance(state, dict) and state.get("code") not in ("active", None):
        return None
    fits = all(flag(connection, side, "peeringOptions", "allowDnsResolutionFromRemoteVpc") is True for side in SIDES)
    return row(connection, inputs, Status.OK if fits else Status.WARNING, "vpc-peering-dns-resolution-check")
