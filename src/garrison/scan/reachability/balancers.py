"""What reaches instances through load balancers that face the internet.

The balancer's own subnets, groups and ACLs decide who reaches its port; then its nodes must reach the instance's. A network load
balancer hands the client's address on to instances, so that there the instance's filters see the client. Sources: User Guides of
Elastic Load Balancing, "Security groups", "Client IP preservation".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from garrison.items import Item
from garrison.scan.reachability.direct import INTERNET, by_ports, opened, way_in
from garrison.scan.reachability.exposure import Exposure, Hop, Route
from garrison.scan.reachability.filters import Far, through_groups
from garrison.scan.reachability.network import Interface, Network, addresses_of
from garrison.scan.reachability.ranges import Ranges, blocks, difference, holds, union
from garrison.scan.reachability.reading import number, rows, text, texts

_CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_OVER = {"HTTP": "tcp", "HTTPS": "tcp", "TCP": "tcp", "TLS": "tcp", "SSL": "tcp", "UDP": "udp"}


@dataclass(frozen=True, slots=True)
class Service:
    """A port of a load balancer, and where it sends what comes."""

    protocol: str
    port: int
    target: str
    """An instance's id, or an IPv4 address."""
    target_port: int
    group: str = ""
    """The target group's ARN."""
    keeps_client: bool = False
    doubts: tuple[str, ...] = ()


def exposures_through(network: Network) -> Iterator[Exposure]:
    """Everything that is reached through load balancers."""
    for item in network.balancers:
        if text(item.configuration, "scheme") != "internet-facing":
            continue
        services = _classic(item) if item.resource_type == _CLASSIC else _modern(network, item)
        for service in services:
            for interface in network.interfaces:
                if interface.instance and _is_target(interface, service.target):
                    yield from _exposure(network, item, service, interface)


def _exposure(network: Network, item: Item, service: Service, interface: Interface) -> Iterator[Exposure]:
    front = _clients(network, item, service)
    if not front:
        return
    groups = _groups(item)
    far = Far(4, interface.addresses[0].number if interface.addresses else 0, interface.groups)
    if groups and not service.keeps_client:
        out = through_groups(network, groups, service.protocol, far, outward=True)
        if not holds(out.ports, service.target_port):
            return
    scope = front if service.keeps_client else _nodes(network, item)
    found = list(opened(network, interface, 4, scope, service.protocol, groups=() if service.keeps_client else groups))
    for first, last, those in by_ports(found):
        if not first <= service.target_port <= last:
            continue
        sources = union(one.addresses for one in those) if service.keeps_client else front
        said = f"{service.protocol} {service.port} to {service.target_port}"
        middle = (Hop("AWS::ElasticLoadBalancingV2::TargetGroup", service.group),) if service.group else ()
        way = way_in(network, interface, those, service.target_port)
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
            address=text(item.configuration, "dNSName") or text(item.configuration, "dnsname") or item.resource_id,
            path=(Hop(item.resource_type, item.arn, said), *middle, *way),
            through=item.arn,
            doubts=service.doubts + tuple(dict.fromkeys(doubt for one in those for doubt in one.groups.doubts)),
        )


def _clients(network: Network, item: Item, service: Service) -> Ranges:
    """The internet's addresses that reach the balancer's port in one of its subnets."""
    found: list[tuple[int, int]] = []
    groups = _groups(item)
    for subnet in _subnets(item):
        vpc = network.subnets[subnet][0] if subnet in network.subnets else ""
        table = network.table(subnet, vpc)
        if table is None:
            continue
        node = Interface("", item.account, item.region, vpc, subnet, groups, "", ())
        for target in {way.target for way in table.ways if way.target.startswith("igw-")}:
            scope = difference(INTERNET[4], addresses_of(network.vpc_blocks.get(vpc, ()), 4))
            # A network load balancer may have no groups: then nothing is filtered.
            reached = opened(
                network, node, 4, scope, service.protocol, table=table, target=target, is_filtered=bool(groups)
            )
            found += [one.addresses for one in reached if holds(one.ports, service.port)]
    return union(found)


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
    is_network = text(item.configuration, "type") == "network"
    for listener in network.listeners.get(item.arn, ()):
        port = number(listener.configuration, "port")
        for protocol in _protocols(text(listener.configuration, "protocol")):
            for arn in _forwarded(listener):
                group = network.target_groups.get(arn)
                if port is None or group is None:
                    continue
                keeps = is_network and (
                    text(group.configuration, "targetType") in ("", "instance") or protocol == "udp"
                )
                for one in rows(group.supplementary, "TargetHealthDescriptions"):
                    target = one.get("target") or one.get("Target") or {}
                    inner = number(target, "port") or number(group.configuration, "port") or port
                    yield Service(protocol, port, text(target, "id"), inner, arn, keeps)


def _protocols(said: str) -> tuple[str, ...]:
    return ("tcp", "udp") if said == "TCP_UDP" else (_OVER[said],) if said in _OVER else ()


def _forwarded(listener: Item) -> dict[str, None]:
    """The target groups of the default actions, each once."""
    found: dict[str, None] = {}
    for action in rows(listener.configuration, "defaultActions"):
        for one in rows(action, "forwardConfig", "targetGroups"):
            found[text(one, "targetGroupArn")] = None
        if text(action, "targetGroupArn"):
            found[text(action, "targetGroupArn")] = None
    return found
