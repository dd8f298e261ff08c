"""Policy variables stand for the request's values, as literal text, in 2012-10-17 only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from garrison.policy import Decision

Ask = Callable[..., Decision]


def allow(resource: str) -> list[dict[str, object]]:
    return [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}]


# IAM user guide, "IAM policy elements: Variables and tags"
@pytest.mark.parametrize(
    ("written", "resource", "allowed"),
    [
        ("arn:aws:s3:::logs/${aws:username}/*", "arn:aws:s3:::logs/alice/a", True),
        ("arn:aws:s3:::logs/${AWS:UserName}/*", "arn:aws:s3:::logs/alice/a", True),
        ("arn:aws:s3:::logs/${aws:username}/*", "arn:aws:s3:::logs/bob/a", False),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/team, 'company-wide'}", "arn:aws:s3:::logs/company-wide", True),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/team}", "arn:aws:s3:::logs/", False),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/team}", "arn:aws:s3:::logs/${aws:PrincipalTag/team}", False),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/Job}", "arn:aws:s3:::logs/audit", True),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/JOB}", "arn:aws:s3:::logs/audit", True),
        ("arn:aws:s3:::logs/${*}", "arn:aws:s3:::logs/*", True),
        ("arn:aws:s3:::logs/${*}", "arn:aws:s3:::logs/a", False),
        ("arn:aws:s3:::logs/${?}", "arn:aws:s3:::logs/a", False),
        ("arn:aws:s3:::logs/${$}{a}", "arn:aws:s3:::logs/${a}", True),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/star}", "arn:aws:s3:::logs/anything", False),
        ("arn:aws:s3:::logs/${aws:PrincipalTag/star}", "arn:aws:s3:::logs/*", True),
        ("arn:aws:s3:::logs/${}", "arn:aws:s3:::logs/${}", True),
        ("arn:aws:s3:::logs/${open", "arn:aws:s3:::logs/${open", True),
        ("arn:aws:s3:::logs/${aws:TagKeys}", "arn:aws:s3:::logs/one", False),
    ],
)
def test_a_variable_in_a_resource(ask: Ask, written: str, resource: str, allowed: bool) -> None:
    decision = ask(
        resource=resource, identity=allow(written), tags={"job": "audit", "star": "*"}, context={"aws:TagKeys": ["one"]}
    )
    assert decision.is_allowed is allowed


def test_the_first_version_has_no_variables(ask: Ask) -> None:
    statements = allow("arn:aws:s3:::logs/${aws:username}")
    assert not ask(resource="arn:aws:s3:::logs/alice", identity=statements, version="2008-10-17").is_allowed
    assert ask(resource="arn:aws:s3:::logs/${aws:username}", identity=statements, version="2008-10-17").is_allowed


def test_a_variable_without_a_value_never_widens_access(ask: Ask) -> None:
    outside = {"Action": "s3:*", "NotResource": "arn:aws:s3:::${aws:PrincipalTag/team}/*"}
    assert not ask(identity=[{"Effect": "Allow", **outside}]).is_allowed
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    assert not ask(identity=[everything, {"Effect": "Deny", **outside}]).is_allowed
    unequal = {"StringNotEquals": {"aws:username": "${aws:PrincipalTag/team}"}}
    assert not ask(identity=[{**everything, "Condition": unequal}]).is_allowed
    assert not ask(identity=[everything, {**everything, "Effect": "Deny", "Condition": unequal}]).is_allowed


# IAM user guide, "IAM tutorial: Define permissions to access AWS resources based on tags"
def test_a_variable_in_a_condition_compares_two_tags(ask: Ask) -> None:
    same = {"StringEquals": {"aws:ResourceTag/project": "${aws:PrincipalTag/project}"}}
    statements = [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": same}]
    for tag, allowed in (("peg", True), ("uni", False)):
        decision = ask(identity=statements, tags={"project": "peg"}, context={"aws:ResourceTag/Project": tag})
        assert decision.is_allowed is allowed
