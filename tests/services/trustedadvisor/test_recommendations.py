"""Recommendations through the API of Trusted Advisor: listed, excluded, decided about, in accounts and their organization."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from garrison.testing import Account
from tests.services.trustedadvisor.advised import ADDRESSES, AdvisedAccount

Refused = Callable[..., tuple[str, str]]
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
    def listed(**narrowed: str) -> set[str]:
        pages = advised.advisor.get_paginator("list_checks").paginate(PaginationConfig={"PageSize": 2}, **narrowed)
        return {one["id"] for page in pages for one in page["checkSummaries"]}

    everything = listed()
    assert ADDRESSES in everything
    assert listed(pillar="cost_optimizing") < everything
    assert ADDRESSES in listed(awsService="ec2") and ADDRESSES not in listed(pillar="security")
    assert listed(source="security_hub") == set()
    shown = {one["id"]: one for one in advised.advisor.list_checks(language="zh")["checkSummaries"]}[ADDRESSES]
    assert (shown["arn"], shown["name"]) == (CHECK, "未关联的弹性 IP 地址")
    assert shown["metadata"] == {"0": "Region", "1": "IP Address"}
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
