"""Which ports of which instance the internet, peers and VPNs can reach, by collected configuration alone; nothing is sent.

for exposure in reach(items):
    exposure.instance, exposure.route, exposure.protocol, exposure.ports, exposure.path
findings = findings_of(exposures, {"i-…": report})
"""

from __future__ import annotations

from collections.abc import Iterable

from garrison.items import Item
from garrison.scan.reachability.balancers import exposures_through
from garrison.scan.reachability.direct import exposures_of
from garrison.scan.reachability.drawing import network_of
from garrison.scan.reachability.exposure import Exposure, Hop, Route
from garrison.scan.reachability.findings import Kind, PortFinding, findings_of

__all__ = ["Exposure", "Hop", "Kind", "PortFinding", "Route", "findings_of", "instances_known", "reach"]


def instances_known(items: Iterable[Item]) -> set[str]:
    """The instances of which a lack of exposures means something: the subnet of each interface was collected, and its route table."""
    network = network_of(items)
    known, partly = set[str](), set[str]()
    for one in network.interfaces:
        is_whole = one.subnet in network.subnets and network.table(one.subnet, one.vpc) is not None
        (known if is_whole else partly).add(one.instance)
    return known - partly - {""}


def reach(items: Iterable[Item]) -> list[Exposure]:
    """What can be reached of the instances among collected items, each range of ports with its way, in a stable order.

    The items are those of `AWS::EC2::…` and the load balancers; of what is missing among them an exposure's `doubts` tell.
    """
    network = network_of(items)
    found = [one for each in network.interfaces for one in exposures_of(network, each)]
    found += exposures_through(network)
    return sorted(
        (one for one in found if one.instance not in network.dead),
        key=lambda one: (
            one.instance,
            one.route,
            one.protocol,
            one.first_port,
            one.interface,
            one.address,
            one.through,
        ),
    )
