"""Applications: what the preview calls assessment targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.inspector import targets
from garrison.services.inspector.resources import AssessmentTarget, ResourceGroup
from garrison.services.inspector_2015_08_18.arns import check_text, meant, named, renamed, shown
from garrison.services.inspector_2015_08_18.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]


@service.operation("CreateApplication", needs={"inspector:CreateAssessmentTarget": "*"})
def create_application(call: Call, request: Request) -> dict[str, Any]:
    """An application of the hosts that a group chooses."""
    made = targets.create_assessment_target(
        call,
        {
            "assessmentTargetName": check_text(request["applicationName"], "applicationName"),
            "resourceGroupArn": request["resourceGroupArn"],
        },
    )
    return {"applicationArn": shown(made["assessmentTargetArn"])}


@service.operation("UpdateApplication", needs={"inspector:UpdateAssessmentTarget": "*"})
def update_application(call: Call, request: Request) -> dict[str, Any]:
    """The application with another name and group."""
    targets.update_assessment_target(
        call,
        {
            "assessmentTargetArn": meant(request["applicationArn"]),
            "assessmentTargetName": check_text(request["applicationName"], "applicationName"),
            "resourceGroupArn": request["resourceGroupArn"],
        },
    )
    return {"message": "The application is updated."}


@service.operation("DeleteApplication", needs={"inspector:DeleteAssessmentTarget": "*"})
def delete_application(call: Call, request: Request) -> dict[str, Any]:
    """The application is gone, with its assessments, their runs and all findings."""
    try:
        targets.delete_assessment_target(call, {"assessmentTargetArn": meant(request["applicationArn"])})
    except ApiError as error:
        raise renamed(error) from None
    return {"message": "The application is deleted."}


@service.operation("DescribeApplication", needs={"inspector:DescribeAssessmentTargets": "*"})
def describe_application(call: Call, request: Request) -> dict[str, Any]:
    """An application."""
    target = named(call, AssessmentTarget, request, "applicationArn")
    group = call.unit.get(ResourceGroup, target.group) if target.group else None
    rest = {"resourceGroupArn": group.arn} if group is not None else {}
    return {"application": {"applicationArn": shown(target.arn), "applicationName": target.name} | rest}
