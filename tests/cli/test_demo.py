"""`garrison demo` fills an account by real calls, refuses one that is used, and takes away what it made."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.cli.conftest import COMMAND, Installation


def eventually(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What a condition gives once it is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.2)
    return found


def test_an_account_is_filled_and_emptied_again(garrison: Installation) -> None:
    """One story on one server, since each step is about what the one before has left."""
    garrison.up("--ephemeral")
    filled = garrison.told("demo")
    assert [act["name"] for act in filled["acts"]] == [
        *("people", "guard", "rules", "drift", "keys", "hosts", "web", "advice", "attack", "questions"),
    ]
    assert (filled["made"]["user"], filled["made"]["key"], filled["made"]["host"]) == (6, 4, 3)
    assert {each["user"] for each in filled["users"]} == {"alice", "bob", "carol"}
    everything_is_alive(garrison, filled)
    refusal = garrison.told("demo", code=1)
    assert refusal["error"] == "The demo was in this account already, to its end or not."
    assert "demo --remove" in refusal["remedy"]
    removed = garrison.told("demo", "--remove")
    assert removed["left"] == []
    assert removed["removed"] > 40
    nothing_is_left(garrison)
    garrison.client("iam").create_user(UserName="erin")
    refusal = garrison.told("demo", code=1)
    assert refusal["error"] == f"The account in {garrison.home} is in use: user erin."
    assert garrison.told("demo", "--remove")["removed"] == 0
    assert [user["UserName"] for user in garrison.client("iam").list_users()["Users"]] == ["administrator", "erin"]


def everything_is_alive(garrison: Installation, filled: dict[str, Any]) -> None:
    """What the pages of a newcomer show."""
    account = filled["account"]
    found = garrison.client("inspector2").list_findings()["findings"]
    assert {"CVE-2024-6387", "CVE-2023-38545"} <= {
        each["packageVulnerabilityDetails"]["vulnerabilityId"] for each in found
    }
    drifted = garrison.client("cloudformation").describe_stack_resource_drifts(
        StackName="shop", StackResourceDriftStatusFilters=["MODIFIED"]
    )
    assert len(drifted["StackResourceDrifts"]) == 3
    keys = garrison.client("kms").list_grants(KeyId=key_of(garrison, "alias/orders"))["Grants"]
    assert len(keys) == 2
    waf = garrison.client("wafv2")
    [acl] = [each for each in waf.list_web_acls(Scope="REGIONAL")["WebACLs"] if each["Name"] == "shop"]
    now = datetime.now(UTC)
    sampled = waf.get_sampled_requests(
        WebAclArn=acl["ARN"],
        RuleMetricName="sql-injection",
        Scope="REGIONAL",
        TimeWindow={"StartTime": now - timedelta(minutes=10), "EndTime": now},
        MaxItems=100,
    )
    assert sampled["PopulationSize"] > 5
    alarms = garrison.client("cloudwatch")
    eventually(
        lambda: alarms.describe_alarms(AlarmNames=["shop-checkout-slow"])["MetricAlarms"][0]["StateValue"] == "ALARM"
    )
    eventually(
        lambda: "CloudTrail is stopped" in garrison.run("detections", "list", "--level", "high", "--json").stdout
    )
    support = garrison.client("support")
    checks = [each["id"] for each in support.describe_trusted_advisor_checks(language="en")["checks"]]
    eventually(
        lambda: (
            "error"
            in {
                each["status"]
                for each in support.describe_trusted_advisor_check_summaries(checkIds=checks)["summaries"]
            }
        )
    )
    config = garrison.client("config")
    versions = eventually(lambda: timeline(config, f"shop-orders-{account}"))
    assert any("Suspended" in str(each["supplementaryConfiguration"]) for each in versions)


def timeline(config: Any, bucket: str) -> list[dict[str, Any]]:
    """The states of a bucket, once it was seen more than once."""
    try:
        found = config.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId=bucket)
    except config.exceptions.ResourceNotDiscoveredException:
        return []
    items: list[dict[str, Any]] = found["configurationItems"]
    return items if any("Suspended" in str(each["supplementaryConfiguration"]) for each in items) else []


def key_of(garrison: Installation, alias: str) -> str:
    """The key that an alias names."""
    arn: str = garrison.client("kms").describe_key(KeyId=alias)["KeyMetadata"]["Arn"]
    return arn


def nothing_is_left(garrison: Installation) -> None:
    """The account is as a new one, but for what cannot be taken back: records, and keys that wait for their end."""
    assert [user["UserName"] for user in garrison.client("iam").list_users()["Users"]] == ["administrator"]
    assert garrison.client("s3").list_buckets()["Buckets"] == []
    assert garrison.client("cloudtrail").list_trails()["Trails"] == []
    assert garrison.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert garrison.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"] == []
    kms = garrison.client("kms")
    for key in kms.list_keys()["Keys"]:
        assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_the_demo_needs_a_server(garrison: Installation) -> None:
    garrison.found()
    assert "No server runs" in garrison.told("demo", code=3)["error"]


def test_the_story_is_true(tmp_path: Path) -> None:
    quiet = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GARRISON"))}
    command = [*COMMAND, "demo", "--script", "--json"]
    done = subprocess.run(
        command, env=quiet | {"TMPDIR": str(tmp_path)}, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    chapters = json.loads(done.stdout)["chapters"]
    alice, alarm, by_whom, careless, evidence, draft, other = (each["facts"] for each in chapters)
    assert (alice["refused"], alice["explained"], alice["written"]) == ("AccessDenied", "implicitDeny", "AccessDenied")
    assert alice["read"] == '{"order": 1, "total": 42}'
    assert alarm["mail_to"] == "security@example.com"
    assert alarm["subject"].startswith('ALARM: "secured-account-CloudTrailChanges"')
    [line] = alarm["who"]
    assert "cloudtrail:StopLogging by arn:aws:iam::" in line
    assert ":user/bob" in line
    assert by_whom == {"event": "DeleteBucketPublicAccessBlock", "who": "bob"}
    assert careless["title"].startswith(
        f"Instance {careless['instance']} is configured to allow users to log in with root credentials over SSH"
    )
    assert "PermitRootLogin no" in careless["recommendation"]
    assert "CVE-2024-6387" in careless["vulnerabilities"]
    assert (evidence["before"], evidence["after"]) == (0, 1)
    assert "1/" in evidence["told"]
    assert "INVALID" in evidence["told"]
    assert (draft["harmless"], draft["blocked"]) == (200, 403)
    assert draft["totals"]["newlyBlocked"] > 5
    account = other["account"]
    assert other["ways"] == {
        f"arn:aws:iam::{account}:root": ["s3:GetObject"],
        f"arn:aws:iam::{account}:role/payroll-reader": ["s3:GetObject"],
        f"arn:aws:iam::{account}:user/dora": ["sts:AssumeRole", "s3:GetObject"],
    }
    assert list(tmp_path.iterdir()) == []
