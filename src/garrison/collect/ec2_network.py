"""Amazon EC2's network: VPCs and what lies in and between them. `services/ec2.py` collects it with the rest of EC2."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Tie, Type


def arn_of(kind: str, path: str) -> str:
    """The ARN of an EC2 resource whose id stands at a path."""
    return f"arn:{{partition}}:ec2:{{region}}:{{account}}:{kind}/{{{path}}}"


IN_VPC = Tie("Is contained in Vpc", "AWS::EC2::VPC", "VpcId")
IN_SUBNET = Tie("Is contained in Subnet", "AWS::EC2::Subnet", "SubnetId")

VPC = Type(
    "AWS::EC2::VPC",
    Call("DescribeVpcs", "Vpcs[]"),
    narrow="VpcIds[]",
    id="VpcId",
    arn=arn_of("vpc", "VpcId"),
    tags="Tags",
)
SUBNET = Type(
    "AWS::EC2::Subnet",
    Call("DescribeSubnets", "Subnets[]"),
    narrow="SubnetIds[]",
    id="SubnetId",
    arn="SubnetArn",
    tags="Tags",
    zone="AvailabilityZone",
    ties=(IN_VPC,),
)
ROUTE_TABLE = Type(
    "AWS::EC2::RouteTable",
    Call("DescribeRouteTables", "RouteTables[]"),
    narrow="RouteTableIds[]",
    id="RouteTableId",
    arn=arn_of("route-table", "RouteTableId"),
    tags="Tags",
    ties=(IN_VPC, Tie("Contains Subnet", "AWS::EC2::Subnet", "Associations[].SubnetId")),
)
NETWORK_ACL = Type(
    "AWS::EC2::NetworkAcl",
    Call("DescribeNetworkAcls", "NetworkAcls[]"),
    narrow="NetworkAclIds[]",
    id="NetworkAclId",
    arn=arn_of("network-acl", "NetworkAclId"),
    tags="Tags",
    ties=(IN_VPC, Tie("Is attached to Subnet", "AWS::EC2::Subnet", "Associations[].SubnetId")),
)
INTERNET_GATEWAY = Type(
    "AWS::EC2::InternetGateway",
    Call("DescribeInternetGateways", "InternetGateways[]"),
    narrow="InternetGatewayIds[]",
    id="InternetGatewayId",
    arn=arn_of("internet-gateway", "InternetGatewayId"),
    tags="Tags",
    ties=(Tie("Is attached to Vpc", "AWS::EC2::VPC", "Attachments[].VpcId"),),
)
NAT_GATEWAY = Type(
    "AWS::EC2::NatGateway",
    Call("DescribeNatGateways", "NatGateways[]"),
    narrow="NatGatewayIds[]",
    id="NatGatewayId",
    arn=arn_of("natgateway", "NatGatewayId"),
    tags="Tags",
    created="CreateTime",
    ties=(
        IN_VPC,
        IN_SUBNET,
        Tie("Contains NetworkInterface", "AWS::EC2::NetworkInterface", "NatGatewayAddresses[].NetworkInterfaceId"),
    ),
)
VPC_ENDPOINT = Type(
    "AWS::EC2::VPCEndpoint",
    Call("DescribeVpcEndpoints", "VpcEndpoints[]"),
    narrow="VpcEndpointIds[]",
    id="VpcEndpointId",
    arn=arn_of("vpc-endpoint", "VpcEndpointId"),
    tags="Tags",
    created="CreationTimestamp",
    ties=(
        IN_VPC,
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "SubnetIds[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "Groups[].GroupId"),
        Tie("Is contained in RouteTable", "AWS::EC2::RouteTable", "RouteTableIds[]"),
    ),
)
PEERING = Type(
    "AWS::EC2::VPCPeeringConnection",
    Call("DescribeVpcPeeringConnections", "VpcPeeringConnections[]"),
    narrow="VpcPeeringConnectionIds[]",
    id="VpcPeeringConnectionId",
    arn=arn_of("vpc-peering-connection", "VpcPeeringConnectionId"),
    tags="Tags",
    ties=(
        Tie("Is associated with Vpc", "AWS::EC2::VPC", "AccepterVpcInfo.VpcId"),
        Tie("Is associated with Vpc", "AWS::EC2::VPC", "RequesterVpcInfo.VpcId"),
    ),
)
ELASTIC_IP = Type(
    "AWS::EC2::EIP",
    Call("DescribeAddresses", "Addresses[]"),
    narrow="AllocationIds[]",
    id="AllocationId",
    arn=arn_of("eip-allocation", "AllocationId"),
    title="PublicIp",
    tags="Tags",
    ties=(
        Tie("Is attached to Instance", "AWS::EC2::Instance", "InstanceId"),
        Tie("Is attached to NetworkInterface", "AWS::EC2::NetworkInterface", "NetworkInterfaceId"),
    ),
)
NETWORK_INTERFACE = Type(
    "AWS::EC2::NetworkInterface",
    Call("DescribeNetworkInterfaces", "NetworkInterfaces[]"),
    narrow="NetworkInterfaceIds[]",
    id="NetworkInterfaceId",
    arn=arn_of("network-interface", "NetworkInterfaceId"),
    tags="TagSet",
    zone="AvailabilityZone",
    ties=(
        IN_VPC,
        IN_SUBNET,
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "Groups[].GroupId"),
        Tie("Is attached to Instance", "AWS::EC2::Instance", "Attachment.InstanceId"),
    ),
)
FLOW_LOG = Type(
    "AWS::EC2::FlowLog",
    Call("DescribeFlowLogs", "FlowLogs[]"),
    narrow="FlowLogIds[]",
    id="FlowLogId",
    arn=arn_of("vpc-flow-log", "FlowLogId"),
    tags="Tags",
    created="CreationTime",
    ties=(
        Tie("Is associated with Vpc", "AWS::EC2::VPC", "ResourceId", known=True),
        Tie("Is associated with Subnet", "AWS::EC2::Subnet", "ResourceId", known=True),
        Tie("Is associated with NetworkInterface", "AWS::EC2::NetworkInterface", "ResourceId", known=True),
    ),
)

_GONE = ("deleting", "deleted")
"""States of what EC2 still tells of a while after it is deleted."""
CLIENT_VPN = Type(
    "AWS::EC2::ClientVpnEndpoint",
    Call("DescribeClientVpnEndpoints", "ClientVpnEndpoints[]"),
    narrow="ClientVpnEndpointIds[]",
    id="ClientVpnEndpointId",
    arn=arn_of("client-vpn-endpoint", "ClientVpnEndpointId"),
    tags="Tags",
    keep=lambda row: (row.get("Status") or {}).get("Code") not in _GONE,
    rename={"ClientVpnEndpointId": "Id"},
    ties=(
        IN_VPC,
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroupIds[]"),
        Tie("Is associated with Certificate", "AWS::ACM::Certificate", "ServerCertificateArn"),
    ),
    parts=(
        Part(
            "AuthorizationRules",
            Call(
                "DescribeClientVpnAuthorizationRules",
                params={"ClientVpnEndpointId": At("ClientVpnEndpointId")},
            ),
            "AuthorizationRules",
        ),
    ),
)


VPN_CONNECTION = Type(
    "AWS::EC2::VPNConnection",
    Call("DescribeVpnConnections", "VpnConnections[]"),
    narrow="VpnConnectionIds[]",
    id="VpnConnectionId",
    arn=arn_of("vpn-connection", "VpnConnectionId"),
    tags="Tags",
    keep=lambda row: row.get("State") not in _GONE,
    secrets=("CustomerGatewayConfiguration", "Options.TunnelOptions[].PreSharedKey"),
    ties=(
        Tie("Is attached to CustomerGateway", "AWS::EC2::CustomerGateway", "CustomerGatewayId"),
        Tie("Is attached to VpnGateway", "AWS::EC2::VPNGateway", "VpnGatewayId"),
    ),
)


def _options_beside(configuration: dict[str, Any]) -> dict[str, Any]:
    """Config has a transit gateway's options among its other properties."""
    options = configuration.get("Options")
    others = {name: each for name, each in configuration.items() if name != "Options"}
    return others | options if isinstance(options, dict) else configuration


TRANSIT_GATEWAY = Type(
    "AWS::EC2::TransitGateway",
    Call("DescribeTransitGateways", "TransitGateways[]"),
    narrow="TransitGatewayIds[]",
    id="TransitGatewayId",
    owner="OwnerId",
    arn="TransitGatewayArn",
    tags="Tags",
    created="CreationTime",
    keep=lambda row: row.get("State") not in _GONE,
    rename={"TransitGatewayId": "Id"},
    only=("TransitGatewayId", "Description", "Options"),
    shaped=_options_beside,
)

NETWORK = (
    VPC,
    SUBNET,
    ROUTE_TABLE,
    NETWORK_ACL,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    VPC_ENDPOINT,
    PEERING,
    ELASTIC_IP,
    NETWORK_INTERFACE,
    FLOW_LOG,
    CLIENT_VPN,
    TRANSIT_GATEWAY,
    VPN_CONNECTION,
)
"""All of them."""
