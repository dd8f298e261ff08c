"""The eleven alarms over the account's calls: set up by one command, and each raised by what it is there for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.services.cloudwatch.trail_alarms import trail_alarms
from tests.lake.templates import record, write_log
from tests.services.sns.receiving import eventually, text_of

ADDRESS = "oncall@example.com"
DENY_ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
UNBUILT = {
    "SecurityGroupChanges": {"eventName": "AuthorizeSecurityGroupIngress"},
    "NetworkAclChanges": {"eventName": "ReplaceNetworkAclEntry"},
    "GatewayChanges": {"eventName": "AttachInternetGateway"},
    "EC2InstanceChanges": {"eventName": "StopInstances"},
    "EC2LargeInstanceChanges": {"eventName": "RunInstances", "requestParameters": {"instanceType": "m5.8xlarge"}},
    "ConsoleSignInFailures": {"eventName": "ConsoleLogin", "errorMessage": "Failed authentication"},
}
"""Records of calls that a server without machines has none of, and of sign-ins that failed."""


FOREIGN = "999988887777"
EVE = f"arn:aws:iam::{FOREIGN}:user/eve"
VPC_RULE = """
title: A network was changed
id: 3f9f6a6e-8c5c-4c5b-9b8e-0d8f4b6a1c11
status: test
level: high
author: Nobody
logsource: {product: aws, service: cloudtrail}
detection:
    selection: {eventName: ModifyVpcAttribute}
    condition: selection
"""


def garrison_alarms(heard: Any, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What `garrison alarms` says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
    command = [sys.executable, "-m", "garrison", "alarms", *arguments, "--json", "--home", str(heard.account.home)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def enabled(heard: Any) -> dict[str, Any]:
    """The alarms, set up, with an address that has confirmed."""
    found = garrison_alarms(heard, "enable", "--email", ADDRESS)
    heard.confirm_by_mail(ADDRESS)
    return found


def wait_for_alarm(heard: Any, name: str) -> str:
    """The mail that tells of an alarm, less than a minute after the call by the account's clock."""
    heard.account.clock.shift(timedelta(seconds=46))

    def told() -> str | None:
        mails = [mail for mail in heard.mailbox.mails if mail["To"] == ADDRESS]
        return next((text_of(mail) for mail in mails if str(mail["Subject"]).startswith(f'ALARM: "{name}"')), None)

    return str(eventually(told, 30))


def test_one_command_sets_everything_up_and_may_be_run_again(heard: Any, enabled: dict[str, Any]) -> None:
    assert [each["name"] for each in enabled["alarms"]] == [each.name for each in trail_alarms()]
    assert all(each["is_enabled"] for each in enabled["alarms"])
    assert any("confirmed by the link" in line for line in enabled["missing"])
    again = garrison_alarms(heard, "enable", "--email", ADDRESS)
    assert len(again["subscriptions"]) == 1
    status = garrison_alarms(heard, "status")
    assert status["missing"] == []
    (trail,) = heard.account.client("cloudtrail").describe_trails()["trailList"]
    assert trail["IsMultiRegionTrail"] is True
    assert trail["CloudWatchLogsLogGroupArn"].endswith(f":log-group:{status['log_group']}:*")


def test_a_changed_policy_wakes_somebody_who_learns_who_did_it(heard: Any, enabled: dict[str, Any]) -> None:
    mallory = heard.account.user("mallory", ["IAMFullAccess"])
    mallory.client("iam").put_user_policy(UserName="mallory", PolicyName="deny", PolicyDocument=DENY_ALL)
    text = wait_for_alarm(heard, "IAMPolicyChanges")
    assert f"iam:PutUserPolicy by {mallory.arn} from 127.0.0.1" in text or "iam:AttachUserPolicy" in text


