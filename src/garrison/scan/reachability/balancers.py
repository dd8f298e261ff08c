"""What reaches instances through load balancers that face the internet.

The balancer's own subnets, groups and ACLs decide who reaches its port; then its nodes must reach the instance's. A network load
balancer hands the client's address on to targets whose group says so, where the instance's filters see the client then; one may stand
before an application load balancer. Sources: User Guides of Elastic Load Balancing, "Security groups", "Client IP preservation".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from garrison.items import Item
from garrison.scan.reachability.direct import INTERNET, by_ports, opened, way_in
from garrison.scan.reachability.entering import entrances
from garrison.scan.reachability.exposure import Exposure, Hop, Route
from garrison.scan.reachability.filters import Far, cuts_of_groups, through_groups
from garrison.scan.reachability.forwarding import ANYWHERE, forwardings
from garrison.scan.reachability.network import Interface, Network, addresses_of
from garrison.scan.reachability.ranges import Ranges, blocks, difference, holds, intersection, pieces, union
from garrison.scan.reachability.reading import number, rows, text, texts

_V2 = "AWS::ElasticLoadBalancingV2::"
_CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_OVER = {"HTTP": "tcp", "HTTPS": "tcp", "TCP": "tcp", "TLS": "tcp", "SSL": "tcp", "UDP": "udp", "QUIC": "udp"}


@dataclass(frozen=True, slots=True)
class Service:
    """A port of a load balancer, and where it sends what comes."""

    protocol: str
    port: int
    target: str
    """An instance's id, an IPv4 address, or the ARN of a load balancer."""
    target_port: int
    group: str = ""
    """The target group's ARN."""
    keeps_client: bool = False
    rule: str = ""
    """The listener's rule that sends there; empty for its default action."""
    said: str = ""
    """When it does: `host a.example.com, path /admin/*`."""
    clients: Ranges = ANYWHERE
    """Those whom the rule is about."""

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The steps between the balancer and what it sends to."""
        rule = (Hop(f"{_V2}ListenerRule", self.rule, self.said),) if self.rule else ()
        return (*rule, Hop(f"{_V2}TargetGroup", self.group)) if self.group else ()


@dataclass(frozen=True, slots=True)
class _Front:
    """Who comes as far as a load balancer's port, and how."""

    clients: Ranges
    doubts: tuple[str, ...]
    path: tuple[Hop, ...] = ()


def exposures_through(network: Network) -> Iterator[Exposure]:
    """Everything that is reached through load balancers."""
    by_arn = {item.arn: item for item in network.balancers}
    for item in network.balancers:
        if text(item.configuration, "scheme") != "internet-facing":
            continue
        for service in _services(network, item):
            front = _clients(network, item, service)
            front = replace(front, clients=intersection(front.clients, service.clients))
            if not front.clients:
                continue
            if service.target in by_arn:
                yield from _chained(network, item, service, front, by_arn[service.target])
            else:
                yield from _exposures(network, item, item, service, front)


def _services(network: Network, item: Item) -> Iterator[Service]:
    yield from _classic(item) if item.resource_type == _CLASSIC else _modern(network, item)


def _chained(network: Network, first: Item, outer: Service, front: _Front, second: Item) -> Iterator[Exposure]:
    """Through an application load balancer behind a network load balancer, which hands it the client's address."""
    groups = _groups(second)
    cuts = set(cuts_of_groups(network, groups, 4))
    those = (piece for piece in pieces(front.clients, cuts) if _lets(network, groups, outer.protocol, piece[0], outer))
    clients = union(those) if groups else front.clients
    path = (*front.path, _hop(first, outer), *outer.hops)
    for service in _services(network, second):
        within = intersection(clients, service.clients)
        if within and service.target not in (first.arn, second.arn) and service.port == outer.target_port:
            yield from _exposures(network, first, second, service, _Front(within, front.doubts, path))


def _lets(network: Network, groups: tuple[str, ...], protocol: str, client: int, outer: Service) -> bool:
    return holds(through_groups(network, groups, protocol, Far(4, client)).ports, outer.target_port)


def _hop(item: Item, service: Service) -> Hop:
    return Hop(item.resource_type, item.arn, f"{service.protocol} {service.port} to {service.target_port}")


def _exposures(network: Network, first: Item, last: Item, service: Service, front: _Front) -> Iterator[Exposure]:
    for interface in network.interfaces:
        if interface.instance and _is_target(interface, service.target):
            yield from _exposure(network, (first, last), service, front, interface)


