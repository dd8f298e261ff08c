"""Trails as people use them: a running server, boto3, the AWS CLI, and AWS's documented bucket, topic and role policies."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.runtime.measures import measure
from garrison.setting_sources import load_settings
from garrison.testing import Account

from .running import Trail, bucket_policy, text

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def cli(account: Account, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What a command of `garrison` with `--json` says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GARRISON_", "AWS_"))}
    done = subprocess.run(
        [sys.executable, "-m", "garrison", *arguments, "--json"],
        env=environment | account.administrator.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


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


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    return tmp_path / "anchors.jsonl"


@pytest.fixture
def anchored(pytestconfig: pytest.Config, anchors: Path) -> Iterator[Account]:
    from garrison.testing.plugin import _account

    with _account(pytestconfig, trail_delivery_seconds=1, digest_anchors=[f"file:{anchors}"]) as made:
        yield made


def test_the_aws_cli_verifies_the_log_and_says_what_was_changed_or_removed(anchored: Account, anchors: Path) -> None:
    garrison = anchored
    garrison.clock.shift(timedelta(hours=-3))  # the AWS CLI signs by the machine's clock: it comes when that is reached
    start = text(garrison.clock.now() - timedelta(minutes=5))
    trail = Trail(garrison, "proved", EnableLogFileValidation=True)

    def has_made(user: str) -> bool:
        return any((record["requestParameters"] or {}).get("userName") == user for record in trail.records())

    def rotate() -> None:
        told = cli(garrison, "trail", "rotate-key", "--home", str(garrison.home))
        keys = trail.cloudtrail.list_public_keys(StartTime=start, EndTime=garrison.clock.now() + timedelta(hours=1))
        shown = {key["Fingerprint"]: key for key in keys["PublicKeyList"]}
        assert set(shown) == {told["fingerprint"], told["previous_fingerprint"]}
        assert shown[told["previous_fingerprint"]]["ValidityEndTime"].isoformat() == told["previous_valid_until"]
        assert shown[told["fingerprint"]]["ValidityStartTime"].isoformat() == told["valid_from"]
        assert told["previous_valid_until"] < told["valid_from"]

    def compared(code: int) -> dict[str, Any]:
        source = (str(anchors), "--endpoint-url", garrison.endpoint)
        return cli(garrison, "trail", "check-anchors", *source, code=code)

    for number in range(3):
        if number == 2:
            rotate()
        garrison.client("iam").create_user(UserName=f"user-{number}")
        trail.wait_for(lambda number=number: has_made(f"user-{number}"))  # type: ignore[misc]
        garrison.clock.shift(timedelta(hours=1))
        trail.wait_for(lambda number=number: len(trail.keys("CloudTrail-Digest")) == number + 1)  # type: ignore[misc]
    status, said = trail.validate(start)
    assert status == 0, said
    assert "3/3 digest files valid" in said
    digests = trail.keys("CloudTrail-Digest")
    signers = [trail.read(key)["digestPublicKeyFingerprint"] for key in digests]
    assert signers[0] == signers[1] != signers[2], "the chain goes on over the rotation of its key"
    trail.wait_for(lambda: anchors.exists() and len(anchors.read_text().splitlines()) == 3)
    found = compared(code=0)
    assert (found["anchors"], found["same"], found["differences"]) == (3, 3, [])
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
    (difference,) = compared(code=4)["differences"]
    assert difference["location"] == f"s3://{trail.bucket}/{digests[1]}"
    assert "is not what its anchor says" in difference["reason"]
    trail.s3.delete_object(Bucket=trail.bucket, Key=digests[1])
    status, said = trail.validate(start)
    assert status == 1
    assert f"Digest file\ts3://{trail.bucket}/{digests[1]}\tINVALID: not found" in said
