"""Service control policies and resource control policies decide calls through the front door."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from garrison.policy import (
    AuthorizationRequest,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    Source,
    compile_principal,
    decide,
    parse_document,
)

Refused = Callable[..., tuple[str, str]]


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _deny(action: str, **more: Any) -> str:
    return _document({"Effect": "Deny", "Action": action, "Resource": "*", **more})


def test_a_created_account_is_reached_by_its_role_and_acts_for_itself(company: Any) -> None:
    visitor = company.enter()
    identity = visitor.client("sts").get_caller_identity()
    assert identity["Account"] == company.member_id
    assert identity["Arn"].startswith(f"arn:aws:sts::{company.member_id}:assumed-role/OrganizationAccountAccessRole/")
    made = visitor.client("iam").create_user(UserName="ann")["User"]
    assert made["Arn"] == f"arn:aws:iam::{company.member_id}:user/ann"
    names = [user["UserName"] for user in company.management.client("iam").list_users()["Users"]]
    assert "ann" not in names
    (event,) = company.management.events("CreateUser", since=None)[-1:]
    assert event["recipientAccountId"] == company.member_id


def test_a_role_of_another_account_needs_the_caller_s_own_policy_and_the_trust(company: Any, refused: Refused) -> None:
    role = f"arn:aws:iam::{company.member_id}:role/OrganizationAccountAccessRole"
    clerk = company.management.user("clerk")
    code, message = refused(clerk.client("sts").assume_role, RoleArn=role, RoleSessionName="visit")
    assert code == "AccessDenied"
    assert "because no identity-based policy allows the sts:AssumeRole action" in message
    visitor = company.enter()
    closed = {"Effect": "Allow", "Principal": {"AWS": company.member_id}, "Action": "sts:AssumeRole"}
    visitor.client("iam").create_role(RoleName="inner", AssumeRolePolicyDocument=_document(closed))
    code, message = refused(
        company.management.client("sts").assume_role,
        RoleArn=f"arn:aws:iam::{company.member_id}:role/inner",
        RoleSessionName="visit",
    )
    assert (code, "because no role trust policy allows the sts:AssumeRole action" in message) == ("AccessDenied", True)
    assert company.enter("inner", by=visitor).arn.endswith(":assumed-role/inner/visit")


def test_a_role_that_is_nowhere_is_refused_like_one_that_may_not_be_assumed(company: Any, refused: Refused) -> None:
    for account in (company.member_id, "111111111111"):
        code, _ = refused(
            company.management.client("sts").assume_role,
            RoleArn=f"arn:aws:iam::{account}:role/nobody",
            RoleSessionName="visit",
        )
        assert code == "AccessDenied"


def test_a_service_control_policy_denies_what_the_member_s_administrator_allows(company: Any, refused: Refused) -> None:
    visitor = company.enter()
    visitor.client("iam").create_user(UserName="before")
    policy_id = company.control(_deny("iam:CreateUser"), company.root_id)
    code, message = refused(visitor.client("iam").create_user, UserName="after")
    assert code == "AccessDenied"
    assert "iam:CreateUser" in message
    assert message.endswith("with an explicit deny in a service control policy")
    company.management.assert_denied("CreateUser", visitor, by="scp", since=company.management.position() - 1)
    company.management.client("iam").create_user(UserName="of-the-management-account")
    company.client.update_policy(PolicyId=policy_id, Content=_deny("iam:CreateGroup"))
    visitor.client("iam").create_user(UserName="after")
    refused(visitor.client("iam").create_group, GroupName="team")
    company.client.detach_policy(PolicyId=policy_id, TargetId=company.root_id)
    visitor.client("iam").create_group(GroupName="team")


def test_every_level_must_allow_and_moving_an_account_moves_it_under_other_policies(
    company: Any, refused: Refused
) -> None:
    unit = company.client.create_organizational_unit(ParentId=company.root_id, Name="sandbox")["OrganizationalUnit"]
    only_sts = _document({"Effect": "Allow", "Action": ["sts:*"], "Resource": "*"})
    company.control(only_sts, unit["Id"])
    company.client.detach_policy(PolicyId="p-FullAWSAccess", TargetId=unit["Id"])
    visitor = company.enter()
    visitor.client("iam").list_users()
    place = {"AccountId": company.member_id, "SourceParentId": company.root_id, "DestinationParentId": unit["Id"]}
    company.client.move_account(**place)
    code, message = refused(visitor.client("iam").list_users)
    assert code == "AccessDenied"
    assert message.endswith("because no service control policy allows the iam:ListUsers action")
    visitor.client("sts").get_caller_identity()
    company.client.disable_policy_type(RootId=company.root_id, PolicyType="SERVICE_CONTROL_POLICY")
    visitor.client("iam").list_users()


def test_a_resource_control_policy_guards_the_member_s_roles_and_no_other_service(
    company: Any, refused: Refused
) -> None:
    strangers = {"StringNotEquals": {"aws:PrincipalTag/team": "audit"}}
    content = _deny("sts:AssumeRole", Principal="*", Condition=strangers)
    company.control(content, company.member_id, "RESOURCE_CONTROL_POLICY")
    code, message = refused(
        company.management.client("sts").assume_role,
        RoleArn=f"arn:aws:iam::{company.member_id}:role/OrganizationAccountAccessRole",
        RoleSessionName="visit",
    )
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in a resource control policy")
    auditor = company.management.user("auditor", ["AdministratorAccess"], Tags=[{"Key": "team", "Value": "audit"}])
    visitor = company.enter(by=auditor)
    visitor.client("iam").list_users()


def test_policies_know_the_organization_of_caller_and_resource(company: Any, refused: Refused) -> None:
    organization = company.client.describe_organization()["Organization"]["Id"]
    visitor = company.enter()
    for name, condition in (
        ("members", {"StringEquals": {"aws:PrincipalOrgID": organization}}),
        ("strangers", {"StringNotEquals": {"aws:PrincipalOrgID": organization}}),
        ("path", {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{organization}/{company.root_id}/*"}}),
    ):
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition}
        visitor.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
    company.enter("members")
    company.enter("path")
    role = f"arn:aws:iam::{company.member_id}:role/strangers"
    refused(company.management.client("sts").assume_role, RoleArn=role, RoleSessionName="visit")


def test_a_closed_account_is_reached_by_nobody_and_does_nothing(company: Any, refused: Refused) -> None:
    visitor = company.enter()
    company.client.close_account(AccountId=company.member_id)
    assert refused(visitor.client("iam").list_users)[0] == "AccessDenied"
    role = f"arn:aws:iam::{company.member_id}:role/OrganizationAccountAccessRole"
    code, _ = refused(company.management.client("sts").assume_role, RoleArn=role, RoleSessionName="visit")
    assert code == "AccessDenied"
    assert company.client.describe_account(AccountId=company.member_id)["Account"]["Status"] == "SUSPENDED"


def test_a_member_sees_its_organization_and_changes_nothing_of_it(company: Any, refused: Refused) -> None:
    visitor = company.enter().client("organizations")
    assert visitor.describe_organization()["Organization"]["MasterAccountId"] == company.management.account_id
    for operation, parameters in (
        (visitor.list_accounts, {}),
        (visitor.create_account, {"Email": "more@example.com", "AccountName": "more"}),
        (visitor.detach_policy, {"PolicyId": "p-FullAWSAccess", "TargetId": company.root_id}),
        (visitor.close_account, {"AccountId": company.management.account_id}),
    ):
        code, message = refused(operation, **parameters)
        assert (code, message) == ("AccessDeniedException", "You don't have permissions to access this resource.")


_ACTIONS = st.lists(st.sampled_from(["iam:*", "s3:*", "sts:AssumeRole", "s3:GetObject", "*"]), min_size=1, max_size=3)
_LEVEL = st.lists(st.tuples(st.sampled_from(["Allow", "Deny"]), _ACTIONS), min_size=1, max_size=3)


def _source(name: str, kind: PolicyKind, effect: str, actions: list[str]) -> Source:
    text = _document({"Effect": effect, "Action": actions, "Resource": "*"})
    return Source(kind, name, parse_document(text, kind))


@given(levels=st.lists(_LEVEL, max_size=3), action=st.sampled_from(["iam:ListUsers", "s3:GetObject", "sts:AssumeRole"]))
def test_a_service_control_policy_never_adds_access(levels: list[list[tuple[str, list[str]]]], action: str) -> None:
    identity = PrincipalIdentity(
        kind=PrincipalType.USER, account="111122223333", arn="arn:aws:iam::111122223333:user/a"
    )
    own = [_source("own", PolicyKind.IDENTITY, "Allow", ["s3:*"])]
    over = [
        [_source(f"{depth}/{index}", PolicyKind.SCP, effect, actions) for index, (effect, actions) in enumerate(level)]
        for depth, level in enumerate(levels)
    ]
    request = AuthorizationRequest(action, "arn:aws:s3:::logs/a", "111122223333", {})
    without = decide(compile_principal(identity, own), request)
    under = decide(compile_principal(identity, own, scp_levels=over), request)
    assert without.is_allowed or not under.is_allowed


def test_a_resource_control_policy_leaves_services_alone_that_take_no_part(company: Any, refused: Refused) -> None:
    company.control(_deny("*", Principal="*"), company.member_id, "RESOURCE_CONTROL_POLICY")
    role = f"arn:aws:iam::{company.member_id}:role/OrganizationAccountAccessRole"
    refused(company.management.client("sts").assume_role, RoleArn=role, RoleSessionName="visit")
    company.client.disable_policy_type(RootId=company.root_id, PolicyType="RESOURCE_CONTROL_POLICY")
    visitor = company.enter()
    company.client.enable_policy_type(RootId=company.root_id, PolicyType="RESOURCE_CONTROL_POLICY")
    company.control(_deny("*", Principal="*"), company.root_id, "RESOURCE_CONTROL_POLICY")
    visitor.client("iam").create_user(UserName="ann")
    simulated = visitor.client("iam").simulate_principal_policy(
        PolicySourceArn=role, ActionNames=["iam:ListUsers", "sts:AssumeRole"], ResourceArns=["*"]
    )
    decisions = [each["EvalDecision"] for each in simulated["EvaluationResults"]]
    assert decisions == ["allowed", "explicitDeny"]
