"""Make, delete, list and describe assessment templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.inspector import removing
from garrison.services.inspector.faults import invalid, no_such, too_many
from garrison.services.inspector.naming import check_arn, described, find, look_up, name_test, new_id
from garrison.services.inspector.packages import packages_of
from garrison.services.inspector.paging import page_of, position_of, resources_after, size_of
from garrison.services.inspector.resources import AssessmentRun, AssessmentTarget, AssessmentTemplate, Pair
from garrison.services.inspector.service import service

if TYPE_CHECKING:
    from types_boto3_inspector import type_defs as shapes

    from garrison.services.call import Call

MOST_TEMPLATES = 500
"""Source: Amazon Inspector Classic User Guide, "Service limits"."""


def checked_packages(call: Call, arns: list[str]) -> tuple[str, ...]:
    """The rules packages of these ARNs, each once; raises where one is none."""
    known = packages_of(call.region)
    for arn in arns:
        check_arn("RULES_PACKAGE", arn)
        if arn not in known:
            raise no_such("RULES_PACKAGE", arn)
    return tuple(dict.fromkeys(arns))


def checked_attributes(attributes: Any) -> tuple[Pair, ...]:
    """User attributes; refused where a key comes twice."""
    pairs = tuple(Pair(one["key"], one.get("value")) for one in attributes or ())
    if len({pair.key for pair in pairs}) < len(pairs):
        raise invalid("INVALID_USER_ATTRIBUTE_KEY", "A user attribute's key is given more than once.")
    return pairs


@service.operation("CreateAssessmentTemplate", needs={"inspector:CreateAssessmentTemplate": "*"})
def create_assessment_template(call: Call, request: shapes.CreateAssessmentTemplateRequestTypeDef) -> dict[str, Any]:
    """A template for a target. It cannot be changed afterwards."""
    target = find(call.unit, AssessmentTarget, request["assessmentTargetArn"])
    packages = checked_packages(call, list(request["rulesPackageArns"]))
    if not packages:
        raise invalid("INVALID_NUMBER_OF_RULES_PACKAGE_ARNS", "Name at least one rules package.")
    name = request["assessmentTemplateName"]
    if call.unit.page(AssessmentTemplate, where={"target": target.id, "name": name}, limit=1):
        raise invalid(
            "ASSESSMENT_TEMPLATE_NAME_ALREADY_TAKEN", f"The target has an assessment template {name} already."
        )
    if call.unit.count(AssessmentTemplate) >= MOST_TEMPLATES:
        raise too_many("ASSESSMENT_TEMPLATE", MOST_TEMPLATES)
    template = AssessmentTemplate(
        account=call.account,
        region=call.region,
        target=target.id,
        id=new_id(),
        name=name,
        duration_seconds=request["durationInSeconds"],
        packages=packages,
        user_attributes=checked_attributes(request.get("userAttributesForFindings")),
        created_at=call.at,
    )
    return {"assessmentTemplateArn": call.unit.add(template).arn}


@service.operation("DeleteAssessmentTemplate", needs={"inspector:DeleteAssessmentTemplate": "*"})
def delete_assessment_template(call: Call, request: shapes.DeleteAssessmentTemplateRequestTypeDef) -> None:
    """The template is gone, with its runs, their findings and reports."""
    template = find(call.unit, AssessmentTemplate, request["assessmentTemplateArn"])
    removing.remove_runs(call, {"template": template.id})
    removing.remove_template(call, template)


@service.operation("ListAssessmentTemplates", needs={"inspector:ListAssessmentTemplates": "*"})
def list_assessment_templates(call: Call, request: shapes.ListAssessmentTemplatesRequestTypeDef) -> dict[str, Any]:
    """The ARNs of templates, of all targets or of some, that fit a filter."""
    targets = {find(call.unit, AssessmentTarget, arn).id for arn in request.get("assessmentTargetArns") or ()}
    asked: Mapping[str, Any] = request.get("filter") or {}
    fits, is_long = name_test(asked.get("namePattern")), within(asked.get("durationRange"))
    packages = set(asked.get("rulesPackageArns") or ())

    def is_wanted(template: AssessmentTemplate) -> bool:
        of_target = not targets or template.target in targets
        return (
            of_target
            and fits(template.name)
            and is_long(template.duration_seconds)
            and packages <= set(template.packages)
        )

    after = position_of(call, request, tuple[str, str])
    return page_of(
        call,
        filter(is_wanted, resources_after(call, AssessmentTemplate, after)),
        size_of(request),
        "assessmentTemplateArns",
        position=lambda template: (template.target, template.id),
        render=lambda template: template.arn,
    )


@service.operation("DescribeAssessmentTemplates", needs={"inspector:DescribeAssessmentTemplates": "*"})
def describe_assessment_templates(
    call: Call, request: shapes.DescribeAssessmentTemplatesRequestTypeDef
) -> dict[str, Any]:
    """The templates of these ARNs."""
    return described(
        "ASSESSMENT_TEMPLATE",
        request["assessmentTemplateArns"],
        lambda arn: look_up(call.unit, AssessmentTemplate, arn),
        lambda template: _shown(call, template),
        "assessmentTemplates",
    )


def _shown(call: Call, template: AssessmentTemplate) -> dict[str, Any]:
    target = call.unit.get(AssessmentTarget, template.target)
    assert target is not None
    return {
        "arn": template.arn,
        "name": template.name,
        "assessmentTargetArn": target.arn,
        "durationInSeconds": template.duration_seconds,
        "rulesPackageArns": list(template.packages),
        "userAttributesForFindings": [pair.shown() for pair in template.user_attributes],
        "assessmentRunCount": call.unit.count(AssessmentRun, {"template": template.id}),
        "createdAt": template.created_at,
    } | ({"lastAssessmentRunArn": template.last_run} if template.last_run else {})


def within(asked: Mapping[str, Any] | None) -> Any:
    """Whether a duration in seconds lies in a range, its ends included; raises InvalidInputException for an empty one."""
    asked = asked or {}
    low, high = asked.get("minSeconds"), asked.get("maxSeconds")
    if low is not None and high is not None and low > high:
        raise invalid("INVALID_ASSESSMENT_TEMPLATE_DURATION_RANGE", "The range of durations ends before it begins.")
    return lambda seconds: (low is None or seconds >= low) and (high is None or seconds <= high)
