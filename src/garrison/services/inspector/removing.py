"""Take away runs and templates with everything that belongs to them: findings, reports, subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import in_progress
from garrison.services.inspector.resources import ENDED, AssessmentRun, AssessmentTemplate, EventSubscription
from garrison.services.inspector.storage import runs
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.services.call import Call

REMOVED = "inspector-removed-runs"
"""Operational state: the ARNs of runs whose findings are to be dropped."""


def remove_runs(call: Call, where: Mapping[str, Any]) -> None:
    """Remove the runs that fit; refused while any of them is in progress."""
    remove(call, call.unit.page(AssessmentRun, where=where))


def remove(call: Call, found: list[AssessmentRun]) -> None:
    """Remove runs; refused while any of them is in progress."""
    under_way = [run.arn for run in found if run.state not in ENDED]
    if under_way:
        raise in_progress(under_way)
    for run in found:
        call.unit.remove(run)
    _drop_later(call, [run.arn for run in found])


def remove_template(call: Call, template: AssessmentTemplate) -> None:
    """Remove a template whose runs are gone."""
    for subscription in call.unit.page(EventSubscription, where={"template": template.arn}):
        call.unit.remove(subscription)
    call.unit.remove(template)


def _drop_later(call: Call, arns: list[str]) -> None:
    """Drop what the file holds of runs once they are gone from the store: no finding goes with a call that is refused after all.

    What is to be dropped is kept with the change, and done again by the background work, so that a crash leaves nothing behind.
    """
    kept = assessments_of(call.parts)
    if not arns or not kept.exists:
        return
    for arn in arns:
        call.unit.state_put(REMOVED, arn, b"")

    def drop() -> None:
        with kept.writing() as db:
            runs.drop(db, arns)

    call.after_commit.append(drop)


def drop_removed(place: Workplace, account: str) -> None:
    """Drop what runs that were removed have left in the file."""
    with place.parts.store.reading(account, GLOBAL_REGION) as unit:
        arns = [entry.key for entry in unit.state_page(REMOVED)]
    if not arns:
        return
    with assessments_of(place.parts).writing() as db:
        runs.drop(db, arns)
    with place.parts.store.writing(account, GLOBAL_REGION) as unit:
        for arn in arns:
            unit.state_remove(REMOVED, arn)
