"""The seam between services whose resources have policies and whoever asks about access: declared once, known everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from garrison import services
from garrison.services.held_policies import HeldPolicy
from garrison.store import Unit

from .conftest import ACCOUNT, STARTED_AT, Api

BUCKET = "arn:aws:s3:::shared"
OUTSIDER = "arn:aws:iam::999999999999:root"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A bucket as its service would declare it, whose policy the test may change."""
    held: dict[str, Any] = {"policy": None}

    def source(unit: Unit, arn: str | None) -> Iterator[HeldPolicy]:
        if arn is None or arn == BUCKET or arn.startswith(f"{BUCKET}/"):
            text = json.dumps(held["policy"]) if held["policy"] else None
            yield HeldPolicy(
                arn=BUCKET, resource_type="AWS::S3::Bucket", account=ACCOUNT, created_at=STARTED_AT, text=text
            )

    monkeypatch.setitem(services.load("ec2").policy_sources, "AWS::S3::Bucket", source)
    return held


def letting_in(principal: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "s3:GetObject",
        "Resource": f"{BUCKET}/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_analyzers_find_who_from_outside_gets_in(api: Api, bucket: dict[str, Any]) -> None:
    bucket["policy"] = letting_in(OUTSIDER)
    analyzer = api.accessanalyzer.create_analyzer(analyzerName="a", type="ACCOUNT")["arn"]
    [finding] = api.accessanalyzer.list_findings(analyzerArn=analyzer)["findings"]
    assert (finding["resource"], finding["resourceType"]) == (BUCKET, "AWS::S3::Bucket")
    assert finding["principal"] == {"AWS": OUTSIDER}
    listed = api.accessanalyzer.list_analyzed_resources(analyzerArn=analyzer, resourceType="AWS::S3::Bucket")
    assert [one["resourceArn"] for one in listed["analyzedResources"]] == [BUCKET]
    bucket["policy"] = None
    api.accessanalyzer.start_resource_scan(analyzerArn=analyzer, resourceArn=BUCKET)
    shown = api.accessanalyzer.get_finding(analyzerArn=analyzer, id=finding["id"])["finding"]
    assert shown["status"] == "RESOLVED"
    with pytest.raises(api.accessanalyzer.exceptions.ResourceNotFoundException):
        api.accessanalyzer.start_resource_scan(analyzerArn=analyzer, resourceArn=f"{BUCKET}/key")


def test_who_can_and_explain_ask_the_policy_of_what_a_resource_lies_in(api: Api, bucket: dict[str, Any]) -> None:
    arn = api.iam.create_user(UserName="ann")["User"]["Arn"]
    api.iam.create_user(UserName="bob")
    asked = {"Action": "s3:GetObject", "Resource": f"{BUCKET}/key"}

    def who() -> set[str]:
        return {one["Principal"] for one in api.client("garrison").who_can(**asked)["Answers"]}

    def decision(name: str) -> str:
        told = api.client("garrison").explain(Principal=f"user/{name}", **asked)["Explanations"][0]
        return str(told["Decision"])

    assert arn not in who()
    assert decision("ann") == "implicitDeny"
    bucket["policy"] = letting_in(arn)
    assert arn in who()
    assert (decision("ann"), decision("bob")) == ("allowed", "implicitDeny")


def test_topics_are_known_by_their_policies(api: Api) -> None:
    topic = api.sns.create_topic(Name="alarms")["TopicArn"]
    analyzer = api.accessanalyzer.create_analyzer(analyzerName="a", type="ACCOUNT")["arn"]
    assert api.accessanalyzer.list_findings(analyzerArn=analyzer)["findings"] == []
    api.sns.add_permission(TopicArn=topic, Label="out", AWSAccountId=["999999999999"], ActionName=["Publish"])
    api.accessanalyzer.start_resource_scan(analyzerArn=analyzer, resourceArn=topic)
    [finding] = api.accessanalyzer.list_findings(analyzerArn=analyzer)["findings"]
    assert (finding["resource"], finding["resourceType"]) == (topic, "AWS::SNS::Topic")
    assert finding["principal"] == {"AWS": OUTSIDER}
