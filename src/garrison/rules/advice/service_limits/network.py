"""Quotas of EC2 and its network: instances, addresses, VPCs, gateways."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.quotas import Limit, counted, limit
from garrison.rules.reading import Unseen, number, text
from garrison.rules.registry import ACCOUNT

INSTANCE, ADDRESS = "AWS::EC2::Instance", "AWS::EC2::EIP"
STANDARD = "acdhimrtz"
"""The families that share a quota, by the letter that they begin with (Amazon EC2 User Guide, "On-Demand Instance quotas")."""
APART = ("dl", "inf", "trn", "high", "hpc", "mac")
"""Families that begin so too, and have quotas of their own."""

VPCS, GATEWAYS = Limit("VPC", "VPCs"), Limit("VPC", "Internet gateways")
ADDRESSES = Limit("VPC", "EC2-VPC Elastic IP addresses (EIPs)")
CORES = Limit("EC2", "On-Demand instances")
"""Virtual processors of the standard families."""


def cores(instance: Item) -> float | None:
    """How many virtual processors an instance counts for; None where it does not count."""
    if text(instance, "state", "name") not in ("running", "pending") or text(instance, "instanceLifecycle") == "spot":
        return None
    kind = text(instance, "instanceType")
    if kind is None:
        raise Unseen("instanceType: not in the configuration")
    if kind[:1] not in STANDARD or kind.startswith(APART):
        return None
    count, threads = number(instance, "cpuOptions", "coreCount"), number(instance, "cpuOptions", "threadsPerCore")
    if count is None or threads is None:
        raise Unseen(f"{instance.resource_id}: cpuOptions is not in the configuration")
    return count * threads


limit(
    "jL7PP0l7J9", "vpc", VPCS, counted(VPCS, "AWS::EC2::VPC"),
    name="VPC", chinese_name="VPC（虚拟私有云）", needs={"AWS::EC2::VPC": (), ACCOUNT: ("VPCServiceQuotas",)},
)  # fmt: skip
limit(
    "kM7QQ0l7J9", "vpc-internet-gateways", GATEWAYS, counted(GATEWAYS, "AWS::EC2::InternetGateway"),
    name="VPC Internet Gateways", chinese_name="VPC 互联网网关",
    needs={"AWS::EC2::InternetGateway": (), ACCOUNT: ("VPCServiceQuotas",)},
)  # fmt: skip
limit(
    "lN7RR0l7J9", "ec2-vpc-elastic-ip-address", ADDRESSES, counted(ADDRESSES, ADDRESS),
    name="EC2-VPC Elastic IP Address", chinese_name="EC2-VPC 弹性 IP 地址",
    needs={ADDRESS: (), ACCOUNT: ("EC2ServiceQuotas",)},
)  # fmt: skip
limit(
    "0Xc6LMYG8P", "ec2-on-demand-instances", CORES, counted(CORES, INSTANCE, cores),
    name="EC2 On-Demand Instances", chinese_name="EC2 按需实例",
    needs={INSTANCE: (), ACCOUNT: ("EC2ServiceQuotas",)},
)  # fmt: skip
