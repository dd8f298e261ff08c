"""AWS's order of evaluation, case by case from the IAM and Organizations user guides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from garrison.policy import Decision, PrincipalIdentity, PrincipalType, Verdict

Ask = Callable[..., Decision]
ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DENY: dict[str, Any] = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
OTHER: dict[str, Any] = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
EVERYTHING: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}

ACCOUNT = "111122223333"
USER_ARN = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/examplerole"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/examplerole/examplesession"
FEDERATED_ARN = f"arn:aws:sts::{ACCOUNT}:federated-user/bob"
ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"
CLOUDTRAIL = PrincipalIdentity(kind=PrincipalType.SERVICE, service="cloudtrail.amazonaws.com")
ANYONE = PrincipalIdentity(kind=PrincipalType.ANONYMOUS)
GOOGLE = PrincipalIdentity(kind=PrincipalType.WEB_IDENTITY, provider="accounts.google.com")


def to(principal: Any, statement: dict[str, Any] = ALLOW) -> dict[str, Any]:
    return {**statement, "Principal": principal}


def outcome(decision: Decision) -> str:
    """`allowed`, or the verdict and the kind of policy: `implicitDeny by boundary`."""
    return "allowed" if decision.is_allowed else f"{decision.effect} by {decision.policy_kind}"


# "Policy evaluation for requests within a single account"
@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({}, "implicitDeny by identity"),
        ({"identity": [OTHER]}, "implicitDeny by identity"),
        ({"identity": [ALLOW]}, "allowed"),
        ({"identity": [ALLOW, DENY]}, "explicitDeny by identity"),
        ({"identity": [ALLOW], "boundary": [ALLOW]}, "allowed"),
        ({"identity": [ALLOW], "boundary": [OTHER]}, "implicitDeny by boundary"),
        ({"identity": [ALLOW], "boundary": [ALLOW, DENY]}, "explicitDeny by boundary"),
        ({"boundary": [ALLOW]}, "implicitDeny by identity"),
        ({"identity": [ALLOW], "session": [ALLOW], "who": "session"}, "allowed"),
        ({"identity": [ALLOW], "session": [OTHER], "who": "session"}, "implicitDeny by session"),
        ({"identity": [ALLOW], "session": [ALLOW, DENY], "who": "session"}, "explicitDeny by session"),
        ({"identity": [ALLOW], "session": [], "who": "session"}, "implicitDeny by session"),
        ({"session": [ALLOW], "who": "session"}, "implicitDeny by identity"),
        ({"identity": [ALLOW], "on_resource": [to("*", DENY)]}, "explicitDeny by resource"),
        ({"identity": [DENY], "on_resource": [to({"AWS": USER_ARN})]}, "explicitDeny by identity"),
        ({"identity": [ALLOW], "on_resource": [to({"AWS": "999999999999"})]}, "allowed"),
    ],
)
def test_identity_boundary_and_session_policies_within_an_account(
    ask: Ask, policies: dict[str, Any], expected: str
) -> None:
    assert outcome(ask(**policies)) == expected


# "How AWS enforcement code logic evaluates requests to allow or deny access", Resource-based policies
@pytest.mark.parametrize(
    ("who", "principal", "limits", "expected"),
    [
        ("alice", {"AWS": USER_ARN}, {}, "allowed"),
        ("alice", {"AWS": USER_ARN}, {"boundary": [OTHER]}, "allowed"),
        ("alice", {"AWS": "AIDAALICEALICEALICE00"}, {"boundary": [OTHER]}, "allowed"),
        ("alice", "*", {"boundary": [OTHER]}, "allowed"),
        ("alice", {"AWS": "*"}, {}, "allowed"),
        ("alice", {"AWS": ACCOUNT}, {}, "implicitDeny by identity"),
        ("alice", {"AWS": ROOT_ARN}, {}, "implicitDeny by identity"),
        ("alice", {"AWS": ROOT_ARN}, {"identity": [ALLOW]}, "allowed"),
        ("session", {"AWS": ROLE_ARN}, {}, "allowed"),
        ("session", {"AWS": "AROAEXAMPLEEXAMPLE000"}, {}, "allowed"),
        ("session", {"AWS": ROLE_ARN}, {"boundary": [OTHER]}, "implicitDeny by boundary"),
        ("session", {"AWS": ROLE_ARN}, {"session": [OTHER]}, "implicitDeny by session"),
        ("session", {"AWS": ROLE_ARN}, {"boundary": [ALLOW], "session": [ALLOW]}, "allowed"),
        ("session", {"AWS": SESSION_ARN}, {"boundary": [OTHER], "session": [OTHER]}, "allowed"),
        ("session", "*", {"boundary": [OTHER], "session": [OTHER]}, "allowed"),
        ("session", {"AWS": f"{SESSION_ARN}2"}, {}, "implicitDeny by identity"),
        ("session", {"AWS": SESSION_ARN}, {"session": [DENY]}, "explicitDeny by session"),
        ("federated", {"AWS": FEDERATED_ARN}, {"boundary": [OTHER]}, "allowed"),
        ("federated", {"AWS": USER_ARN}, {}, "implicitDeny by session"),
        ("federated", {"AWS": USER_ARN}, {"session": [ALLOW]}, "allowed"),
        ("federated", {"AWS": USER_ARN}, {"session": [ALLOW], "boundary": [OTHER]}, "implicitDeny by boundary"),
        ("root", {"AWS": "999999999999"}, {}, "allowed"),
    ],
)
def test_a_resource_grant_within_the_account(
    ask: Ask, who: str, principal: Any, limits: dict[str, Any], expected: str
) -> None:
    assert outcome(ask(who=who, on_resource=[to(principal)], **limits)) == expected


def test_a_role_named_by_condition_is_not_limited_by_its_boundary(ask: Ask) -> None:
    """ "AWS JSON policy elements: Principal", IAM role principals: aws:PrincipalArn with a wildcard principal."""
    grant = to("*", {**ALLOW, "Condition": {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}}})
    assert ask(who="session", on_resource=[grant], boundary=[OTHER], session=[OTHER]).is_allowed
    assert not ask(who="alice", on_resource=[grant]).is_allowed


# "Permissions for GetFederationToken": without a policy the session has none of the user's permissions
def test_a_federation_token_without_a_policy_grants_nothing(ask: Ask) -> None:
    assert outcome(ask(who="federated", identity=[EVERYTHING])) == "implicitDeny by session"
    assert outcome(ask(who="federated", identity=[EVERYTHING], session=[])) == "implicitDeny by session"
    assert ask(who="federated", identity=[EVERYTHING], session=[ALLOW]).is_allowed


# KMS developer guide, "Key policies in AWS KMS"
@pytest.mark.parametrize(
    ("who", "principal", "identity", "expected"),
    [
        ("alice", {"AWS": "999999999999"}, [ALLOW], "implicitDeny by resource"),
        ("alice", {"AWS": ROOT_ARN}, [ALLOW], "allowed"),
        ("alice", {"AWS": ROOT_ARN}, [], "implicitDeny by identity"),
        ("alice", {"AWS": USER_ARN}, [], "allowed"),
        ("root", {"AWS": USER_ARN}, [], "implicitDeny by resource"),
        ("root", {"AWS": ROOT_ARN}, [], "allowed"),
    ],
)
def test_a_key_policy_must_allow(
    ask: Ask, who: str, principal: Any, identity: list[dict[str, Any]], expected: str
) -> None:
    decision = ask(who=who, identity=identity, on_resource=[to(principal)], must_allow=True)
    assert outcome(decision) == expected


# "Cross-account policy evaluation logic"
@pytest.mark.parametrize(
    ("who", "principal", "policies", "expected"),
    [
        ("alice", None, {"identity": [ALLOW]}, "implicitDeny by resource"),
        ("alice", {"AWS": USER_ARN}, {}, "implicitDeny by identity"),
        ("alice", {"AWS": USER_ARN}, {"identity": [ALLOW]}, "allowed"),
        ("alice", {"AWS": ACCOUNT}, {"identity": [ALLOW]}, "allowed"),
        ("alice", "*", {"identity": [ALLOW]}, "allowed"),
        ("alice", "*", {}, "implicitDeny by identity"),
        ("alice", {"AWS": "999999999999"}, {"identity": [ALLOW]}, "implicitDeny by resource"),
        ("alice", {"AWS": USER_ARN}, {"identity": [ALLOW], "boundary": [OTHER]}, "implicitDeny by boundary"),
        ("session", {"AWS": SESSION_ARN}, {"identity": [ALLOW], "session": [OTHER]}, "implicitDeny by session"),
        ("session", {"AWS": ROLE_ARN}, {"identity": [ALLOW]}, "allowed"),
        ("root", {"AWS": ROOT_ARN}, {}, "allowed"),
        ("root", {"AWS": USER_ARN}, {}, "implicitDeny by resource"),
    ],
)
def test_across_accounts_both_sides_must_allow(
    ask: Ask, who: str, principal: Any, policies: dict[str, Any], expected: str
) -> None:
    on_resource = None if principal is None else [to(principal)]
    assert outcome(ask(who=who, owner="444455556666", on_resource=on_resource, **policies)) == expected


# Organizations user guide, "SCP evaluation"
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scps": [[EVERYTHING], [EVERYTHING]]}, "allowed"),
        ({"scps": [[EVERYTHING], [OTHER]]}, "implicitDeny by scp"),
        ({"scps": [[OTHER], [EVERYTHING]]}, "implicitDeny by scp"),
        ({"scps": [[OTHER, ALLOW], [EVERYTHING]]}, "allowed"),
        ({"scps": [[EVERYTHING], [EVERYTHING, DENY]]}, "explicitDeny by scp"),
        ({"scps": [[EVERYTHING, DENY]], "is_management_account": True}, "allowed"),
        ({"scps": [[OTHER]], "who": "session", "is_service_linked": True}, "allowed"),
        ({"scps": [[EVERYTHING, DENY]], "who": "root"}, "explicitDeny by scp"),
        ({"scps": [[OTHER]], "who": "root"}, "implicitDeny by scp"),
        ({"scps": [[OTHER]], "on_resource": [to({"AWS": USER_ARN})]}, "implicitDeny by scp"),
    ],
)
def test_every_level_of_service_control_policies_must_allow(ask: Ask, changes: dict[str, Any], expected: str) -> None:
    assert outcome(ask(**{"identity": [ALLOW], **changes})) == expected


# Organizations user guide, "RCP evaluation"
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rcps": [[to("*", EVERYTHING)]]}, "allowed"),
        ({"rcps": [[to("*", EVERYTHING), to("*", DENY)]]}, "explicitDeny by rcp"),
        ({"rcps": [[to("*", DENY)]], "who": "root"}, "explicitDeny by rcp"),
        ({"rcps": [[to("*", {**DENY, "Action": "s3:PutObject"})]]}, "implicitDeny by rcp"),
        ({"rcps": [[to("*", EVERYTHING), to("*", DENY)]], "who": "session", "is_service_linked": True}, "allowed"),
        ({"rcps": [[to("*", EVERYTHING), to("*", DENY)]], "is_management_account": True}, "explicitDeny by rcp"),
    ],
)
def test_resource_control_policies_limit_the_resource(ask: Ask, changes: dict[str, Any], expected: str) -> None:
    assert outcome(ask(**{"identity": [ALLOW], **changes})) == expected


@pytest.mark.parametrize(
    ("who", "principal", "expected"),
    [
        (CLOUDTRAIL, {"Service": "cloudtrail.amazonaws.com"}, "allowed"),
        (CLOUDTRAIL, {"Service": ["config.amazonaws.com", "cloudtrail.amazonaws.com"]}, "allowed"),
        (CLOUDTRAIL, {"Service": "config.amazonaws.com"}, "implicitDeny by resource"),
        (CLOUDTRAIL, "*", "allowed"),
        (ANYONE, "*", "allowed"),
        (ANYONE, {"AWS": "*"}, "allowed"),
        (ANYONE, {"AWS": ACCOUNT}, "implicitDeny by resource"),
        (ANYONE, None, "implicitDeny by resource"),
        (replace(ANYONE, account=ACCOUNT), {"AWS": ACCOUNT}, "implicitDeny by resource"),
        (replace(GOOGLE, account=ACCOUNT, arn=USER_ARN), {"AWS": USER_ARN}, "implicitDeny by resource"),
        (replace(CLOUDTRAIL, account=ACCOUNT), {"AWS": ROOT_ARN}, "implicitDeny by resource"),
    ],
)
def test_a_caller_without_an_account_needs_the_resources_policy(
    ask: Ask, who: PrincipalIdentity, principal: Any, expected: str
) -> None:
    on_resource = None if principal is None else [to(principal)]
    assert outcome(ask(who=who, on_resource=on_resource)) == expected


# "AWS JSON policy elements: NotPrincipal"
@pytest.mark.parametrize(
    ("who", "listed", "expected"),
    [
        ("alice", [USER_ARN, ROOT_ARN], "allowed"),
        ("alice", [USER_ARN], "explicitDeny by resource"),
        ("alice", [ROOT_ARN], "explicitDeny by resource"),
        ("session", [SESSION_ARN, ROLE_ARN, ROOT_ARN], "allowed"),
        ("session", [ROLE_ARN, ROOT_ARN], "explicitDeny by resource"),
        ("root", [ROOT_ARN], "allowed"),
    ],
)
def test_not_principal_with_deny_spares_only_whom_it_names_in_every_way(
    ask: Ask, who: str, listed: list[str], expected: str
) -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": listed}}
    assert outcome(ask(who=who, identity=[ALLOW], on_resource=[deny])) == expected


def test_not_principal_with_allow_spares_whoever_it_names(ask: Ask) -> None:
    grant = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": ROOT_ARN}}
    assert not ask(on_resource=[grant]).is_allowed
    assert ask(who=CLOUDTRAIL, on_resource=[grant]).is_allowed


def test_an_s3_policy_may_name_an_account_by_its_canonical_user(ask: Ask) -> None:
    grant = to({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"})
    mine = {"canonical_user_id": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    assert ask(who="root", owner="444455556666", on_resource=[grant], **mine).is_allowed
    assert ask(owner="444455556666", identity=[ALLOW], on_resource=[grant], **mine).is_allowed
    assert not ask(owner="444455556666", identity=[ALLOW], on_resource=[grant]).is_allowed


def test_root_needs_no_policy_and_bows_to_denies_only(ask: Ask) -> None:
    decision = ask(who="root")
    assert (decision.effect, decision.policy_kind, decision.statements) == (Verdict.ALLOW, None, ())
    assert outcome(ask(who="root", on_resource=[to("*", DENY)])) == "explicitDeny by resource"


TRUSTED = f"arn:aws:iam::{ACCOUNT}:role/trusted"
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}
MAY_ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": TRUSTED}


# "Cross account resource access in IAM", and STS API reference, AssumeRole
@pytest.mark.parametrize(
    ("owner", "principal", "identity", "expected"),
    [
        (ACCOUNT, {"AWS": USER_ARN}, [], "allowed"),
        (ACCOUNT, {"AWS": ROOT_ARN}, [], "implicitDeny by identity"),
        (ACCOUNT, {"AWS": ROOT_ARN}, [MAY_ASSUME], "allowed"),
        (ACCOUNT, {"AWS": "999999999999"}, [MAY_ASSUME], "implicitDeny by trust"),
        (ACCOUNT, {"Service": "ec2.amazonaws.com"}, [EVERYTHING], "implicitDeny by trust"),
        ("444455556666", {"AWS": USER_ARN}, [], "implicitDeny by identity"),
        ("444455556666", {"AWS": USER_ARN}, [MAY_ASSUME], "allowed"),
        ("444455556666", {"AWS": ROOT_ARN}, [MAY_ASSUME], "allowed"),
        ("444455556666", {"AWS": "999999999999"}, [MAY_ASSUME], "implicitDeny by trust"),
    ],
)
def test_a_role_is_assumed_only_where_it_trusts(
    ask: Ask, owner: str, principal: Any, identity: list[dict[str, Any]], expected: str
) -> None:
    trust = [{**ASSUME, "Principal": principal}]
    assert outcome(ask("sts:AssumeRole", TRUSTED, owner=owner, identity=identity, trust=trust)) == expected


def test_an_external_id_is_demanded(ask: Ask) -> None:
    """ "Access to AWS accounts owned by third parties": the external id."""
    trust = [{**ASSUME, "Principal": {"AWS": USER_ARN}, "Condition": {"StringEquals": {"sts:ExternalId": "12345"}}}]
    assert ask("sts:AssumeRole", TRUSTED, trust=trust, context={"sts:ExternalId": "12345"}).is_allowed
    assert outcome(ask("sts:AssumeRole", TRUSTED, trust=trust)) == "implicitDeny by trust"


def test_a_token_is_exchanged_only_where_its_provider_is_trusted(ask: Ask) -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    allow = {"Effect": "Allow", "Action": action}
    for principal, allowed in (
        ({"Federated": "accounts.google.com"}, True),
        ({"Federated": "www.amazon.com"}, False),
        ({"AWS": "*"}, False),
        ("*", True),
    ):
        decision = ask(action, TRUSTED, who=GOOGLE, trust=[{**allow, "Principal": principal}])
        assert decision.is_allowed is allowed


def test_a_deny_of_every_aws_principal_stops_tokens_too(ask: Ask) -> None:
    action = "sts:AssumeRoleWithWebIdentity"
    trust = [
        {"Effect": "Allow", "Action": action, "Principal": {"Federated": "accounts.google.com"}},
        {"Effect": "Deny", "Action": action, "Principal": {"AWS": "*"}},
    ]
    assert outcome(ask(action, TRUSTED, who=GOOGLE, trust=trust)) == "explicitDeny by trust"


# "IAM JSON policy elements: Action", ": NotAction", ": Resource", ": NotResource"
@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({"Action": "S3:getobject", "Resource": "*"}, True),
        ({"Action": "s3:Get*", "Resource": "*"}, True),
        ({"Action": "s3:*Obj?ct", "Resource": "*"}, True),
        ({"Action": "s3:?", "Resource": "*"}, False),
        ({"Action": "*:GetObject", "Resource": "*"}, True),
        ({"Action": "*", "Resource": "*"}, True),
        ({"NotAction": "iam:*", "Resource": "*"}, True),
        ({"NotAction": ["iam:*", "s3:Get*"], "Resource": "*"}, False),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::logs/a"}, True),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::LOGS/a"}, False),
        ({"Action": "s3:*", "Resource": ["arn:aws:s3:::x", "arn:aws:s3:::l*/?"]}, True),
        ({"Action": "s3:*", "Resource": "arn:aws:s3"}, True),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:*"}, True),
        ({"Action": "s3:*", "Resource": "arn:aws:sqs"}, False),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::logs/*"}, False),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}, True),
    ],
)
def test_actions_and_resources_match(ask: Ask, statement: dict[str, Any], allowed: bool) -> None:
    assert ask(identity=[{"Effect": "Allow", **statement}]).is_allowed is allowed


def test_an_action_without_resources_is_allowed_only_on_everything(ask: Ask) -> None:
    named = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::*"}
    assert not ask("s3:ListAllMyBuckets", "*", identity=[named]).is_allowed
    assert ask("s3:ListAllMyBuckets", "*", identity=[ALLOW]).is_allowed


def test_a_decision_names_the_statements_that_decided(ask: Ask) -> None:
    decision = ask(identity=[OTHER, {**ALLOW, "Sid": "Objects"}], boundary=[EVERYTHING])
    assert [statement.id for statement in decision.statements] == ["identity-policy#Objects", "boundary-policy#0"]
    denied = ask(identity=[ALLOW, {**DENY, "Sid": "Never"}])
    assert [statement.id for statement in denied.statements] == ["identity-policy#Never"]
    assert ask(identity=[OTHER]).statements == ()
