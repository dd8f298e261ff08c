"""Findings of the network's rules: which ports of a run's instances can be reached from outside, whoever reports from them or not.

Source: Amazon Inspector Classic User Guide, "Network Reachability".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from garrison.services.inspector.assessing.checks import pair
from garrison.services.inspector.assessing.evaluating import NETWORK
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.hosts import hosts_file
from garrison.services.inspector.assessing.reached import network_items
from garrison.services.inspector.assessing.stepping import Step, put_findings
from garrison.services.inspector.assessing.watching import HEALTHY
from garrison.services.inspector.assessing.wording import NUMERIC
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.packages import RulesPackage
from garrison.services.inspector.resources import Pair
from garrison.services.inspector.storage import agents
from garrison.services.inspector.storage.agents import Agent
from garrison.services.inspector.storage.findings import Made

if TYPE_CHECKING:
    from garrison.items import Item
    from garrison.scan.reachability import PortFinding
    from garrison.scan.report import Report

_FROM = {
    "Internet": "the internet",
    "PeeredVPC": "a peered VPC",
    "VGW": "a VPN or Direct Connect",
    "TransitGateway": "a transit gateway",
}
_RULES = {
    "RecognizedPortWithListener": "Recognized port with listener reachable from {place}",
    "RecognizedPortNoListener": "Recognized port without listener reachable from {place}",
    "RecognizedPortNoAgent": "Recognized port reachable from {place}",
    "UnrecognizedPortWithListener": "Unrecognized port with listener reachable from {place}",
    "NetworkExposure": "Network exposure from {place}",
}
"""The rules' names by the kinds of findings."""


def evaluate(step: Step) -> None:
    """Keep what can be reached of a run's instances."""
    from garrison.scan.reachability import findings_of, reach

    package = next(package for package in step.packages if package.key == NETWORK)
    parts, run = step.place.parts, step.run
    items = network_items(parts, run.account, run.region)
    with assessments_of(parts).reading() as db:
        hosts = agents.of_run(db, step.number)
    found: dict[str, list[PortFinding]] = defaultdict(list)
    for one in findings_of(reach(items), _reports(step, hosts)):
        found[one.instance].append(one)
    known = _instances(items)
    for host in hosts:
        made = [_made(one, package, host) for one in found.get(host.agent, ())]
        with assessments_of(parts).writing() as db:
            put_findings(db, step, host.agent, host.scaling_group, [package.arn], made)
            if host.agent not in known:
                details = "the instance was not collected"
                left_out = excluded("network-error", instance=host.agent, package=package.arn, details=details)
                agents.put_exclusions(db, step.number, [left_out])


def _instances(items: list[Item]) -> set[str]:
    return {item.resource_id for item in items if item.resource_type == "AWS::EC2::Instance"}


def _reports(step: Step, hosts: list[Agent]) -> Mapping[str, Report]:
    """What the run's hosts have reported, by their ids."""
    kept, run = hosts_file(step.place.parts), step.run
    told = ((host.agent, kept.last(run.account, run.region, host.host)) for host in hosts if host.health == HEALTHY)
    return {agent: report for agent, report in told if report is not None}


def _made(found: PortFinding, package: RulesPackage, host: Agent) -> Made:
    place = _FROM.get(found.route.value, found.route.value)
    ports = ", ".join(f"{protocol} {_range(low, high)}" for protocol, low, high in found.ranges)
    title, subject = _title(found, host.agent, place), f"{found.interface}/{found.route}/{found.protocol}/{found.port}"
    ways = "\n".join(" > ".join(f"{hop.type} {hop.id}" for hop in one.path) for one in found.exposures[:10])
    return Made(
        rule=_RULES[found.kind.value].format(place=place),
        package=package.arn,
        severity=found.severity,
        numeric=NUMERIC[found.severity],
        title=title,
        description=f"{title}.{f' Reachable: {ports}.' if ports else ''}\n\nBy way of:\n{ways}",
        recommendation=f"Edit {', '.join(found.groups) or 'the security groups'} so that only addresses that need it come in.",
        subject=subject,
        attributes=tuple(_attributes(found, host.agent)),
        asset=host.asset,
    )


def _title(found: PortFinding, agent: str, place: str) -> str:
    if not found.protocol:
        return f"On instance {agent}, ports of interface {found.interface} are reachable from {place}"
    service = f" which is associated with '{found.service}'" if found.service else ""
    listening = ", and a process listens on it" if found.listeners else ""
    return (
        f"On instance {agent}, {found.protocol.upper()} port {found.port}{service} is reachable from {place}{listening}"
    )


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"


def _attributes(found: PortFinding, agent: str) -> list[Pair]:
    processes = ", ".join(sorted({one.process for one in found.listeners if one.process}))
    doubts = ", ".join(sorted({doubt for one in found.exposures for doubt in one.doubts}))
    facts = {
        "INSTANCE_ID": agent,
        "REACHABILITY_TYPE": found.route.value,
        "PORT": str(found.port or ""),
        "PROTOCOL": found.protocol.upper(),
        "PORT_GROUP_NAME": found.service,
        "ENI": found.interface,
        "VPC": found.vpc,
        "SECURITY_GROUPS": ", ".join(found.groups),
        "THROUGH": found.exposures[0].through if found.exposures else "",
        "PROCESS": processes,
        "NOT_COLLECTED": doubts,
    }
    return [pair(key, value) for key, value in facts.items() if value]
