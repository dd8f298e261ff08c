"""Verdicts on what was collected: what could not be seen hides nothing else, and is never taken for a setting that is off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from garrison.assess import assess, choose
from garrison.collect import Outcome, Result, Seen
from garrison.findings import State
from garrison.items import Item
from garrison.rules import managed_rules

AT = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
ACCOUNT = "AWS::::Account"


def item(kind: str, name: str, region: str = "global", **configuration: Any) -> Item:
    return Item(
        account=NUMBER,
        region=region,
        resource_type=kind,
        resource_id=name,
        arn=f"arn:aws:x:::{name}",
        configuration=configuration,
        captured_at=AT,
    )


def outcome(kind: str, region: str, reason: str = "") -> Outcome:
    seen = Seen.UNKNOWN if reason else Seen.ALL
    return Outcome(
        account=NUMBER, region=region, covers=(region,), resource_type=kind, seen=seen, items=0, reason=reason
    )


def result(items: list[Item], *outcomes: Outcome) -> Result:
    return Result(account=NUMBER, region="", service="x", items=items, outcomes=list(outcomes), requests=1)


IAM = item(ACCOUNT, NUMBER, summaryMap={"AccountMFAEnabled": 1})
WEST, EAST = (item(ACCOUNT, NUMBER, region, ebsEncryptionByDefault=True) for region in ("eu-west-1", "us-east-1"))
DENIED = outcome(ACCOUNT, "us-east-1", "AccessDenied")


@pytest.mark.parametrize(
    ("results", "root", "volumes"),
    [
        ([result([IAM, WEST, EAST])], "PASSED", "PASSED"),
        ([result([IAM, WEST], DENIED)], "PASSED", "UNKNOWN"),
        ([result([WEST, EAST], outcome(ACCOUNT, "global", "AccessDenied"))], "UNKNOWN", "PASSED"),
        ([result([])], "UNKNOWN", "UNKNOWN"),
    ],
)
def test_of_the_account_one_service_does_not_hide_the_other(results: list[Result], root: str, volumes: str) -> None:
    chosen = choose(managed_rules(), patterns=["ROOT_ACCOUNT_MFA_ENABLED", "EC2_EBS_ENCRYPTION_BY_DEFAULT"])
    states = {one.check: one.state.value for one in assess(chosen, results, at=AT).findings}
    assert states == {"ROOT_ACCOUNT_MFA_ENABLED": root, "EC2_EBS_ENCRYPTION_BY_DEFAULT": volumes}


def test_scores_count_what_was_decided_and_findings_come_worst_first() -> None:
    volumes = [
        item(
            "AWS::EC2::Volume", f"vol-{number}", "eu-west-1", encrypted=bool(number), attachments=[{"instanceId": "i"}]
        )
        for number in range(4)
    ]
    group = item("AWS::EC2::SecurityGroup", "sg-1", "eu-west-1", groupName="default", ipPermissions=[{}])
    chosen = choose(managed_rules(), patterns=["ENCRYPTED_VOLUMES", "VPC_DEFAULT_SECURITY_GROUP_CLOSED", "VPC_FLOW_*"])
    made = assess(chosen, [result([*volumes, group], outcome("AWS::EC2::VPC", "eu-west-1", "Throttling"))], at=AT)
    assert made.scores.total.share == 0.6 and made.scores.by_service["EC2"].failed == 2
    assert [one.check for one in made.failures] == ["ENCRYPTED_VOLUMES", "VPC_DEFAULT_SECURITY_GROUP_CLOSED"]
    assert made.worst is not None and made.worst.value == "HIGH"
    assert [one.resource_type for one in made.unseen] == ["AWS::EC2::VPC"]
    assert {one.state for one in made.findings} == {State.FAILED, State.PASSED}
