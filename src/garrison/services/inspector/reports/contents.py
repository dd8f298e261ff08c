"""What a report says of a run, gathered from the store and the file of assessments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from garrison.services.inspector.assessing.finishing import SEVERITIES
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import look_up
from garrison.services.inspector.packages import RulesPackage, packages_of
from garrison.services.inspector.resources import AssessmentRun, AssessmentTarget, AssessmentTemplate
from garrison.services.inspector.storage import agents, findings
from garrison.services.inspector.storage.agents import Agent, Excluded
from garrison.services.inspector.storage.findings import Made

if TYPE_CHECKING:
    from garrison.services.background import Workplace

MOST_RULES, MOST_HOSTS = 2_000, 100
"""Rules with findings that are shown of a package, and hosts that are named of one; the API has all."""


@dataclass(slots=True)
class Rule:
    """A rule with findings."""

    first: Made
    count: int = 0
    hosts: list[str] = field(default_factory=list)
    """Of those that have the finding, the first ones."""


@dataclass(slots=True)
class Section:
    """A rules package in a report."""

    package: RulesPackage
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEVERITIES, 0))
    rules: dict[tuple[str, str], Rule] = field(default_factory=dict)
    left_out: int = 0
    passed: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    """Everything that a report says."""

    run: AssessmentRun
    target: str
    template: str
    sections: list[Section]
    hosts: list[Agent]
    exclusions: list[Excluded]
    is_full: bool


def contents_of(
    place: Workplace, number: int, arn: str, account: str, region: str, *, is_full: bool
) -> Contents | None:
    """What a report of a run says; None where the run is gone."""
    with place.parts.store.reading(account, region) as unit:
        run = look_up(unit, AssessmentRun, arn)
        target = unit.get(AssessmentTarget, run.target) if run is not None else None
        template = unit.get(AssessmentTemplate, run.target, run.template) if run is not None else None
    if run is None:
        return None
    sections = {one: Section(packages_of(region)[one]) for one in run.packages if one in packages_of(region)}
    with assessments_of(place.parts).reading() as db:
        for found in findings.of_run(db, number):
            section = sections.get(found.made.package)
            if section is not None:
                _add(section, found.made, found.agent)
        for package, rule, hosts in agents.passed_of(db, number) if is_full else ():
            if package in sections:
                sections[package].passed.append((rule, hosts))
        return Contents(
            run=run,
            target=target.name if target is not None else "",
            template=template.name if template is not None else "",
            sections=list(sections.values()),
            hosts=agents.of_run(db, number),
            exclusions=[one for _, _, one in agents.exclusions(db, number)],
            is_full=is_full,
        )


def _add(section: Section, made: Made, agent: str) -> None:
    section.counts[made.severity] += 1
    key = (made.rule, made.severity)
    if key not in section.rules:
        if len(section.rules) >= MOST_RULES:
            section.left_out += 1
            return
        section.rules[key] = Rule(made)
    rule = section.rules[key]
    rule.count += 1
    if agent and len(rule.hosts) < MOST_HOSTS:
        rule.hosts.append(agent)


def ordered(section: Section) -> list[Rule]:
    """A package's rules, the most severe first."""
    return sorted(section.rules.values(), key=lambda rule: (SEVERITIES.index(rule.first.severity), rule.first.rule))


def facts(contents: Contents) -> list[tuple[str, str]]:
    """What a report begins with: label and value."""
    run = contents.run
    assessed = sum(host.health == "HEALTHY" for host in contents.hosts)
    return [
        ("Assessment run", f"{run.name} ({run.arn})"),
        ("State", run.state),
        ("Assessment target", contents.target),
        ("Assessment template", contents.template),
        ("Started", f"{run.started_at or run.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Completed", f"{run.completed_at:%Y-%m-%d %H:%M:%S} UTC" if run.completed_at else ""),
        ("Duration", f"{run.duration_seconds} seconds"),
        ("Hosts", f"{assessed} assessed of {len(contents.hosts)}"),
    ]


def title_of(contents: Contents) -> str:
    """The report's title."""
    return f"{'Full' if contents.is_full else 'Finding'} report of {contents.run.name}"
