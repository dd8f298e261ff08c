"""What a draft would have changed: added or in another's place, alone responsible, and honest where something is unknown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    ResourcePolicy,
    Source,
    Verdict,
    compile_principal,
    compile_resource_policy,
    decide,
    parse_document,
)
from garrison.policy.replay import Change, Draft, PolicyReplay
from garrison.policy.supposing import UNKNOWN_RESOURCE, Suppositions

ACCOUNT = "111122223333"
OBJECT = "arn:aws:s3:::logs/a"


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str, action: str = "*", resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def user(policies: Iterable[str] = (), boundary: str | None = None, scps: Iterable[str] = ()) -> CompiledPrincipal:
    def source(kind: PolicyKind, name: str, text: str) -> Source:
        return Source(kind, name, parse_document(text, kind))

    return compile_principal(
        PrincipalIdentity(
            kind=PrincipalType.USER, account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/alice", user_name="alice"
        ),
        [source(PolicyKind.IDENTITY, f"user/alice/{number}", text) for number, text in enumerate(policies)],
        boundary=None if boundary is None else source(PolicyKind.BOUNDARY, "boundary", boundary),
        scp_levels=[[source(PolicyKind.SCP, f"scp-{number}", text)] for number, text in enumerate(scps)],
    )


def replayed(draft: Draft, principal: CompiledPrincipal, action: str = "s3:GetObject", **more: Any) -> Any:
    return PolicyReplay(draft).outcome(principal, AuthorizationRequest(action, OBJECT, ACCOUNT, more))


ALL, NOTHING = document(statement("Allow")), document(statement("Deny"))


@pytest.mark.parametrize(
    ("draft", "principal", "change"),
    [
        (Draft(PolicyKind.IDENTITY, "new", NOTHING), user([ALL]), Change.NEWLY_DENIED),
        (Draft(PolicyKind.IDENTITY, "new", ALL), user(), Change.NEWLY_ALLOWED),
        (Draft(PolicyKind.IDENTITY, "new", ALL), user([ALL]), None),
        (Draft(PolicyKind.IDENTITY, "new", NOTHING), user(), None),
        (Draft(PolicyKind.IDENTITY, "new", NOTHING, lambda who: False), user([ALL]), None),
        (Draft(PolicyKind.IDENTITY, "user/alice/0", None, replaces="user/alice/0"), user([ALL]), Change.NEWLY_DENIED),
        (Draft(PolicyKind.IDENTITY, "user/alice/9", None, replaces="user/alice/9"), user([ALL]), None),
        (Draft(PolicyKind.IDENTITY, "x", ALL, replaces="user/alice/0"), user([NOTHING]), Change.NEWLY_ALLOWED),
        (Draft(PolicyKind.BOUNDARY, "b", document(statement("Allow", "ec2:*"))), user([ALL]), Change.NEWLY_DENIED),
        (Draft(PolicyKind.BOUNDARY, "b", None), user([ALL], boundary=NOTHING), Change.NEWLY_ALLOWED),
        (Draft(PolicyKind.SCP, "s", document(statement("Deny", "s3:*"))), user([ALL]), Change.NEWLY_DENIED),
        (Draft(PolicyKind.SCP, "s", document(statement("Allow", "ec2:*"))), user([ALL]), None),
        (Draft(PolicyKind.SCP, "s", ALL, replaces="scp-0"), user([ALL], scps=[NOTHING]), Change.NEWLY_ALLOWED),
        (
            Draft(PolicyKind.SCP, "s", document(statement("Allow", "ec2:*")), replaces="FullAWSAccess"),
            user([ALL]),
            Change.NEWLY_DENIED,
        ),
    ],
)
def test_a_draft_changes_what_it_alone_turns(draft: Draft, principal: CompiledPrincipal, change: Change | None) -> None:
    outcome = replayed(draft, principal)
    assert (outcome and outcome.change) == change
    if change is not None:
        assert PolicyReplay(draft).concerns("s3:GetObject", OBJECT)


def test_a_resource_policy_is_replayed_on_its_resource_alone() -> None:
    policy = document(statement("Deny", "s3:*", OBJECT, Principal="*"))
    replay = PolicyReplay(Draft(PolicyKind.RESOURCE, OBJECT, policy, resource=OBJECT))
    asked = AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT)
    outcome = replay.outcome(user([ALL]), asked)
    assert outcome is not None and outcome.change is Change.NEWLY_DENIED
    assert outcome.after.effect is Verdict.EXPLICIT_DENY
    assert not replay.concerns("s3:GetObject", "arn:aws:s3:::other/a")
    existing = compile_resource_policy(
        ResourcePolicy(Source(PolicyKind.RESOURCE, OBJECT, parse_document(policy, PolicyKind.RESOURCE)))
    )
    gone = PolicyReplay(Draft(PolicyKind.RESOURCE, OBJECT, None, resource=OBJECT)).outcome(user([ALL]), asked, existing)
    assert gone is not None and gone.change is Change.NEWLY_ALLOWED


@pytest.mark.parametrize("draft", [Draft(PolicyKind.RCP, "r", ALL), Draft(PolicyKind.RESOURCE, "r", ALL)])
def test_what_is_no_draft_is_refused(draft: Draft) -> None:
    with pytest.raises(ValueError):
        PolicyReplay(draft)


def unknowing(draft: Draft) -> PolicyReplay:
    return PolicyReplay(draft, Suppositions(lambda key: key.startswith("aws:principaltag/")))


TAGGED = {"StringEquals": {"aws:PrincipalTag/team": "red"}}


def test_a_condition_on_a_key_that_is_not_known_is_undetermined_and_named() -> None:
    draft = Draft(PolicyKind.IDENTITY, "new", document(statement("Deny", Condition=TAGGED)))
    outcome = unknowing(draft).outcome(user([ALL]), AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT))
    assert outcome is not None and outcome.change is Change.UNDETERMINED
    assert outcome.missing == ("aws:principaltag/team",)
    known = AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT, {"aws:PrincipalTag/team": "red"})
    certain = unknowing(draft).outcome(user([ALL]), known)
    assert certain is not None and certain.change is Change.NEWLY_DENIED


def test_a_known_part_that_says_no_leaves_nothing_undetermined() -> None:
    conditions = TAGGED | {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    draft = Draft(PolicyKind.IDENTITY, "new", document(statement("Deny", Condition=conditions)))
    request = AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT, {"aws:SourceIp": "203.0.113.1"})
    assert unknowing(draft).outcome(user([ALL]), request) is None


def test_an_unknown_resource_is_undetermined_unless_every_resource_is_meant() -> None:
    some = Draft(PolicyKind.IDENTITY, "new", document(statement("Deny", resource="arn:aws:s3:::logs/*")))
    every = Draft(PolicyKind.IDENTITY, "new", document(statement("Deny")))
    request = AuthorizationRequest("s3:GetObject", UNKNOWN_RESOURCE, ACCOUNT)
    outcome = unknowing(some).outcome(user([ALL]), request)
    assert outcome is not None and (outcome.change, outcome.missing) == (Change.UNDETERMINED, ("resource",))
    certain = unknowing(every).outcome(user([ALL]), request)
    assert certain is not None and certain.change is Change.NEWLY_DENIED


conditions = st.sampled_from(
    [
        {},
        {"Condition": {"StringEquals": {"aws:PrincipalTag/a": "x"}}},
        {"Condition": {"StringNotEquals": {"aws:PrincipalTag/a": "x"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:PrincipalTag/b": "y"}}},
        {"Condition": {"Null": {"aws:PrincipalTag/a": "true"}}},
    ]
)
statements = st.builds(
    lambda effect, action, resource, more: statement(effect, action, resource, **more),
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["*", "s3:*", "ec2:*"]),
    st.sampled_from(["*", OBJECT, "arn:aws:s3:::logs/${aws:PrincipalTag/a}", "arn:aws:s3:::other"]),
    conditions,
)
policies = st.lists(statements, min_size=1, max_size=3).map(lambda chosen: document(*chosen))
tags = st.dictionaries(st.sampled_from(["aws:PrincipalTag/a", "aws:PrincipalTag/b"]), st.sampled_from("axy"))


@settings(deadline=None, max_examples=300)
@given(held=st.lists(policies, max_size=2), boundary=st.none() | policies, draft=policies, tags=tags)
def test_a_certain_outcome_holds_whatever_the_unknown_tags_are(
    held: list[str], boundary: str | None, draft: str, tags: dict[str, Any]
) -> None:
    made = Draft(PolicyKind.IDENTITY, "new", draft)
    blind = unknowing(made).outcome(user(held, boundary), AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT))
    seen = PolicyReplay(made).outcome(user(held, boundary), AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT, tags))
    if blind is None:
        assert seen is None
    elif blind.change is not Change.UNDETERMINED:
        assert seen is not None and seen.change is blind.change


@settings(deadline=None, max_examples=200)
@given(held=st.lists(policies, max_size=2), draft=policies, tags=tags)
def test_an_outcome_is_what_enforcement_says_with_and_without_the_draft(
    held: list[str], draft: str, tags: dict[str, Any]
) -> None:
    request = AuthorizationRequest("s3:GetObject", OBJECT, ACCOUNT, tags)
    before, after = decide(user(held), request).is_allowed, decide(user([*held, draft]), request).is_allowed
    outcome = PolicyReplay(Draft(PolicyKind.IDENTITY, "new", draft)).outcome(user(held), request)
    assert (outcome is not None) is (before != after)
