"""What security groups and network ACLs let pass, for addresses that no rule tells apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from garrison.scan.reachability.network import ANY, PROTOCOLS, Acl, Entry, Network, Rule
from garrison.scan.reachability.ranges import EPHEMERAL, NOTHING, PORTS, Ranges, block, difference, intersection, union


@dataclass(frozen=True, slots=True)
class Far:
    """The other end of a conversation: an address, and the security groups that it is known to have."""

    version: int
    address: int
    groups: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """Ports that pass, with what let them and what was not seen."""

    ports: Ranges = NOTHING
    rules: tuple[tuple[str, str], ...] = ()
    """Id of the group or ACL, and its rule in words."""
    doubts: tuple[str, ...] = field(default=())


def through_groups(
    network: Network, groups: Iterable[str], protocol: str, far: Far, *, outward: bool = False
) -> Passed:
    """The ports that security groups open to somebody, or let out to it. A group that was not collected opens all, in doubt."""
    ports, rules, doubts = NOTHING, list[tuple[str, str]](), list[str]()
    for group in groups:
        known = (network.egress if outward else network.ingress).get(group)
        if known is None:
            ports = PORTS
            doubts.append(f"AWS::EC2::SecurityGroup {group}")
            continue
        for rule in known:
            if rule.protocol != protocol:
                continue
            unseen = _unseen(network, rule)
            if _meant(network, rule, far) or unseen:
                ports = union((*ports, *rule.ports))
                rules.append((group, rule.said))
                doubts += () if _meant(network, rule, far) else unseen
    return Passed(ports, tuple(rules), tuple(dict.fromkeys(doubts)))


def _meant(network: Network, rule: Rule, far: Far) -> bool:
    """Whether a rule is about somebody."""
    if any(version == far.version and low <= far.address <= high for version, (low, high) in rule.blocks):
        return True
    if any(group in far.groups for group in rule.groups):
        return True
    for name in rule.lists:
        for found in filter(None, map(block, network.prefix_lists.get(name, ()))):
            if found[0] == far.version and found[1][0] <= far.address <= found[1][1]:
                return True
    members = (one for group in rule.groups for one in network.members.get(group, ()))
    return any(
        address.version == far.version and address.number == far.address
        for member in members
        for address in member.addresses
    )


def _unseen(network: Network, rule: Rule) -> list[str]:
    return [f"AWS::EC2::PrefixList {name}" for name in rule.lists if name not in network.prefix_lists]


def cuts_of_groups(network: Network, groups: Iterable[str], version: int) -> Iterator[int]:
    """Where the rules of groups tell addresses apart."""
    for group in groups:
        for rule in network.ingress.get(group, ()):
            found = [
                *rule.blocks,
                *filter(None, (block(one) for name in rule.lists for one in network.prefix_lists.get(name, ()))),
            ]
            for kind, (low, high) in found:
                if kind == version:
                    yield from (low, high + 1)
            for other in rule.groups:
                for member in network.members.get(other, ()):
                    for address in member.addresses:
                        if address.version == version:
                            yield from (address.number, address.number + 1)


def through_acl(entries: Iterable[Entry], protocol: str, version: int, address: int) -> Passed:
    """The ports that a network ACL's entries let pass: for each port the first that is about it decides."""
    allowed, left, rules = NOTHING, PORTS, list[tuple[str, str]]()
    for entry in entries:
        is_about = entry.protocol in (ANY, PROTOCOLS[protocol], protocol) and entry.version == version
        if not is_about or not entry.addresses[0] <= address <= entry.addresses[1]:
            continue
        taken = intersection(left, entry.ports)
        if taken and entry.is_allowed:
            allowed = union((*allowed, *taken))
            rules.append(("", entry.said))
        left = difference(left, entry.ports)
    return Passed(allowed, tuple(rules))


def cuts_of_acl(acl: Acl, version: int) -> Iterator[int]:
    """Where an ACL's entries tell addresses apart."""
    for entry in (*acl.inbound, *acl.outbound):
        if entry.version == version:
            yield from (entry.addresses[0], entry.addresses[1] + 1)


def answers_leave(acl: Acl, protocol: str, version: int, address: int) -> bool:
    """Whether answers to some client port get out."""
    return bool(intersection(through_acl(acl.outbound, protocol, version, address).ports, EPHEMERAL))
