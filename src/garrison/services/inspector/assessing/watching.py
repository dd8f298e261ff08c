"""The hosts of a run while data are collected: which take part, and what each has reported."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.services.inspector.assessing.excluding import excluded
from garrison.services.inspector.assessing.hosts import (
    Assessable,
    assessable,
    asset_of,
    chosen,
    hosts_file,
    scaling_group_of,
)
from garrison.services.inspector.assessing.telemetry import counted
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.resources import AssessmentRun, AssessmentTarget
from garrison.services.inspector.storage import agents, runs
from garrison.services.inspector.storage.agents import Agent

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Parts

HEALTHY, UNHEALTHY, UNKNOWN = "HEALTHY", "UNHEALTHY", "UNKNOWN"
RUNNING = "RUNNING"


def choose_hosts(place: Workplace, run: AssessmentRun) -> None:
    """Take into the run the hosts that its target chooses now."""
    with place.parts.store.reading(run.account, run.region) as unit:
        target = unit.get(AssessmentTarget, run.target)
        hosts = chosen(place.parts, unit, target) if target is not None else []
    with assessments_of(place.parts).writing() as db:
        number = runs.put_run(db, run.account, run.region, run.arn)
        for host in hosts:
            agents.put(db, number, agent_of(place.parts, host, _since(run)))
        if not hosts:
            agents.put_exclusions(db, number, [excluded("no-instances")])
    _ask_agents(place, run, [host.name for host in hosts if host.has_agent])


def _ask_agents(place: Workplace, run: AssessmentRun, names: list[str]) -> None:
    """Have the agents of enrolled hosts scan as soon as they ask what to do."""
    from garrison.services.garrison.host_jobs import ask_to_scan

    if names and run.collected_since is None:
        with place.parts.store.writing(run.account, run.region, at=place.clock.now()) as unit:
            for name in names:
                ask_to_scan(unit, name)


def look_at_reports(place: Workplace, run: AssessmentRun) -> bool:
    """Keep what the run's hosts have reported; whether any has."""
    with assessments_of(place.parts).reading() as db:
        number = runs.run_id(db, run.arn)
        known = agents.of_run(db, number) if number is not None else []
    if number is None:
        return False
    with place.parts.store.reading(run.account, run.region) as unit:
        hosts = {host.agent: host for host in assessable(place.parts, unit)}
    found = [
        agent_of(place.parts, hosts[agent.agent], _since(run), known=agent) if agent.agent in hosts else agent
        for agent in known
    ]
    news = [after for before, after in zip(known, found, strict=True) if after != before]
    if news:
        with assessments_of(place.parts).writing() as db:
            for agent in news:
                agents.put(db, number, agent)
    return any(agent.health == HEALTHY for agent in found)


def agent_of(parts: Parts, host: Assessable, since: datetime, known: Agent | None = None) -> Agent:
    """How a host stands for a run that began at a time; `known` is how it stood before."""
    if host.reported is None:
        return _bare(host, UNKNOWN, UNKNOWN, "Nothing has ever reported about it.")
    if not host.is_fresh(since):
        at = host.reported.received_at.isoformat(timespec="seconds")
        return _bare(host, UNHEALTHY, UNHEALTHY, f"the last report came at {at}")
    if known is not None and known.report == host.reported.number:
        return known
    report = hosts_file(parts).last(host.reported.account, host.reported.region, host.reported.host)
    if report is None:
        return _bare(host, UNKNOWN, UNKNOWN, "Its report is gone.")
    agent = _bare(host, HEALTHY, RUNNING, "")
    return replace(
        agent,
        telemetry=counted(report),
        report=host.reported.number,
        asset=asset_of(host, report.inventory.host),
    )


def _bare(host: Assessable, health: str, code: str, details: str) -> Agent:
    return Agent(
        agent=host.agent,
        health=health,
        code=code,
        details=details,
        scaling_group=scaling_group_of(host),
        host=host.reported.host if host.reported is not None else host.name,
        has_agent=host.has_agent,
        asset=asset_of(host, host.name),
    )


def _since(run: AssessmentRun) -> datetime:
    return run.collected_since or run.created_at
