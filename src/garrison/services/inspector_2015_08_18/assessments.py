"""Assessments: what the preview calls templates, with the data that are collected for them before rules are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.inspector import templates
from garrison.services.inspector.faults import invalid, too_many
from garrison.services.inspector.naming import new_id
from garrison.services.inspector.resources import (
    COLLECTED,
    COLLECTING,
    CREATED,
    AssessmentTarget,
    AssessmentTemplate,
    Collection,
)
from garrison.services.inspector_2015_08_18.arns import check_text, meant, named, renamed, shown
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

SHORTEST_SECONDS, LONGEST_SECONDS = 180, 86_400


def state_of(assessment: AssessmentTemplate, now: datetime) -> str:
    """How far the collection of an assessment's data is."""
    if assessment.collection is None:
        return CREATED
    return COLLECTING if now < assessment.collection.ended_at else COLLECTED


def _checked(call: Call, target: str, request: Request, own: str | None = None) -> dict[str, Any]:
    name, seconds = check_text(request["assessmentName"], "assessmentName"), request["durationInSeconds"]
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise invalid("INVALID_ASSESSMENT_TEMPLATE_DURATION", "durationInSeconds must be from 180 to 86400.")
    taken = call.unit.page(AssessmentTemplate, where={"target": target, "name": name})
    if any(one.id != own for one in taken):
        raise invalid("ASSESSMENT_TEMPLATE_NAME_ALREADY_TAKEN", f"The application has an assessment {name} already.")
    return {"name": name, "duration_seconds": seconds}


@service.operation("CreateAssessment", needs={"inspector:CreateAssessmentTemplate": "*"})
def create_assessment(call: Call, request: Request) -> dict[str, Any]:
    """An assessment of an application; rules packages are attached by a call of their own."""
    target = named(call, AssessmentTarget, request, "applicationArn")
    settings = _checked(call, target.id, request)
    if call.unit.count(AssessmentTemplate) >= templates.MOST_TEMPLATES:
        raise too_many("ASSESSMENT_TEMPLATE", templates.MOST_TEMPLATES)
    made = AssessmentTemplate(
        account=call.account,
        region=call.region,
        target=target.id,
        id=new_id(),
        packages=(),
        user_attributes=_attributes(request),
        created_at=call.at,
        **settings,
    )
    return {"assessmentArn": shown(call.unit.add(made).arn)}


def _attributes(request: Request) -> Any:
    given = request.get("userAttributesForFindings") or ()
    if len(given) > 10 or not all(one.get("key") for one in given):
        raise invalid("INVALID_NUMBER_OF_USER_ATTRIBUTES", "Give at most 10 attributes, each with a key.")
    return templates.checked_attributes(given)


@service.operation("UpdateAssessment", needs={"inspector:CreateAssessmentTemplate": "*"})
def update_assessment(call: Call, request: Request) -> dict[str, Any]:
    """The assessment with another name and duration, as long as no data were collected."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    _check_state(call, assessment, CREATED)
    call.unit.save(replace(assessment, **_checked(call, assessment.target, request, assessment.id)))
    return {"message": "The assessment is updated."}


@service.operation("DeleteAssessment", needs={"inspector:DeleteAssessmentTemplate": "*"})
def delete_assessment(call: Call, request: Request) -> dict[str, Any]:
    """The assessment is gone, with its runs and their findings."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    if state_of(assessment, call.at) == COLLECTING:
        raise ApiError("OperationInProgressException", "Data are being collected for the assessment.")
    try:
        templates.delete_assessment_template(call, {"assessmentTemplateArn": meant(request["assessmentArn"])})
    except ApiError as error:
        raise renamed(error) from None
    return {"message": "The assessment is deleted."}


@service.operation("DescribeAssessment", needs={"inspector:DescribeAssessmentTemplates": "*"})
def describe_assessment(call: Call, request: Request) -> dict[str, Any]:
    """An assessment, with how far the collection of its data is."""
    found = named(call, AssessmentTemplate, request, "assessmentArn")
    state, collection = state_of(found, call.at), found.collection
    described: dict[str, Any] = {
        "assessmentArn": shown(found.arn),
        "assessmentName": found.name,
        "applicationArn": shown(found.arn.partition("/template/")[0]),
        "assessmentState": state,
        "dataCollected": state == COLLECTED,
        "durationInSeconds": found.duration_seconds,
        "userAttributesForFindings": [pair.shown() for pair in found.user_attributes],
    }
    if collection is not None:
        described["startTime"] = collection.began_at
        if state == COLLECTED:
            described["endTime"] = collection.ended_at
    return {"assessment": described}


@service.operation("AttachAssessmentAndRulesPackage", needs={"inspector:CreateAssessmentTemplate": "*"})
def attach(call: Call, request: Request) -> dict[str, Any]:
    """The assessment's runs to come evaluate a rules package too."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    [arn] = templates.checked_packages(call, [request["rulesPackageArn"]])
    call.unit.save(replace(assessment, packages=tuple(dict.fromkeys((*assessment.packages, arn)))))
    return {"message": "The rules package is attached."}


@service.operation("DetachAssessmentAndRulesPackage", needs={"inspector:CreateAssessmentTemplate": "*"})
def detach(call: Call, request: Request) -> dict[str, Any]:
    """The assessment's runs to come do not evaluate a rules package any more."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    [arn] = templates.checked_packages(call, [request["rulesPackageArn"]])
    call.unit.save(replace(assessment, packages=tuple(one for one in assessment.packages if one != arn)))
    return {"message": "The rules package is detached."}


@service.operation("StartDataCollection", needs={"inspector:StartAssessmentRun": "*"})
def start_data_collection(call: Call, request: Request) -> dict[str, Any]:
    """Reports of the application's hosts count from now on, for the assessment's duration."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    _check_state(call, assessment, CREATED)
    until = call.at + timedelta(seconds=assessment.duration_seconds)
    call.unit.save(replace(assessment, collection=Collection(began_at=call.at, ended_at=until)))
    return {"message": "The collection of data has begun."}


@service.operation("StopDataCollection", needs={"inspector:StopAssessmentRun": "*"})
def stop_data_collection(call: Call, request: Request) -> dict[str, Any]:
    """End the collection of data before its time."""
    assessment = named(call, AssessmentTemplate, request, "assessmentArn")
    _check_state(call, assessment, COLLECTING)
    assert assessment.collection is not None
    call.unit.save(replace(assessment, collection=replace(assessment.collection, ended_at=call.at)))
    return {"message": "The collection of data has ended."}


def _check_state(call: Call, assessment: AssessmentTemplate, wanted: str) -> None:
    state = state_of(assessment, call.at)
    if state != wanted:
        raise invalid("INVALID_ASSESSMENT_RUN_STATE", f"The assessment is {state}; it must be {wanted} for that.")
