"""Have the rules packages of a run judge one host."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from garrison.scan.report import Report
from garrison.services.inspector.assessing import checks, vulnerable
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.reached import Reached
from garrison.services.inspector.packages import RulesPackage
from garrison.services.inspector.storage.agents import Agent, Excluded
from garrison.services.inspector.storage.findings import Made

NETWORK, VULNERABILITIES = "network", "cve"


@dataclass(slots=True)
class Outcome:
    """What the rules say of a host."""

    made: list[Made] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    """Rules package and rule."""


def evaluate(agent: Agent, report: Report, packages: list[RulesPackage], home: Path, reached: Reached) -> Outcome:
    """Findings and exclusions of a host by its report; the network's rules need no report and are not among these."""
    outcome = Outcome()
    if not report.inventory.platform.id:
        outcome.excluded.append(excluded("unknown-system", instance=agent.agent))
    for package in packages:
        if package.key == NETWORK:
            continue
        if package.key == VULNERABILITIES:
            reachable = reached.listeners(agent.agent, report.inventory)
            made, left_out = vulnerable.matched(report.inventory, package, agent.agent, agent.asset, home, reachable)
        else:
            made, left_out = checks.judged(report.checks, package, agent.agent, agent.asset)
            outcome.passed += [(package.arn, rule) for rule in checks.passed(report.checks, package)]
        outcome.made += made
        outcome.excluded += left_out
    return outcome
