"""AWS::EC2::VPC and AWS::EC2::Subnet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun, tags_of, update_tags
from garrison.services.handlers import TagStyle, Work, kind

_VPC = Noun("vpc", "CreateVpc", "Vpc", "DescribeVpcs", "Vpcs", "VpcId", "VpcIds", "DeleteVpc")
_SUBNET = Noun(
    "subnet", "CreateSubnet", "Subnet", "DescribeSubnets", "Subnets", "SubnetId", "SubnetIds", "DeleteSubnet"
)
_DNS = {"EnableDnsSupport": "enableDnsSupport", "EnableDnsHostnames": "enableDnsHostnames"}
"""Properties of a VPC by the attributes that they are; in the order in which they can be set."""

vpc = kind(
    "AWS::EC2::VPC",
    "CidrBlock EnableDnsSupport EnableDnsHostnames InstanceTenancy",
    required="CidrBlock",
    create_only="CidrBlock InstanceTenancy",
    attributes="VpcId CidrBlock DefaultSecurityGroup DefaultNetworkAcl CidrBlockAssociations",
    tags=TagStyle.OF_STACK,
    gone="InvalidVpcID.NotFound",
)


@vpc.create
def create_vpc(work: Work) -> None:
    """The VPC, then what names its machines have."""
    made = _VPC.make(work, **work.given("CidrBlock", "InstanceTenancy"))
    identifier = made["VpcId"]
    associations = [one["AssociationId"] for one in made.get("CidrBlockAssociationSet") or ()]
    work.made(identifier, VpcId=identifier, CidrBlock=made.get("CidrBlock"), CidrBlockAssociations=associations)
    of_it = [{"Name": "vpc-id", "Values": [identifier]}]
    groups = work.call("ec2", "DescribeSecurityGroups", Filters=of_it)["SecurityGroups"]
    lists = work.call("ec2", "DescribeNetworkAcls", Filters=of_it)["NetworkAcls"]
    work.made(
        identifier,
        DefaultSecurityGroup=next((one["GroupId"] for one in groups if one["GroupName"] == "default"), None),
        DefaultNetworkAcl=next((one["NetworkAclId"] for one in lists if one.get("IsDefault")), None),
    )
    for name in _DNS:
        if work.properties.get(name) is not None:
            _set(work, "ModifyVpcAttribute", "VpcId", name, work.properties[name])


def _set(work: Work, operation: str, member: str, name: str, value: Any) -> None:
    work.call("ec2", operation, **{member: work.physical_id, name: {"Value": value}})


@vpc.update
def update_vpc(work: Work) -> None:
    """Names of machines, which are resolved but not given unless one says otherwise, and tags."""
    for name in _DNS:
        if work.has_changed(name):
            _set(work, "ModifyVpcAttribute", "VpcId", name, work.properties.get(name, name == "EnableDnsSupport"))
    update_tags(work)


@vpc.delete
def delete_vpc(work: Work) -> None:
    """The VPC, which nothing is in any more."""
    _VPC.delete(work)


@vpc.read
def read_vpc(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    shown = _VPC.shown(work)
    if shown is None:
        return None
    found = {"CidrBlock": shown["CidrBlock"], "InstanceTenancy": shown.get("InstanceTenancy"), "Tags": tags_of(shown)}
    for name, attribute in _DNS.items():
        answer = work.call("ec2", "DescribeVpcAttribute", VpcId=work.physical_id, Attribute=attribute)
        found[name] = (answer.get(name) or {}).get("Value", False)
    return found


subnet = kind(
    "AWS::EC2::Subnet",
    "VpcId CidrBlock AvailabilityZone AvailabilityZoneId MapPublicIpOnLaunch",
    required="VpcId",
    create_only="VpcId CidrBlock AvailabilityZone AvailabilityZoneId",
    attributes="SubnetId VpcId CidrBlock AvailabilityZone AvailabilityZoneId",
    tags=TagStyle.OF_STACK,
    gone="InvalidSubnetID.NotFound",
)


@subnet.create
def create_subnet(work: Work) -> None:
    """The subnet, and whether its machines get public addresses."""
    made = _SUBNET.make(work, **work.given("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId"))
    told = {
        name: made.get(name) for name in ("SubnetId", "VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId")
    }
    work.made(made["SubnetId"], **told)
    if work.properties.get("MapPublicIpOnLaunch") is not None:
        _set(work, "ModifySubnetAttribute", "SubnetId", "MapPublicIpOnLaunch", work.properties["MapPublicIpOnLaunch"])


@subnet.update
def update_subnet(work: Work) -> None:
    """Public addresses and tags."""
    if work.has_changed("MapPublicIpOnLaunch"):
        value = work.properties.get("MapPublicIpOnLaunch", False)
        _set(work, "ModifySubnetAttribute", "SubnetId", "MapPublicIpOnLaunch", value)
    update_tags(work)


@subnet.delete
def delete_subnet(work: Work) -> None:
    """The subnet, which nothing is in any more."""
    _SUBNET.delete(work)


@subnet.read
def read_subnet(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    shown = _SUBNET.shown(work)
    if shown is None:
        return None
    names = ("VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "MapPublicIpOnLaunch")
    return {name: shown.get(name) for name in names} | {"Tags": tags_of(shown)}
