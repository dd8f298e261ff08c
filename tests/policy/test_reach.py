"""Who can do something: directly, by roles after roles, from outside, and where a policy is not known."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.policy import AuthorizationRequest, CompiledResourcePolicy, PolicyKind, compile_resource_policy
from garrison.policy.account_dump import read_account
from garrison.policy.estate import Estate
from garrison.policy.reach import ASSUME_ROLE, Answer, Certainty, can, policy_on, who_can
from garrison.policy.what_can import what_can
from tests.policy.conftest import source
from tests.policy.test_properties import statements

ACCOUNT, OTHER = "111122223333", "999988887777"
GET, OBJECT = "s3:GetObject", "arn:aws:s3:::logs/a"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def user_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def allow(action: Any = GET, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = GET, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def document(*written: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(written)}


def trusting(*principals: Any, **more: Any) -> dict[str, Any]:
    return document(*({"Effect": "Allow", "Action": ASSUME_ROLE, "Principal": one, **more} for one in principals))


def user(name: str, *written: dict[str, Any], **more: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "own", "PolicyDocument": document(*written)}] if written else []
    return {
        "Arn": user_arn(name),
        "UserName": name,
        "UserId": f"AIDA{name.upper():0<16}",
        "UserPolicyList": policies,
        "AttachedManagedPolicies": [],
        "GroupList": [],
    } | more


def role(name: str, trust: dict[str, Any], *written: dict[str, Any], **more: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "own", "PolicyDocument": document(*written)}] if written else []
    return {
        "Arn": role_arn(name),
        "RoleName": name,
        "RoleId": f"AROA{name.upper():0<16}",
        "RolePolicyList": policies,
        "AttachedManagedPolicies": [],
        "AssumeRolePolicyDocument": trust,
    } | more


def dump(*entities: dict[str, Any], groups: Any = (), policies: Any = ()) -> dict[str, Any]:
    return {
        "UserDetailList": [one for one in entities if "UserName" in one],
        "RoleDetailList": [one for one in entities if "RoleName" in one],
        "GroupDetailList": list(groups),
        "Policies": list(policies),
    }


def estate(*entities: dict[str, Any], resources: Any = (), organization: Any = None, **more: Any) -> Estate:
    return read_account(dump(*entities, **more), resources, organization or [])


def ask(held: Estate, action: str = GET, resource: str = OBJECT, **context: Any) -> dict[str, Answer]:
    found = who_can(held, AuthorizationRequest(action, resource, None, context))
    return {answer.principal: answer for answer in found if answer.principal != ROOT}


def way(answer: Answer) -> list[tuple[str, str]]:
    return [(step.principal.rpartition(":")[2], step.resource.rpartition(":")[2]) for step in answer.path]


def test_direct_answers_name_the_statement_that_allows() -> None:
    held = estate(user("alice", allow("s3:*")), user("bob", allow("sqs:*")), user("carol", allow(), deny()))
    found = ask(held)
    assert list(found) == [user_arn("alice")]
    (step,) = found[user_arn("alice")].path
    assert step.decision.statements[0].id == "user/alice/own#0"


def test_roles_are_followed_one_after_another_by_the_shortest_way() -> None:
    held = estate(
        user("alice", allow(ASSUME_ROLE, role_arn("first"))),
        user("bob"),
        role("first", trusting({"AWS": ACCOUNT}), allow(ASSUME_ROLE)),
        role("second", trusting({"AWS": role_arn("first")}), allow(ASSUME_ROLE)),
        role("reader", trusting({"AWS": [role_arn("second"), user_arn("bob")]}), allow()),
    )
    found = ask(held)
    assert way(found[user_arn("alice")]) == [
        ("user/alice", "role/first"),
        ("role/first", "role/second"),
        ("role/second", "role/reader"),
        ("role/reader", "logs/a"),
    ]
    assert way(found[user_arn("bob")]) == [("user/bob", "role/reader"), ("role/reader", "logs/a")]
    assert [step.action for step in found[user_arn("alice")].path] == [ASSUME_ROLE] * 3 + [GET]


def test_trust_in_the_account_alone_lets_nobody_in_without_a_permission() -> None:
    held = estate(user("alice"), role("reader", trusting({"AWS": ROOT}), allow()))
    assert list(ask(held)) == [role_arn("reader")]


def test_trust_in_everyone_lets_strangers_in_and_a_deny_keeps_members_out() -> None:
    held = estate(
        user("alice"),
        user("bob", deny(ASSUME_ROLE)),
        role("reader", trusting("*"), allow()),
    )
    found = ask(held)
    assert set(found) == {role_arn("reader"), user_arn("alice"), "*"}
    assert found["*"].certainty is Certainty.ALLOWED


def test_services_providers_and_other_accounts_come_from_outside() -> None:
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
    web = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {"StringEquals": {"token.example.com:sub": "repo:x"}},
    }
    trust = trusting({"Service": "ec2.amazonaws.com"}, {"AWS": f"arn:aws:iam::{OTHER}:role/ci"})
    trust["Statement"].append(web)
    found = ask(estate(role("reader", trust, allow())))
    assert found["ec2.amazonaws.com"].certainty is Certainty.ALLOWED
    stranger = found[f"arn:aws:iam::{OTHER}:role/ci"]
    assert stranger.certainty is Certainty.UNKNOWN
    assert stranger.missing == (f"identity policies of account {OTHER}",)
    by_token = found[provider]
    assert by_token.certainty is Certainty.CONDITIONAL
    assert (by_token.path[0].action, by_token.path[0].context) == (
        "sts:AssumeRoleWithWebIdentity",
        {"token.example.com:sub": "repo:x"},
    )


def test_conditions_that_the_question_leaves_open_make_answers_conditional() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    held = estate(
        user("alice", allow(Condition=mfa)), user("bob", allow(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    )
    found = ask(held)
    assert {answer.certainty for answer in found.values()} == {Certainty.CONDITIONAL}
    assert found[user_arn("alice")].path[0].context == {"aws:MultiFactorAuthPresent": "true"}
    assert found[user_arn("bob")].path[0].context == {"aws:SourceIp": "10.0.0.0"}
    assert list(ask(held, **{"aws:SourceIp": "192.0.2.1", "aws:MultiFactorAuthPresent": "false"})) == []
    certain = ask(held, **{"aws:SourceIp": "10.1.2.3"})
    assert certain[user_arn("bob")].certainty is Certainty.ALLOWED


def test_a_surer_way_through_a_role_is_preferred() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    held = estate(
        user("alice", allow(Condition=mfa), allow(ASSUME_ROLE)),
        role("reader", trusting({"AWS": user_arn("alice")}), allow()),
    )
    assert ask(held)[user_arn("alice")].certainty is Certainty.ALLOWED


def test_groups_boundaries_and_organizations_are_part_of_the_answer() -> None:
    edge = {
        "Arn": f"arn:aws:iam::{ACCOUNT}:policy/edge",
        "PolicyVersionList": [{"IsDefaultVersion": True, "Document": document(allow("sqs:*"))}],
    }
    group = {
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/staff",
        "GroupName": "staff",
        "GroupPolicyList": [{"PolicyName": "all", "PolicyDocument": document(allow("s3:*"))}],
    }
    members = [
        user("alice", GroupList=["staff"]),
        user("bob", GroupList=["staff"], PermissionsBoundary={"PermissionsBoundaryArn": edge["Arn"]}),
    ]
    assert list(ask(estate(*members, groups=[group], policies=[edge]))) == [user_arn("alice")]
    forbidding = {ACCOUNT: [[document(allow("*"))], [document(allow("*"), deny("s3:*"))]]}
    assert ask(estate(*members, groups=[group], policies=[edge], organization=forbidding)) == {}


def test_what_was_not_collected_makes_answers_unknown_and_is_named() -> None:
    lost = {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/lost", "PolicyName": "lost"}
    held = estate(user("alice", AttachedManagedPolicies=[lost]), user("bob", deny(), AttachedManagedPolicies=[lost]))
    found = ask(held)
    assert list(found) == [user_arn("alice")], "bob is denied whatever the lost policy says"
    assert found[user_arn("alice")].certainty is Certainty.UNKNOWN
    assert found[user_arn("alice")].missing == (f"policy {lost['PolicyArn']}",)
    blind = read_account(dump(user("carol", allow())))
    answer = ask(blind)[user_arn("carol")]
    assert answer.certainty is Certainty.UNKNOWN
    assert answer.missing == (f"resource policy of {OBJECT}", f"service control policies of account {ACCOUNT}")


def test_a_resource_policy_grants_and_denies() -> None:
    bucket = {
        "Resource": "arn:aws:s3:::logs",
        "Account": ACCOUNT,
        "Policy": document(
            {**allow(), "Principal": {"AWS": [user_arn("alice"), f"arn:aws:iam::{OTHER}:root"]}},
            {**deny(), "Principal": {"AWS": user_arn("bob")}},
        ),
    }
    found = ask(estate(user("alice"), user("bob", allow()), resources=[bucket]))
    assert set(found) == {user_arn("alice"), f"arn:aws:iam::{OTHER}:root"}


def test_what_a_principal_can_do_includes_its_roles() -> None:
    held = estate(
        user("alice", allow("sqs:*", f"arn:aws:sqs:*:{ACCOUNT}:jobs"), allow(ASSUME_ROLE)),
        role(
            "reader", trusting({"AWS": ACCOUNT}), allow([GET, "s3:List*"], "arn:aws:s3:::logs/*"), deny("s3:ListBucket")
        ),
    )
    alice = held.find(user_arn("alice"))
    assert alice is not None
    found = what_can(held, alice)
    shown = {(one.actions if len(one.actions) < 3 else "many", one.resource, len(one.path)) for one in found}
    assert (("sqs:*",), f"arn:aws:sqs:*:{ACCOUNT}:jobs", 0) in shown
    of_role = [one for one in found if one.path]
    assert GET in of_role[0].actions and "s3:ListBucket" not in of_role[0].actions
    on_object = what_can(held, alice, OBJECT)
    assert [one.statement for one in on_object] == ["role/reader/own#0"]
    assert set(on_object[0].actions) >= {GET}


NAMES = ["ann", "ben"]
ROLES = ["r1", "r2", "r3"]
EVERYBODY = [*map(user_arn, NAMES), *map(role_arn, ROLES)]
whom = st.sampled_from([*EVERYBODY, ACCOUNT, "*"])
assuming = st.builds(
    lambda effect, to: {"Effect": effect, "Action": ASSUME_ROLE, "Resource": to},
    st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    st.sampled_from(["*", *map(role_arn, ROLES)]),
)
rights = st.lists(st.one_of(assuming, assuming, st.just(allow()), statements()), max_size=3)
trusts = st.lists(whom, min_size=1, max_size=2).map(lambda names: trusting(*({"AWS": name} for name in names)))


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    entities = [user(name, *draw(rights)) for name in NAMES]
    entities += [role(name, draw(trusts), *draw(rights)) for name in ROLES]
    bucket = draw(st.none() | st.tuples(statements(), whom))
    resources = []
    if bucket is not None:
        named = {**bucket[0], "Principal": {"AWS": bucket[1]}}
        resources = [{"Resource": "arn:aws:s3:::logs", "Account": ACCOUNT, "Policy": document(named)}]
    return estate(*entities, resources=resources)


def asked_one_by_one(held: Estate, request: AuthorizationRequest) -> set[str]:
    """Who can, by asking each principal whether it can, and whether it can become one that can."""
    able = {one.arn for one in held.members if can(held, one, request).is_allowed}
    while True:
        more = {
            one.arn
            for one in held.members
            if one.arn not in able and not one.arn.endswith(":root")
            for arn in able
            if ":role/" in arn
            and can(held, one, AuthorizationRequest(ASSUME_ROLE, arn, ACCOUNT, request.context)).is_allowed
        }
        if not more:
            return able
        able |= more


@settings(deadline=None)
@given(estates(), st.sampled_from([GET, "s3:PutObject"]), st.dictionaries(st.just("k:a"), st.sampled_from("xy")))
def test_who_can_equals_asking_principal_by_principal(held: Estate, action: str, context: dict[str, Any]) -> None:
    request = AuthorizationRequest(action, OBJECT, ACCOUNT, context)
    found = {one.principal: one for one in who_can(held, request)}
    certain = {name for name, one in found.items() if one.certainty is Certainty.ALLOWED and name in held.by_arn}
    assert certain == asked_one_by_one(held, request)
    for answer in found.values():
        assert answer.certainty is not Certainty.ALLOWED or confirmed(held, answer)


def confirmed(held: Estate, answer: Answer) -> bool:
    """Whether each step of a way is what the next one begins with, and is allowed."""
    for step, following in zip(answer.path, answer.path[1:], strict=False):
        assert step.resource == following.principal
    return all(step.decision.is_allowed for step in answer.path)


def test_a_role_that_is_asked_about_has_its_trust_policy() -> None:
    held = estate(user("alice"), role("reader", trusting({"AWS": user_arn("alice")})))
    policy = policy_on(held, role_arn("reader"))
    assert isinstance(policy, CompiledResourcePolicy) and policy.must_allow
    assert list(ask(held, ASSUME_ROLE, role_arn("reader"))) == [user_arn("alice")]
    assert compile_resource_policy(source(PolicyKind.TRUST, trusting("*")["Statement"])).must_allow


def test_pages_and_encoded_documents_are_read_as_the_api_gives_them() -> None:
    from urllib.parse import quote

    encoded = user("alice")
    encoded["UserPolicyList"] = [{"PolicyName": "own", "PolicyDocument": quote(json.dumps(document(allow())))}]
    held = read_account([dump(encoded), dump(user("bob", allow()))], [], [])
    assert set(ask(held)) == {user_arn("alice"), user_arn("bob")}
