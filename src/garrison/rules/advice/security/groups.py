"""Security groups that let anybody in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import groups_in_use
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.managed.ec2 import sources
from garrison.rules.reading import Unseen, number, objects, text

GROUP = "AWS::EC2::SecurityGroup"
ANYWHERE = "0.0.0.0/0"
ALL_PORTS = range(65_536)
PROTOCOLS = {"tcp": "tcp", "6": "tcp", "udp": "udp", "17": "udp", "-1": "all"}
"""Protocols that have ports, by how a permission may write them."""
HARMLESS = frozenset({25, 80, 443, 465})
RISKY = frozenset({20, 21, 22, 1433, 1434, 3306, 3389, 4333, 5432, 5500})
WEB = frozenset({25, 80, 443})


def opened(group: Item) -> Iterator[tuple[Mapping[str, Any], str, range]]:
    """The permissions of a group that have ports, each with its protocol and ports."""
    if "ipPermissions" not in group.configuration:
        objects(group, "ipPermissions")  # says why, where it was refused
        raise Unseen("ipPermissions: not in the configuration")
    for permission in objects(group, "ipPermissions"):
        protocol = PROTOCOLS.get(text(permission, "ipProtocol") or "")
        if protocol is not None:
            yield permission, protocol, _ports(permission)


def _ports(permission: Mapping[str, Any]) -> range:
    low, high = number(permission, "fromPort"), number(permission, "toPort")
    if low is None or high is None or low < 0:
        return ALL_PORTS
    return range(int(low), int(high) + 1)


def shown(ports: range) -> str:
    """A range of ports, as people write it."""
    return str(ports.start) if len(ports) == 1 else f"{ports.start}-{ports.stop - 1}"


@check(
    "HCP4007jGY", "security-groups-specific-ports-unrestricted", Category.SECURITY, on=GROUP,
    name="Security Groups - Specific Ports Unrestricted", chinese_name="安全组 - 不受限制的特定端口",
    columns=("Region", "Security Group Name", "Security Group ID", "Protocol", "Status", "Ports"),
    fix="Let in only the addresses that need the port.",
)  # fmt: skip
def specific_ports(group: Item, inputs: Inputs) -> Iterator[Advised]:
    """No rule lets any IPv4 address in: to a port for files, shells or databases (red), or to another than 25, 80, 443 and 465.

    Rules without ports, as those for ICMP, are left alone. Source: AWS Support User Guide, "Security Groups - Specific Ports Unrestricted".
    """
    name, found = text(group, "groupName"), False
    for permission, protocol, ports in opened(group):
        if ANYWHERE not in sources(permission):
            continue
        found = True
        if any(port in ports for port in RISKY):
            status = Status.ERROR
        else:
            status = Status.OK if all(port in HARMLESS for port in ports) else Status.WARNING
        yield advised(
            group, status, group.region, name, group.resource_id, protocol, colour(status), shown(ports),
            commands=[_revoked(group, permission, ANYWHERE)] if status is not Status.OK else (),
        )  # fmt: skip
    if not found:
        yield advised(group, Status.OK, group.region, name, group.resource_id, None, colour(Status.OK), None)


@check(
    "1iG5NDGVre", "security-groups-unrestricted-access", Category.SECURITY, on=GROUP,
    also={"AWS::EC2::NetworkInterface": ()},
    name="Security Groups - Unrestricted Access", chinese_name="安全组 - 不受限制的访问",
    columns=("Region", "Security Group Name", "Security Group ID", "Protocol", "Port", "Status", "IP Range"),
    fix="Let in only the addresses that need it, and delete groups that nothing has.",
)  # fmt: skip
def unrestricted_access(group: Item, inputs: Inputs) -> Iterator[Advised]:
    """No rule has an IPv4 source of prefix /0, but for ports 25, 80 and 443; as AWS has it, that is red where nothing has the group.

    Source: AWS Support User Guide, "Security Groups - Unrestricted Access".
    """
    name, found = text(group, "groupName"), False
    for permission, protocol, ports in opened(group):
        for cidr in sorted({one for one in sources(permission) if one.endswith("/0") and ":" not in one}):
            found = True
            if all(port in WEB for port in ports):
                status = Status.OK
            else:
                status = Status.WARNING if group.resource_id in groups_in_use(inputs) else Status.ERROR
            yield advised(
                group, status, group.region, name, group.resource_id, protocol, shown(ports), colour(status), cidr,
                commands=[_revoked(group, permission, cidr)] if status is not Status.OK else (),
            )  # fmt: skip
    if not found:
        yield advised(group, Status.OK, group.region, name, group.resource_id, None, None, colour(Status.OK), None)


def _revoked(group: Item, permission: Mapping[str, Any], cidr: str) -> tuple[str, ...]:
    """The command that takes a source out of a permission."""
    ports = _ports(permission)
    what = f"IpProtocol={text(permission, 'ipProtocol')}"
    if ports != ALL_PORTS:
        what += f",FromPort={ports.start},ToPort={ports.stop - 1}"
    revoke = ("ec2", "revoke-security-group-ingress", "--group-id", group.resource_id)
    return (*revoke, "--ip-permissions", f"{what},IpRanges=[{{CidrIp={cidr}}}]")