def _exposure(
    network: Network, balancers: tuple[Item, Item], service: Service, front: _Front, interface: Interface
) -> Iterator[Exposure]:
    first, item = balancers
    groups = _groups(item)
    far = Far(4, interface.addresses[0].number if interface.addresses else 0, interface.groups)
    if groups and not service.keeps_client:
        out = through_groups(network, groups, service.protocol, far, outward=True)
        if not holds(out.ports, service.target_port):
            return
    scope = front.clients if service.keeps_client else _nodes(network, item)
    found = list(opened(network, interface, 4, scope, service.protocol, groups=() if service.keeps_client else groups))
    for first_port, last_port, those in by_ports(found):
        if not first_port <= service.target_port <= last_port:
            continue
        sources = union(one.addresses for one in those) if service.keeps_client else front.clients
        way = way_in(network, interface, those, service.target_port)
        doubts = (*front.doubts, *(doubt for one in those for doubt in one.groups.doubts))
        yield Exposure(
            account=interface.account,
            region=interface.region,
            instance=interface.instance,
            interface=interface.id,
            groups=interface.groups,
            vpc=interface.vpc,
            route=Route.INTERNET,
            protocol=service.protocol,
            first_port=service.target_port,
            last_port=service.target_port,
            sources=("0.0.0.0/0",) if sources == INTERNET[4] else blocks(sources, 4),
            address=text(first.configuration, "dNSName") or text(first.configuration, "dnsname") or first.resource_id,
            path=(*front.path, _hop(item, service), *service.hops, *way),
            through=first.arn,
            doubts=tuple(dict.fromkeys(doubts)),
        )


def _clients(network: Network, item: Item, service: Service) -> _Front:
    """The internet's addresses that reach the balancer's port in one of its subnets."""
    found, doubts = list[tuple[int, int]](), list[str]()
    groups = _groups(item)
    for subnet in _subnets(item):
        vpc, cidrs = network.subnets.get(subnet, ("", ()))
        table, own = network.table(subnet, vpc), addresses_of(cidrs, 4)
        if table is None:
            continue
        node = Interface("", item.account, item.region, vpc, subnet, groups, "", ())
        scope = difference(INTERNET[4], addresses_of(network.vpc_blocks.get(vpc, ()), 4))
        for entrance in entrances(network, vpc, table, 4, own[0][0] if own else 0):
            if not entrance.gateway.startswith("igw-"):
                continue
            # A network load balancer may have no groups: then nothing is filtered.
            reached = opened(network, node, 4, scope, service.protocol, entrance=entrance, is_filtered=bool(groups))
            those = [one.addresses for one in reached if holds(one.ports, service.port)]
            found += those
            doubts += entrance.doubts if those else ()
    return _Front(union(found), tuple(dict.fromkeys(doubts)))


def _nodes(network: Network, item: Item) -> Ranges:
    """The addresses that the balancer's nodes have: those of its interfaces, else all of its subnets."""
    name = text(item.configuration, "loadBalancerName") or item.resource_id
    marks = {f"ELB {name}", "ELB " + item.arn.partition(":loadbalancer/")[2]}
    nodes = [one for one in network.interfaces if one.description in marks]
    if nodes:
        return union((each.number, each.number) for one in nodes for each in one.addresses if each.version == 4)
    cidrs = [cidr for subnet in _subnets(item) for cidr in network.subnets.get(subnet, ("", ()))[1]]
    return addresses_of(cidrs, 4)


def _groups(item: Item) -> tuple[str, ...]:
    return tuple(texts(item.configuration, "securityGroups"))


def _subnets(item: Item) -> list[str]:
    zones = [text(one, "subnetId") for one in rows(item.configuration, "availabilityZones")]
    return [one for one in (*texts(item.configuration, "subnets"), *zones) if one]


def _is_target(interface: Interface, target: str) -> bool:
    return target == interface.instance or any(one.private == target for one in interface.addresses)


def _classic(item: Item) -> Iterator[Service]:
    for found in rows(item.configuration, "listenerDescriptions"):
        listener = found.get("listener") or found.get("Listener") or {}
        port, inner = number(listener, "loadBalancerPort"), number(listener, "instancePort")
        for one in rows(item.configuration, "instances"):
            if port is not None and inner is not None:
                yield Service("tcp", port, text(one, "instanceId"), inner)


def _modern(network: Network, item: Item) -> Iterator[Service]:
    for listener in network.listeners.get(item.arn, ()):
        port = number(listener.configuration, "port")
        for protocol in _protocols(text(listener.configuration, "protocol")):
            for sent in forwardings(listener, network.rules.get(listener.arn, [])):
                group = network.target_groups.get(sent.group)
                if port is None or group is None:
                    continue
                keeps = _keeps_client(item, group, protocol)
                for one in rows(group.supplementary, "TargetHealthDescriptions"):
                    target = one.get("target") or one.get("Target") or {}
                    inner = number(target, "port") or number(group.configuration, "port") or port
                    yield Service(
                        protocol, port, text(target, "id"), inner, sent.group, keeps, sent.rule, sent.said, sent.clients
                    )


def _keeps_client(item: Item, group: Item, protocol: str) -> bool:
    """Whether targets see the client's address: always by UDP, else as the group says, or as its kind has it unless said otherwise."""
    if text(item.configuration, "type") != "network":
        return False
    for one in rows(group.supplementary, "TargetGroupAttributes"):
        if text(one, "key") == "preserve_client_ip.enabled" and protocol != "udp":
            return text(one, "value").lower() == "true"
    return protocol == "udp" or text(group.configuration, "targetType") in ("", "instance")


def _protocols(said: str) -> tuple[str, ...]:
    return ("tcp", "udp") if said in ("TCP_UDP", "TCP_QUIC") else (_OVER[said],) if said in _OVER else ()
