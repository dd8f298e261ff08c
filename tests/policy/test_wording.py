"""Denials read as AWS's do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.policy import Decision, PolicyKind, Verdict, denial_message

Ask = Callable[..., Decision]
JOHN = "arn:aws:iam::777788889999:user/John"


# IAM user guide, "Troubleshoot access denied error messages"
@pytest.mark.parametrize(
    ("verdict", "kind", "action", "resource", "message"),
    [
        (
            Verdict.IMPLICIT_DENY,
            PolicyKind.SCP,
            "codecommit:ListRepositories",
            None,
            "codecommit:ListRepositories because no service control policy allows the codecommit:ListRepositories action",
        ),
        (
            Verdict.EXPLICIT_DENY,
            PolicyKind.RCP,
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:1:secret:*",
            "secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:1:secret:* "
            "with an explicit deny in a resource control policy",
        ),
        (
            Verdict.IMPLICIT_DENY,
            PolicyKind.TRUST,
            "sts:AssumeRole",
            None,
            "sts:AssumeRole because no role trust policy allows the sts:AssumeRole action",
        ),
        (
            Verdict.EXPLICIT_DENY,
            PolicyKind.TRUST,
            "sts:AssumeRole",
            None,
            "sts:AssumeRole with an explicit deny in the role trust policy",
        ),
        (
            Verdict.IMPLICIT_DENY,
            PolicyKind.BOUNDARY,
            "codedeploy:ListDeployments",
            "arn:aws:codedeploy:us-east-1:1:deploymentgroup:*",
            "codedeploy:ListDeployments on resource: arn:aws:codedeploy:us-east-1:1:deploymentgroup:* "
            "because no permissions boundary allows the codedeploy:ListDeployments action",
        ),
    ],
)
def test_a_denial_is_worded_as_aws_words_it(
    verdict: Verdict, kind: PolicyKind, action: str, resource: str | None, message: str
) -> None:
    decision = Decision(verdict, kind)
    assert denial_message(JOHN, action, resource, decision) == f"User: {JOHN} is not authorized to perform: {message}"


@pytest.mark.parametrize("kind", list(PolicyKind))
@pytest.mark.parametrize("verdict", [Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY])
def test_every_kind_of_policy_has_its_words(verdict: Verdict, kind: PolicyKind) -> None:
    assert "policy" in denial_message(JOHN, "a:B", "*", Decision(verdict, kind)) or kind is PolicyKind.BOUNDARY


def test_the_words_follow_the_decision(ask: Ask) -> None:
    allow: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    decision = ask("iam:CreateUser", "*", identity=[allow, {**allow, "Effect": "Deny"}])
    assert denial_message(JOHN, "iam:CreateUser", "*", decision).endswith(
        "is not authorized to perform: iam:CreateUser on resource: * with an explicit deny in an identity-based policy"
    )
