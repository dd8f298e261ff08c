"""What runs could not assess, and what a run of a template would not: exclusions and their previews."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from uuid import UUID

from garrison.errors import ApiError
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.faults import invalid
from garrison.services.inspector.naming import failure, find, ids_of, is_here
from garrison.services.inspector.paging import page_of, position_of, size_of
from garrison.services.inspector.resources import AssessmentRun, AssessmentTemplate
from garrison.services.inspector.service import service
from garrison.services.inspector.storage import agents, previews, runs

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

_MOST_SHOWN = 100


@service.operation("ListExclusions", needs={"inspector:ListExclusions": "*"}, long=True)
def list_exclusions(call: Call, request: shapes.ListExclusionsRequestTypeDef) -> dict[str, Any]:
    """The ARNs of a run's exclusions."""
    run = find(call.unit, AssessmentRun, request["assessmentRunArn"])
    size, after = min(size_of(request), _MOST_SHOWN), position_of(call, request, int) or 0
    file, found = assessments_of(call.parts), list[tuple[int, str, agents.Excluded]]()
    if file.exists:
        with file.reading() as db:
            number = runs.run_id(db, run.arn)
            found = agents.exclusions(db, number, after=after, limit=size + 1) if number is not None else []
    return page_of(
        call,
        found,
        size,
        "exclusionArns",
        position=lambda one: one[0],
        render=lambda one: f"{run.arn}/exclusion/{one[1]}",
    )


@service.operation("DescribeExclusions", needs={"inspector:DescribeExclusions": "*"}, long=True)
def describe_exclusions(call: Call, request: shapes.DescribeExclusionsRequestTypeDef) -> dict[str, Any]:
    """The exclusions of these ARNs. There is one locale, EN_US."""
    found, failed = dict[str, Any](), dict[str, Any]()
    file = assessments_of(call.parts)
    for arn in dict.fromkeys(request["exclusionArns"]):
        if ids_of("EXCLUSION", arn) is None:
            failed[arn] = failure("INVALID_ARN")
            continue
        one = None
        if file.exists and is_here(call, arn):
            with file.reading() as db:
                one = agents.exclusion(db, arn)
        if one is None:
            failed[arn] = failure("ITEM_DOES_NOT_EXIST")
        else:
            found[arn] = {"arn": arn} | one.shown()
    return {"exclusions": found, "failedItems": failed}


@service.operation(
    "CreateExclusionsPreview", needs={"inspector:CreateExclusionsPreview": "*"}, read_only=False, stored_apart=True
)
def create_exclusions_preview(call: Call, request: shapes.CreateExclusionsPreviewRequestTypeDef) -> dict[str, Any]:
    """Have worked out what a run of a template could not assess now; the token tells what comes of it."""
    template = find(call.unit, AssessmentTemplate, request["assessmentTemplateArn"])
    token = str(UUID(bytes=secrets.token_bytes(16), version=4))
    with assessments_of(call.parts).writing() as db:
        place = runs.put_place(db, call.account, call.region)
        if previews.is_waiting(db, template.arn):
            raise ApiError(
                "PreviewGenerationInProgressException", "A preview of the template's exclusions is being made already."
            )
        previews.ask(db, place, template.arn, token, call.at)
    return {"previewToken": token}


@service.operation("GetExclusionsPreview", needs={"inspector:GetExclusionsPreview": "*"}, long=True)
def get_exclusions_preview(call: Call, request: shapes.GetExclusionsPreviewRequestTypeDef) -> dict[str, Any]:
    """What a run of a template could not assess, once that is worked out."""
    template = find(call.unit, AssessmentTemplate, request["assessmentTemplateArn"])
    size, after = min(size_of(request), _MOST_SHOWN), position_of(call, request, int)
    file = assessments_of(call.parts)
    preview = None
    if file.exists:
        with file.reading() as db:
            preview = previews.get(db, template.arn, request["previewToken"])
    if preview is None:
        raise invalid("INVALID_RESOURCE_ARN", "There is no such preview of the template's exclusions.")
    if preview.excluded is None:
        return {"previewStatus": "WORK_IN_PROGRESS"}
    page = page_of(
        call,
        [one for one in enumerate(preview.excluded) if after is None or one[0] > after],
        size,
        "exclusionPreviews",
        position=lambda one: one[0],
        render=lambda one: one[1].shown(),
    )
    return {"previewStatus": "COMPLETED"} | page
