"""Connections to other networks that hang by one thread: VPN tunnels, and places where Direct Connect comes in."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.judged import COLUMNS, row
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import Unseen, objects, text
from garrison.rules.registry import ACCOUNT

VPN, INTERFACE = "AWS::EC2::VPNConnection", "AWS::DirectConnect::VirtualInterface"
TUNNELS = 2


def _active(connection: Item) -> int:
    """How many of its tunnels are up."""
    if "vgwTelemetry" not in connection.configuration:
        objects(connection, "vgwTelemetry")  # says why, where it was refused
        raise Unseen("vgwTelemetry: not in the configuration")
    return sum(text(one, "status") == "UP" for one in objects(connection, "vgwTelemetry"))


def _is_there(connection: Item) -> bool:
    return text(connection, "state") not in ("deleting", "deleted")


@check(
    "S45wrEXrLz", "vpn-tunnel-redundancy", Category.FAULT_TOLERANCE, on=VPN,
    name="VPN Tunnel Redundancy", chinese_name="VPN 隧道冗余",
    columns=(
        "Status", "Region", "VPN ID", "VPC", "Virtual Private Gateway", "Customer Gateway", "Active Tunnels", "Reason",
    ),
    fix="Set both tunnels up on the customer gateway, or delete the connection where it is not needed.",
)  # fmt: skip
def tunnel_redundancy(connection: Item, inputs: Inputs) -> Advised | None:
    """Both tunnels of a VPN connection are up.

    Source: AWS Support User Guide, "VPN Tunnel Redundancy".
    """
    if not _is_there(connection):
        return None
    count = _active(connection)
    status = Status.OK if count >= TUNNELS else Status.WARNING
    reason = None if status is Status.OK else "One active tunnel" if count else "No active tunnels"
    return advised(
        connection, status, colour(status), connection.region, connection.resource_id, None,
        text(connection, "vpnGatewayId") or text(connection, "transitGatewayId"), text(connection, "customerGatewayId"),
        str(count), reason,
    )  # fmt: skip


@check(
    "c18d2gz123", "aws-site-to-site-vpn-has-a-tunnel-down", Category.FAULT_TOLERANCE, on=VPN,
    name="AWS Site-to-Site VPN has at least one tunnel in DOWN status",
    chinese_name="AWS Site-to-Site VPN 至少有一个隧道处于 DOWN 状态",
    columns=COLUMNS, fix="Set both tunnels up on the customer gateway.",
)  # fmt: skip
def both_tunnels(connection: Item, inputs: Inputs) -> Advised | None:
    """No tunnel of a VPN connection is down.

    Source: AWS Support User Guide, "AWS Site-to-Site VPN has at least one tunnel in DOWN status".
    """
    if not _is_there(connection):
        return None
    is_up = _active(connection) >= TUNNELS
    return row(connection, inputs, Status.OK if is_up else Status.WARNING, "vpc-vpn-2-tunnels-up")


@check(
    "c1dfpnchv2", "aws-direct-connect-location-resiliency", Category.FAULT_TOLERANCE, on=ACCOUNT,
    also={INTERFACE: ()},
    name="AWS Direct Connect Location Resiliency", chinese_name="AWS Direct Connect 位置弹性",
    columns=(
        "Status", "Region", "Last Updated Time", "Resiliency Status", "Location", "Connection ID", "Gateway ID",
    ),
    fix="Have virtual interfaces at a second Direct Connect location.",
)  # fmt: skip
def location_resiliency(inputs: Inputs) -> Iterator[Advised]:
    """The virtual interfaces of a gateway come in at two locations at least (yellow), on two devices at least (red).

    Source: AWS Support User Guide, "Direct Connect Location Resiliency".
    """
    gateways: dict[str, list[Item]] = {}
    for one in inputs.items(INTERFACE):
        gateway = text(one, "directConnectGatewayId") or text(one, "virtualGatewayId")
        if gateway and text(one, "virtualInterfaceState") not in ("deleting", "deleted", "rejected"):
            gateways.setdefault(gateway, []).append(one)
    for gateway, interfaces in sorted(gateways.items()):
        places = {text(one, "location") for one in interfaces}
        devices = {text(one, "awsDeviceV2") or text(one, "connectionId") for one in interfaces}
        if len(places) > 1:
            status, told = Status.OK, "Several locations"
        elif len(devices) > 1:
            status, told = Status.WARNING, "Several devices at one location"
        else:
            status, told = Status.ERROR, "A single device"
        yield Advised(
            gateway, f"arn:aws:directconnect::{inputs.account}:dx-gateway/{gateway}", interfaces[0].region, status,
            (
                colour(status), interfaces[0].region, inputs.now.isoformat(), told,
                ", ".join(sorted(one for one in places if one)),
                ", ".join(sorted({text(one, "connectionId") or "" for one in interfaces})), gateway,
            ),
        )  # fmt: skip
