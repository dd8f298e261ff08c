"""AWS Systems Manager: the account's own documents and to whom they are given, and the managed instances."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Service, Tie, Type

DOCUMENT = Type(
    "AWS::SSM::Document",
    Call("ListDocuments", "DocumentIdentifiers[]", params={"Filters": [{"Key": "Owner", "Values": ["Self"]}]}),
    id="Name",
    arn="arn:{partition}:ssm:{region}:{account}:document/{Name}",
    title="Name",
    tags="Tags",
    created="CreatedDate",
    parts=(
        Part(
            "DocumentPermission",
            Call("DescribeDocumentPermission", params={"Name": At("Name"), "PermissionType": "Share"}),
        ),
    ),
)
_SAID = {
    "agentVersion": "AgentVersion",
    "computerName": "ComputerName",
    "instanceId": "InstanceId",
    "iPAddress": "IpAddress",
    "pingStatus": "InstanceStatus",
    "platformName": "PlatformName",
    "platformType": "PlatformType",
    "platformVersion": "PlatformVersion",
    "resourceType": "ResourceType",
}


def _inventory(configuration: dict[str, Any]) -> dict[str, Any]:
    """As Systems Manager's inventory has it, which Config records."""
    said = {name: configuration[key] for key, name in _SAID.items() if key in configuration}
    return {"AWS:InstanceInformation": {"SchemaVersion": "1.0", "Content": {configuration["instanceId"]: said}}}


MANAGED_INSTANCE = Type(
    "AWS::SSM::ManagedInstanceInventory",
    Call("DescribeInstanceInformation", "InstanceInformationList[]"),
    id="InstanceId",
    arn="arn:{partition}:ssm:{region}:{account}:managed-instance-inventory/{InstanceId}",
    title="ComputerName",
    shaped=_inventory,
    ties=(Tie("Is associated with Instance", "AWS::EC2::Instance", "InstanceId"),),
)

SERVICE = Service("ssm", (DOCUMENT, MANAGED_INSTANCE))
