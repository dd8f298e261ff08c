"""Replay on a real server: drafts of every kind over calls that were made, through boto3 and the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.gateway.founding import found_account
from garrison.runtime.home import Home
from garrison.testing import Account, allow
from garrison.testing.principals import Principal
from tests.lake.templates import ACCOUNT, record, write_log

DENY_IAM = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Sid": "NoIam", "Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}
)


def document(effect: str, action: str, **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def alice(garrison_module: Account) -> Principal:
    """A user who has listed users, was refused roles, and whose calls are recorded."""
    alice = garrison_module.user("alice", [allow("iam:ListUsers")])
    iam = alice.client("iam")
    for _ in range(3):
        iam.list_users()
    with pytest.raises(ClientError):
        iam.list_roles()
    garrison_module.wait_until_recorded()
    return alice


def replayed(account: Account, **asked: Any) -> dict[str, Any]:
    own = account.client("garrison")
    replay_id = own.start_replay(**asked)["ReplayId"]
    deadline = time.monotonic() + 60
    while (answer := own.get_replay(ReplayId=replay_id))["Replay"]["Status"] in ("PENDING", "RUNNING"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer  # type: ignore[no-any-return]


def test_a_policy_tells_which_calls_it_would_have_denied_and_by_what(
    garrison_module: Account, alice: Principal
) -> None:
    answer = replayed(garrison_module, Kind="IDENTITY_POLICY", Document=DENY_IAM, Principal="user/alice")
    assert answer["Totals"] == {"newlyDenied": 3}
    (group,) = answer["Groups"]
    assert group["Principal"] == alice.arn and group["Action"] == "iam:ListUsers" and group["Count"] == 3
    assert group["DecidingStatements"] == ["draft#NoIam"] and len(group["EventIds"]) == 3
    assert answer["Replay"]["Events"] > 4 and "FinishedAt" in answer["Replay"]


def test_a_policy_tells_which_calls_it_would_have_allowed(garrison_module: Account, alice: Principal) -> None:
    answer = replayed(
        garrison_module, Kind="IDENTITY_POLICY", Document=document("Allow", "iam:List*"), Principal=alice.arn
    )
    assert [(one["Effect"], one["Action"]) for one in answer["Groups"]] == [("newlyAllowed", "iam:ListRoles")]


def test_taking_a_policy_away_is_replayed_by_its_name(garrison_module: Account, alice: Principal) -> None:
    explained = garrison_module.client("garrison").explain(Principal=alice.arn, Action="iam:ListUsers")
    held = explained["Explanations"][0]["DecidingStatements"][0]["Policy"]
    answer = replayed(garrison_module, Kind="IDENTITY_POLICY", Replaces=held, Principal="user/alice")
    assert answer["Totals"] == {"newlyDenied": 3}


def test_a_boundary_and_an_scp_are_replayed(garrison_module: Account, alice: Principal) -> None:
    only_s3 = document("Allow", "s3:*")
    bounded = replayed(garrison_module, Kind="PERMISSIONS_BOUNDARY", Document=only_s3, Principal="user/alice")
    assert bounded["Totals"] == {"newlyDenied": 3}
    controlled = replayed(garrison_module, Kind="SERVICE_CONTROL_POLICY", Document=document("Deny", "iam:ListUsers"))
    assert controlled["Groups"][0]["Principal"] == alice.arn
    assert controlled["Totals"]["newlyDenied"] >= 3


def test_a_time_bounds_what_is_looked_at(garrison_module: Account, alice: Principal) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    answer = replayed(
        garrison_module, Kind="IDENTITY_POLICY", Document=DENY_IAM, Principal="user/alice", StartTime=later
    )
    assert answer["Replay"]["Events"] == 0 and answer["Totals"] == {}


def test_a_metric_filter_tells_what_it_would_have_counted(garrison_module: Account, alice: Principal) -> None:
    answer = replayed(
        garrison_module,
        Kind="METRIC_FILTER",
        Document='{ ($.errorCode = "AccessDenied*") && ($.userIdentity.userName = "alice") }',
    )
    assert [(one["EventName"], one["Count"]) for one in answer["Groups"]] == [("ListRoles", 1)]


def test_an_alarm_tells_when_it_would_have_gone_off_and_for_whom(garrison_module: Account, alice: Principal) -> None:
    draft = {"FilterPattern": '{ $.userIdentity.userName = "alice" }', "Threshold": 3, "Period": 60}
    answer = replayed(garrison_module, Kind="ALARM", Document=json.dumps(draft))
    assert answer["Totals"] == {"matched": 4}
    assert answer["Alarms"][0]["Principals"] == [alice.arn]
    quiet = replayed(garrison_module, Kind="ALARM", Document=json.dumps(draft | {"Threshold": 100}))
    assert quiet["Alarms"] == [] and quiet["Totals"] == {"matched": 4}


RULE = """
title: Roles were asked for
logsource: {product: aws, service: cloudtrail}
detection:
    selection: {eventName: ListRoles, errorCode: AccessDenied}
    condition: selection
