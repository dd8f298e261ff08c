"""AWS Security Hub: the region's hub, where it is on."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Type

HUB = Type(
    "AWS::SecurityHub::Hub",
    Call("DescribeHub", absent={"InvalidAccessException": {}, "ResourceNotFoundException": {}}),
    id="HubArn",
    arn="HubArn",
    keep=lambda hub: bool(hub.get("HubArn")),
)

SERVICE = Service("securityhub", (HUB,))
