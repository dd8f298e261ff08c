"""Trusted Advisor through the Support API: checks in two languages, refreshes that run once, results in AWS's columns."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from garrison.testing import Account
from tests.services.sns.receiving import eventually
from tests.services.trustedadvisor.advised import ADDRESSES, HOUR, AdvisedAccount

Refused = Callable[..., tuple[str, str]]
VERSIONING = "R365s2Qddf"
"""Amazon S3 Bucket Versioning."""
UNSEEN = "G31sQ1E9U"
"""Underutilized Amazon Redshift Clusters, of which nothing is recorded."""


@pytest.fixture(scope="module")
def advised(garrison_module: Account) -> AdvisedAccount:
    return AdvisedAccount(garrison_module)


def test_checks_are_described_in_english_and_chinese(advised: AdvisedAccount, refused: Refused) -> None:
    english = {one["id"]: one for one in advised.support.describe_trusted_advisor_checks(language="en")["checks"]}
    chinese = {one["id"]: one for one in advised.support.describe_trusted_advisor_checks(language="zh")["checks"]}
    assert english.keys() == chinese.keys() and len(english) > 1
    assert english[ADDRESSES]["name"] == "Unassociated Elastic IP Addresses"
    assert chinese[ADDRESSES]["name"] == "未关联的弹性 IP 地址"
    assert english[ADDRESSES]["category"] == "cost_optimizing"
    assert english[ADDRESSES]["metadata"] == ["Region", "IP Address"]
    assert "<b>Recommended Action</b>" in english[ADDRESSES]["description"]
    assert "<b>建议的操作</b>" in chinese[ADDRESSES]["description"]
    for one in english:
        assert chinese[one]["description"].startswith(("检查", "根据")), one
        assert chinese[one]["description"].count("来源：") == english[one]["description"].count("Source: ") == 1, one
    code, message = refused(advised.support.describe_trusted_advisor_checks, language="tlh")
    assert (code, message) == ("InvalidParameterValueException", "Invalid language: tlh")


def test_what_was_never_refreshed_is_not_available(advised: AdvisedAccount, refused: Refused) -> None:
    told = advised.result()
    assert (told["status"], told["flaggedResources"]) == ("not_available", [])
    assert told["timestamp"] == "1970-01-01T00:00:00Z"
    assert advised.status() == {"checkId": ADDRESSES, "status": "none", "millisUntilNextRefreshable": 0}
    for ask in (
        lambda: advised.result("nothing"),
        lambda: advised.support.refresh_trusted_advisor_check(checkId="nothing"),
        lambda: advised.support.describe_trusted_advisor_check_summaries(checkIds=[ADDRESSES, "nothing"]),
        lambda: advised.status("nothing"),
    ):
        assert refused(ask) == ("InvalidParameterValueException", "Unknown ID: nothing")
    assert refused(advised.support.describe_cases)[0] == "UnknownOperationException"


def test_a_check_whose_items_nobody_recorded_never_says_ok(advised: AdvisedAccount) -> None:
    told = advised.refresh()
    assert told["status"] == "not_available"
    (summary,) = advised.support.describe_trusted_advisor_check_summaries(checkIds=[ADDRESSES])["summaries"]
    assert summary["resourcesSummary"]["resourcesProcessed"] == 0 and not summary["hasFlaggedResources"]


def test_results_have_awss_columns_and_counts(advised: AdvisedAccount) -> None:
    advised.collect(advised.address("idle"), advised.address("busy", in_use=True))
    told = advised.refresh()
    assert told["status"] == "warning" and told["timestamp"].startswith("20")
    assert told["resourcesSummary"] == {
        "resourcesProcessed": 2,
        "resourcesFlagged": 1,
        "resourcesIgnored": 0,
        "resourcesSuppressed": 0,
    }
    assert "estimatedMonthlySavings" in told["categorySpecificSummary"]["costOptimizing"]
    by_status = {one["status"]: one for one in told["flaggedResources"]}
    assert by_status["warning"]["metadata"] == ["us-east-1", "192.0.2.4"]
    assert by_status["warning"]["region"] == "us-east-1" and not by_status["warning"]["isSuppressed"]
    assert len(by_status["warning"]["resourceId"]) == 43 and by_status["ok"]["resourceId"]


def test_a_refresh_that_many_ask_for_runs_once(advised: AdvisedAccount) -> None:
    runs = advised.account.client("garrison").list_advice_runs
    before = len(runs()["Runs"])
    advised.account.clock.shift(HOUR)
    with ThreadPoolExecutor(8) as threads:
        asked = list(threads.map(lambda _: advised.support.refresh_trusted_advisor_check(checkId=ADDRESSES), range(24)))
    told = {one["status"]["status"] for one in asked}
    assert told <= {"enqueued", "processing", "success"}
    assert all(3_500_000 < one["status"]["millisUntilNextRefreshable"] <= 3_600_000 for one in asked)
    eventually(lambda: advised.status()["status"] == "success", 30)
    advised.refresh()  # an hour later it is done again
    assert len(runs()["Runs"]) == before + 2


def test_only_who_may_refresh_refreshes(advised: AdvisedAccount, refused: Refused) -> None:
    reader = advised.account.user("reader", ["SecurityAudit"]).client("support")
    assert reader.describe_trusted_advisor_checks(language="en")["checks"]
    code, _ = refused(reader.refresh_trusted_advisor_check, checkId=ADDRESSES)
    assert code == "AccessDeniedException"


def test_a_check_that_could_not_tell_need_not_rest_an_hour(advised: AdvisedAccount) -> None:
    advised.support.refresh_trusted_advisor_check(checkId=UNSEEN)
    eventually(lambda: advised.status(UNSEEN)["status"] == "success", 30)
    assert advised.result(UNSEEN)["status"] == "not_available"
    assert 0 < advised.status(UNSEEN)["millisUntilNextRefreshable"] <= 300_000


def test_garrison_advises_on_itself(advised: AdvisedAccount) -> None:
    account = advised.account
    cloudwatch, iam = account.client("cloudwatch"), account.client("iam")
    iam.create_user(UserName="person")
    iam.create_login_profile(UserName="person", Password="Correct-horse-battery-1")
    account.user("quick")  # with an access key
    cloudwatch.put_metric_alarm(
        AlarmName="unheard",
        Namespace="Here",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    account.clock.shift(100 * 24 * HOUR)
    checks = advised.support.describe_trusted_advisor_checks(language="en")["checks"]
    own = {one["id"]: one for one in checks if one["name"].startswith("Garrison: ")}
    assert len(own) == 12 and all(name.startswith("garrison-own-") for name in own)
    for name in own:
        advised.support.refresh_trusted_advisor_check(checkId=name)
    statuses = advised.support.describe_trusted_advisor_check_refresh_statuses
    eventually(
        lambda: {one["status"] for one in statuses(checkIds=list(own))["statuses"]} == {"success"},
        30,
    )
    told = {name: advised.result(name) for name in own}
    flagged = {
        name: [one["metadata"][0] for one in found["flaggedResources"] if one["status"] != "ok"]
        for name, found in told.items()
    }
    assert "quick" in flagged["garrison-own-access-keys"]
    assert flagged["garrison-own-console-mfa"] == ["person"]
    assert flagged["garrison-own-alarms-unheard"] == ["unheard"]
    assert told["garrison-own-trail-missing"]["status"] == "error"
    assert told["garrison-own-root-use"]["status"] == "ok"
    assert told["garrison-own-disk-room"]["flaggedResources"][0]["metadata"][1] is not None
    assert told["garrison-own-lag"]["status"] == "ok"
    assert told["garrison-own-backups"]["status"] == "error"
    listed = {one["CheckId"]: one for one in account.client("garrison").list_advice(Category="security")["Advice"]}
    assert listed["garrison-own-console-mfa"]["Ours"] and listed["garrison-own-console-mfa"]["Errors"] == 1


def test_an_account_without_a_recorder_is_looked_at_by_the_service_linked_role(advised: AdvisedAccount) -> None:
    assert advised.refresh(VERSIONING)["status"] == "not_available"
    advised.account.client("iam").create_service_linked_role(AWSServiceName="trustedadvisor.amazonaws.com")
    advised.account.client("s3").create_bucket(Bucket="unversioned-bucket")
    told = advised.refresh(VERSIONING)
    assert told["status"] == "warning" and "unversioned-bucket" in told["flaggedResources"][0]["metadata"]
    assert advised.refresh()["status"] == "not_available", "Garrison keeps no addresses"
