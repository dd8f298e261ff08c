"""What can be reached of an instance, from where, and by which way."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Route(enum.StrEnum):
    """How one comes in from outside the VPC. Source: Inspector Classic User Guide, "Network Reachability", Reachability routes."""

    INTERNET = "Internet"
    PEERING = "PeeredVPC"
    VPN = "VGW"
    TRANSIT = "TransitGateway"
    """Not one of Inspector's: what comes through a transit gateway, from other VPCs and networks."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing on the way."""

    type: str
    """CloudFormation's name: `AWS::EC2::InternetGateway`."""
    id: str
    said: str = ""
    """What let it pass: `allow tcp 22 from 0.0.0.0/0`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A range of ports of an instance that somebody outside its VPC can talk with: packets come in, and answers find back."""

    account: str
    region: str
    instance: str
    """`i-…`."""
    interface: str
    """`eni-…`."""
    groups: tuple[str, ...]
    """The interface's security groups."""
    vpc: str
    route: Route
    protocol: str
    """`tcp`, `udp`."""
    first_port: int
    last_port: int
    sources: tuple[str, ...]
    """CIDR blocks from which; `0.0.0.0/0` and `::/0` for the whole internet."""
    address: str
    """At which it is reached: its public address, its private one from peers, or the load balancer's name."""
    path: tuple[Hop, ...]
    """From outside to the instance."""
    through: str = ""
    """The gateway, peering connection or load balancer (ARN) it comes through."""
    doubts: tuple[str, ...] = ()
    """What was not collected and might forbid it: `AWS::EC2::PrefixList pl-1`."""

    @property
    def ports(self) -> str:
        """`22`, `8000-8010`."""
        return str(self.first_port) if self.first_port == self.last_port else f"{self.first_port}-{self.last_port}"
