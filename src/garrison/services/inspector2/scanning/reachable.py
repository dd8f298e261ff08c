"""What the collected network lets reach an instance, as Inspector findings.

Source: Inspector API reference, "NetworkReachabilityDetails"; Inspector user guide, "Network reachability findings".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from garrison.scan.reachability import Exposure, PortFinding, Route, findings_of
from garrison.scan.report import Report
from garrison.scan_findings import Found
from garrison.scan_findings.kept import SEVERITIES

NETWORK_REACHABILITY = "NETWORK_REACHABILITY"
_MOST_STEPS = 30
_MOST_SOURCES = 5
_LOOSEST = "INFORMATIONAL"
_FROM = {
    Route.INTERNET: "the internet",
    Route.PEERING: "a peered VPC",
    Route.VPN: "a VPN",
    Route.TRANSIT: "a transit gateway",
}


def found(
    exposures: Iterable[Exposure], resources: Mapping[str, Mapping[str, Any]], reports: Mapping[str, Report]
) -> Iterator[tuple[str, Found]]:
    """Exposures as findings, each with its instance; `resources` gives Inspector's `Resource` by instance."""
    those = [one for one in exposures if one.instance in resources]
    ports: dict[tuple[str, str, Route], list[PortFinding]] = {}
    for finding in findings_of(those, reports):
        ports.setdefault((finding.instance, finding.interface, finding.route), []).append(finding)
    for one in those:
        here = [
            finding
            for finding in ports.get((one.instance, one.interface, one.route), ())
            if finding.protocol == one.protocol and one.first_port <= finding.port <= one.last_port and finding.port
        ]
        yield one.instance, _found(one, here, resources[one.instance])


def open_range(subject: str) -> tuple[Route, str, range]:
    """Route, protocol and ports of an exposure by its finding's subject."""
    parts = subject.split("/")
    first, _, last = parts[-1].partition("-")
    return Route(parts[1]), parts[-2], range(int(first), int(last or first) + 1)


def _found(one: Exposure, ports: list[PortFinding], resource: Mapping[str, Any]) -> Found:
    severity = max((finding.severity.upper() for finding in ports), key=SEVERITIES.index, default=_LOOSEST)
    is_one = one.first_port == one.last_port
    shown = f"{'Port' if is_one else 'Port range'} {one.ports}"
    protocol = one.protocol.upper()
    return Found(
        subject="/".join((one.interface, one.route, one.through, one.address, one.protocol, one.ports)),
        type=NETWORK_REACHABILITY,
        severity=severity,
        title=f"{shown} is reachable from {_FROM[one.route]} - {protocol}",
        body={
            "description": _description(one, ports),
            "remediation": {"recommendation": {"text": _remedy(one)}},
            "resources": [resource],
            "networkReachabilityDetails": {
                "openPortRange": {"begin": one.first_port, "end": one.last_port},
                "protocol": protocol,
                "networkPath": {
                    "steps": [{"componentId": hop.id, "componentType": hop.type} for hop in one.path[:_MOST_STEPS]]
                },
            },
        },
    )


def _description(one: Exposure, ports: list[PortFinding]) -> str:
    told = [
        f"On the instance {one.instance}, {one.protocol.upper()} {one.ports} of {one.interface} is reachable from"
        f" {_FROM[one.route]} at {one.address}" + (f" through {one.through}." if one.through else "."),
        f"It is open to {', '.join(one.sources[:_MOST_SOURCES])}{' and more' if len(one.sources) > _MOST_SOURCES else ''}.",
    ]
    heard = sorted({f"{each.process or 'a process'} on {each.port}" for port in ports for each in port.listeners})
    services = sorted({f"{port.service} ({port.port})" for port in ports if port.service})
    if heard:
        told.append(f"There listens {', '.join(heard)}.")
    if services:
        told.append(f"Well-known ports among them: {', '.join(services)}.")
    if one.doubts:
        told.append(f"Not collected, and might forbid it: {', '.join(one.doubts)}.")
    return " ".join(told)[:1024]


def _remedy(one: Exposure) -> str:
    said = next((hop.said for hop in reversed(one.path) if hop.said), "")
    groups = ", ".join(one.groups)
    rule = f" (it says: {said})" if said else ""
    return f"Narrow the rules of {groups or 'its security groups'}{rule} to those who need {one.protocol.upper()} {one.ports}, or close it."
