"""What holds between the prover and the evaluator, for every pair of policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.policy import (
    AuthorizationRequest,
    Document,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    ResourcePolicy,
    Source,
    compile_principal,
    compile_resource_policy,
    decide,
    parse_document,
)
from garrison.policy.analysis import Result, check_no_new_access

Statements = list[dict[str, Any]]

ACCOUNT = "111122223333"
ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]
RESOURCES = [
    "arn:aws:s3:::logs/a",
    "arn:aws:s3:::logs/alice",
    "arn:aws:s3:::logs/b/c",
    "arn:aws:sqs:us-east-1:111122223333:q",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "*",
]
RESOURCE_PATTERNS = [
    *RESOURCES,
    "arn:aws:s3:::logs/*",
    "arn:aws:s3:::*/a*",
    "arn:aws:s3:::logs/?",
    "arn:aws:s3:::logs/${aws:username}",
    "arn:aws:s3:::${aws:PrincipalTag/team}/*",
    "arn:aws:sqs:*:*:q",
    "arn:aws:sqs",
]
CONDITIONS: dict[str, tuple[list[str], list[str]]] = {
    "StringEquals": (["k:text", "aws:username"], ["x", "y", "alice"]),
    "StringNotEquals": (["k:text"], ["x", "y"]),
    "StringLike": (["k:text"], ["x*", "*y", "?", "*"]),
    "StringNotLikeIfExists": (["k:text"], ["x*", "*y"]),
    "StringEqualsIgnoreCase": (["k:text"], ["X", "y"]),
    "ForAllValues:StringEquals": (["k:list"], ["x", "y"]),
    "ForAnyValue:StringLike": (["k:list"], ["x*", "y"]),
    "ForAnyValue:StringNotEquals": (["k:list"], ["x"]),
    "NumericLessThan": (["k:number"], ["5", "7.5"]),
    "NumericGreaterThanEqualsIfExists": (["k:number"], ["5", "6"]),
    "DateGreaterThan": (["k:date"], ["2024-01-01T00:00:00Z", "2025-01-01"]),
    "DateNotEquals": (["k:date"], ["2025-01-01"]),
    "Bool": (["aws:MultiFactorAuthPresent"], ["true", "false"]),
    "BoolIfExists": (["aws:MultiFactorAuthPresent"], ["true", "false"]),
    "IpAddress": (["k:address"], ["10.0.0.0/8", "10.1.0.0/16", "2001:db8::/32"]),
    "NotIpAddress": (["k:address"], ["10.1.0.0/16"]),
    "ArnLike": (["k:arn"], ["arn:aws:s3:::*", "arn:aws:iam::*:role/x*"]),
    "Null": (["k:text", "k:number", "k:list"], ["true", "false"]),
}
CONTEXT_VALUES: dict[str, list[Any]] = {
    "k:text": ["x", "y", "X", "xy", "z", "alice", ""],
    "k:list": [[], ["x"], ["y"], ["x", "z"], ["xx", "y"]],
    "k:number": [4, "5", 5.5, "6", 8],
    "k:date": ["2023-06-01T00:00:00Z", "2024-06-01T00:00:00Z", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"],
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "k:address": ["10.0.0.1", "10.1.2.3", "192.0.2.1", "2001:db8::5", "2001:db9::5"],
    "k:arn": ["arn:aws:s3:::b", f"arn:aws:iam::{ACCOUNT}:role/xy", f"arn:aws:iam::{ACCOUNT}:role/y"],
    "aws:PrincipalTag/team": ["logs", "a"],
}
NAMES = ["alice", "bob", "x"]

one_action = st.sampled_from([*ACTIONS, "*", "s3:*", "s3:?etObject", "*:*Object"])


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for operator in draw(st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=2, unique=True)):
        keys, values = CONDITIONS[operator]
        found[operator] = {
            draw(st.sampled_from(keys)): draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        }
    return found


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None, principals: Sequence[Any] = ()) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if principals:
        statement[draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))] = draw(st.sampled_from(principals))
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(
        st.lists(one_action, min_size=1, max_size=2)
    )
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(
        st.lists(st.sampled_from(RESOURCE_PATTERNS), min_size=1, max_size=2)
    )
    statement["Condition"] = draw(conditions())
    return statement


policies = st.lists(statements(), min_size=1, max_size=3)
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"},
    {"AWS": ACCOUNT},
    {"AWS": ["999999999999", f"arn:aws:iam::{ACCOUNT}:role/r"]},
    {"Service": "sns.amazonaws.com"},
    {"AWS": [f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s", f"arn:aws:iam::{ACCOUNT}:role/r", ACCOUNT]},
]
resource_policies = st.lists(statements(principals=PRINCIPALS), min_size=1, max_size=3)
seeds = st.integers(0, 2**32 - 1)
IDENTITIES = [
    *(
        PrincipalIdentity(
            kind=PrincipalType.USER,
            account=account,
            arn=f"arn:aws:iam::{account}:user/{name}",
            user_id="AIDAEXAMPLE",
            user_name=name,
        )
        for account in (ACCOUNT, "999999999999", "123412341234")
        for name in NAMES
    ),
    *(
        PrincipalIdentity(
            kind=PrincipalType.ROLE_SESSION,
            account=ACCOUNT,
            arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
            user_id=f"AROAEXAMPLE:{session}",
            role_arn=f"arn:aws:iam::{ACCOUNT}:role/{role}",
        )
        for role in ("r", "other")
        for session in ("s", "t")
    ),
]
OUTSIDERS = [
    PrincipalIdentity(kind=PrincipalType.SERVICE, service="sns.amazonaws.com"),
    PrincipalIdentity(kind=PrincipalType.SERVICE, service="sqs.amazonaws.com"),
    PrincipalIdentity(kind=PrincipalType.ANONYMOUS),
]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
OWNER = "000000000001"


def asked(
    seed: int, identities: Sequence[PrincipalIdentity]
) -> Iterator[tuple[PrincipalIdentity, AuthorizationRequest]]:
    """Requests at random: Hypothesis draws their seed alone, for drawing each member takes longer than deciding."""
    random = Random(seed)
    for _ in range(30):
        context = {key: random.choice(values) for key, values in CONTEXT_VALUES.items() if random.random() < 0.5}
        request = AuthorizationRequest(random.choice(ACTIONS), random.choice(RESOURCES), None, context)
        yield random.choice(identities), request


def document(written: Statements, kind: PolicyKind = PolicyKind.IDENTITY) -> Document:
    return parse_document(json.dumps({"Version": "2012-10-17", "Statement": written}), kind)


def allows(policy: Document, identity: PrincipalIdentity, request: AuthorizationRequest) -> bool:
    source = Source(policy.kind, "policy", policy)
    if policy.kind is PolicyKind.IDENTITY:
        return decide(compile_principal(identity, [source]), request).is_allowed
    owned = AuthorizationRequest(request.action, request.resource, OWNER, request.context)
    caller = compile_principal(identity, [Source(PolicyKind.IDENTITY, "all", document([EVERYTHING]))])
    return decide(caller, owned, compile_resource_policy(ResourcePolicy(source))).is_allowed


slow = settings(max_examples=75, deadline=None, suppress_health_check=list(HealthCheck))


@slow
@given(policies, policies, seeds)
def test_the_evaluator_never_disagrees_about_identity_policies(new: Statements, old: Statements, seed: int) -> None:
    first, second = document(new), document(old)
    verdict = check_no_new_access(first, second)
    if verdict.result is Result.PASS:
        for identity, request in asked(seed, IDENTITIES):
            assert not allows(first, identity, request) or allows(second, identity, request)
    for reason in verdict.reasons:
        assert allows(first, reason.example.identity, reason.example.request)
        assert not allows(second, reason.example.identity, reason.example.request)


@slow
@given(resource_policies, resource_policies, seeds)
def test_the_evaluator_never_disagrees_about_resource_policies(new: Statements, old: Statements, seed: int) -> None:
    first, second = document(new, PolicyKind.RESOURCE), document(old, PolicyKind.RESOURCE)
    verdict = check_no_new_access(first, second)
    if verdict.result is Result.PASS:
        for identity, request in asked(seed, [*IDENTITIES, *OUTSIDERS]):
            assert not allows(first, identity, request) or allows(second, identity, request)


@slow
@given(policies)
def test_a_policy_gives_nothing_new_beside_itself(policy: Statements) -> None:
    assert check_no_new_access(document(policy), document(policy)).result is Result.PASS


@slow
@given(policies, statements(effect="Deny"))
def test_a_further_deny_never_adds_access(policy: Statements, deny: dict[str, Any]) -> None:
    assert check_no_new_access(document([*policy, deny]), document(policy)).result is Result.PASS


@slow
@given(policies, statements(effect="Allow"))
def test_leaving_an_allow_out_never_adds_access(policy: Statements, allow: dict[str, Any]) -> None:
    assert check_no_new_access(document(policy), document([*policy, allow])).result is Result.PASS


@slow
@given(resource_policies, statements(effect="Deny", principals=PRINCIPALS))
def test_a_further_deny_never_adds_access_to_a_resource(policy: Statements, deny: dict[str, Any]) -> None:
    first = document([*policy, deny], PolicyKind.RESOURCE)
    assert check_no_new_access(first, document(policy, PolicyKind.RESOURCE)).result is Result.PASS


@slow
@given(policies)
def test_nothing_is_new_beside_everything(policy: Statements) -> None:
    assert check_no_new_access(document(policy), document([EVERYTHING])).result is Result.PASS
