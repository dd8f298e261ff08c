"""Small networks as collected items."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from garrison.items import Item

ACCOUNT, REGION = "123456789012", "eu-west-1"


def item(kind: str, name: str, *, supplementary: dict[str, Any] | None = None, **configuration: Any) -> Item:
    """An item of a type of EC2, or of one that is named whole."""
    return Item(
        account=ACCOUNT,
        region=REGION,
        resource_type=kind if "::" in kind else f"AWS::EC2::{kind}",
        resource_id=name,
        arn=name,
        configuration=configuration,
        captured_at=datetime(2026, 11, 26, tzinfo=UTC),
        supplementary=supplementary or {},
    )


def allow(
    protocol: str = "tcp", first: int = 0, last: int | None = None, *, cidr: str = "", group: str = "", listed: str = ""
) -> dict[str, Any]:
    """A permission of a security group, in Config's form."""
    found: dict[str, Any] = {"ipProtocol": protocol, "ipRanges": [], "ipv4Ranges": [], "ipv6Ranges": []}
    if protocol != "-1":
        found |= {"fromPort": first, "toPort": first if last is None else last}
    if ":" in cidr:
        found["ipv6Ranges"] = [{"cidrIpv6": cidr}]
    elif cidr:
        found |= {"ipv4Ranges": [{"cidrIp": cidr}], "ipRanges": [cidr]}
    found["userIdGroupPairs"] = [{"groupId": group, "userId": ACCOUNT}] if group else []
    found["prefixListIds"] = [{"prefixListId": listed}] if listed else []
    return found


def group(name: str, *inbound: dict[str, Any], outbound: tuple[dict[str, Any], ...] | None = None) -> Item:
    """A security group; all gets out unless said otherwise."""
    out = list(outbound) if outbound is not None else [allow("-1", cidr="0.0.0.0/0")]
    return item(
        "SecurityGroup", name, groupId=name, vpcId="vpc-1", ipPermissions=list(inbound), ipPermissionsEgress=out
    )


def entry(
    rank: int, action: str, protocol: str = "-1", *ports: int, cidr: str = "0.0.0.0/0", egress: bool = False
) -> Any:
    """An entry of a network ACL."""
    found: dict[str, Any] = {"ruleNumber": rank, "ruleAction": action, "protocol": protocol, "egress": egress}
    found["ipv6CidrBlock" if ":" in cidr else "cidrBlock"] = cidr
    return found | ({"portRange": {"from": ports[0], "to": ports[-1]}} if ports else {})


def acl(*entries: dict[str, Any], subnet: str = "subnet-1") -> Item:
    """A network ACL of a subnet, with the entry that ends all."""
    last = [entry(32767, "deny"), entry(32767, "deny", egress=True)]
    return item(
        "NetworkAcl", f"acl-{subnet}", vpcId="vpc-1", entries=[*entries, *last], associations=[{"subnetId": subnet}]
    )


OPEN_ACL = acl(entry(100, "allow"), entry(100, "allow", egress=True))


def table(*routes: tuple[str, str], subnet: str | None = "subnet-1", vpc: str = "vpc-1", name: str = "rtb-1") -> Item:
    """A route table with routes of destination and target."""
    keys = {
        "igw": "gatewayId",
        "vgw": "gatewayId",
        "loc": "gatewayId",
        "nat": "natGatewayId",
        "eig": "egressOnlyInternetGatewayId",
    }
    keys |= {"pcx": "vpcPeeringConnectionId", "tgw": "transitGatewayId"}
    made = []
    for cidr, target in routes:
        key = "destinationPrefixListId" if cidr.startswith("pl-") else "destinationCidrBlock"
        key = "destinationIpv6CidrBlock" if ":" in cidr else key
        made.append({key: cidr, keys[target[:3]]: target, "state": "active"})
    tied = [{"main": True}] if subnet is None else [{"main": False, "subnetId": subnet}]
    return item("RouteTable", name, vpcId=vpc, routes=made, associations=tied)


def interface(name: str = "eni-1", *, instance: str = "i-1", groups: tuple[str, ...] = ("sg-1",), **more: Any) -> Item:
    """A network interface of an instance at 10.0.0.5 and 198.51.100.5."""
    private = more.pop("private", "10.0.0.5")
    public = more.pop("public", "198.51.100.5")
    held: dict[str, Any] = {
        "networkInterfaceId": name,
        "vpcId": "vpc-1",
        "subnetId": "subnet-1",
        "groups": [{"groupId": one} for one in groups],
        "attachment": {"instanceId": instance} if instance else None,
        "privateIpAddresses": [{"privateIpAddress": private, "association": {"publicIp": public} if public else None}],
    }
    return item("NetworkInterface", name, **(held | more))


def vpc(*more: Item) -> list[Item]:
    """A VPC with a subnet, an internet gateway and an instance, and what else is in it."""
    return [
        item("VPC", "vpc-1", vpcId="vpc-1", cidrBlock="10.0.0.0/16"),
        item("Subnet", "subnet-1", subnetId="subnet-1", vpcId="vpc-1", cidrBlock="10.0.0.0/24"),
        item("InternetGateway", "igw-1", attachments=[{"vpcId": "vpc-1", "state": "available"}]),
        item("Instance", "i-1", instanceId="i-1", state={"name": "running"}, vpcId="vpc-1"),
        *more,
    ]
