"""Reachability against packets sent one by one through small random networks."""

from __future__ import annotations

import ipaddress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.items import Item
from garrison.scan.reachability import reach

from .conftest import acl, allow, entry, group, interface, item, table, vpc

SENDERS = ("8.8.8.8", "8.8.4.4", "203.0.113.9", "192.168.1.1", "10.9.1.7", "172.20.0.1")
PORTS = (21, 22, 23, 80, 443, 1024, 65535)
CLIENT_PORTS = (1024, 40000, 65535)
CIDRS = st.sampled_from(["0.0.0.0/0", "8.0.0.0/8", "8.8.8.0/24", "203.0.113.9/32", "192.168.0.0/16", "10.9.0.0/16"])
SPANS = st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(lambda pair: (min(pair), max(pair)))
PERMISSIONS = st.builds(
    lambda protocol, span, cidr, peer: allow(protocol, *span, cidr="" if peer else cidr, group="sg-p" if peer else ""),
    st.sampled_from(["tcp", "udp", "-1"]), SPANS, CIDRS, st.booleans(),
)  # fmt: skip
ENTRIES = st.builds(
    lambda rank, action, protocol, span, cidr, egress: entry(
        rank, action, protocol, *(span if protocol != "-1" else ()), cidr=cidr, egress=egress
    ),
    st.integers(1, 6), st.sampled_from(["allow", "allow", "deny"]), st.sampled_from(["6", "17", "-1"]), SPANS, CIDRS, st.booleans(),
)  # fmt: skip
ROUTES = st.tuples(CIDRS, st.sampled_from(["igw-1", "nat-1", "pcx-1", "vgw-1", "tgw-1"]))


def unique(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each number and direction, as AWS has them."""
    return list({(one["ruleNumber"], one["egress"]): one for one in entries}.values())


class Simulator:
    """Sends packets; knows nothing of ranges."""

    def __init__(self, permissions: list[Any], entries: list[Any], routes: dict[str, str], *, is_public: bool) -> None:
        self.permissions, self.routes, self.is_public = permissions, routes, is_public
        self.entries = sorted(entries, key=lambda one: one["ruleNumber"])

    def is_reached(self, sender: str, protocol: str, port: int) -> bool:
        """Whether a packet comes in and some answer finds back the same way."""
        entered = self._acl(sender, protocol, port, egress=False) and self._group(sender, protocol, port)
        left = any(self._acl(sender, protocol, client, egress=True) for client in CLIENT_PORTS)
        return entered and left and self._comes(sender)

    def _comes(self, sender: str) -> bool:
        """Whether the sender is where the answer's route leads."""
        address = ipaddress.ip_address(sender)
        fitting = [cidr for cidr in self.routes if address in ipaddress.ip_network(cidr)]
        if not fitting:
            return False
        target = self.routes[max(fitting, key=lambda cidr: ipaddress.ip_network(cidr).prefixlen)]
        if target == "igw-1":
            return (self.is_public and address.is_global) or (self.is_public and sender.startswith("203.0.113."))
        if target == "pcx-1":
            return address in ipaddress.ip_network("10.9.0.0/16")
        return target in ("vgw-1", "tgw-1")

    def _group(self, sender: str, protocol: str, port: int) -> bool:
        for one in self.permissions:
            meant = one["ipProtocol"] == "-1" or (
                one["ipProtocol"] == protocol and one["fromPort"] <= port <= one["toPort"]
            )
            cidrs = [ipaddress.ip_network(each["cidrIp"]) for each in one["ipv4Ranges"]]
            from_peer = any(pair["groupId"] == "sg-p" for pair in one["userIdGroupPairs"]) and sender == "10.9.1.7"
            if meant and (from_peer or any(ipaddress.ip_address(sender) in cidr for cidr in cidrs)):
                return True
        return False

    def _acl(self, other: str, protocol: str, port: int, *, egress: bool) -> bool:
        number = {"tcp": "6", "udp": "17"}[protocol]
        for one in self.entries:
            span = one.get("portRange", {"from": 0, "to": 65535})
            if (
                one["egress"] == egress
                and one["protocol"] in ("-1", number)
                and ipaddress.ip_address(other) in ipaddress.ip_network(one["cidrBlock"])
                and span["from"] <= port <= span["to"]
            ):
                return bool(one["ruleAction"] == "allow")
        return False


OPEN = [entry(9, "allow"), entry(9, "allow", egress=True)]
EVERYTHING = allow("-1", cidr="0.0.0.0/0")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(PERMISSIONS, max_size=3), st.lists(ENTRIES, max_size=5).map(unique), st.lists(ROUTES, min_size=1, max_size=5),
    st.sampled_from([True, True, False]), st.sampled_from([True, True, False]), st.booleans(),
)  # fmt: skip
def test_every_packet_agrees(
    permissions: list[Any],
    entries: list[Any],
    routes: list[tuple[str, str]],
    is_public: bool,
    ends_open: bool,
    is_wide: bool,
) -> None:
    entries = [*entries, *(OPEN if ends_open else ())]
    permissions = [*permissions, *([EVERYTHING] if is_wide else ())]
    ways = dict(routes)
    peering = item(
        "VPCPeeringConnection",
        "pcx-1",
        status={"code": "active"},
        requesterVpcInfo={"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/16"},
        accepterVpcInfo={"vpcId": "vpc-2", "cidrBlock": "10.9.0.0/16"},
    )
    theirs = interface(
        "eni-p", instance="", groups=("sg-p",), private="10.9.1.7", public="", vpcId="vpc-2", subnetId="x"
    )
    mine = interface(public="198.51.100.5" if is_public else "")
    items: list[Item] = [group("sg-1", *permissions), group("sg-p"), acl(*entries), peering, theirs, mine]
    found = reach(vpc(*items, table(*ways.items())))
    network = Simulator(permissions, entries, ways, is_public=is_public)
    for sender in SENDERS:
        for protocol in ("tcp", "udp"):
            for port in PORTS:
                is_told = any(
                    one.protocol == protocol
                    and one.first_port <= port <= one.last_port
                    and any(ipaddress.ip_address(sender) in ipaddress.ip_network(cidr) for cidr in one.sources)
                    and (
                        one.route.value != "Internet"
                        or ipaddress.ip_address(sender).is_global
                        or sender.startswith("203")
                    )
                    for one in found
                )
                assert is_told == network.is_reached(sender, protocol, port), (sender, protocol, port)
