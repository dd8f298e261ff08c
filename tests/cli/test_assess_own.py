"""The account in the home, assessed without credentials; what changed since; one resource's life."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from garrison.cli.application import application
from garrison.testing import Account

COMMANDS = application(["assess", "diff", "timeline"])


def told(account: Account, *arguments: str, code: int = 0) -> Any:
    done = CliRunner().invoke(COMMANDS, [*arguments, "--json", "--home", str(account.home)])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def failed(assessment: Any, check: str) -> list[Any]:
    return [one for one in assessment["findings"] if one["check"] == check and one["state"] == "FAILED"]


def test_the_accounts_own_life_is_judged_compared_and_told(garrison_module: Account) -> None:
    account, rules = (
        garrison_module,
        "S3_BUCKET_VERSIONING_ENABLED,IAM_USER_GROUP_MEMBERSHIP_CHECK,ROOT_ACCOUNT_MFA_ENABLED",
    )
    s3 = account.client("s3")
    s3.create_bucket(Bucket="ledger")
    first = told(account, "assess", "--own", "--rules", rules, code=4)
    (bucket,) = failed(first, "S3_BUCKET_VERSIONING_ENABLED")
    assert bucket["resource_id"] == "ledger" and bucket["cause"]["name"] == "CreateBucket"
    assert bucket["cause"]["who"].endswith("user/administrator")
    assert failed(first, "ROOT_ACCOUNT_MFA_ENABLED") and failed(first, "IAM_USER_GROUP_MEMBERSHIP_CHECK")
    assert first["requests"] == 0

    between = datetime.now(UTC)
    time.sleep(0.01)
    s3.put_bucket_versioning(Bucket="ledger", VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="second")
    second = told(account, "assess", "--own", "--rules", rules, "--fail-on", "critical", code=4)
    assert [one["resource_id"] for one in failed(second, "S3_BUCKET_VERSIONING_ENABLED")] == ["second"]

    (compared,) = told(account, "diff", between.isoformat())["accounts"]
    assert [one["resource_id"] for one in compared["appeared"]] == ["second"]
    (changed,) = compared["changed"]
    assert changed["resource_id"] == "ledger"
    assert {"path": "supplementary.BucketVersioningConfiguration.status", "old": "Off", "new": "Enabled"} in changed[
        "properties"
    ]
    turned = {(one["resource_id"], one["before"], one["after"]) for one in compared["verdicts"]}
    assert turned == {("ledger", "NON_COMPLIANT", "COMPLIANT"), ("second", None, "NON_COMPLIANT")}

    entries = told(account, "timeline", "arn:aws:s3:::ledger")["entries"]
    assert [one["what"] for one in entries if "rule" not in one] == ["first seen", "changed"]
    assert [one["what"] for one in entries if "rule" in one] == ["non compliant", "compliant"]
    calls = [[call["event"] for call in one["calls"]] for one in entries if "calls" in one]
    assert calls == [["CreateBucket"], ["PutBucketVersioning"]]
    person = told(account, "timeline", f"arn:aws:iam::{account.account_id}:user/administrator")["entries"]
    assert "vanished" not in [one["what"] for one in person]  # though it was seen before the buckets were


def test_what_cannot_be_told_is_said(garrison_module: Account) -> None:
    for arguments, cause in (
        (["timeline", "arn:aws:s3:::nobody"], "Nothing is known"),
        (["diff", "2026-02-01", "2026-01-01"], "is not before"),
        (["diff", "yesterday-ish"], "is no time"),
    ):
        done = CliRunner().invoke(COMMANDS, [*arguments, "--home", str(garrison_module.home)])
        assert cause in str(done.exception)


def test_the_printed_policy_is_enough_and_none_of_it_is_too_much(
    garrison_module: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = garrison_module
    rules = (
        "--rules",
        "S3_BUCKET_VERSIONING_ENABLED,IAM_USER_GROUP_MEMBERSHIP_CHECK,ROOT_ACCOUNT_MFA_ENABLED,CLOUD_TRAIL_ENABLED",
    )
    printed = json.loads(CliRunner().invoke(COMMANDS, ["assess", *rules, "--print-policy"]).stdout)
    auditor, iam = account.user("auditor"), account.client("iam")
    for name, value in auditor.environment().items():
        monkeypatch.setenv(name, value)

    def assess(policy: Any) -> Any:
        iam.put_user_policy(UserName="auditor", PolicyName="reads", PolicyDocument=json.dumps(policy))
        asked = ["assess", *rules, "--endpoint", account.endpoint, "--fail-on", "never", "--no-keep"]
        done = CliRunner().invoke(COMMANDS, [*asked, "--json", "--home", str(account.home)])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    (statement,) = printed["Statement"]
    enough = assess(printed)
    assert {one["resource_type"] for one in enough["not_seen"]} <= {"AWS::::Account"}  # of EC2, which is not kept here
    assert not [one for one in enough["findings"] if one["state"] == "UNKNOWN"]
    for action in ("s3:GetBucketVersioning", "iam:GetAccountSummary", "cloudtrail:GetTrailStatus"):
        assert action in statement["Action"]
    missing = [action for action in statement["Action"] if action != "s3:GetBucketVersioning"]
    less = assess({**printed, "Statement": [{**statement, "Action": missing}]})
    unknown = {one["evidence"] for one in less["findings"] if one["state"] == "UNKNOWN"}
    assert unknown == {"Could not be seen: BucketVersioningConfiguration: AccessDenied"}
