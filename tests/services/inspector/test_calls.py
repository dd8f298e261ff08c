"""Calls of Inspector Classic as calls: decided by policies, recorded by CloudTrail, in both versions of the API."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from garrison.testing import allow
from tests.services.inspector.conftest import Assessed
from tests.services.inspector.test_preview import Preview


def test_calls_are_decided_and_recorded(assessed: Assessed) -> None:
    account = assessed.account
    reader = account.user("inspector-reader", [allow("inspector:List*", "inspector:Describe*")])
    inspector = account.client("inspector", reader)
    inspector.list_findings(maxResults=1)
    with pytest.raises(ClientError) as refused:
        inspector.create_assessment_target(assessmentTargetName="refused")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    account.assert_denied("CreateAssessmentTarget", reader, by="identity")
    target = assessed.target()
    [record] = [
        one
        for one in account.events("CreateAssessmentTarget")
        if (one["responseElements"] or {}).get("assessmentTargetArn") == target
    ]
    assert (record["eventSource"], record["readOnly"], record["eventCategory"]) == (
        "inspector.amazonaws.com",
        False,
        "Management",
    )
    [listed] = account.events("ListFindings", reader)
    assert (listed["readOnly"], listed["requestParameters"]) == (True, {"maxResults": 1})


def test_the_previews_calls_need_todays_actions(assessed: Assessed) -> None:
    account = assessed.account
    reader = account.user("preview-reader", [allow("inspector:ListFindings")])
    preview = Preview(assessed, reader)
    assert "findingArnList" in preview.list_findings(maxResults=1)
    with pytest.raises(ClientError) as refused:
        preview.describe_finding(findingArn="arn:aws:inspector:us-east-1:1:application/0-a")
    assert "inspector:DescribeFindings" in refused.value.response["Error"]["Message"]
    assert account.events("DescribeFinding", reader)[0]["errorCode"] == "AccessDenied"
