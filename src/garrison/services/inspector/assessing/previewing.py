"""Work out which exclusions a run of a template would have."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.services.inspector.assessing.evaluating import NETWORK, evaluate
from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.hosts import Assessable, chosen, hosts_file
from garrison.services.inspector.assessing.reached import Reached
from garrison.services.inspector.assessing.watching import HEALTHY, RUNNING
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import look_up
from garrison.services.inspector.packages import RulesPackage, packages_of
from garrison.services.inspector.resources import (
    BEFORE_EVALUATION,
    AssessmentRun,
    AssessmentTarget,
    AssessmentTemplate,
)
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import agents, previews, runs
from garrison.services.inspector.storage.agents import Agent, Excluded
from garrison.services.inspector.storage.previews import Asked
from garrison.services.inspector.under_way import arns_under_way

if TYPE_CHECKING:
    from garrison.services.background import Workplace


@service.task("previews", every=timedelta(seconds=1))
def make_previews(place: Workplace) -> None:
    """Work out every preview that is asked for."""
    kept = assessments_of(place.parts)
    if not kept.exists:
        return
    with kept.reading() as db:
        asked = previews.waiting(db)
    for one in asked:
        found = _exclusions(place, one)
        with kept.writing() as db:
            previews.put(db, one.token, found)


def _exclusions(place: Workplace, asked: Asked) -> list[Excluded]:
    with place.parts.store.reading(asked.account, asked.region) as unit:
        template = look_up(unit, AssessmentTemplate, asked.template)
        target = unit.get(AssessmentTarget, template.target) if template is not None else None
        hosts = chosen(place.parts, unit, target) if target is not None else []
        under_way = [look_up(unit, AssessmentRun, arn) for arn in arns_under_way(unit)]
    if template is None:
        return []
    if not hosts:
        return [excluded("no-instances")]
    packages = [packages_of(asked.region)[arn] for arn in template.packages]
    busy = _busy(place, hosts, [run for run in under_way if run is not None and run.state in BEFORE_EVALUATION])
    found = [excluded("already-running", instance=host.agent) for host in hosts if host.agent in busy]
    if any(package.key != NETWORK for package in packages):
        for host in hosts:
            found += _of_host(place, host, packages)
    return found


def _busy(place: Workplace, hosts: list[Assessable], under_way: list[AssessmentRun]) -> set[str]:
    with assessments_of(place.parts).reading() as db:
        numbers = [number for run in under_way if (number := runs.run_id(db, run.arn)) is not None]
        return {agent for agent, _ in agents.runs_with(db, [host.agent for host in hosts], numbers)}


def _of_host(place: Workplace, host: Assessable, packages: list[RulesPackage]) -> list[Excluded]:
    """What cannot be assessed of a host, as it was last seen."""
    reported = host.reported
    report = hosts_file(place.parts).last(reported.account, reported.region, reported.host) if reported else None
    if report is None:
        return [excluded("not-found", instance=host.agent)]
    agent = Agent(agent=host.agent, health=HEALTHY, code=RUNNING)
    return evaluate(agent, report, packages, place.home, Reached({})).excluded
