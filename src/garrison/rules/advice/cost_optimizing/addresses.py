"""Elastic IP addresses that cost money and serve nobody."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.reading import text

_INSTANCE = "AWS::EC2::Instance"


@check(
    "Z4AUBRNSmz", "unassociated-elastic-ip-addresses", Category.COST_OPTIMIZING, on="AWS::EC2::EIP",
    also={_INSTANCE: ()},
    name="Unassociated Elastic IP Addresses", chinese_name="未关联的弹性 IP 地址",
    columns=("Region", "IP Address"),
    fix="Release the address, or associate it with a running instance.",
)  # fmt: skip
def unassociated_address(address: Item, inputs: Inputs) -> Advised:
    """An elastic IP address is associated with a running instance, or with a network interface of something else.

    AWS charges for each public address; one that is associated with nothing that runs is paid for in vain.

    Source: AWS Support User Guide, "Unassociated Elastic IP Addresses".
    """
    shown = (address.region, text(address, "publicIp"))
    instance = text(address, "instanceId")
    in_use = instance in inputs.once(_running) if instance else bool(text(address, "networkInterfaceId"))
    if in_use:
        return advised(address, Status.OK, *shown)
    association = text(address, "associationId")
    release = ("ec2", "release-address", "--allocation-id", address.resource_id)
    leave = [("ec2", "disassociate-address", "--association-id", association)] if association else []
    savings = inputs.prices.monthly("address-hour", address.region, "idle")
    return advised(address, Status.WARNING, *shown, savings=savings, commands=[*leave, release])


def _running(inputs: Inputs) -> frozenset[str]:
    return frozenset(one.resource_id for one in inputs.items(_INSTANCE) if text(one, "state", "name") == "running")