"""


def test_a_sigma_rule_tells_what_it_would_have_flagged(garrison_module: Account, alice: Principal) -> None:
    answer = replayed(garrison_module, Kind="SIGMA_RULE", Document=RULE)
    assert [(one["Principal"], one["EventName"]) for one in answer["Groups"]] == [(alice.arn, "ListRoles")]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"Kind": "IDENTITY_POLICY", "Document": DENY_IAM}, "Principal"),
        ({"Kind": "IDENTITY_POLICY", "Principal": "user/alice"}, "Replaces"),
        ({"Kind": "IDENTITY_POLICY", "Document": "{}", "Principal": "user/alice"}, "MalformedPolicyDocument"),
        ({"Kind": "IDENTITY_POLICY", "Document": DENY_IAM, "Principal": "user/nobody"}, "no user"),
        ({"Kind": "RESOURCE_POLICY", "Document": DENY_IAM}, "MalformedPolicyDocument|resource"),
        ({"Kind": "METRIC_FILTER"}, "Document"),
        ({"Kind": "METRIC_FILTER", "Document": "{ $.a = "}, "pattern"),
        ({"Kind": "ALARM", "Document": '{"FilterPattern": "x"}'}, "Threshold"),
        ({"Kind": "ALARM", "Document": '{"FilterPattern": "x", "Threshold": 1, "Period": 7}'}, "Period"),
        ({"Kind": "SIGMA_RULE", "Document": "title: x"}, "rule"),
        (
            {"Kind": "SERVICE_CONTROL_POLICY", "Document": "{}", "AccountId": "999999999999"},
            "MalformedPolicyDocument",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(
    garrison_module: Account, alice: Principal, asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        garrison_module.client("garrison").start_replay(**asked)


def test_replays_are_listed_stopped_and_deleted(garrison_module: Account, alice: Principal) -> None:
    own = garrison_module.client("garrison")
    first, second = (replayed(garrison_module, Kind="SIGMA_RULE", Document=RULE)["Replay"] for _ in range(2))
    listed = [one["ReplayId"] for one in own.list_replays()["Replays"]]
    assert listed[:2] == [second["ReplayId"], first["ReplayId"]]
    pages = own.get_paginator("list_replays").paginate(PaginationConfig={"PageSize": 1})
    assert [one["ReplayId"] for page in pages for one in page["Replays"]] == listed
    own.stop_replay(ReplayId=first["ReplayId"])
    assert own.get_replay(ReplayId=first["ReplayId"])["Replay"]["Status"] == "FINISHED"
    own.delete_replay(ReplayId=first["ReplayId"])
    with pytest.raises(ClientError, match="no replay"):
        own.get_replay(ReplayId=first["ReplayId"])


def test_the_command_line_replays_a_file_and_says_so_by_its_exit_code(
    garrison_module: Account, alice: Principal, tmp_path: Path
) -> None:
    (tmp_path / "draft.json").write_text(DENY_IAM)
    command = [sys.executable, "-m", "garrison", "replay", "policy", str(tmp_path / "draft.json")]
    command += ["--principal", "user/alice", "--home", str(garrison_module.home)]
    wide = {**os.environ, "COLUMNS": "160"}
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=wide)
    assert told.returncode == 4, told.stderr
    assert "3 newlyDenied" in told.stdout and "iam:ListUsers" in told.stdout
    done = subprocess.run([*command, "--json", "--to", "2020-01-01"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["Totals"] == {}


def test_log_files_of_an_account_of_which_nothing_else_is_known_are_replayed(tmp_path: Path) -> None:
    found_account(Home(tmp_path / "home"), region="us-east-1")
    denied = {"errorCode": "AccessDenied", "errorMessage": "not allowed", "eventName": "DeleteBucket"}
    untold = {"resources": None, "requestParameters": None}
    events = [record(n) for n in range(3)] + [
        record(3, **denied),
        record(4, sourceIPAddress="192.0.2.1"),
        record(5, **untold),
    ]
    write_log(tmp_path / "logs" / "a.json", events)

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "garrison", *arguments, "--home", str(tmp_path / "home"), "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in (0, 4), done.stderr
        return done.stdout

    def over(statement: dict[str, Any]) -> dict[tuple[str, str], int]:
        (tmp_path / "draft.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        told = json.loads(command("replay", "scp", str(tmp_path / "draft.json"), "--account", ACCOUNT))
        assert told["Replay"]["Events"] == 6
        return {(one["Effect"], one["Resource"]): one["Count"] for one in told["Groups"]}

    command("trail", "ingest", str(tmp_path / "logs"))
    from_home = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
    assert over({"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": from_home}) == {
        ("newlyDenied", "arn:aws:s3:::b-0"): 1,
        ("newlyDenied", "arn:aws:s3:::b-1"): 1,
        ("newlyDenied", "arn:aws:s3:::b-2"): 1,
        ("newlyDenied", "arn:unknown"): 1,
    }, "neither what was refused anyhow nor what came from elsewhere"
    assert over({"Effect": "Deny", "Action": "s3:CreateBucket", "Resource": "arn:aws:s3:::b-1"}) == {
        ("newlyDenied", "arn:aws:s3:::b-1"): 1,
        ("undetermined", "arn:unknown"): 1,
    }
