"""AWS Direct Connect: virtual interfaces, by where they come in; never their keys."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Type

VIRTUAL_INTERFACE = Type(
    "AWS::DirectConnect::VirtualInterface",
    Call("DescribeVirtualInterfaces", "virtualInterfaces[]"),
    id="virtualInterfaceId",
    owner="ownerAccount",
    arn="arn:{partition}:directconnect:{region}:{account}:dxvif/{virtualInterfaceId}",
    title="virtualInterfaceName",
    tags="tags",
    only=(
        "virtualInterfaceId",
        "virtualInterfaceName",
        "virtualInterfaceState",
        "virtualInterfaceType",
        "connectionId",
        "location",
        "awsDeviceV2",
        "awsLogicalDeviceId",
        "virtualGatewayId",
        "directConnectGatewayId",
    ),
)

SERVICE = Service("directconnect", (VIRTUAL_INTERFACE,))
