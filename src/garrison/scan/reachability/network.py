"""The network that collected items describe: interfaces, filters, routes and gateways, as values to reckon with."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from garrison.items import Item
from garrison.scan.reachability.ranges import Range, Ranges, block, union

PROTOCOLS = {"tcp": "6", "udp": "17"}
"""Those that have ports, with their numbers."""
ANY = "-1"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an interface."""

    version: int
    number: int
    public: str
    """At which the internet finds it; empty where it does not."""

    @property
    def private(self) -> str:
        """As text."""
        return str(ipaddress.ip_address(self.number) if self.version == 4 else ipaddress.IPv6Address(self.number))


@dataclass(frozen=True, slots=True)
class Interface:
    """A network interface."""

    id: str
    account: str
    region: str
    vpc: str
    subnet: str
    groups: tuple[str, ...]
    instance: str
    addresses: tuple[Address, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a security group for one protocol."""

    protocol: str
    ports: Ranges
    blocks: tuple[tuple[int, Range], ...]
    groups: tuple[str, ...]
    lists: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule of a network ACL."""

    rank: int
    is_allowed: bool
    protocol: str
    """Its number, `-1` for all."""
    version: int
    addresses: Range
    ports: Ranges
    said: str


@dataclass(frozen=True, slots=True)
class Acl:
    """A network ACL, its entries in their order."""

    id: str
    inbound: tuple[Entry, ...]
    outbound: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A route: where packets to some addresses go."""

    version: int
    addresses: Range
    target: str
    """`local`, `igw-…`, `pcx-…`, `vgw-…`, `tgw-…`, `nat-…` …; empty for a black hole."""


@dataclass(slots=True)
class Table:
    """A route table."""

    id: str
    ways: list[Way] = field(default_factory=list)
    listed: list[tuple[str, str]] = field(default_factory=list)
    """Prefix lists that are destinations, with their targets."""
    doubts: list[str] = field(default_factory=list)
    """Those of them that were not collected."""

    def target(self, version: int, address: int) -> str:
        """Where packets to an address go: by the longest prefix; empty where nowhere."""
        way = self.way(version, address)
        return way.target if way is not None else ""

    def way(self, version: int, address: int) -> Way | None:
        """The route that packets to an address take, a black hole too; None where there is none."""
        fitting = [
            way for way in self.ways if way.version == version and way.addresses[0] <= address <= way.addresses[1]
        ]
        return min(fitting, key=lambda way: way.addresses[1] - way.addresses[0], default=None)


@dataclass(frozen=True, slots=True)
class Peering:
    """A peering connection: the two VPCs and their blocks."""

    id: str
    sides: tuple[tuple[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]
    is_active: bool

    def other(self, vpc: str) -> tuple[str, tuple[str, ...]] | None:
        """The VPC at the other end, with its blocks."""
        for here, there in (self.sides, self.sides[::-1]):
            if here[0] == vpc:
                return there
        return None


@dataclass(slots=True)
class Network:
    """All of it, by id."""

    interfaces: list[Interface] = field(default_factory=list)
    ingress: dict[str, list[Rule]] = field(default_factory=dict)
    egress: dict[str, list[Rule]] = field(default_factory=dict)
    members: dict[str, list[Interface]] = field(default_factory=lambda: defaultdict(list))
    """The interfaces of a security group."""
    prefix_lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    acl_of: dict[str, Acl] = field(default_factory=dict)
    """By subnet."""
    table_of: dict[str, Table] = field(default_factory=dict)
    """By subnet, and by VPC for the main one."""
    edges: dict[tuple[str, str], Table] = field(default_factory=dict)
    """The route tables of gateways themselves, by gateway and VPC."""
    subnet_of: dict[str, str] = field(default_factory=dict)
    """The subnet of an appliance that routes may lead to: an interface, an instance, an endpoint of a gateway load balancer."""
    tables: dict[str, Table] = field(default_factory=dict)
    subnets: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """VPC and blocks of a subnet."""
    vpc_blocks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    attached: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """The VPCs that an internet or VPN gateway is attached to."""
    peerings: dict[str, Peering] = field(default_factory=dict)
    balancers: list[Item] = field(default_factory=list)
    listeners: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """By load balancer ARN."""
    rules: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    """By listener ARN."""
    target_groups: dict[str, Item] = field(default_factory=dict)
    """By ARN."""
    dead: set[str] = field(default_factory=set)
    """Instances that do not run."""

    def table(self, subnet: str, vpc: str) -> Table | None:
        """The route table of a subnet: its own, else the VPC's main one."""
        return self.table_of.get(subnet) or self.table_of.get(vpc)


def addresses_of(blocks: Iterable[str], version: int) -> Ranges:
    """The addresses of CIDR blocks of one IP version."""
    found = [block(one) for one in blocks]
    return union(one[1] for one in found if one is not None and one[0] == version)
