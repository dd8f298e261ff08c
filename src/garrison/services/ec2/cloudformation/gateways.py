"""AWS::EC2::InternetGateway and AWS::EC2::VPCGatewayAttachment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun, tags_of, update_tags
from garrison.services.handlers import TagStyle, Work, kind

_GONE = "InvalidInternetGatewayID.NotFound Gateway.NotAttached InvalidVpcID.NotFound"
_GATEWAY = Noun(
    "internet-gateway",
    "CreateInternetGateway",
    "InternetGateway",
    "DescribeInternetGateways",
    "InternetGateways",
    "InternetGatewayId",
    "InternetGatewayIds",
    "DeleteInternetGateway",
)

gateway = kind(
    "AWS::EC2::InternetGateway",
    "",
    attributes="InternetGatewayId",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
)


@gateway.create
def create_gateway(work: Work) -> None:
    """A gateway that no VPC has yet."""
    identifier = _GATEWAY.make(work)["InternetGatewayId"]
    work.made(identifier, InternetGatewayId=identifier)


@gateway.update
def update_gateway(work: Work) -> None:
    """Its tags."""
    update_tags(work)


@gateway.delete
def delete_gateway(work: Work) -> None:
    """The gateway."""
    _GATEWAY.delete(work)


@gateway.read
def read_gateway(work: Work) -> Mapping[str, Any] | None:
    """Its tags."""
    shown = _GATEWAY.shown(work)
    return {"Tags": tags_of(shown)} if shown is not None else None


attachment = kind(
    "AWS::EC2::VPCGatewayAttachment",
    "VpcId InternetGatewayId",
    required="VpcId InternetGatewayId",
    create_only="VpcId",
    attributes="AttachmentType",
    gone=_GONE,
)


def _is_attached(work: Work, gateway_id: str | None) -> bool:
    shown = _GATEWAY.shown(work, gateway_id)
    attached = [one.get("VpcId") for one in (shown or {}).get("Attachments") or ()]
    return work.text("VpcId") in attached


def _attach(work: Work) -> None:
    identifier = work.text("InternetGatewayId")
    said = {"InternetGatewayId": identifier, "VpcId": work.text("VpcId")}
    work.call_for_new(f"{identifier}", lambda: _is_attached(work, identifier), "ec2", "AttachInternetGateway", **said)


@attachment.create
def create_attachment(work: Work) -> None:
    """The gateway at the VPC."""
    _attach(work)
    work.made(f"IGW|{work.text('VpcId')}", AttachmentType="IGW")


@attachment.update
def update_attachment(work: Work) -> None:
    """Another gateway: a VPC has one."""
    before = work.before["InternetGatewayId"]
    work.call_if_there("ec2", "DetachInternetGateway", InternetGatewayId=before, VpcId=work.text("VpcId"))
    _attach(work)


@attachment.delete
def delete_attachment(work: Work) -> None:
    """The gateway is at no VPC any more."""
    work.call("ec2", "DetachInternetGateway", **work.given("InternetGatewayId", "VpcId"))


@attachment.read
def read_attachment(work: Work) -> Mapping[str, Any] | None:
    """Whether it is so."""
    is_so = _is_attached(work, work.text("InternetGatewayId"))
    return work.given("VpcId", "InternetGatewayId") if is_so else None
