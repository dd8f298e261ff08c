"""Findings after a run: filtered, marked, reported, told of; and what could not be assessed."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest

from garrison.scan.benchmarks import Check, Verdict
from tests.services.inspector.conftest import CARELESS, PRACTICES, QUIET, Assessed, wait

HIGH = Check(
    rule="system_folders",
    title="Configure permissions for system directories",
    severity="high",
    verdict=Verdict.FAIL,
    packages=(*PRACTICES, "CIS Debian"),
    references={"cis": ("6.1.1",)},
    description="<script>alert(1)</script>",
)
UNREAD = Check(
    rule="password_complexity", title="Configure password complexity", severity="medium",
    verdict=Verdict.UNKNOWN, evidence="/etc/pam.d: no right to read", packages=PRACTICES,
)  # fmt: skip
CIS = "CIS Operating System Security Configuration Benchmarks"


@pytest.fixture(scope="module")
def run(assessed: Assessed) -> str:
    assessed.instance("i-0bbbbbbbbbbbbbbb1", role="found", **{"aws:autoscaling:groupName": "fleet"})
    assessed.instance("i-0bbbbbbbbbbbbbbb2", role="found")
    assessed.put("found-1", CARELESS, HIGH, UNREAD, QUIET, instance="i-0bbbbbbbbbbbbbbb1")
    assessed.put("found-2", CARELESS, QUIET, instance="i-0bbbbbbbbbbbbbbb2")
    packages = (*PRACTICES, CIS, "Common Vulnerabilities and Exposures")
    return assessed.assess(assessed.template(assessed.target(role="found"), *packages))


def test_findings_are_found_by_every_part_of_a_filter(assessed: Assessed, run: str) -> None:
    def names(**wanted: Any) -> list[tuple[str, str]]:
        return sorted(
            (one["id"][:9], one["assetAttributes"]["agentId"][-1]) for one in assessed.findings(run, **wanted)
        )

    everything = [("6.1.1 Con", "1"), ("Configure", "1"), ("Disable r", "1"), ("Disable r", "2")]
    assert names() == everything
    assert names(severities=["High"]) == everything[:2]
    assert names(severities=["High", "Medium"], agentIds=["i-0bbbbbbbbbbbbbbb2"]) == everything[3:]
    assert names(autoScalingGroups=["fleet"], ruleNames=["Disable root login over SSH"]) == [("Disable r", "1")]
    assert names(rulesPackageArns=[assessed.package(CIS)]) == everything[:1]
    assert (
        names(attributes=[{"key": "RULE_ID", "value": "system_folders"}, {"key": "BENCHMARK_RULE_ID"}])
        == everything[:1]
    )
    assert names(attributes=[{"key": "RULE_ID", "value": "other"}]) == []
    now = assessed.account.clock.now()
    assert names(creationTimeRange={"beginDate": now}) == []
    assert names(creationTimeRange={"endDate": now}) == everything
    arns = assessed.inspector.list_findings(filter={"ruleNames": ["Disable root login over SSH"]}, maxResults=500)
    assert len(arns["findingArns"]) >= 2


def test_findings_are_marked_with_attributes(assessed: Assessed, run: str) -> None:
    inspector = assessed.inspector
    arn = inspector.list_findings(assessmentRunArns=[run], maxResults=1)["findingArns"][0]
    other = arn[:-8] + "00000000"
    added = inspector.add_attributes_to_findings(findingArns=[arn, other], attributes=[{"key": "a", "value": "1"}])
    assert added["failedItems"] == {other: {"failureCode": "ITEM_DOES_NOT_EXIST", "retryable": False}}
    inspector.add_attributes_to_findings(findingArns=[arn], attributes=[{"key": "a", "value": "2"}, {"key": "b"}])
    [finding] = assessed.findings(run, userAttributes=[{"key": "a", "value": "2"}])
    assert finding["userAttributes"] == [{"key": "a", "value": "2"}, {"key": "b"}]
    assert finding["updatedAt"] > finding["createdAt"]
    many = [{"key": f"k{number}"} for number in range(9)]
    assert inspector.add_attributes_to_findings(findingArns=[arn], attributes=many)["failedItems"][arn] == {
        "failureCode": "LIMIT_EXCEEDED",
        "retryable": False,
    }
    inspector.remove_attributes_from_findings(findingArns=[arn], attributeKeys=["a", "none"])
    assert assessed.findings(run, userAttributes=[{"key": "a"}]) == []


def test_what_could_not_be_judged_is_an_exclusion(assessed: Assessed, run: str) -> None:
    arns = assessed.inspector.list_exclusions(assessmentRunArn=run, maxResults=100)["exclusionArns"]
    found = assessed.inspector.describe_exclusions(exclusionArns=[*arns, "x"])
    assert found["failedItems"]["x"]["failureCode"] == "INVALID_ARN"
    told = sorted((one["title"], one["scopes"][0]["value"][-1]) for one in found["exclusions"].values())
    assert told == [
        ("No vulnerability database", "1"),
        ("No vulnerability database", "2"),
        ("Rules package not supported by OS", "2"),
        ("Rules without a result", "1"),
    ]
    [unread] = [one for one in found["exclusions"].values() if one["title"] == "Rules without a result"]
    assert unread["attributes"] == [{"key": "password_complexity", "value": "/etc/pam.d: no right to read"}]


def test_exclusions_are_previewed(assessed: Assessed, run: str) -> None:
    template = run.partition("/run/")[0]
    token = assessed.inspector.create_exclusions_preview(assessmentTemplateArn=template)["previewToken"]

    def preview() -> Any:
        found = assessed.inspector.get_exclusions_preview(
            assessmentTemplateArn=template, previewToken=token, maxResults=100
        )
        return found if found["previewStatus"] == "COMPLETED" else None

    assert len(wait(preview)["exclusionPreviews"]) == 4


def fetched(assessed: Assessed, run: str, kind: str, form: str) -> tuple[str, bytes]:
    def url() -> str | None:
        answer = assessed.inspector.get_assessment_report(assessmentRunArn=run, reportFileFormat=form, reportType=kind)
        return answer.get("url")

    found = wait(url)
    with urllib.request.urlopen(found) as answer:
        assert "sandbox" in answer.headers["content-security-policy"]
        return found, answer.read()


def test_reports_are_made_and_fetched_by_a_link(assessed: Assessed, run: str) -> None:
    url, page = fetched(assessed, run, "FULL", "HTML")
    text = page.decode()
    assert "Disable root login over SSH" in text and "i-0bbbbbbbbbbbbbbb2" in text and "Enable ASLR" in text
    assert "<script>" not in text and "&lt;script&gt;" in text
    _, document = fetched(assessed, run, "FINDING", "PDF")
    assert document.startswith(b"%PDF-1.4") and document.endswith(b"%%EOF\n")
    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(url.replace("/reports/", "/reports/AA"))
    assert refused.value.code == 404


def test_topics_are_told_of_events(assessed: Assessed) -> None:
    account, sns = assessed.account, assessed.account.client("sns")
    topic = sns.create_topic(Name="assessments")["TopicArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "inspector.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    closed = sns.create_topic(Name="closed")["TopicArn"]
    assessed.instance("i-0bbbbbbbbbbbbbbb3", role="told")
    assessed.put("told", CARELESS, instance="i-0bbbbbbbbbbbbbbb3")
    template = assessed.template(assessed.target(role="told"))
    for event in ("ASSESSMENT_RUN_STARTED", "ASSESSMENT_RUN_COMPLETED", "FINDING_REPORTED"):
        assessed.inspector.subscribe_to_event(resourceArn=template, event=event, topicArn=topic)
    assessed.inspector.subscribe_to_event(resourceArn=template, event="ASSESSMENT_RUN_COMPLETED", topicArn=closed)
    [shown, _] = sorted(
        assessed.inspector.list_event_subscriptions(resourceArn=template)["subscriptions"],
        key=lambda one: one["topicArn"],
    )
    assert len(shown["eventSubscriptions"]) == 3
    run = assessed.assess(template)
    told = wait(lambda: found if len(found := assessed.run(run)["notifications"]) == 3 else None)
    assert sorted((one["event"], one["snsTopicArn"] == topic, one["snsPublishStatusCode"]) for one in told) == [
        ("ASSESSMENT_RUN_COMPLETED", False, "ACCESS_DENIED"),
        ("ASSESSMENT_RUN_COMPLETED", True, "SUCCESS"),
        ("ASSESSMENT_RUN_STARTED", True, "SUCCESS"),
    ]
    published = [one for one in account.events("Publish") if (one["requestParameters"] or {}).get("topicArn") == topic]
    assert len(published) == 3
    assessed.inspector.unsubscribe_from_event(resourceArn=template, event="FINDING_REPORTED", topicArn=topic)
    assert refused_code(assessed, template, topic + "x") == "SNS_TOPIC_DOES_NOT_EXIST"


def refused_code(assessed: Assessed, template: str, topic: str) -> str:
    with pytest.raises(assessed.inspector.exceptions.NoSuchEntityException) as caught:
        assessed.inspector.subscribe_to_event(resourceArn=template, event="FINDING_REPORTED", topicArn=topic)
    code: str = caught.value.response["errorCode"]
    return code


def test_agents_are_previewed(assessed: Assessed) -> None:
    assessed.instance("i-0bbbbbbbbbbbbbbb4", role="previewed")
    assessed.put("previewed", QUIET, instance="i-0bbbbbbbbbbbbbbb4")
    [preview] = assessed.inspector.preview_agents(previewAgentsArn=assessed.target(role="previewed"))["agentPreviews"]
    assert preview == {
        "agentId": "i-0bbbbbbbbbbbbbbb4",
        "agentHealth": "HEALTHY",
        "hostname": "previewed",
        "operatingSystem": "Debian GNU/Linux 12 (bookworm)",
        "kernelVersion": "6.1.0-28-amd64",
        "ipv4Address": "10.0.0.5",
    }
