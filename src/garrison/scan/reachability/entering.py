"""By which way packets enter a VPC to one of its addresses, and by which routes the answers have to leave.

A gateway may have a route table of its own (an edge association): it says whether what comes in goes to the address itself or to an
appliance first, an interface or a gateway load balancer's endpoint. What an appliance lets pass nobody collected: that is a doubt, never a
wall. Sources: VPC User Guide, "Gateway route tables" and "Middlebox routing wizard".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from garrison.scan.reachability.exposure import Hop
from garrison.scan.reachability.network import Network, Table

_LOCAL = "local"
_APPLIANCES = {
    "eni-": "AWS::EC2::NetworkInterface",
    "i-": "AWS::EC2::Instance",
    "vpce-": "AWS::EC2::VPCEndpoint",
}


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way in."""

    gateway: str
    leaves: tuple[tuple[Table, str], ...]
    """The route tables that answers are sent by, each with the target that it has to send them to."""
    appliance: str = ""
    """What packets come by between the gateway and the address; empty where they come straight."""

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The appliance, as a step of the way."""
        return (Hop(_kind(self.appliance), self.appliance),) if self.appliance else ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the appliance might forbid."""
        return (f"what {_kind(self.appliance)} {self.appliance} lets pass",) if self.appliance else ()

    def lets_answer(self, version: int, address: int) -> bool:
        """Whether answers to an address take this way out."""
        return all(table.target(version, address) == target for table, target in self.leaves)


def entrances(network: Network, vpc: str, table: Table, version: int, address: int) -> Iterator[Entrance]:
    """The ways in to an address in a subnet with this route table, by every gateway that answers may take."""
    targets = dict.fromkeys(way.target for way in table.ways if way.version == version)
    for target in targets:
        if _kind(target):
            yield from _behind(network, vpc, table, version, address, target)
        elif target:
            inward = _inward(network, vpc, target, version, address)
            if inward is not None:
                yield Entrance(target, ((table, target),), inward)


def _inward(network: Network, vpc: str, gateway: str, version: int, address: int) -> str | None:
    """Where a gateway sends what comes for an address: to an appliance, or straight (empty); None where it drops it."""
    edge = network.edges.get((gateway, vpc))
    way = edge.way(version, address) if edge is not None else None
    if way is None or way.target == _LOCAL:
        return ""
    return way.target or None


def _behind(network: Network, vpc: str, table: Table, version: int, address: int, appliance: str) -> Iterator[Entrance]:
    """The ways in by gateways that send to the appliance to which answers are sent."""
    beyond = network.table(network.subnet_of.get(appliance, ""), vpc) if appliance in network.subnet_of else None
    for gateway, of_vpc in network.edges:
        if of_vpc == vpc and _inward(network, vpc, gateway, version, address) == appliance:
            # Without its subnet's route table an appliance is taken to send answers to the gateway.
            leaves = ((table, appliance), (beyond, gateway)) if beyond is not None else ((table, appliance),)
            yield Entrance(gateway, leaves, appliance)


def _kind(target: str) -> str:
    return next((kind for prefix, kind in _APPLIANCES.items() if target.startswith(prefix)), "")
