"""Resource groups, targets, templates and rules packages: made, changed, listed by page and filter, refused as AWS refuses."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.services.inspector.assessing.hosts import fits
from garrison.services.inspector.packages import packages_of
from garrison.services.inspector.resources import Pair
from tests.services.inspector.conftest import Assessed

NOBODY = "arn:aws:inspector:us-east-1:{}:target/0-aaaaaaaa"


def error_of(inspector: Any, call: Any, **parameters: Any) -> tuple[str, str]:
    """The code of an error and its `errorCode`."""
    with pytest.raises(inspector.exceptions.ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    assert response["canRetry"] is False
    return response["Error"]["Code"], response["errorCode"]


@pytest.mark.parametrize(
    ("chosen_by", "tags", "is_chosen"),
    [
        ([("a", "1")], {"a": "1", "b": "2"}, True),
        ([("a", "1")], {"a": "2"}, False),
        ([("a", "1"), ("a", "2")], {"a": "2"}, True),
        ([("a", "1"), ("b", "2")], {"a": "1"}, False),
        ([("a", None)], {"a": "anything"}, True),
        ([("a", None)], {"b": ""}, False),
    ],
)
def test_a_group_chooses_by_each_key_and_any_of_its_values(
    chosen_by: list[tuple[str, str | None]], tags: dict[str, str], is_chosen: bool
) -> None:
    assert fits(tuple(Pair(*pair) for pair in chosen_by), tags) is is_chosen


def test_packages_have_the_arns_of_their_region() -> None:
    oregon = {package.name: package.arn for package in packages_of("us-west-2").values()}
    assert oregon["Security Best Practices"] == "arn:aws:inspector:us-west-2:758058086616:rulespackage/0-JJOtZiqQ"
    assert oregon["Runtime Behavior Analysis"].endswith("/0-vg5GGHSD")
    assert all(len(arn.rpartition("/0-")[2]) == 8 for region in ("us-west-2", "mars-1") for arn in packages_of(region))


def test_targets_are_made_changed_listed_and_described(assessed: Assessed) -> None:
    inspector = assessed.inspector
    group = inspector.create_resource_group(resourceGroupTags=[{"key": "Name", "value": "x"}])["resourceGroupArn"]
    described = inspector.describe_resource_groups(resourceGroupArns=[group, group, "nonsense"])
    assert described["resourceGroups"][0]["tags"] == [{"key": "Name", "value": "x"}]
    assert {arn: one["failureCode"] for arn, one in described["failedItems"].items()} == {
        group: "DUPLICATE_ARN",
        "nonsense": "INVALID_ARN",
    }
    made = inspector.create_assessment_target(assessmentTargetName="first-of-mine", resourceGroupArn=group)
    arn = made["assessmentTargetArn"]
    inspector.update_assessment_target(assessmentTargetArn=arn, assessmentTargetName="second-of-mine")
    [target] = inspector.describe_assessment_targets(assessmentTargetArns=[arn])["assessmentTargets"]
    assert (target["name"], "resourceGroupArn" in target) == ("second-of-mine", False)
    named = inspector.list_assessment_targets(filter={"assessmentTargetNamePattern": "second*mine"})
    assert named["assessmentTargetArns"] == [arn]
    assert error_of(inspector, inspector.create_assessment_target, assessmentTargetName="second-of-mine") == (
        "InvalidInputException",
        "ASSESSMENT_TARGET_NAME_ALREADY_TAKEN",
    )
    missing = NOBODY.format(assessed.account.account_id)
    assert error_of(
        inspector, inspector.update_assessment_target, assessmentTargetArn=missing, assessmentTargetName="x"
    ) == ("NoSuchEntityException", "ASSESSMENT_TARGET_DOES_NOT_EXIST")
    assert error_of(inspector, inspector.delete_assessment_target, assessmentTargetArn="x") == (
        "InvalidInputException",
        "INVALID_ASSESSMENT_TARGET_ARN",
    )
    inspector.delete_assessment_target(assessmentTargetArn=arn)
    failed = inspector.describe_assessment_targets(assessmentTargetArns=[arn])["failedItems"]
    assert failed[arn]["failureCode"] == "ITEM_DOES_NOT_EXIST"


def test_templates_are_made_listed_tagged_and_deleted(assessed: Assessed) -> None:
    inspector, target = assessed.inspector, assessed.target()
    arns = [assessed.template(target, "Common Vulnerabilities and Exposures"), assessed.template(target)]
    pages = inspector.get_paginator("list_assessment_templates").paginate(
        assessmentTargetArns=[target], PaginationConfig={"PageSize": 1}
    )
    assert sorted(arn for page in pages for arn in page["assessmentTemplateArns"]) == sorted(arns)
    filtered = {
        "rulesPackageArns": [assessed.package("Security Best Practices")],
        "durationRange": {"minSeconds": 3600},
    }
    listed = inspector.list_assessment_templates(assessmentTargetArns=[target], filter=filtered)
    assert listed["assessmentTemplateArns"] == [arns[1]]
    inspector.set_tags_for_resource(resourceArn=arns[0], tags=[{"key": "b", "value": "2"}, {"key": "a"}])
    assert inspector.list_tags_for_resource(resourceArn=arns[0])["tags"] == [{"key": "a"}, {"key": "b", "value": "2"}]
    inspector.delete_assessment_template(assessmentTemplateArn=arns[0])
    described = inspector.describe_assessment_templates(assessmentTemplateArns=arns)
    [template] = described["assessmentTemplates"]
    assert (template["arn"], template["assessmentRunCount"], template["durationInSeconds"]) == (arns[1], 0, 3600)
    assert error_of(
        inspector,
        inspector.create_assessment_template,
        assessmentTargetArn=target,
        assessmentTemplateName=template["name"],
        durationInSeconds=180,
        rulesPackageArns=template["rulesPackageArns"],
    ) == ("InvalidInputException", "ASSESSMENT_TEMPLATE_NAME_ALREADY_TAKEN")
    assert error_of(
        inspector,
        inspector.create_assessment_template,
        assessmentTargetArn=target,
        assessmentTemplateName="other",
        durationInSeconds=180,
        rulesPackageArns=["arn:aws:inspector:us-east-1:316112463485:rulespackage/0-00000000"],
    ) == ("NoSuchEntityException", "RULES_PACKAGE_DOES_NOT_EXIST")
    assert error_of(inspector, inspector.list_assessment_targets, maxResults=501)[1] == "INVALID_MAX_RESULTS"
    assert error_of(inspector, inspector.list_assessment_targets, nextToken="x")[1] == "INVALID_PAGINATION_TOKEN"


def test_a_role_is_registered_where_it_trusts_inspector(assessed: Assessed) -> None:
    inspector, account = assessed.inspector, assessed.account
    trusting = account.role(
        "inspected",
        trust={"Principal": {"Service": "inspector.amazonaws.com"}, "Action": "sts:AssumeRole", "Effect": "Allow"},
    )
    inspector.register_cross_account_access_role(roleArn=trusting.arn)
    described = inspector.describe_cross_account_access_role()
    assert (described["roleArn"], described["valid"]) == (trusting.arn, True)
    other = account.role("uninspected")
    assert error_of(inspector, inspector.register_cross_account_access_role, roleArn=other.arn) == (
        "InvalidCrossAccountRoleException",
        "ROLE_DOES_NOT_EXIST_OR_INVALID_TRUST_RELATIONSHIP",
    )
