"""What the internet reaches of instances, for the scores of what is vulnerable on them: only where their whole network was collected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from garrison.services.inspector.assessing.hosts import collected

if TYPE_CHECKING:
    from garrison.items import Item
    from garrison.scan.inventory.facts import Inventory
    from garrison.services.call import Parts

_KINDS = ("AWS::EC2::", "AWS::ElasticLoadBalancing")
"""How the types begin that tell of the network."""


@dataclass(frozen=True, slots=True)
class Reached:
    """By instance: protocol, first and last port of what the internet reaches."""

    ranges: dict[str, list[tuple[str, int, int]]]
    """Of those whose network is known, nothing where it reaches nothing."""

    def listeners(self, agent: str, inventory: Inventory) -> frozenset[tuple[str, int]] | None:
        """Protocol and port of what listens on an instance and is reached; None where that is not known."""
        known = self.ranges.get(agent)
        if known is None:
            return None
        heard = {(one.protocol, one.port) for one in inventory.listeners}
        return frozenset(
            (protocol, port)
            for protocol, port in heard
            if any(protocol == name and first <= port <= last for name, first, last in known)
        )


def network_items(parts: Parts, account: str, region: str) -> list[Item]:
    """The collected items that tell of the network."""
    return [one for one in collected(parts, account, region) if one.resource_type.startswith(_KINDS)]


def reached(parts: Parts, account: str, region: str) -> Reached:
    """What the internet reaches of an account's instances in a region."""
    from garrison.scan.reachability import Route, instances_known, reach

    items = network_items(parts, account, region)
    ranges: dict[str, list[tuple[str, int, int]]] = {instance: [] for instance in instances_known(items)}
    for one in reach(items) if ranges else ():
        if one.route is Route.INTERNET and one.instance in ranges:
            ranges[one.instance].append((one.protocol, one.first_port, one.last_port))
    return Reached(ranges)
