"""Recommendations through the API of Trusted Advisor: listed, excluded, decided about, in accounts and their organization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.testing import Account
from garrison.testing.clients import Credentials
from tests.services.sns.receiving import eventually
from tests.services.trustedadvisor.advised import ADDRESSES, AdvisedAccount

Refused = Callable[..., tuple[str, str]]
TRAILS = "garrison-own-trail-missing"
CHECK = f"arn:aws:trustedadvisor:::check/{ADDRESSES}"


@pytest.fixture(scope="module")
def advised(garrison_module: Account) -> AdvisedAccount:
    made = AdvisedAccount(garrison_module)
    made.collect(
        made.address("one"),
        made.address("three"),
        made.address("western", region="eu-west-1"),
        made.address("busy", in_use=True),
    )
    made.refresh()
    return made


def test_checks_are_listed_by_pillar_and_service(advised: AdvisedAccount) -> None:
    def pages(**narrowed: str) -> Any:
        return advised.advisor.get_paginator("list_checks").paginate(PaginationConfig={"PageSize": 50}, **narrowed)

    def listed(**narrowed: str) -> set[str]:
        return {one["id"] for page in pages(**narrowed) for one in page["checkSummaries"]}

    everything = listed()
    assert ADDRESSES in everything
    assert listed(pillar="cost_optimizing") < everything
    assert ADDRESSES in listed(awsService="ec2") and ADDRESSES not in listed(pillar="security")
    assert listed(source="security_hub") == set()
    shown = {one["id"]: one for one in advised.advisor.list_checks(language="zh")["checkSummaries"]}[ADDRESSES]
    assert shown["description"].startswith("检查弹性 IP 地址")
    assert (shown["arn"], shown["name"]) == (CHECK, "未关联的弹性 IP 地址")
    assert shown["metadata"] == {"0": "Region", "1": "IP Address"}
    arns = {one["arn"] for page in pages() for one in page["checkSummaries"]}
    assert len(arns) == len(everything) and max(map(len, arns)) <= 64, "requests take no longer ones"
    assert shown["awsResourceTypes"] == ["AWS::EC2::EIP"] and shown["resourceArnQueryable"]


def test_a_recommendation_sums_up_its_resources(advised: AdvisedAccount, refused: Refused) -> None:
    listed = advised.recommendation()
    told = advised.advisor.get_recommendation(recommendationIdentifier=listed["arn"])["recommendation"]
    assert told["id"] == told["arn"].rpartition("/")[2] and told["checkArn"] == CHECK
    assert told["arn"].startswith(f"arn:aws:trustedadvisor::{advised.account.account_id}:recommendation/")
    assert (told["type"], told["status"], told["source"]) == ("standard", "warning", "ta_check")
    counts = {"okCount": 1, "warningCount": 3, "errorCount": 0, "excludedCount": 0}
    assert told["resourcesAggregates"] == counts and "Source:" not in told["description"]
    another = listed["arn"].replace(advised.account.account_id, "999999999999")
    assert (
        refused(advised.advisor.get_recommendation, recommendationIdentifier=another)[0] == "ResourceNotFoundException"
    )
    later = advised.advisor.list_recommendations(afterLastUpdatedAt=advised.account.clock.now())
    assert later["recommendationSummaries"] == []


def test_resources_are_listed_by_status_region_and_page(advised: AdvisedAccount, refused: Refused) -> None:
    assert advised.resources(PaginationConfig={"PageSize": 1}).keys() == {"one", "three", "western", "busy"}
    assert advised.resources(status="ok").keys() == {"busy"}
    assert advised.resources(regionCode="eu-west-1").keys() == {"western"}
    found = advised.resources()["one"]
    assert found["arn"].endswith(f"/{found['id']}") and found["metadata"] == {"0": "us-east-1", "1": "192.0.2.3"}
    arn = f"arn:aws:ec2:us-east-1:{advised.account.account_id}:elastic-ip/one"
    (about,) = advised.advisor.list_recommendations_for_resource(awsResourceArn=arn)[
        "recommendationForResourceSummaries"
    ]
    assert (about["status"], about["recommendationArn"]) == ("warning", found["recommendationArn"])
    page = advised.advisor.list_recommendation_resources(
        recommendationIdentifier=found["recommendationArn"], maxResults=1
    )
    code, _ = refused(
        advised.advisor.list_recommendation_resources,
        recommendationIdentifier=found["recommendationArn"],
        nextToken=page["nextToken"],
        status="ok",
    )
    assert code == "ValidationException"


def test_what_is_excluded_stays_so_through_refreshes(advised: AdvisedAccount) -> None:
    found = advised.resources()
    wanted = [{"arn": found[name]["arn"], "isExcluded": True} for name in ("one", "three")]
    nowhere = wanted[0]["arn"][:-1] + ("0" if wanted[0]["arn"][-1] != "0" else "1")
    failed = advised.advisor.batch_update_recommendation_resource_exclusion(
        recommendationResourceExclusions=[*wanted, {"arn": nowhere, "isExcluded": True}]
    )["batchUpdateRecommendationResourceExclusionErrors"]
    assert [(one["arn"], one["errorCode"]) for one in failed] == [(nowhere, "ResourceNotFoundException")]
    advised.collect(advised.address("western", region="eu-west-1"))
    advised.refresh()  # the excluded ones are gone
    advised.collect(advised.address("one"), advised.address("western", region="eu-west-1", in_use=True))
    told = advised.refresh()  # and one of them is back
    assert told["status"] == "ok" and told["resourcesSummary"]["resourcesSuppressed"] == 1
    assert [one["isSuppressed"] for one in told["flaggedResources"] if one["status"] == "warning"] == [True]
    assert advised.resources(exclusionStatus="excluded").keys() == {"one"}
    assert advised.recommendation()["resourcesAggregates"]["excludedCount"] == 1
    include = [{"arn": found["one"]["arn"], "isExcluded": False}]
    advised.advisor.batch_update_recommendation_resource_exclusion(recommendationResourceExclusions=include)
    assert advised.recommendation()["status"] == "warning"


def test_runs_tell_what_was_fixed_and_what_came_back(advised: AdvisedAccount) -> None:
    garrison = advised.account.client("garrison")
    advised.collect(advised.address("first"))
    advised.refresh()
    advised.collect(advised.address("first", in_use=True))
    advised.refresh()
    advised.collect(advised.address("first"))
    advised.refresh()
    back, fixed, found = garrison.list_advice_runs(MaxResults=3)["Runs"]
    assert (back["Returned"], fixed["Fixed"], back["Flagged"]) == (1, 1, 1)
    assert found["Found"] >= 1 and back["Origin"] == "asked" and back["EndedAt"] >= back["StartedAt"]
    (change,) = garrison.list_advice_changes(RunId=fixed["RunId"])["Changes"]
    assert (change["Kind"], change["ResourceId"], change["Was"], change["Status"]) == (
        "fixed",
        "first",
        "warning",
        "ok",
    )


def test_what_could_not_be_seen_is_not_taken_for_fixed(advised: AdvisedAccount) -> None:
    before = advised.account.client("garrison").list_advice_runs(MaxResults=1)["Runs"][0]
    advised.collect(unseen="AccessDenied")
    told = advised.refresh()
    after = advised.account.client("garrison").list_advice_runs(MaxResults=1)["Runs"][0]
    assert after["RunId"] > before["RunId"] and after["Fixed"] == 0 and told["status"] != "ok"


def test_what_is_red_is_a_priority_until_people_decide(advised: AdvisedAccount, refused: Refused) -> None:
    advised.refresh(TRAILS)
    found = advised.recommendation("priority", TRAILS)
    assert (found["status"], found["lifecycleStage"], found["type"]) == ("error", "pending_response", "priority")
    update, arn = advised.advisor.update_recommendation_lifecycle, found["arn"]
    standard = advised.recommendation("standard", TRAILS)["arn"]
    for parameters in (
        {"recommendationIdentifier": standard, "lifecycleStage": "in_progress"},
        {"recommendationIdentifier": arn, "lifecycleStage": "dismissed"},
        {"recommendationIdentifier": arn, "lifecycleStage": "dismissed", "updateReasonCode": "other"},
        {"recommendationIdentifier": arn, "lifecycleStage": "in_progress", "updateReasonCode": "low_priority"},
    ):
        assert refused(update, **parameters)[0] == "ValidationException"
    nowhere = arn[:-4] + "0000"
    code, _ = refused(update, recommendationIdentifier=nowhere, lifecycleStage="resolved")
    assert code == "ResourceNotFoundException"
    update(recommendationIdentifier=arn, lifecycleStage="resolved", updateReason="The trail is elsewhere.")
    code, _ = refused(
        update, recommendationIdentifier=arn, lifecycleStage="dismissed", updateReasonCode="not_applicable"
    )
    assert code == "ConflictException"
    advised.refresh(TRAILS)
    told = advised.advisor.get_recommendation(recommendationIdentifier=arn)["recommendation"]
    assert told["lifecycleStage"] == "resolved" and told["resolvedAt"] and told["updateReason"].startswith("The trail")
    events = [one["requestParameters"] for one in advised.account.events("UpdateRecommendationLifecycle")]
    assert events and not any("The trail is elsewhere." in str(one) for one in events), "reasons are sensitive"
    wanted = [
        {"arn": arn.replace(":recommendation/", ":recommendation-resource/") + "/" + "a" * 64, "isExcluded": True}
    ]
    (failed,) = advised.advisor.batch_update_recommendation_resource_exclusion(recommendationResourceExclusions=wanted)[
        "batchUpdateRecommendationResourceExclusionErrors"
    ]
    assert failed["errorCode"] == "ValidationException"


def test_an_organization_sees_the_priorities_of_its_accounts(advised: AdvisedAccount, refused: Refused) -> None:
    account, advisor = advised.account, advised.advisor
    organizations = account.client("organizations")
    assert refused(advisor.list_organization_recommendations)[0] == "AccessDeniedException"
    organizations.create_organization(FeatureSet="ALL")
    organizations.enable_aws_service_access(ServicePrincipal="reporting.trustedadvisor.amazonaws.com")
    made = organizations.create_account(Email="member@example.com", AccountName="member")["CreateAccountStatus"]
    member = eventually(
        lambda: organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])[
            "CreateAccountStatus"
        ].get("AccountId")
    )
    role = f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"
    session = account.client("sts").assume_role(RoleArn=role, RoleSessionName="member")["Credentials"]
    credentials = Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    listing = account.make_client("trustedadvisor", credentials).list_organization_recommendations
    assert refused(listing)[0] == "AccessDeniedException"
    support = account.make_client("support", credentials)
    support.refresh_trusted_advisor_check(checkId=TRAILS)
    statuses = support.describe_trusted_advisor_check_refresh_statuses
    eventually(lambda: statuses(checkIds=[TRAILS])["statuses"][0]["status"] == "success", 30)
    advised.refresh(TRAILS)
    (found,) = advisor.list_organization_recommendations()["organizationRecommendationSummaries"]
    assert found["resourcesAggregates"]["errorCount"] == 2 and found["type"] == "priority"
    assert found["id"] == advised.recommendation("priority", TRAILS)["id"]
    named = {"organizationRecommendationIdentifier": found["arn"]}
    listed = advisor.list_organization_recommendation_accounts(**named)["accountRecommendationLifecycleSummaries"]
    stages = {one["accountId"]: one["lifecycleStage"] for one in listed}
    assert stages == {account.account_id: "resolved", member: "pending_response"}
    pages = advisor.get_paginator("list_organization_recommendation_resources").paginate(
        **named, PaginationConfig={"PageSize": 1}
    )
    resources = [one for page in pages for one in page["organizationRecommendationResourceSummaries"]]
    assert {one["accountId"] for one in resources} == {account.account_id, member} and len(resources) == 2
    advisor.update_organization_recommendation_lifecycle(**named, lifecycleStage="in_progress")
    told = advisor.get_organization_recommendation(**named)["organizationRecommendation"]
    assert told["lifecycleStage"] == "in_progress" and told["description"]
