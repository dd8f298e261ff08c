"""An explanation carries the decision's evidence: near misses, actual values, and what the request did not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from garrison.policy import ConditionFinding, Explanation, Verdict

AskWhy = Callable[..., Explanation]


def test_a_condition_is_shown_with_policy_and_actual_values(ask_why: AskWhy) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "DateLessThan": {"aws:CurrentTime": "2027-01-01"}}
    statement = {"Sid": "Office", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    context = {"aws:SourceIp": "203.0.113.9", "aws:CurrentTime": datetime(2026, 1, 1, tzinfo=UTC)}
    explained = ask_why(identity=[statement], context=context)
    assert explained.decision.is_allowed
    assert explained.decision.statements[0].conditions == (
        ConditionFinding("IpAddress", "aws:SourceIp", ("203.0.113.0/24",), ("203.0.113.9",), matched=True),
        ConditionFinding("DateLessThan", "aws:CurrentTime", ("2027-01-01",), ("2026-01-01T00:00:00Z",), matched=True),
    )


def test_a_near_miss_is_shown(ask_why: AskWhy) -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    explained = ask_why(
        identity=[
            {"Sid": "WithMfa", "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": mfa},
            {"Sid": "Elsewhere", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"},
            {"Sid": "Unrelated", "Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
        ]
    )
    assert explained.decision.effect is Verdict.IMPLICIT_DENY
    assert [(one.statement.sid, one.resource_matched, one.applied) for one in explained.findings] == [
        ("WithMfa", True, False),
        ("Elsewhere", False, False),
    ]
    assert explained.missing_context_keys == ("aws:MultiFactorAuthPresent",)
    assert explained.findings[0].statement.conditions[0].actual_values is None


def test_a_resource_policys_statement_for_others_is_shown_as_such(ask_why: AskWhy) -> None:
    grant = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "s3:*", "Resource": "*"}
    explained = ask_why(on_resource=[grant])
    assert [finding.principal_matched for finding in explained.findings] == [False]


def test_several_values_are_all_shown(ask_why: AskWhy) -> None:
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost"]}}
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    explained = ask_why(identity=[statement], context={"aws:TagKeys": ["team", "owner"]})
    assert explained.findings[0].statement.conditions == (
        ConditionFinding(
            "ForAllValues:StringEquals", "aws:TagKeys", ("team", "cost"), ("team", "owner"), matched=False
        ),
    )
