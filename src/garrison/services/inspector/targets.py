"""Make, change, delete, list and describe assessment targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.inspector import removing
from garrison.services.inspector.faults import invalid, too_many
from garrison.services.inspector.naming import described, find, look_up, name_test, new_id
from garrison.services.inspector.paging import page_of, position_of, resources_after, size_of
from garrison.services.inspector.resources import AssessmentTarget, AssessmentTemplate, ResourceGroup
from garrison.services.inspector.service import service

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

MOST_TARGETS = 50
"""Source: Amazon Inspector Classic User Guide, "Service limits"."""


def _group(call: Call, request: Mapping[str, Any]) -> str | None:
    arn = request.get("resourceGroupArn")
    return find(call.unit, ResourceGroup, arn).id if arn else None


def _check_name(call: Call, name: str, own: str | None = None) -> None:
    if any(target.id != own for target in call.unit.page(AssessmentTarget, where={"name": name})):
        raise invalid("ASSESSMENT_TARGET_NAME_ALREADY_TAKEN", f"There is an assessment target {name} already.")


@service.operation("CreateAssessmentTarget", needs={"inspector:CreateAssessmentTarget": "*"})
def create_assessment_target(call: Call, request: shapes.CreateAssessmentTargetRequestTypeDef) -> dict[str, Any]:
    """A target of the hosts that a group chooses, or of all."""
    group, name = _group(call, request), request["assessmentTargetName"]
    _check_name(call, name)
    if call.unit.count(AssessmentTarget) >= MOST_TARGETS:
        raise too_many("ASSESSMENT_TARGET", MOST_TARGETS)
    target = AssessmentTarget(
        account=call.account,
        region=call.region,
        id=new_id(),
        name=name,
        group=group,
        created_at=call.at,
        updated_at=call.at,
    )
    return {"assessmentTargetArn": call.unit.add(target).arn}


@service.operation("UpdateAssessmentTarget", needs={"inspector:UpdateAssessmentTarget": "*"})
def update_assessment_target(call: Call, request: shapes.UpdateAssessmentTargetRequestTypeDef) -> None:
    """The target with another name and group; without a group it takes all hosts."""
    target, group = find(call.unit, AssessmentTarget, request["assessmentTargetArn"]), _group(call, request)
    name = request["assessmentTargetName"]
    _check_name(call, name, own=target.id)
    call.unit.save(replace(target, name=name, group=group, updated_at=call.at))


@service.operation("DeleteAssessmentTarget", needs={"inspector:DeleteAssessmentTarget": "*"})
def delete_assessment_target(call: Call, request: shapes.DeleteAssessmentTargetRequestTypeDef) -> None:
    """The target is gone, with its templates, their runs and all findings."""
    target = find(call.unit, AssessmentTarget, request["assessmentTargetArn"])
    removing.remove_runs(call, {"target": target.id})
    for template in call.unit.page(AssessmentTemplate, where={"target": target.id}):
        removing.remove_template(call, template)
    call.unit.remove(target)


@service.operation("ListAssessmentTargets", needs={"inspector:ListAssessmentTargets": "*"})
def list_assessment_targets(call: Call, request: shapes.ListAssessmentTargetsRequestTypeDef) -> dict[str, Any]:
    """The ARNs of targets whose names fit a pattern."""
    fits = name_test((request.get("filter") or {}).get("assessmentTargetNamePattern"))
    after = position_of(call, request, tuple[str])
    return page_of(
        call,
        (target for target in resources_after(call, AssessmentTarget, after) if fits(target.name)),
        size_of(request),
        "assessmentTargetArns",
        position=lambda target: (target.id,),
        render=lambda target: target.arn,
    )


@service.operation("DescribeAssessmentTargets", needs={"inspector:DescribeAssessmentTargets": "*"})
def describe_assessment_targets(call: Call, request: shapes.DescribeAssessmentTargetsRequestTypeDef) -> dict[str, Any]:
    """The targets of these ARNs."""
    return described(
        "ASSESSMENT_TARGET",
        request["assessmentTargetArns"],
        lambda arn: look_up(call.unit, AssessmentTarget, arn),
        lambda target: _shown(call, target),
        "assessmentTargets",
    )


def _shown(call: Call, target: AssessmentTarget) -> dict[str, Any]:
    group = call.unit.get(ResourceGroup, target.group) if target.group else None
    rest = {"resourceGroupArn": group.arn} if group is not None else {}
    return {
        "arn": target.arn,
        "name": target.name,
        "createdAt": target.created_at,
        "updatedAt": target.updated_at,
    } | rest
