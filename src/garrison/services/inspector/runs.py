"""Start, stop and delete assessment runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.inspector import removing, under_way
from garrison.services.inspector.assessing.hosts import chosen
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import already_assessed, invalid, no_such, too_many
from garrison.services.inspector.naming import entered, find, look_up, new_id
from garrison.services.inspector.resources import (
    BEFORE_EVALUATION,
    CANCELED,
    CREATED,
    ENDED,
    AssessmentRun,
    AssessmentTarget,
    AssessmentTemplate,
)
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import agents
from garrison.services.inspector.storage import runs as kept_runs

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

MOST_RUNS = 50_000
MOST_HOSTS = 500
"""In all runs under way together. Source: Amazon Inspector Classic User Guide, "Service limits"."""


@service.operation("StartAssessmentRun", needs={"inspector:StartAssessmentRun": "*"})
def start_assessment_run(call: Call, request: shapes.StartAssessmentRunRequestTypeDef) -> dict[str, Any]:
    """A run of a template. Hosts that another run takes in at the time cannot take part."""
    template = find(call.unit, AssessmentTemplate, request["assessmentTemplateArn"])
    target = call.unit.get(AssessmentTarget, template.target)
    if not template.packages:
        raise invalid("INVALID_NUMBER_OF_RULES_PACKAGE_ARNS", "The template has no rules package.")
    if target is None:
        raise no_such("ASSESSMENT_TARGET", template.arn.partition("/template/")[0])
    _check_hosts(call, [host.agent for host in chosen(call.parts, call.unit, target)])
    if call.unit.count(AssessmentRun) >= MOST_RUNS:
        raise too_many("ASSESSMENT_RUN", MOST_RUNS)
    name = request.get("assessmentRunName") or f"Run - {template.name} - {call.at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    return {"assessmentRunArn": begin_run(call, template, name[:140]).arn}


def begin_run(call: Call, template: AssessmentTemplate, name: str, **more: Any) -> AssessmentRun:
    """Keep a run that begins now; the background work takes it further."""
    run = AssessmentRun(
        account=call.account,
        region=call.region,
        target=template.target,
        template=template.id,
        id=new_id(),
        name=name,
        duration_seconds=template.duration_seconds,
        packages=template.packages,
        user_attributes=template.user_attributes,
        created_at=call.at,
        **({"changes": entered(CREATED, at=call.at)} | more),
    )
    run = call.unit.add(run)
    call.unit.save(replace(template, last_run=run.arn))
    under_way.begin(call.unit, run.arn)
    return run


def _check_hosts(call: Call, hosts: list[str]) -> None:
    """Refuse hosts that are being assessed, and more than may be assessed at once."""
    found = [look_up(call.unit, AssessmentRun, arn) for arn in under_way.arns_under_way(call.unit)]
    going_on = [run for run in found if run is not None and run.state not in ENDED]
    kept = assessments_of(call.parts)
    busy, taken = list[tuple[str, str]](), 0
    if going_on and kept.exists:
        with kept.reading() as db:
            numbers = [number for run in going_on if (number := kept_runs.run_id(db, run.arn)) is not None]
            taken = sum(len(agents.of_run(db, number)) for number in numbers)
            busy = agents.runs_with(db, hosts, numbers)
    busy += _of_runs_that_just_began(call, hosts, [run for run in going_on if run.state == CREATED])
    if busy:
        raise already_assessed(sorted(set(busy)))
    if taken + len(hosts) > MOST_HOSTS:
        raise too_many("ASSESSMENT_RUN", MOST_HOSTS)


def _of_runs_that_just_began(call: Call, hosts: list[str], just_begun: list[AssessmentRun]) -> list[tuple[str, str]]:
    """The hosts that runs will choose whose hosts are not chosen yet."""
    found = []
    for run in just_begun:
        target = call.unit.get(AssessmentTarget, run.target)
        theirs = {host.agent for host in chosen(call.parts, call.unit, target)} if target is not None else set()
        found += [(host, run.arn) for host in hosts if host in theirs]
    return found


@service.operation("StopAssessmentRun", needs={"inspector:StopAssessmentRun": "*"})
def stop_assessment_run(call: Call, request: shapes.StopAssessmentRunRequestTypeDef) -> None:
    """End the collection of data: what there is is evaluated now, or the run is canceled."""
    run = find(call.unit, AssessmentRun, request["assessmentRunArn"])
    skips = request.get("stopAction") == "SKIP_EVALUATION"
    if run.state in ENDED or (not skips and run.state not in BEFORE_EVALUATION):
        raise invalid("INVALID_ASSESSMENT_RUN_STATE", f"The run cannot be stopped any more: it is {run.state}.")
    if skips:
        changes = (*run.changes, *entered(CANCELED, at=call.at))
        call.unit.save(replace(run, changes=changes, completed_at=call.at, stop="SKIP_EVALUATION"))
    else:
        call.unit.save(replace(run, stop="START_EVALUATION"))


@service.operation("DeleteAssessmentRun", needs={"inspector:DeleteAssessmentRun": "*"})
def delete_assessment_run(call: Call, request: shapes.DeleteAssessmentRunRequestTypeDef) -> None:
    """The run is gone, with its findings and reports."""
    run = find(call.unit, AssessmentRun, request["assessmentRunArn"])
    removing.remove(call, [run])
