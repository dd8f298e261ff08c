"""Findings of what can be reached, joined with who listens: the kinds of Inspector Classic's Network Reachability package.

What is recognized, and how severe it is, stands in data/ports.toml. A port where nothing listens is `Informational`.
"""

from __future__ import annotations

import enum
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from garrison.scan.inventory import Listener
from garrison.scan.reachability.exposure import Exposure, Route
from garrison.scan.reachability.ranges import union
from garrison.scan.report import Report

_PORTS = Path(__file__).parent / "data" / "ports.toml"
_LOOPBACK = ("127.", "::1")
LOW, INFORMATIONAL = "Low", "Informational"


class Kind(enum.StrEnum):
    """Source: Inspector Classic User Guide, "Network Reachability", Findings types."""

    WITH_LISTENER = "RecognizedPortWithListener"
    NO_LISTENER = "RecognizedPortNoListener"
    NO_AGENT = "RecognizedPortNoAgent"
    UNRECOGNIZED = "UnrecognizedPortWithListener"
    EXPOSURE = "NetworkExposure"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortFinding:
    """One finding: a port of an instance on a route, or all that is reachable of an interface."""

    kind: Kind
    severity: str
    """Inspector's words: `High`, `Medium`, `Low`, `Informational`."""
    instance: str
    interface: str
    groups: tuple[str, ...]
    vpc: str
    account: str
    region: str
    route: Route
    protocol: str = ""
    """`tcp`, `udp`; empty for `NetworkExposure`, which is about both."""
    port: int = 0
    service: str = ""
    """The well-known one: `SSH`."""
    listeners: tuple[Listener, ...] = ()
    ranges: tuple[tuple[str, int, int], ...] = ()
    """Of `NetworkExposure`: protocol, first and last port."""
    exposures: tuple[Exposure, ...] = ()
    """The ways."""


@dataclass(frozen=True, slots=True)
class _Service:
    name: str
    internet: str
    other: str


def findings_of(exposures: Iterable[Exposure], reports: Mapping[str, Report] | None = None) -> list[PortFinding]:
    """The findings of some exposures; `reports` gives by instance id what its agent has reported."""
    of_interface: dict[tuple[str, str, tuple[str, ...], Route], list[Exposure]] = defaultdict(list)
    for one in exposures:
        of_interface[one.instance, one.interface, one.groups, one.route].append(one)
    found: list[PortFinding] = []
    for (instance, _, _, route), those in sorted(of_interface.items()):
        report = (reports or {}).get(instance)
        found += _of_ports(those, route, report.inventory.listeners if report is not None else None)
        found.append(_exposure(those, route))
    return found


def _of_ports(those: list[Exposure], route: Route, listeners: tuple[Listener, ...] | None) -> Iterator[PortFinding]:
    heard = [one for one in listeners or () if not one.address.startswith(_LOOPBACK)]
    for (protocol, port), service in sorted(_recognized().items()):
        ways = _ways(those, protocol, port)
        if not ways:
            continue
        here = tuple(one for one in heard if (one.protocol, one.port) == (protocol, port))
        severity = service.internet if route is Route.INTERNET else service.other
        kind = Kind.NO_AGENT if listeners is None else Kind.WITH_LISTENER if here else Kind.NO_LISTENER
        severity = INFORMATIONAL if kind is Kind.NO_LISTENER else severity
        yield _finding(kind, severity, ways, protocol=protocol, port=port, service=service.name, listeners=here)
    for protocol, port in sorted({(one.protocol, one.port) for one in heard} - _recognized().keys()):
        ways = _ways(those, protocol, port)
        if ways:
            here = tuple(one for one in heard if (one.protocol, one.port) == (protocol, port))
            yield _finding(Kind.UNRECOGNIZED, LOW, ways, protocol=protocol, port=port, listeners=here)


def _ways(those: list[Exposure], protocol: str, port: int) -> tuple[Exposure, ...]:
    return tuple(one for one in those if one.protocol == protocol and one.first_port <= port <= one.last_port)


def _exposure(those: list[Exposure], route: Route) -> PortFinding:
    ranges = tuple(
        (protocol, low, high)
        for protocol in ("tcp", "udp")
        for low, high in union((one.first_port, one.last_port) for one in those if one.protocol == protocol)
    )
    return _finding(Kind.EXPOSURE, INFORMATIONAL, tuple(those), ranges=ranges)


def _finding(
    kind: Kind,
    severity: str,
    ways: tuple[Exposure, ...],
    *,
    protocol: str = "",
    port: int = 0,
    service: str = "",
    listeners: tuple[Listener, ...] = (),
    ranges: tuple[tuple[str, int, int], ...] = (),
) -> PortFinding:
    one = ways[0]
    return PortFinding(
        kind=kind,
        severity=severity,
        instance=one.instance,
        interface=one.interface,
        groups=one.groups,
        vpc=one.vpc,
        account=one.account,
        region=one.region,
        route=one.route,
        protocol=protocol,
        port=port,
        service=service,
        listeners=listeners,
        ranges=ranges,
        exposures=ways,
    )


@cache
def _recognized() -> dict[tuple[str, int], _Service]:
    """By protocol and port; the first service of a port names it."""
    found: dict[tuple[str, int], _Service] = {}
    for row in tomllib.loads(_PORTS.read_text("utf-8"))["service"]:
        service = _Service(row["name"], row["internet"], row["other"])
        for protocol in ("tcp", "udp"):
            for port in row[protocol]:
                found.setdefault((protocol, port), service)
    return found
