"""AWS::EC2::RouteTable, AWS::EC2::Route and AWS::EC2::SubnetRouteTableAssociation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.ec2.cloudformation.nouns import Noun, tags_of, update_tags
from garrison.services.handlers import TagStyle, Work, kind

_GONE = "InvalidRouteTableID.NotFound InvalidRoute.NotFound InvalidAssociationID.NotFound"
_TABLE = Noun(
    "route-table",
    "CreateRouteTable",
    "RouteTable",
    "DescribeRouteTables",
    "RouteTables",
    "RouteTableId",
    "RouteTableIds",
    "DeleteRouteTable",
)

table = kind(
    "AWS::EC2::RouteTable",
    "VpcId",
    required="VpcId",
    create_only="VpcId",
    attributes="RouteTableId",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
)


@table.create
def create_table(work: Work) -> None:
    """A table with the VPC's own route."""
    identifier = _TABLE.make(work, **work.given("VpcId"))["RouteTableId"]
    work.made(identifier, RouteTableId=identifier)


@table.update
def update_table(work: Work) -> None:
    """Its tags."""
    update_tags(work)


@table.delete
def delete_table(work: Work) -> None:
    """The table with its routes."""
    _TABLE.delete(work)


@table.read
def read_table(work: Work) -> Mapping[str, Any] | None:
    """It as it is."""
    shown = _TABLE.shown(work)
    return {"VpcId": shown["VpcId"], "Tags": tags_of(shown)} if shown is not None else None


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_TARGETS = (
    "GatewayId",
    "InstanceId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
)

route = kind(
    "AWS::EC2::Route",
    "RouteTableId " + " ".join(_DESTINATIONS + _TARGETS),
    required="RouteTableId",
    create_only="RouteTableId " + " ".join(_DESTINATIONS),
    attributes="CidrBlock",
    gone=_GONE,
)


def _destination(work: Work) -> str:
    found = next((work.text(name) for name in _DESTINATIONS if work.properties.get(name) is not None), None)
    if found is None:
        raise work.fail("A route needs a destination: one of " + ", ".join(_DESTINATIONS))
    return found


def _shown_route(work: Work) -> Mapping[str, Any] | None:
    shown, wanted = _TABLE.shown(work, work.text("RouteTableId")), _destination(work)
    for one in (shown or {}).get("Routes") or ():
        if wanted in (one.get(name) for name in _DESTINATIONS):
            found: Mapping[str, Any] = one
            return found
    return None


@route.create
def create_route(work: Work) -> None:
    """One way out of a subnet."""
    wanted, said = _destination(work), work.given("RouteTableId", *_DESTINATIONS, *_TARGETS)
    identifier = f"{work.text('RouteTableId')}|{wanted}"
    work.call_for_new(identifier, lambda: _shown_route(work), "ec2", "CreateRoute", **said)
    work.made(identifier, CidrBlock=wanted)


@route.update
def update_route(work: Work) -> None:
    """Another target."""
    work.call("ec2", "ReplaceRoute", **work.given("RouteTableId", *_DESTINATIONS, *_TARGETS))


@route.delete
def delete_route(work: Work) -> None:
    """The route."""
    work.call("ec2", "DeleteRoute", **work.given("RouteTableId", *_DESTINATIONS))


@route.read
def read_route(work: Work) -> Mapping[str, Any] | None:
    """Where it leads."""
    shown = _shown_route(work)
    if shown is None:
        return None
    # An instance's route shows its interface besides: what was not asked for is no drift.
    return work.given("RouteTableId", *_DESTINATIONS) | {name: shown.get(name) for name in _TARGETS}


association = kind(
    "AWS::EC2::SubnetRouteTableAssociation",
    "SubnetId RouteTableId",
    required="SubnetId RouteTableId",
    create_only="SubnetId",
    attributes="Id",
    gone=_GONE,
)


def _shown_association(work: Work) -> Mapping[str, Any] | None:
    subnet = work.text("SubnetId")
    shown = _TABLE.first(work, Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])
    for one in (shown or {}).get("Associations") or ():
        if one.get("SubnetId") == subnet:
            found: Mapping[str, Any] = one
            return found
    return None


@association.create
def create_association(work: Work) -> None:
    """The subnet with a table of its own."""
    said = work.given("SubnetId", "RouteTableId")
    identifier = f"{work.text('SubnetId')}"
    answer = work.call_for_new(identifier, lambda: _shown_association(work), "ec2", "AssociateRouteTable", **said)
    work.made(answer["AssociationId"], Id=answer["AssociationId"])


@association.update
def update_association(work: Work) -> None:
    """Another table. EC2 gives another id with it: the one that the stack knows stays, and the subnet tells the association."""
    shown = _shown_association(work)
    if shown is None:
        raise work.fail(f"The subnet {work.text('SubnetId')} is associated with no route table any more.")
    said = work.given("RouteTableId")
    work.call("ec2", "ReplaceRouteTableAssociation", AssociationId=shown["RouteTableAssociationId"], **said)


@association.delete
def delete_association(work: Work) -> None:
    """The subnet follows the VPC's main table again."""
    shown = _shown_association(work)
    if shown is not None:
        work.call("ec2", "DisassociateRouteTable", AssociationId=shown["RouteTableAssociationId"])


@association.read
def read_association(work: Work) -> Mapping[str, Any] | None:
    """Which table the subnet has."""
    shown = _shown_association(work)
    return {"SubnetId": shown["SubnetId"], "RouteTableId": shown["RouteTableId"]} if shown is not None else None
