"""Assessment targets and templates as CloudFormation makes them (CloudFormation Template Reference, "Amazon Inspector Classic")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import Work, kind

_GONE = "NoSuchEntity NoSuchEntityException"

group = kind("AWS::Inspector::ResourceGroup", "ResourceGroupTags", required="ResourceGroupTags", attributes="Arn")


@group.create
def create_group(work: Work) -> None:
    """The tags that choose hosts. There is no way to delete them: they cost nothing."""
    tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in work.listed("ResourceGroupTags")]
    arn = work.call("inspector", "CreateResourceGroup", resourceGroupTags=tags)["resourceGroupArn"]
    work.made(arn, Arn=arn)


@group.delete
def delete_group(work: Work) -> None:
    """It stays, as in AWS, where nothing refers to it."""


target = kind(
    "AWS::Inspector::AssessmentTarget",
    "AssessmentTargetName ResourceGroupArn",
    create_only="AssessmentTargetName",
    attributes="Arn",
    name_property="AssessmentTargetName",
    gone=_GONE,
)


@target.create
def create_target(work: Work) -> None:
    """The hosts that are assessed."""
    given = work.given("ResourceGroupArn")
    name = work.name("AssessmentTargetName", 140)
    arn = work.call("inspector", "CreateAssessmentTarget", assessmentTargetName=name, **given)["assessmentTargetArn"]
    work.made(arn, Arn=arn)


@target.update
def update_target(work: Work) -> None:
    """Other hosts."""
    name = work.name("AssessmentTargetName", 140)
    given = work.given("ResourceGroupArn")
    work.call(
        "inspector", "UpdateAssessmentTarget", assessmentTargetArn=work.physical_id, assessmentTargetName=name, **given
    )


@target.delete
def delete_target(work: Work) -> None:
    """The target with its templates and runs."""
    work.call("inspector", "DeleteAssessmentTarget", assessmentTargetArn=work.physical_id)


@target.read
def read_target(work: Work) -> Mapping[str, Any] | None:
    """Its name and group."""
    answer = work.call("inspector", "DescribeAssessmentTargets", assessmentTargetArns=[work.physical_id])
    found = answer["assessmentTargets"]
    if not found:
        return None
    return {"AssessmentTargetName": found[0]["name"], "ResourceGroupArn": found[0].get("resourceGroupArn")}


template = kind(
    "AWS::Inspector::AssessmentTemplate",
    "AssessmentTargetArn AssessmentTemplateName DurationInSeconds RulesPackageArns UserAttributesForFindings",
    required="AssessmentTargetArn DurationInSeconds RulesPackageArns",
    attributes="Arn",
    name_property="AssessmentTemplateName",
    gone=_GONE,
)


@template.create
def create_template(work: Work) -> None:
    """What a target is assessed by."""
    attributes = [{"key": one["Key"], "value": one["Value"]} for one in work.listed("UserAttributesForFindings")]
    arn = work.call(
        "inspector",
        "CreateAssessmentTemplate",
        assessmentTemplateName=work.name("AssessmentTemplateName", 140),
        userAttributesForFindings=attributes or None,
        **work.given("AssessmentTargetArn", "DurationInSeconds", "RulesPackageArns"),
    )["assessmentTemplateArn"]
    work.made(arn, Arn=arn)


@template.delete
def delete_template(work: Work) -> None:
    """The template with its runs."""
    work.call("inspector", "DeleteAssessmentTemplate", assessmentTemplateArn=work.physical_id)


@template.read
def read_template(work: Work) -> Mapping[str, Any] | None:
    """Its settings."""
    answer = work.call("inspector", "DescribeAssessmentTemplates", assessmentTemplateArns=[work.physical_id])
    if not answer["assessmentTemplates"]:
        return None
    found = answer["assessmentTemplates"][0]
    return {
        "AssessmentTemplateName": found["name"],
        "AssessmentTargetArn": found["assessmentTargetArn"],
        "DurationInSeconds": found["durationInSeconds"],
        "RulesPackageArns": found["rulesPackageArns"],
    }
