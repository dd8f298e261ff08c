"""What reaches an interface itself: through an internet gateway, a peering connection, a VPN or a transit gateway.

A port counts as reachable from an address where a whole conversation is possible: the packet passes network ACL and security groups,
and the answer, to some port from 1024 up, leaves through the ACL and by the route that the packet came. Addresses that no rule, entry
or route tells apart are looked at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from garrison.scan.reachability.entering import Entrance, entrances
from garrison.scan.reachability.exposure import Exposure, Hop, Route
from garrison.scan.reachability.filters import (
    Far,
    Passed,
    answers_leave,
    cuts_of_acl,
    cuts_of_groups,
    through_acl,
    through_groups,
)
from garrison.scan.reachability.network import PROTOCOLS, Address, Interface, Network, Table, addresses_of
from garrison.scan.reachability.ranges import (
    LAST,
    PORTS,
    Range,
    Ranges,
    blocks,
    difference,
    holds,
    intersection,
    pieces,
    union,
)

_SPECIAL = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/3",
)  # fmt: skip
"""IPv4 addresses that the internet does not have (RFC 6890)."""
_NOWHERE = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
"""Those that no other network has either."""
INTERNET: dict[int, Ranges] = {
    4: difference(((0, LAST[4]),), addresses_of(_SPECIAL, 4)),
    6: addresses_of(["2000::/3"], 6),
}
_ELSEWHERE: dict[int, Ranges] = {
    4: difference(((0, LAST[4]),), addresses_of(_NOWHERE, 4)),
    6: addresses_of(["2000::/3", "fc00::/7"], 6),
}
_GATEWAYS = {
    "igw-": (Route.INTERNET, "AWS::EC2::InternetGateway"),
    "pcx-": (Route.PEERING, "AWS::EC2::VPCPeeringConnection"),
    "vgw-": (Route.VPN, "AWS::EC2::VPNGateway"),
    "tgw-": (Route.TRANSIT, "AWS::EC2::TransitGateway"),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Ports that some addresses reach, alike for all of them."""

    addresses: Range
    ports: Ranges
    groups: Passed
    acl: Passed


def exposures_of(network: Network, interface: Interface) -> Iterator[Exposure]:
    """Everything that reaches an interface directly."""
    table = network.table(interface.subnet, interface.vpc)
    if table is None or not interface.instance:
        return
    for address in interface.addresses:
        for entrance in entrances(network, interface.vpc, table, address.version, address.number):
            for protocol in PROTOCOLS:
                yield from _through(network, interface, address, table, entrance, protocol)


def _through(
    network: Network, interface: Interface, address: Address, table: Table, entrance: Entrance, protocol: str
) -> Iterator[Exposure]:
    target = entrance.gateway
    gateway = _GATEWAYS.get(target[:4])
    if gateway is None or not _leads_here(network, target, interface.vpc):
        return
    route, kind = gateway
    if route is Route.INTERNET and not address.public:
        return
    scope = _scope(network, interface, address, route, target)
    found = list(opened(network, interface, address.version, scope, protocol, entrance=entrance))
    for first, last, those in by_ports(found):
        sources = union(one.addresses for one in those)
        is_all = route is Route.INTERNET and sources == scope
        yield Exposure(
            account=interface.account,
            region=interface.region,
            instance=interface.instance,
            interface=interface.id,
            groups=interface.groups,
            vpc=interface.vpc,
            route=route,
            protocol=protocol,
            first_port=first,
            last_port=last,
            sources=(("0.0.0.0/0" if address.version == 4 else "::/0"),)
            if is_all
            else blocks(sources, address.version),
            address=address.public if route is Route.INTERNET else address.private,
            path=(Hop(kind, target), *entrance.hops, *way_in(network, interface, those, first)),
            through=target,
            doubts=tuple(
                dict.fromkeys(
                    [*table.doubts, *entrance.doubts, *(doubt for one in those for doubt in one.groups.doubts)]
                )
            ),
        )


