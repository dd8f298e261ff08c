"""AWS::EC2::EIP and AWS::EC2::EIPAssociation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun, tags_of, update_tags
from garrison.services.handlers import TagStyle, Work, kind

_GONE = "InvalidAllocationID.NotFound InvalidAddress.NotFound InvalidAssociationID.NotFound"
_ADDRESS = Noun(
    "elastic-ip",
    "AllocateAddress",
    "",
    "DescribeAddresses",
    "Addresses",
    "AllocationId",
    "AllocationIds",
    "ReleaseAddress",
)

address = kind(
    "AWS::EC2::EIP",
    "Domain InstanceId PublicIpv4Pool NetworkBorderGroup",
    create_only="Domain PublicIpv4Pool NetworkBorderGroup",
    attributes="AllocationId PublicIp",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
)


@address.create
def create_address(work: Work) -> None:
    """An address, and the instance that has it."""
    said = work.given("PublicIpv4Pool", "NetworkBorderGroup")
    made = _ADDRESS.make(work, Domain=work.text("Domain", "vpc"), **said)
    work.made(made["PublicIp"], PublicIp=made["PublicIp"], AllocationId=made["AllocationId"])
    if work.properties.get("InstanceId") is not None:
        work.call("ec2", "AssociateAddress", AllocationId=made["AllocationId"], **work.given("InstanceId"))


@address.update
def update_address(work: Work) -> None:
    """Another instance, or none."""
    allocation = work.attributes["AllocationId"]
    if work.has_changed("InstanceId"):
        if work.properties.get("InstanceId") is not None:
            said = work.given("InstanceId")
            work.call("ec2", "AssociateAddress", AllocationId=allocation, AllowReassociation=True, **said)
        else:
            _disassociate(work, allocation)
    update_tags(work, allocation)


def _disassociate(work: Work, allocation: str) -> None:
    shown = _ADDRESS.shown(work, allocation)
    if shown is not None and shown.get("AssociationId"):
        work.call_if_there("ec2", "DisassociateAddress", AssociationId=shown["AssociationId"])


@address.delete
def delete_address(work: Work) -> None:
    """The address, taken from what has it."""
    allocation = work.attributes["AllocationId"]
    _disassociate(work, allocation)
    _ADDRESS.delete(work, allocation)


@address.read
def read_address(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    shown = _ADDRESS.shown(work, work.attributes["AllocationId"])
    if shown is None:
        return None
    return {"Domain": shown.get("Domain"), "InstanceId": shown.get("InstanceId") or None, "Tags": tags_of(shown)}


association = kind(
    "AWS::EC2::EIPAssociation",
    "AllocationId InstanceId NetworkInterfaceId PrivateIpAddress",
    required="AllocationId",
    create_only="AllocationId InstanceId NetworkInterfaceId PrivateIpAddress",
    attributes="Id",
    gone=_GONE,
)


def _shown_association(work: Work) -> Mapping[str, Any] | None:
    shown = _ADDRESS.shown(work, work.text("AllocationId"))
    return shown if shown is not None and shown.get("AssociationId") else None


@association.create
def create_association(work: Work) -> None:
    """An address at an instance or interface; one that something else has stays there."""
    said = work.given("AllocationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress")
    identifier = f"{work.text('AllocationId')}"
    answer = work.call_for_new(identifier, lambda: _shown_association(work), "ec2", "AssociateAddress", **said)
    work.made(answer["AssociationId"], Id=answer["AssociationId"])


@association.delete
def delete_association(work: Work) -> None:
    """The address is free."""
    work.call("ec2", "DisassociateAddress", AssociationId=work.physical_id)


@association.read
def read_association(work: Work) -> Mapping[str, Any] | None:
    """Who has the address."""
    shown = _shown_association(work)
    if shown is None:
        return None
    return {name: shown.get(name) for name in ("AllocationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress")}
