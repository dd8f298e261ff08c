"""The simulator against the gate itself: a call that a real server decided is simulated with the context of that call."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account

ACTIONS = ["iam:GetUser", "iam:ListUsers", "iam:Get*", "iam:*", "*", "sts:*"]
CONDITIONS: list[dict[str, Any]] = [
    {},
    {},
    {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"StringEquals": {"aws:PrincipalTag/team": "red"}},
    {"StringEquals": {"iam:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"BoolIfExists": {"aws:SecureTransport": "false"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
]
LISTS = ("aws:TagKeys",)


def statement(chance: random.Random, account: str) -> dict[str, Any]:
    resource = ["*", f"arn:aws:iam::{account}:user/${{aws:username}}", f"arn:aws:iam::{account}:user/target"]
    return {
        "Effect": chance.choice(["Allow", "Allow", "Allow", "Deny"]),
        "Action": chance.choice(ACTIONS),
        chance.choice(["Resource", "Resource", "NotResource"]): chance.choice(resource),
        "Condition": chance.choice(CONDITIONS),
    }


def entries(context: dict[str, Any]) -> list[dict[str, Any]]:
    """The recorded condition values as a simulation takes them."""

    def text(value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return [
        {
            "ContextKeyName": key,
            "ContextKeyValues": [text(one) for one in value] if isinstance(value, list) else [text(value)],
            "ContextKeyType": "stringList" if isinstance(value, list) else "string",
        }
        for key, value in context.items()
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_simulation_says_what_was_enforced(garrison_module: Account, seed: int) -> None:
    chance = random.Random(seed)
    account, iam = garrison_module.account_id, garrison_module.client("iam")
    if seed == 0:
        iam.create_user(UserName="target", Tags=[{"Key": "team", "Value": "red"}])
    name = f"user-{seed}"
    policies = [statement(chance, account) for _ in range(chance.randint(1, 3))]
    boundary = None
    if chance.random() < 0.4:
        text = json.dumps(
            {"Version": "2012-10-17", "Statement": [statement(chance, account), statement(chance, account)]}
        )
        boundary = iam.create_policy(PolicyName=f"edge-{seed}", PolicyDocument=text)["Policy"]["Arn"]
    user = garrison_module.user(name, policies, boundary=boundary, Tags=[{"Key": "team", "Value": "red"}])
    for call, parameters in (
        ("get_user", {"UserName": "target"}),
        ("list_users", {}),
        ("get_user", {"UserName": name}),
    ):
        position = garrison_module.position()
        with suppress(ClientError):
            getattr(user.client("iam"), call)(**parameters)
        (enforced,) = garrison_module.decisions(principal=user, since=position)
        (decision,) = enforced.decisions
        result = iam.simulate_principal_policy(
            PolicySourceArn=user.arn,
            ActionNames=[decision.action],
            ResourceArns=[decision.resource],
            ContextEntries=entries(dict(enforced.context)),
        )["EvaluationResults"][0]
        assert result["EvalDecision"] == decision.effect, policies
