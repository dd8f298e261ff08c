"""Take runs from state to state: hosts are chosen, their reports awaited for the template's duration, then the rules evaluated.

A run under way is known by an entry of operational state, kept in the transaction that begins it. What a step writes into the file of
assessments it writes again alike if it is interrupted, so that a run goes on after a crash where it was.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.logs import get_logger
from garrison.services.inspector.assessing import network, notices
from garrison.services.inspector.assessing.evaluating import NETWORK
from garrison.services.inspector.assessing.finishing import finish
from garrison.services.inspector.assessing.stepping import Step, evaluate_some
from garrison.services.inspector.assessing.watching import choose_hosts, look_at_reports
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.naming import entered, look_up
from garrison.services.inspector.removing import drop_removed
from garrison.services.inspector.resources import (
    CANCELED,
    COLLECTED,
    COLLECTING,
    CREATED,
    ENDED,
    EVALUATING,
    EVALUATION_PENDING,
    START_PENDING,
    STARTING,
    STOP_PENDING,
    AssessmentRun,
)
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import findings, runs
from garrison.services.inspector.under_way import end, under_way
from garrison.services.organizations.members import accounts_here
from garrison.store import Conflict

if TYPE_CHECKING:
    from garrison.services.background import Workplace

_log = get_logger(__name__)


@service.task("runs", every=timedelta(seconds=1))
def advance_runs(place: Workplace) -> None:
    """Do for every run what is to be done now."""
    for account in accounts_here(place.parts):
        drop_removed(place, account)
        for arn in under_way(place.parts, account):
            try:
                advance(place, account, arn)
            except Conflict:
                continue  # somebody changed it meanwhile: the next round goes on from there
            except Exception:
                _log.exception("inspector_run_failed", run=arn)


def advance(place: Workplace, account: str, arn: str) -> None:
    """Take a run as far as it can go now."""
    of_run = parse_arn(arn)
    region = of_run.region if of_run is not None else ""
    while True:
        with place.parts.store.reading(account, region) as unit:
            run = look_up(unit, AssessmentRun, arn)
            topics = notices.topics_of(unit, run) if run is not None else {}
        if run is None:
            end(place.parts, account, arn)
            return
        if run.announced < len(run.changes):
            _announce(place, run, topics)
            continue
        if run.state in ENDED:
            if run.state == CANCELED:
                _drop_findings(place, run)
            end(place.parts, account, arn)
            return
        changed = _STEPS[run.state](place, run, topics)
        if changed is None:
            return
        _save(place, run, changed)


def _save(place: Workplace, before: AssessmentRun, changes: dict[str, Any]) -> None:
    """Keep a run's new state, unless it is another one than it was when the step began."""
    with place.parts.store.writing(before.account, before.region, at=place.clock.now()) as unit:
        current = look_up(unit, AssessmentRun, before.arn)
        if current is not None and current.changes == before.changes:
            unit.save(replace(current, **changes))


def _announce(place: Workplace, run: AssessmentRun, topics: dict[str, list[str]]) -> None:
    """Keep what is to be told of the changes that nobody was told of yet."""
    if topics:
        with assessments_of(place.parts).writing() as db:
            number = runs.put_place(db, run.account, run.region)
            kept = runs.run_id(db, run.arn)
            counts = findings.counts_of_packages(db, kept) if kept is not None else {}
            for at in range(max(run.announced, 1), len(run.changes)):
                notices.tell_of_change(db, number, run, topics, run.changes[at - 1], run.changes[at], counts)
    _save(place, run, {"announced": len(run.changes)})


def _drop_findings(place: Workplace, run: AssessmentRun) -> None:
    """A run that was canceled while rules were evaluated has no findings."""
    with assessments_of(place.parts).writing() as db:
        number = runs.run_id(db, run.arn)
        if number is not None:
            findings.drop(db, number)


def _begin(place: Workplace, run: AssessmentRun, _topics: dict[str, list[str]]) -> dict[str, Any]:
    now = place.clock.now()
    choose_hosts(place, run)
    if run.collected_since is not None:
        collected = {"started_at": run.collected_since, "has_collected": look_at_reports(place, run)}
        return {"changes": (*run.changes, *entered(COLLECTED, at=now))} | collected
    reached = entered(START_PENDING, STARTING, COLLECTING, at=now)
    return {"changes": (*run.changes, *reached), "started_at": now}


def _collect(place: Workplace, run: AssessmentRun, _topics: dict[str, list[str]]) -> dict[str, Any] | None:
    """Look at what has been reported, until the duration is over or somebody stops it."""
    now = place.clock.now()
    has_data = look_at_reports(place, run)
    assert run.started_at is not None
    is_over = now >= run.started_at + timedelta(seconds=run.duration_seconds)
    if not is_over and run.stop is None:
        return None
    return {"changes": (*run.changes, *entered(STOP_PENDING, COLLECTED, at=now)), "has_collected": has_data}


def _prepare_evaluation(place: Workplace, run: AssessmentRun, _topics: dict[str, list[str]]) -> dict[str, Any]:
    reached = entered(EVALUATION_PENDING, EVALUATING, at=place.clock.now())
    return {"changes": (*run.changes, *reached)}


def _evaluate(place: Workplace, run: AssessmentRun, topics: dict[str, list[str]]) -> dict[str, Any] | None:
    step = Step.of(place, run, topics)
    if not evaluate_some(step):
        return None
    if any(package.key == NETWORK for package in step.packages):
        network.evaluate(step)
    return finish(step)


_STEPS = {
    CREATED: _begin,
    START_PENDING: _begin,
    STARTING: _begin,
    COLLECTING: _collect,
    STOP_PENDING: _prepare_evaluation,
    COLLECTED: _prepare_evaluation,
    EVALUATION_PENDING: _prepare_evaluation,
    EVALUATING: _evaluate,
}
