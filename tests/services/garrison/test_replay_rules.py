"""Replay of Config rules through boto3 and the command line: over the recorded history, against a rule that is not active."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.collect.results import Outcome, Seen
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.testing import Account

ALARM = "AWS::CloudWatch::Alarm"
GUARD = "rule on when resourceType == 'AWS::CloudWatch::Alarm' {\n configuration.actionsEnabled == true\n}"


@pytest.fixture(scope="module")
def now(garrison_module: Account) -> datetime:
    """The time until which ten days of an alarm's life are recorded: mute for four of them."""
    account = garrison_module
    now = account.clock.now().replace(microsecond=0)
    with closing(History(account.home / INVENTORY_FILE, sync=False)) as history:
        for days, is_on in ((10, True), (7, False), (3, True)):
            at = now - timedelta(days=days)
            item = Item(
                account=account.account_id,
                region=account.region,
                resource_type=ALARM,
                resource_id="alarm-1",
                resource_name="alarm-1",
                arn=f"arn:aws:cloudwatch:{account.region}:{account.account_id}:alarm:alarm-1",
                configuration={
                    "actionsEnabled": is_on,
                    "alarmActions": ["x"] if is_on else [],
                    "insufficientDataActions": ["y"],
                },
                captured_at=at,
            )
            seen = Outcome(
                account=account.account_id,
                region=account.region,
                covers=(account.region,),
                resource_type=ALARM,
                seen=Seen.ALL,
                items=1,
            )
            history.record([item], [seen], at=at)
    return now


def replayed(account: Account, **asked: Any) -> dict[str, Any]:
    own = account.client("garrison")
    started = own.start_replay(Kind="CONFIG_RULE", **asked)["ReplayId"]
    deadline = time.monotonic() + 30
    while (answer := own.get_replay(ReplayId=started))["Replay"]["Status"] in ("PENDING", "RUNNING"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert answer["Replay"]["Status"] == "FINISHED", answer["Replay"]
    return dict(answer)


def days_ago(now: datetime, text: str) -> float:
    return (now - datetime.fromisoformat(text)) / timedelta(days=1)


@pytest.mark.parametrize(
    "draft",
    [
        {"Identifier": "CLOUDWATCH_ALARM_ACTION_CHECK"},
        {"Policy": GUARD, "ResourceTypes": [ALARM]},
    ],
)
def test_who_would_have_been_non_compliant_since_when_and_for_how_long(
    garrison_module: Account, now: datetime, draft: dict[str, Any]
) -> None:
    answer = replayed(garrison_module, Document=json.dumps(draft), StartTime=now - timedelta(days=30))
    (found,) = answer["Resources"]
    assert (found["ResourceType"], found["ResourceId"]) == (ALARM, "alarm-1")
    assert answer["Totals"] == {"NON_COMPLIANT": 1}
    assert found["NonCompliantSeconds"] == 4 * 86400
    told = [
        (
            one["Compliance"],
            days_ago(now, one["StartTime"]),
            days_ago(now, one["EndTime"]) if "EndTime" in one else None,
        )
        for one in found["Periods"]
    ]
    assert told == [("COMPLIANT", 10, 7), ("NON_COMPLIANT", 7, 3), ("COMPLIANT", 3, None)]
    assert found["Periods"][1]["Annotation"]
    assert days_ago(now, answer["UndeterminedUntil"]) == 10


def test_a_later_time_and_the_command_line(garrison_module: Account, now: datetime, tmp_path: Path) -> None:
    since = (now - timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    command = [sys.executable, "-m", "garrison", "replay", "rule", "--from", since, "--home", str(garrison_module.home)]
    done = subprocess.run(
        [*command, "CLOUDWATCH_ALARM_ACTION_CHECK", "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    (found,) = json.loads(done.stdout)["Resources"]
    assert found["NonCompliantSeconds"] == 2 * 86400 and "UndeterminedUntil" not in json.loads(done.stdout)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "Document"),
        ("{}", "either"),
        ('{"Identifier": "NO_SUCH_RULE"}', "NO_SUCH_RULE"),
        ('{"Identifier": "ACCESS_KEYS_ROTATED", "Parameters": {"maxAccessKeyAge": "x"}}', "ACCESS_KEYS_ROTATED"),
        (json.dumps({"Policy": GUARD}), "ResourceTypes"),
        ("[", "cannot be used"),
    ],
)
def test_what_is_no_rule_is_refused_at_once(garrison_module: Account, document: str | None, message: str) -> None:
    asked = {"Document": document} if document is not None else {}
    with pytest.raises(ClientError, match=message):
        garrison_module.client("garrison").start_replay(Kind="CONFIG_RULE", **asked)
