"""Runs of assessments: rules evaluated on the data that were collected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.inspector import runs
from garrison.services.inspector.faults import invalid
from garrison.services.inspector.resources import COLLECTED, AssessmentRun, AssessmentTemplate
from garrison.services.inspector_2015_08_18.arns import check_text, meant, named, renamed, shown
from garrison.services.inspector_2015_08_18.assessments import state_of
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]


@service.operation("RunAssessment", needs={"inspector:StartAssessmentRun": "*"})
def run_assessment(call: Call, request: Request) -> dict[str, Any]:
    """A run that evaluates the attached rules packages on the data that were collected."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    name = check_text(request["runName"], "runName")
    if assessment.collection is None or state_of(assessment, call.at) != COLLECTED:
        raise invalid("INVALID_ASSESSMENT_RUN_STATE", "No data have been collected for the assessment yet.")
    if not assessment.packages:
        raise invalid("INVALID_NUMBER_OF_RULES_PACKAGE_ARNS", "No rules package is attached to the assessment.")
    run = runs.begin_run(call, assessment, name, collected_since=assessment.collection.began_at)
    return {"runArn": shown(run.arn)}


@service.operation("DeleteRun", needs={"inspector:DeleteAssessmentRun": "*"})
def delete_run(call: Call, request: Request) -> dict[str, Any]:
    """The run is gone, with its findings."""
    try:
        runs.delete_assessment_run(call, {"assessmentRunArn": meant(request["runArn"])})
    except ApiError as error:
        raise renamed(error) from None
    return {"message": "The run is deleted."}


@service.operation("DescribeRun", needs={"inspector:DescribeAssessmentRuns": "*"})
def describe_run(call: Call, request: Request) -> dict[str, Any]:
    """A run."""
    run = named(call, AssessmentRun, request, "runArn")
    described: dict[str, Any] = {
        "runArn": shown(run.arn),
        "runName": run.name,
        "assessmentArn": shown(run.template_arn),
        "runState": run.state,
        "rulesPackages": list(run.packages),
        "creationTime": run.created_at,
    }
    return {"run": described | ({"completionTime": run.completed_at} if run.completed_at is not None else {})}