def opened(
    network: Network,
    interface: Interface,
    version: int,
    scope: Ranges,
    protocol: str,
    *,
    entrance: Entrance | None = None,
    groups: Iterable[str] = (),
    is_filtered: bool = True,
) -> Iterator[Opened]:
    """What of the scope reaches which ports; where an entrance is given, only those to which answers leave by it.

    `groups` are security groups that whoever calls is known to have; what is not filtered has no groups of its own.
    """
    acl, groups = network.acl_of.get(interface.subnet), tuple(groups)
    cuts = set(cuts_of_groups(network, interface.groups, version))
    if acl is not None:
        cuts.update(cuts_of_acl(acl, version))
    for table, _ in entrance.leaves if entrance is not None else ():
        cuts.update(
            edge for way in table.ways if way.version == version for edge in (way.addresses[0], way.addresses[1] + 1)
        )
    for piece in pieces(scope, cuts):
        if entrance is not None and not entrance.lets_answer(version, piece[0]):
            continue
        far = Far(version, piece[0], groups)
        passed = through_groups(network, interface.groups, protocol, far) if is_filtered else Passed(PORTS)
        if not passed.ports or (acl is not None and not answers_leave(acl, protocol, version, piece[0])):
            continue
        entered = through_acl(acl.inbound, protocol, version, piece[0]) if acl is not None else Passed(PORTS)
        ports = intersection(passed.ports, entered.ports)
        if ports:
            yield Opened(piece, ports, passed, entered)


def by_ports(found: list[Opened]) -> Iterator[tuple[int, int, list[Opened]]]:
    """Ranges of ports, each with those that reach all of it, and no others."""
    cuts = {edge for one in found for low, high in one.ports for edge in (low, high + 1)}
    made: dict[int, tuple[int, list[Opened]]] = {}
    before = -1
    for low, high in pieces(union(span for one in found for span in one.ports), cuts):
        those = [one for one in found if holds(one.ports, low)]
        if before >= 0 and made[before][0] == low - 1 and made[before][1] == those:
            made[before] = (high, those)
        else:
            before = low
            made[low] = (high, those)
    for first, (last, those) in made.items():
        yield first, last, those


def way_in(network: Network, interface: Interface, those: list[Opened], port: int) -> tuple[Hop, ...]:
    """From the subnet's edge to the instance, with the rules that let a port pass."""
    acl, rules = network.acl_of.get(interface.subnet), defaultdict[str, list[str]](list)
    for group, said in dict.fromkeys(rule for one in those for rule in one.groups.rules):
        if any(holds(rule.ports, port) for rule in network.ingress.get(group, ()) if rule.said == said):
            rules[group].append(said)
    hops = []
    if acl is not None:
        entered = dict.fromkeys(said for one in those for _, said in one.acl.rules)
        hops.append(Hop("AWS::EC2::NetworkAcl", acl.id, "; ".join(entered)))
    hops.append(Hop("AWS::EC2::Subnet", interface.subnet))
    hops += [Hop("AWS::EC2::SecurityGroup", group, "; ".join(said)) for group, said in sorted(rules.items())]
    return (*hops, Hop("AWS::EC2::NetworkInterface", interface.id), Hop("AWS::EC2::Instance", interface.instance))


def _leads_here(network: Network, target: str, vpc: str) -> bool:
    """Whether a gateway is attached to the VPC, and a peering connection is in use; what was not collected is taken to be."""
    if target in network.peerings:
        return network.peerings[target].is_active and network.peerings[target].other(vpc) is not None
    return target not in network.attached or vpc in network.attached[target]


def _scope(network: Network, interface: Interface, address: Address, route: Route, target: str) -> Ranges:
    """From which addresses somebody can come in by a route."""
    version, own = address.version, addresses_of(network.vpc_blocks.get(interface.vpc, ()), address.version)
    if route is Route.INTERNET:
        return difference(INTERNET[version], own)
    if route is not Route.PEERING or target not in network.peerings:
        return difference(_ELSEWHERE[version], own)
    peer = network.peerings[target].other(interface.vpc)
    assert peer is not None
    known = {name: cidrs for name, (vpc, cidrs) in network.subnets.items() if vpc == peer[0]}
    if not known:
        return addresses_of(peer[1] or network.vpc_blocks.get(peer[0], ()), version)
    tables = {name: network.table(name, peer[0]) for name in known}
    # Without its route table a subnet is taken to lead here.
    return addresses_of(
        [
            cidr
            for name, cidrs in known.items()
            if (table := tables[name]) is None or table.target(version, address.number) == target
            for cidr in cidrs
        ],
        version,
    )
