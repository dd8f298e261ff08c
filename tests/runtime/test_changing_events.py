"""Which recorded call brought a failure about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.findings import Finding, Severity, State
from garrison.rules import managed_rules
from garrison.runtime.changing_events import ChangingEvents

ACCOUNT = "111122223333"


def call(number: int, source: str, name: str, **parameters: Any) -> dict[str, Any]:
    return {
        "eventID": f"e-{number}",
        "eventTime": f"2026-03-01T12:{number:02}:00Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": ACCOUNT,
        "userIdentity": {"arn": f"arn:aws:iam::{ACCOUNT}:user/ann"},
        "requestParameters": parameters,
    }


EVENTS = ChangingEvents(
    reversed(
        [
            call(1, "s3", "CreateBucket", bucketName="b"),
            call(2, "s3", "PutBucketVersioning", bucketName="b"),
            call(3, "s3", "PutBucketPolicy", bucketName="b"),
            call(4, "s3", "PutBucketVersioning", bucketName="other"),
            call(5, "ec2", "CreateSecurityGroup", groupId="sg-0123456789abcdef0"),
            call(6, "ec2", "AuthorizeSecurityGroupIngress", groupId="sg-0123456789abcdef0"),
            call(7, "ec2", "CreateTags", resourcesSet={"items": [{"resourceId": "sg-0123456789abcdef0"}]}),
        ]
    )
)
BUCKET = ("AWS::S3::Bucket", "b", "arn:aws:s3:::b")
GROUP = (
    "AWS::EC2::SecurityGroup",
    "sg-0123456789abcdef0",
    "arn:aws:ec2:eu-west-1:1:security-group/sg-0123456789abcdef0",
)


@pytest.mark.parametrize(
    ("rule", "resource", "expected"),
    [
        ("S3_BUCKET_VERSIONING_ENABLED", BUCKET, "e-2"),
        ("S3_BUCKET_PUBLIC_READ_PROHIBITED", BUCKET, "e-3"),
        ("S3_BUCKET_LOGGING_ENABLED", BUCKET, "e-1"),  # never set: whoever made the bucket left it off
        ("INCOMING_SSH_DISABLED", GROUP, "e-6"),
        ("ENCRYPTED_VOLUMES", ("AWS::EC2::Volume", "vol-1", "arn:aws:ec2:eu-west-1:1:volume/vol-1"), None),
    ],
)
def test_the_latest_call_that_set_what_the_rule_reads_is_the_cause(
    rule: str, resource: tuple[str, str, str], expected: str | None
) -> None:
    kind, name, arn = resource
    finding = Finding(
        check=rule,
        title="t",
        severity=Severity.HIGH,
        state=State.FAILED,
        account=ACCOUNT,
        region="eu-west-1",
        resource_type=kind,
        resource_id=name,
        arn=arn,
        seen_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    cause = EVENTS.cause(finding, managed_rules()[rule])
    assert (cause.event_id if cause else None) == expected
