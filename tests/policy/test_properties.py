"""What holds for every set of policies and every request."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.policy import (
    AuthorizationRequest,
    Decision,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    RememberedDecisions,
    Source,
    Verdict,
    compile_principal,
    compile_resource_policy,
    decide,
    decide_many,
    explain,
    parse_document,
)

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]
RESOURCES = ["arn:aws:s3:::logs/a", "arn:aws:s3:::logs/b", "arn:aws:sqs:us-east-1:111122223333:q"]
OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringLikeIfExists",
    "ForAllValues:StringEquals",
    "ForAnyValue:StringLike",
]

one_action = st.sampled_from([*ACTIONS, "*", "s3:*", "s3:?etObject", "*:*Object"])
one_resource = st.sampled_from(
    [*RESOURCES, "*", "arn:aws:s3:::logs/*", "arn:aws:s3:::${aws:username}/*", "arn:aws:sqs"]
)
conditions = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(
        st.sampled_from(["k:a", "k:b"]), st.lists(st.sampled_from("xyz"), min_size=1, max_size=2), min_size=1
    ),
    max_size=2,
)


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": effect or draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    statement[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(
        st.lists(one_action, min_size=1, max_size=2)
    )
    statement[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(
        st.lists(one_resource, min_size=1, max_size=2)
    )
    statement["Condition"] = draw(conditions)
    return statement


policies = st.lists(statements(), min_size=1, max_size=4)
whom = st.sampled_from(["*", {"AWS": ALICE}, {"AWS": ACCOUNT}, {"AWS": "999999999999"}])
worlds = st.fixed_dictionaries(
    {
        "identity": policies,
        "boundary": st.none() | policies,
        "session": st.none() | policies,
        "scp": st.none() | policies,
        "resource": st.none() | st.tuples(policies, whom),
    }
)
requests = st.builds(
    AuthorizationRequest,
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
    st.sampled_from([None, ACCOUNT, "444455556666"]),
    st.dictionaries(st.sampled_from(["K:A", "k:b"]), st.sampled_from(["x", "y", ["x", "z"], []])),
)


def source(kind: PolicyKind, written: list[dict[str, Any]]) -> Source:
    return Source(kind, kind, parse_document(json.dumps({"Version": "2012-10-17", "Statement": written}), kind))


def arguments(world: dict[str, Any], request: AuthorizationRequest) -> tuple[Any, ...]:
    identity = PrincipalIdentity(kind=PrincipalType.USER, account=ACCOUNT, arn=ALICE, user_name="alice")
    optional = {kind: world[kind] for kind in ("boundary", "session", "scp") if world[kind] is not None}
    principal = compile_principal(
        identity,
        [source(PolicyKind.IDENTITY, world["identity"])],
        boundary=source(PolicyKind.BOUNDARY, optional["boundary"]) if "boundary" in optional else None,
        session=[source(PolicyKind.SESSION, optional["session"])] if "session" in optional else None,
        scp_levels=[[source(PolicyKind.SCP, optional["scp"])]] if "scp" in optional else [],
    )
    policy = None
    if world["resource"] is not None:
        written, principals = world["resource"]
        named = [{**statement, "Principal": principals} for statement in written]
        policy = compile_resource_policy(source(PolicyKind.RESOURCE, named))
    return principal, request, policy


def decision(world: dict[str, Any], request: AuthorizationRequest) -> Decision:
    return decide(*arguments(world, request))


@given(worlds, requests)
def test_an_explicit_deny_wins_over_any_allow(world: dict[str, Any], request: AuthorizationRequest) -> None:
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    for kind in ("identity", "boundary", "session", "scp"):
        denied = decision({**world, kind: [*(world[kind] or []), deny]}, request)
        assert denied.effect is Verdict.EXPLICIT_DENY


@given(worlds, requests, statements(effect="Deny"))
def test_adding_a_deny_never_adds_access(
    world: dict[str, Any], request: AuthorizationRequest, deny: dict[str, Any]
) -> None:
    before, after = decision(world, request), decision({**world, "identity": [*world["identity"], deny]}, request)
    assert before.is_allowed or not after.is_allowed
    assert after.effect in (before.effect, Verdict.EXPLICIT_DENY)


@given(worlds, requests, statements(effect="Allow"))
def test_adding_an_allow_never_takes_access(
    world: dict[str, Any], request: AuthorizationRequest, allow: dict[str, Any]
) -> None:
    before, after = decision(world, request), decision({**world, "identity": [*world["identity"], allow]}, request)
    assert after.is_allowed or not before.is_allowed


@given(worlds, requests, st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(
    world: dict[str, Any], request: AuthorizationRequest, random: Any
) -> None:
    shuffled = {
        kind: random.sample(value, len(value)) if isinstance(value, list) else value for kind, value in world.items()
    }
    before, after = decision(world, request), decision(shuffled, request)
    assert (before.effect, before.policy_kind) == (after.effect, after.policy_kind)


@given(worlds, requests)
def test_a_ceiling_only_limits_within_the_account_policies(
    world: dict[str, Any], request: AuthorizationRequest
) -> None:
    for ceiling in ("boundary", "session", "scp"):
        without = decision({**world, ceiling: None}, request)
        assert without.is_allowed or not decision(world, request).is_allowed


@settings(max_examples=200)
@given(worlds, requests)
def test_an_explanation_is_the_decision_with_its_evidence(world: dict[str, Any], request: AuthorizationRequest) -> None:
    asked = arguments(world, request)
    decided, explained = decide(*asked), explain(*asked)
    assert (decided.effect, decided.policy_kind) == (explained.decision.effect, explained.decision.policy_kind)
    assert [one.id for one in decided.statements] == [one.id for one in explained.decision.statements]
    applied = [finding for finding in explained.findings if finding.applied]
    assert {one.id for one in decided.statements} <= {finding.statement.id for finding in applied}
    denies = [finding for finding in applied if finding.statement.effect == "Deny"]
    assert bool(denies) is (decided.effect is Verdict.EXPLICIT_DENY)
    if decided.effect is Verdict.IMPLICIT_DENY and decided.policy_kind is not PolicyKind.RESOURCE:
        assert not [finding for finding in applied if finding.statement.kind is decided.policy_kind]


@given(worlds, st.lists(requests, max_size=4))
def test_many_decisions_are_the_single_ones(world: dict[str, Any], asked: list[AuthorizationRequest]) -> None:
    principal, _, _ = arguments({**world, "resource": None}, AuthorizationRequest("s3:GetObject"))
    together = list(decide_many([principal, principal], asked))
    assert together == [[decide(principal, request) for request in asked]] * 2


@given(worlds, st.lists(requests, max_size=4))
def test_remembered_decisions_are_those_made_anew(world: dict[str, Any], asked: list[AuthorizationRequest]) -> None:
    remembered = RememberedDecisions(most=2)
    principal, _, policy = arguments(world, AuthorizationRequest("s3:GetObject"))
    for request in [*asked, *asked]:
        assert remembered.decide(principal, request, policy, ()) == decide(principal, request, policy, ())
