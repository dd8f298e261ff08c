"""Draw the network of collected items: each type's configuration into values."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from garrison.items import DELETED, Item
from garrison.scan.reachability.network import (
    ANY,
    PROTOCOLS,
    Acl,
    Address,
    Entry,
    Interface,
    Network,
    Peering,
    Rule,
    Table,
    Way,
)
from garrison.scan.reachability.ranges import PORTS, block
from garrison.scan.reachability.reading import flag, number, rows, text, texts

_DEAD = {"terminated", "shutting-down", "stopped", "stopping"}
_OUTWARD = ("igw-", "vgw-", "pcx-", "tgw-")


def network_of(items: Iterable[Item]) -> Network:
    """The network of collected items; of several accounts and regions where these are among them."""
    made, known = Network(), set[str]()
    instances = []
    for item in items:
        if item.status == DELETED or not item.configuration:
            continue
        if item.resource_type == "AWS::EC2::Instance":
            instances.append(item)
        elif item.resource_type == "AWS::EC2::NetworkInterface":
            known.add(item.resource_id)
            made.interfaces.append(
                _interface(item, item.configuration, text(item.configuration, "attachment", "instanceId"))
            )
        elif (reader := _READERS.get(item.resource_type)) is not None:
            reader(made, item)
    for item in instances:
        _instance(made, item, known)
    for table in made.tables.values():
        _fill_in(made, table)
    for interface in made.interfaces:
        made.subnet_of[interface.id] = interface.subnet
        made.subnet_of.setdefault(interface.instance, interface.subnet)
        for group in interface.groups:
            made.members[group].append(interface)
    return made


def _instance(made: Network, item: Item, known: set[str]) -> None:
    """Interfaces that only the instance tells of, and whether it runs."""
    if text(item.configuration, "state", "name") in _DEAD:
        made.dead.add(item.resource_id)
    for found in rows(item.configuration, "networkInterfaces"):
        if text(found, "networkInterfaceId") not in known:
            made.interfaces.append(_interface(item, found, item.resource_id))


def _interface(item: Item, found: Mapping[str, Any], instance: str) -> Interface:
    addresses = list[Address]()
    listed = rows(found, "privateIpAddresses") or [found]
    for one in listed:
        private = block(text(one, "privateIpAddress"))
        if private is not None:
            # The first is the primary one, whose public address some answers give for the interface alone.
            own = "" if addresses else text(found, "association", "publicIp")
            addresses.append(Address(4, private[1][0], text(one, "association", "publicIp") or own))
    for one in rows(found, "ipv6Addresses"):
        private = block(text(one, "ipv6Address"))
        if private is not None:
            is_global = ipaddress.ip_address(private[1][0]).is_global
            addresses.append(Address(6, private[1][0], text(one, "ipv6Address") if is_global else ""))
    return Interface(
        id=text(found, "networkInterfaceId"),
        account=item.account,
        region=item.region,
        vpc=text(found, "vpcId"),
        subnet=text(found, "subnetId"),
        groups=tuple(sorted(text(one, "groupId") for one in rows(found, "groups"))),
        instance=instance,
        addresses=tuple(addresses),
        description=text(found, "description"),
    )


def _group(made: Network, item: Item) -> None:
    made.ingress[item.resource_id] = _rules(item, "ipPermissions", "from")
    made.egress[item.resource_id] = _rules(item, "ipPermissionsEgress", "to")


def _rules(item: Item, name: str, word: str) -> list[Rule]:
    made = []
    for found in rows(item.configuration, name):
        cidrs = [text(one, "cidrIp") for one in rows(found, "ipv4Ranges")]
        cidrs += texts(found, "ipRanges") + [text(one, "cidrIp") for one in rows(found, "ipRanges")]
        cidrs += [text(one, "cidrIpv6") for one in rows(found, "ipv6Ranges")]
        groups = tuple(text(one, "groupId") for one in rows(found, "userIdGroupPairs"))
        lists = tuple(text(one, "prefixListId") for one in rows(found, "prefixListIds"))
        said = text(found, "ipProtocol").lower() or ANY
        for protocol, numeral in PROTOCOLS.items():
            if said not in (protocol, numeral, ANY):
                continue
            first, last = number(found, "fromPort"), number(found, "toPort")
            is_all = said == ANY or first is None or first < 0
            ports = PORTS if is_all else ((first or 0, last if last is not None and last >= 0 else 65535),)
            names = ", ".join(sorted({*filter(None, cidrs), *groups, *lists}))
            shown = "all ports" if ports == PORTS else "-".join(map(str, dict.fromkeys(ports[0])))
            where = tuple(one for one in map(block, dict.fromkeys(cidrs)) if one is not None)
            made.append(Rule(protocol, ports, where, groups, lists, f"allow {protocol} {shown} {word} {names}"))
    return made


def _acl(made: Network, item: Item) -> None:
    inbound, outbound = list[Entry](), list[Entry]()
    for found in rows(item.configuration, "entries"):
        where = block(text(found, "cidrBlock") or text(found, "ipv6CidrBlock"))
        rank = number(found, "ruleNumber")
        if where is None or rank is None:
            continue
        protocol, allows = text(found, "protocol") or ANY, text(found, "ruleAction") == "allow"
        first, last = number(found, "portRange", "from"), number(found, "portRange", "to")
        ports = PORTS if protocol == ANY or first is None or last is None else ((first, last),)
        said = f"rule {rank} {'allow' if allows else 'deny'}"
        entry = Entry(rank, allows, protocol, where[0], where[1], ports, said)
        (outbound if flag(found, "egress") else inbound).append(entry)
    acl = Acl(item.resource_id, _ordered(inbound), _ordered(outbound))
    for found in rows(item.configuration, "associations"):
        made.acl_of[text(found, "subnetId")] = acl


def _ordered(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.rank))


_TARGETS = (
    "gatewayId", "natGatewayId", "vpcPeeringConnectionId", "transitGatewayId", "egressOnlyInternetGatewayId",
    "networkInterfaceId", "instanceId", "carrierGatewayId", "localGatewayId", "coreNetworkArn",
)  # fmt: skip


def _table(made: Network, item: Item) -> None:
    table = made.tables[item.resource_id] = Table(item.resource_id)
    for found in rows(item.configuration, "routes"):
        target = next((one for name in _TARGETS if (one := text(found, name))), "")
        target = "" if text(found, "state") == "blackhole" else target
        where = block(text(found, "destinationCidrBlock") or text(found, "destinationIpv6CidrBlock"))
        if where is not None:
            table.ways.append(Way(where[0], where[1], target))
        elif text(found, "destinationPrefixListId"):
            table.listed.append((text(found, "destinationPrefixListId"), target))
    for found in rows(item.configuration, "associations"):
        if text(found, "subnetId"):
            made.table_of[text(found, "subnetId")] = table
        elif text(found, "gatewayId"):
            made.edges[text(found, "gatewayId"), text(item.configuration, "vpcId")] = table
        elif flag(found, "main"):
            made.table_of[text(item.configuration, "vpcId")] = table


def _fill_in(made: Network, table: Table) -> None:
    """Routes to prefix lists, when all items are read."""
    for name, target in table.listed:
        if name not in made.prefix_lists and target.startswith(_OUTWARD):
            table.doubts.append(f"AWS::EC2::PrefixList {name}")
        for where in filter(None, map(block, made.prefix_lists.get(name, ()))):
            table.ways.append(Way(where[0], where[1], target))


def _blocks(item: Item) -> tuple[str, ...]:
    found = [text(item.configuration, "cidrBlock")]
    found += [text(one, "cidrBlock") for one in rows(item.configuration, "cidrBlockAssociationSet")]
    found += [text(one, "ipv6CidrBlock") for one in rows(item.configuration, "ipv6CidrBlockAssociationSet")]
    return tuple(dict.fromkeys(filter(None, found)))


def _vpc(made: Network, item: Item) -> None:
    made.vpc_blocks[item.resource_id] = _blocks(item)


def _subnet(made: Network, item: Item) -> None:
    made.subnets[item.resource_id] = (text(item.configuration, "vpcId"), _blocks(item))


def _gateway(made: Network, item: Item) -> None:
    attachments = rows(item.configuration, "attachments") + rows(item.configuration, "vpcAttachments")
    made.attached[item.resource_id] |= {
        text(one, "vpcId") for one in attachments if text(one, "state") in ("attached", "available", "")
    }


def _peering(made: Network, item: Item) -> None:
    sides = []
    for name in ("requesterVpcInfo", "accepterVpcInfo"):
        info = item.configuration.get(name) or {}
        cidrs = [text(info, "cidrBlock"), *(text(one, "cidrBlock") for one in rows(info, "cidrBlockSet"))]
        cidrs += [text(one, "ipv6CidrBlock") for one in rows(info, "ipv6CidrBlockSet")]
        sides.append((text(info, "vpcId"), tuple(dict.fromkeys(filter(None, cidrs)))))
    status = text(item.configuration, "status", "code") or text(item.configuration, "status")
    made.peerings[item.resource_id] = Peering(item.resource_id, (sides[0], sides[1]), status in ("active", ""))


def _prefix_list(made: Network, item: Item) -> None:
    found = rows(item.configuration, "entries") or rows(item.supplementary, "entries")
    made.prefix_lists[item.resource_id] = tuple(text(one, "cidr") for one in found)


def _balancer(made: Network, item: Item) -> None:
    made.balancers.append(item)


def _listener(made: Network, item: Item) -> None:
    made.listeners[text(item.configuration, "loadBalancerArn")].append(item)


def _listener_rule(made: Network, item: Item) -> None:
    made.rules[text(item.configuration, "listenerArn")].append(item)


def _endpoint(made: Network, item: Item) -> None:
    for subnet in texts(item.configuration, "subnetIds")[:1]:  # one of a gateway load balancer has just one
        made.subnet_of[item.resource_id] = subnet


def _target_group(made: Network, item: Item) -> None:
    made.target_groups[item.arn] = item


_READERS = {
    "AWS::EC2::SecurityGroup": _group,
    "AWS::EC2::NetworkAcl": _acl,
    "AWS::EC2::RouteTable": _table,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::InternetGateway": _gateway,
    "AWS::EC2::VPNGateway": _gateway,
    "AWS::EC2::VPCPeeringConnection": _peering,
    "AWS::EC2::PrefixList": _prefix_list,
    "AWS::ElasticLoadBalancing::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _listener_rule,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
}