def test_refused_calls_trails_and_buckets(heard: Any, enabled: dict[str, Any]) -> None:
    nobody = heard.account.user("nobody")
    with pytest.raises(ClientError, match="AccessDenied"):
        nobody.client("iam").list_users()
    assert f"(AccessDenied) by {nobody.arn}" in wait_for_alarm(heard, "AuthorizationFailures")
    cloudtrail = heard.account.client("cloudtrail")
    name = cloudtrail.describe_trails()["trailList"][0]["Name"]
    cloudtrail.start_logging(Name=name)
    assert "cloudtrail:" in wait_for_alarm(heard, "CloudTrailChanges")
    s3 = heard.account.client("s3")
    s3.create_bucket(Bucket="watched-bucket")
    policy = {
        "Effect": "Allow",
        "Principal": {"AWS": heard.account.account_id},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::watched-bucket/*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
    s3.put_bucket_policy(Bucket="watched-bucket", Policy=document)
    assert "s3:PutBucketPolicy" in wait_for_alarm(heard, "S3BucketChanges")


def test_records_of_every_other_kind(heard: Any, enabled: dict[str, Any]) -> None:
    logs = heard.account.client("logs")
    group = enabled["log_group"]
    logs.create_log_stream(logGroupName=group, logStreamName="by-hand")
    at = int(heard.account.clock.now().timestamp() * 1000)
    common = {"eventSource": "ec2.amazonaws.com", "sourceIPAddress": "192.0.2.9", "userIdentity": {"arn": "arn:eve"}}
    records = [common | record for record in UNBUILT.values()] + [UNBUILT["ConsoleSignInFailures"]] * 2
    events = [{"timestamp": at, "message": json.dumps(record)} for record in records]
    logs.put_log_events(logGroupName=group, logStreamName="by-hand", logEvents=events)
    for name, made in UNBUILT.items():
        assert made["eventName"] in wait_for_alarm(heard, name)


def test_what_is_followed_live_wakes_somebody_once_and_what_is_old_nobody(
    heard: Any, enabled: dict[str, Any], tmp_path: Path
) -> None:
    (heard.account.home / "sigma").mkdir()
    (heard.account.home / "sigma" / "vpc.yml").write_text(VPC_RULE)
    now = datetime.now(UTC)
    fresh = foreign(1, now - timedelta(minutes=14), eventName="ModifyVpcAttribute")
    old = foreign(2, now - timedelta(minutes=16), eventName="DeleteVpc")
    write_log(tmp_path / "logs" / "one.json.gz", [fresh, old])
    write_log(tmp_path / "logs" / "old.json.gz", [foreign(3, now - timedelta(days=200), eventName="CreateVpc")])
    with followed(heard, tmp_path / "logs") as follower:
        text = wait_for_alarm(heard, "VpcChanges")
        assert f"ec2:ModifyVpcAttribute by {EVE} from 192.0.2.44" in text and "DeleteVpc" not in text
        write_log(tmp_path / "logs" / "again.json.gz", [fresh, old])
        write_log(tmp_path / "logs" / "of-another-trail.json.gz", [fresh, foreign(4, now, eventName="DescribeVpcs")])
        streams = {"logGroupName": enabled["log_group"], "logStreamNames": [f"{FOREIGN}_CloudTrail_eu-west-1"]}
        logs = heard.account.client("logs")
        put = eventually(lambda: events if len(events := logs.filter_log_events(**streams)["events"]) > 1 else None, 30)
        assert [json.loads(each["message"])["eventName"] for each in put] == ["ModifyVpcAttribute", "DescribeVpcs"]
        assert follower.poll() is None
    found = eventually(lambda: heard.account.client("garrison").list_detections()["Detections"], 20)
    assert [(each["EventName"], each["RuleId"]) for each in found] == [
        ("ModifyVpcAttribute", "3f9f6a6e-8c5c-4c5b-9b8e-0d8f4b6a1c11")
    ]


def foreign(number: int, at: datetime, **more: Any) -> dict[str, Any]:
    """A record of an account that is not kept here."""
    return record(number) | {
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "ec2.amazonaws.com",
        "awsRegion": "eu-west-1",
        "recipientAccountId": FOREIGN,
        "sourceIPAddress": "192.0.2.44",
        "userIdentity": {"type": "IAMUser", "arn": EVE, "accountId": FOREIGN, "userName": "eve"},
        **more,
    }


@contextmanager
def followed(heard: Any, logs: Path) -> Iterator[subprocess.Popen[str]]:
    """`garrison trail ingest --follow` over a folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
    command = [sys.executable, "-m", "garrison", "trail", "ingest", str(logs), "--follow", "--every", "0.3"]
    with subprocess.Popen(
        [*command, "--json", "--home", str(heard.account.home)], env=environment, stdout=subprocess.DEVNULL, text=True
    ) as follower:
        try:
            yield follower
        finally:
            follower.terminate()


@pytest.mark.parametrize("alarm", trail_alarms(), ids=lambda alarm: alarm.name)
def test_every_pattern_is_one_that_the_logs_take(heard: Any, alarm: Any) -> None:
    logs = heard.account.client("logs")
    harmless = json.dumps({"eventName": "DescribeInstances", "eventSource": "ec2.amazonaws.com"})
    assert logs.test_metric_filter(filterPattern=alarm.pattern, logEventMessages=[harmless])["matches"] == []


def test_alarms_are_turned_off_and_on(heard: Any, enabled: dict[str, Any]) -> None:
    garrison_alarms(heard, "disable")
    status = garrison_alarms(heard, "status", code=4)
    assert not any(each["is_enabled"] for each in status["alarms"])
    assert all(each["is_enabled"] for each in garrison_alarms(heard, "enable")["alarms"])


def test_without_a_mail_server_nothing_is_made_and_the_setting_is_named(garrison: Any) -> None:
    command = [sys.executable, "-m", "garrison", "alarms", "enable", "--email", ADDRESS, "--home", str(garrison.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "smtp_host" in done.stderr
    assert garrison.client("cloudtrail").describe_trails()["trailList"] == []
