"""Evaluate the hosts of a run, some at a time; each host's findings and the mark that it is done are one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.logs import get_logger
from garrison.services.inspector.assessing import notices
from garrison.services.inspector.assessing.evaluating import NETWORK, VULNERABILITIES, Outcome, evaluate
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.hosts import hosts_file
from garrison.services.inspector.assessing.reached import Reached, reached
from garrison.services.inspector.assessing.watching import HEALTHY, UNHEALTHY
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.packages import RulesPackage, packages_of
from garrison.services.inspector.resources import AssessmentRun
from garrison.services.inspector.storage import agents, findings, runs
from garrison.services.inspector.storage.agents import Agent
from garrison.services.inspector.storage.findings import Made

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_AT_ONCE = 50
"""Hosts evaluated before other runs have their turn."""
_log = get_logger(__name__)


@dataclass(slots=True)
class Step:
    """A run that is being evaluated, with what doing so needs."""

    place: Workplace
    run: AssessmentRun
    topics: dict[str, list[str]]
    number: int
    """The run's, in the file."""
    packages: list[RulesPackage]

    @classmethod
    def of(cls, place: Workplace, run: AssessmentRun, topics: dict[str, list[str]]) -> Step:
        """The step of a run."""
        with assessments_of(place.parts).writing() as db:
            number = runs.put_run(db, run.account, run.region, run.arn)
        known = packages_of(run.region)
        return cls(place, run, topics, number, [known[arn] for arn in run.packages if arn in known])

    @property
    def host_packages(self) -> list[str]:
        """The ARNs of the packages whose rules look at hosts themselves."""
        return [package.arn for package in self.packages if package.key != NETWORK]


def evaluate_some(step: Step) -> bool:
    """Evaluate hosts that are not evaluated yet; whether none is left."""
    with assessments_of(step.place.parts).reading() as db:
        left = [agent for agent in agents.of_run(db, step.number) if not agent.is_evaluated]
    scores = left and any(package.key == VULNERABILITIES for package in step.packages)
    network = reached(step.place.parts, step.run.account, step.run.region) if scores else Reached({})
    for agent in left[:_AT_ONCE]:
        keep(step, agent, _outcome(step, agent, network) if step.host_packages else Outcome())
    return len(left) <= _AT_ONCE


def _outcome(step: Step, agent: Agent, network: Reached) -> Outcome:
    if agent.health != HEALTHY:
        kind = "unhealthy" if agent.health == UNHEALTHY else "not-found"
        return Outcome(excluded=[excluded(kind, instance=agent.agent, details=agent.details)])
    try:
        report = hosts_file(step.place.parts).last(step.run.account, step.run.region, agent.host)
        if report is None:
            return Outcome(excluded=[excluded("not-found", instance=agent.agent)])
        return evaluate(agent, report, step.packages, step.place.home, network)
    except Exception:
        _log.exception("inspector_host_failed", run=step.run.arn, agent=agent.agent)
        return Outcome(excluded=[excluded("evaluation-error", instance=agent.agent)])


def keep(step: Step, agent: Agent, outcome: Outcome) -> None:
    """Keep what the rules said of a host."""
    with assessments_of(step.place.parts).writing() as db:
        put_findings(db, step, agent.agent, agent.scaling_group, step.host_packages, outcome.made)
        agents.put_exclusions(db, step.number, outcome.excluded)
        agents.add_passed(db, step.number, outcome.passed)
        agents.put(db, step.number, replace(agent, is_evaluated=True))


def put_findings(
    db: sqlite3.Connection, step: Step, agent: str, scaling_group: str, packages: Sequence[str], made: Sequence[Made]
) -> None:
    """Keep findings of a host, and what is to be told of them."""
    now, run = step.place.clock.now(), step.run
    place = runs.put_place(db, run.account, run.region)
    names = findings.replace(db, place, step.number, agent, scaling_group, packages, made, run.user_attributes, now)
    notices.tell_of_findings(db, place, run, step.topics, names, now)
