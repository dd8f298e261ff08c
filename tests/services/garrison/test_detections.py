"""Detections on a real server: an operator's Sigma rules meet recorded calls, through boto3 and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow

RULE = """
title: A user is made
id: 0b5f0c1e-0000-4000-8000-00000000000{number}
author: Somebody Careful
level: {level}
tags: [attack.persistence]
logsource: {{product: aws, service: cloudtrail}}
detection:
    selection:
        eventSource: iam.amazonaws.com
        eventName: {event}
    condition: selection
"""


def write_rules(account: Account) -> None:
    folder = account.home / "sigma"
    folder.mkdir(exist_ok=True)
    (folder / "made.yml").write_text(RULE.format(number=1, level="high", event="CreateUser"))
    (folder / "gone.yml").write_text(RULE.format(number=2, level="low", event="DeleteUser"))
    (folder / "broken.yml").write_text("title: nothing")


def wait_for_detections(account: Account, count: int, **asked: Any) -> list[dict[str, Any]]:
    own = account.client("garrison")
    deadline = time.monotonic() + 30
    while len(found := own.list_detections(**asked)["Detections"]) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def account(garrison_module: Account) -> Account:
    """An account with rules, in which users were made and removed."""
    write_rules(garrison_module)
    iam = garrison_module.client("iam")
    deadline = time.monotonic() + 30
    while not garrison_module.client("garrison").list_detections()["Detections"]:
        assert time.monotonic() < deadline
        iam.create_user(UserName="first")
        iam.delete_user(UserName="first")
    iam.create_user(UserName="mallory")
    iam.delete_user(UserName="mallory")
    return garrison_module


def test_a_call_that_meets_a_rule_is_detected_with_who_and_the_rules_author(account: Account) -> None:
    found = wait_for_detections(account, 2, Level="high")
    newest = found[0]
    assert newest["Title"] == "A user is made" and newest["Authors"] == "Somebody Careful"
    assert newest["EventName"] == "CreateUser" and newest["Tags"] == ["attack.persistence"]
    assert newest["Principal"].endswith(":user/administrator") and newest["SourceIPAddress"] == "127.0.0.1"
    assert {one["RuleId"][-1] for one in found} == {"1"}
    by_rule = wait_for_detections(account, 1, RuleId="0b5f0c1e-0000-4000-8000-000000000002")
    assert {one["EventName"] for one in by_rule} == {"DeleteUser"}


def settled_detections(account: Account) -> list[dict[str, Any]]:
    """All detections, once those of the last calls that meet a rule are there: calls are judged in their order."""
    last = {account.events(name)[-1]["eventID"] for name in ("CreateUser", "DeleteUser")}
    deadline = time.monotonic() + 30
    while True:
        found: list[dict[str, Any]] = account.client("garrison").list_detections()["Detections"]
        if last <= {one["EventId"] for one in found}:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def test_detections_are_paged_newest_first(account: Account) -> None:
    whole = settled_detections(account)
    pages = account.client("garrison").get_paginator("list_detections").paginate(PaginationConfig={"PageSize": 1})
    singly = [one for page in pages for one in page["Detections"]]
    assert len(whole) >= 4 and singly == whole
    assert [one["EventTime"] for one in singly] == sorted((one["EventTime"] for one in singly), reverse=True)


def test_a_foreign_token_is_refused(account: Account) -> None:
    with pytest.raises(ClientError, match="token"):
        account.client("garrison").list_detections(NextToken="e30")


def test_detections_need_permission(account: Account) -> None:
    reader = account.user("reader", [allow("garrison:ListDetectionRules")])
    with pytest.raises(ClientError, match="garrison:ListDetections"):
        reader.client("garrison").list_detections()
    assert reader.client("garrison").list_detection_rules()["Rules"]


def test_rules_in_force_and_set_aside_are_told(account: Account) -> None:
    answer = account.client("garrison").list_detection_rules()
    assert [one["Level"] for one in answer["Rules"]] == ["high", "low"]
    assert answer["SetAside"] == [{"Place": "sigma/broken.yml", "Reason": answer["SetAside"][0]["Reason"]}]


def test_the_command_line_lists_them_and_says_so_by_its_exit_code(account: Account) -> None:
    command = [sys.executable, "-m", "garrison", "detections", "list", "--json", "--home", str(account.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stderr
    assert json.loads(done.stdout)["Detections"]
    command[4:6] = ["rules"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "A user is made" in done.stdout and "broken.yml" in done.stdout
