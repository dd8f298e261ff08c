"""Trails as people use them: a running server, boto3, the AWS CLI, and AWS's documented bucket, topic and role policies."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.runtime.measures import measure
from garrison.settings import load_settings
from garrison.testing import Account

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
PATIENCE_SECONDS = 40.0


def bucket_policy(account: str, bucket: str, trail_arn: str, prefix: str = "") -> str:
    """The policy of the User Guide's "Amazon S3 bucket policy for CloudTrail"."""
    source = {"aws:SourceArn": trail_arn}
    principal = {"Service": "cloudtrail.amazonaws.com"}
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AWSCloudTrailAclCheck20150319",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:GetBucketAcl",
                    "Resource": f"arn:aws:s3:::{bucket}",
                    "Condition": {"StringEquals": source},
                },
                {
                    "Sid": "AWSCloudTrailWrite20150319",
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "s3:PutObject",
                    "Resource": f"arn:aws:s3:::{bucket}/{prefix}AWSLogs/{account}/*",
                    "Condition": {"StringEquals": acl | source},
                },
            ],
        }
    )


class Trail:
    """A trail of an account, with a bucket of its own."""

    def __init__(self, account: Account, name: str, *, start: bool = True, **settings: Any) -> None:
        self.account, self.name, self.bucket = account, name, f"logs-of-{name}"
        self.arn = f"arn:aws:cloudtrail:{account.region}:{account.account_id}:trail/{name}"
        self.cloudtrail, self.s3 = account.client("cloudtrail"), account.client("s3")
        self.s3.create_bucket(Bucket=self.bucket)
        self.allow()
        self.cloudtrail.create_trail(Name=name, S3BucketName=self.bucket, **settings)
        if start:
            self.cloudtrail.start_logging(Name=name)

    def allow(self) -> None:
        """Give the bucket the documented policy."""
        policy = bucket_policy(self.account.account_id, self.bucket, self.arn)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=policy)

    def keys(self, kind: str = "CloudTrail") -> list[str]:
        """The object keys of a kind of files."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        found = [made["Key"] for page in pages for made in page.get("Contents", ())]
        return [key for key in found if f"/{kind}/" in key and key.endswith(".gz")]

    def read(self, key: str) -> dict[str, Any]:
        """An object's JSON."""
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        read: dict[str, Any] = json.loads(gzip.decompress(body))
        return read

    def records(self) -> list[dict[str, Any]]:
        """The records of all log files."""
        return [record for key in self.keys() for record in self.read(key)["Records"]]

    def wait_for(self, what: Callable[[], Any]) -> Any:
        """Wait until something is so, and give it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := what()):
            assert time.monotonic() < deadline, self.cloudtrail.get_trail_status(Name=self.name)
            time.sleep(0.2)
        return found

    def wait_for_event(self, name: str) -> list[dict[str, Any]]:
        """Wait until an event of this name is in a log file, and give all of them."""
        found: list[dict[str, Any]] = self.wait_for(
            lambda: [record for record in self.records() if record["eventName"] == name]
        )
        return found

    def validate(self, start: str) -> tuple[int, str]:
        """What `aws cloudtrail validate-logs` says: its exit status and its output."""
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("aws")), "cloudtrail", "validate-logs", "--verbose"),
                *("--trail-arn", self.arn, "--start-time", start, "--end-time", _text(self.account.clock.now())),
            ],
            env=os.environ | self.account.administrator.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def _text(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def account(pytestconfig: pytest.Config) -> Iterator[Account]:
    from garrison.testing.plugin import _account

    with _account(pytestconfig, trail_delivery_seconds=1) as made:
        yield made


def test_a_call_is_in_a_log_file_of_the_bucket_soon_after(account: Account) -> None:
    trail = Trail(account, "plain")
    account.client("iam").create_user(UserName="logged")
    (record,) = trail.wait_for_event("CreateUser")
    assert record["requestParameters"] == {"userName": "logged"}
    assert "_garrison" not in record
    assert trail.wait_for_event("StartLogging")
    status = trail.cloudtrail.get_trail_status(Name="plain")
    assert status["LatestDeliveryTime"]
    assert "LatestDeliveryError" not in status
    trail.cloudtrail.stop_logging(Name="plain")
    assert trail.wait_for_event("StopLogging")
    ids = [record["eventID"] for record in trail.records()]
    assert len(ids) == len(set(ids))


def test_the_buckets_policy_decides(account: Account) -> None:
    s3, cloudtrail = account.client("s3"), account.client("cloudtrail")

    def refused(bucket: str) -> str:
        with pytest.raises(ClientError) as caught:
            cloudtrail.create_trail(Name="refused", S3BucketName=bucket)
        return str(caught.value.response["Error"]["Code"])

    assert refused("nobody-made-this-bucket") == "S3BucketDoesNotExistException"
    s3.create_bucket(Bucket="closed-logs")
    assert refused("closed-logs") == "InsufficientS3BucketPolicyException"
    other = f"arn:aws:cloudtrail:us-east-1:{account.account_id}:trail/other"
    s3.put_bucket_policy(Bucket="closed-logs", Policy=bucket_policy(account.account_id, "closed-logs", other))
    assert refused("closed-logs") == "InsufficientS3BucketPolicyException"


def test_a_policy_taken_away_shows_in_the_status_and_nothing_is_lost(account: Account) -> None:
    trail = Trail(account, "interrupted")
    trail.wait_for_event("StartLogging")
    trail.s3.delete_bucket_policy(Bucket=trail.bucket)
    account.client("iam").create_group(GroupName="meanwhile")
    status = trail.wait_for(
        lambda: (found := trail.cloudtrail.get_trail_status(Name=trail.name)).get("LatestDeliveryError") and found
    )
    assert status["LatestDeliveryError"] == "AccessDenied"
    told = measure(load_settings(account.home))["trail_deliveries"]["bucket/us-east-1/interrupted"]
    assert told.startswith("fails (AccessDenied)")
    trail.allow()
    assert len(trail.wait_for_event("CreateGroup")) == 1
    trail.cloudtrail.delete_trail(Name=trail.name)


def test_objects_events_are_delivered_where_they_are_selected_but_not_those_of_deliveries(account: Account) -> None:
    trail = Trail(account, "objects", start=False)
    selector = {
        "IncludeManagementEvents": False,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": [f"arn:aws:s3:::{trail.bucket}/"]}],
    }
    trail.cloudtrail.put_event_selectors(TrailName=trail.name, EventSelectors=[selector])
    trail.cloudtrail.start_logging(Name=trail.name)
    trail.s3.put_object(Bucket=trail.bucket, Key="mine", Body=b"1")
    (record,) = trail.wait_for_event("PutObject")
    assert record["eventCategory"] == "Data"
    time.sleep(3)
    assert len([record for record in trail.records() if record["eventName"] == "PutObject"]) == 1
    trail.cloudtrail.delete_trail(Name=trail.name)


def test_events_reach_the_log_group_of_the_trail_with_its_roles_rights(account: Account) -> None:
    logs, iam = account.client("logs"), account.client("iam")
    logs.create_log_group(logGroupName="trail-events")
    group = f"arn:aws:logs:us-east-1:{account.account_id}:log-group:trail-events:*"
    stream = f"{group[:-1]}log-stream:{account.account_id}_CloudTrail_us-east-1*"
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [stream]}
    role = iam.create_role(
        RoleName="trail-logs",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    destination = {"CloudWatchLogsLogGroupArn": group, "CloudWatchLogsRoleArn": role}
    with pytest.raises(ClientError, match="InvalidCloudWatchLogsRoleArnException"):
        Trail(account, "without-rights", **destination)
    iam.put_role_policy(
        RoleName="trail-logs",
        PolicyName="deliver",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    trail = Trail(account, "watched", **destination)
    iam.create_user(UserName="watched")

    def told() -> list[dict[str, Any]]:
        found = logs.filter_log_events(logGroupName="trail-events", filterPattern='{ $.eventName = "CreateUser" }')
        return [json.loads(event["message"]) for event in found["events"]]

    (record,) = trail.wait_for(told)
    assert record["requestParameters"] == {"userName": "watched"}
    streams = logs.describe_log_streams(logGroupName="trail-events")["logStreams"]
    assert [each["logStreamName"] for each in streams] == [f"{account.account_id}_CloudTrail_us-east-1"]
    assert trail.cloudtrail.get_trail_status(Name="watched")["LatestCloudWatchLogsDeliveryTime"]
    trail.cloudtrail.delete_trail(Name=trail.name)


@pytest.mark.garrison(trail_delivery_seconds=1)
def test_the_aws_cli_verifies_the_log_and_says_what_was_changed_or_removed(garrison: Account) -> None:
    garrison.clock.shift(timedelta(hours=-3))  # the AWS CLI signs by the machine's clock: it comes when that is reached
    start = _text(garrison.clock.now() - timedelta(minutes=5))
    trail = Trail(garrison, "proved", EnableLogFileValidation=True)

    def has_made(user: str) -> bool:
        return any((record["requestParameters"] or {}).get("userName") == user for record in trail.records())

    for number in range(3):
        garrison.client("iam").create_user(UserName=f"user-{number}")
        trail.wait_for(lambda number=number: has_made(f"user-{number}"))  # type: ignore[misc]
        garrison.clock.shift(timedelta(hours=1))
        trail.wait_for(lambda number=number: len(trail.keys("CloudTrail-Digest")) == number + 1)  # type: ignore[misc]
    status, said = trail.validate(start)
    assert status == 0, said
    assert "3/3 digest files valid" in said
    logged = [file["s3Object"] for key in trail.keys("CloudTrail-Digest") for file in trail.read(key)["logFiles"]]
    assert f"{len(logged)}/{len(logged)} log files valid" in said
    assert set(logged) <= set(trail.keys())

    changed, removed = logged[0], logged[1]
    body = trail.read(changed)
    body["Records"][0]["eventName"] = "Nothing"
    trail.s3.put_object(Bucket=trail.bucket, Key=changed, Body=gzip.compress(json.dumps(body).encode()))
    trail.s3.delete_object(Bucket=trail.bucket, Key=removed)
    status, said = trail.validate(start)
    assert status == 1
    assert f"Log file\ts3://{trail.bucket}/{changed}\tINVALID: hash value doesn't match" in said
    assert f"Log file\ts3://{trail.bucket}/{removed}\tINVALID: not found" in said

    digests = trail.keys("CloudTrail-Digest")
    forged = trail.s3.get_object(Bucket=trail.bucket, Key=digests[1])
    body = trail.read(digests[1])
    body["logFiles"] = []
    trail.s3.put_object(
        Bucket=trail.bucket,
        Key=digests[1],
        Body=gzip.compress(json.dumps(body).encode()),
        Metadata=forged["Metadata"],
    )
    status, said = trail.validate(start)
    assert status == 1
    assert f"Digest file\ts3://{trail.bucket}/{digests[1]}\tINVALID: signature verification failed" in said
    trail.s3.delete_object(Bucket=trail.bucket, Key=digests[1])
    status, said = trail.validate(start)
    assert status == 1
    assert f"Digest file\ts3://{trail.bucket}/{digests[1]}\tINVALID: not found" in said
