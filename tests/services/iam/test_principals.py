"""Which policies follow a caller: users, groups, roles, their sessions, boundaries, and those who have vanished."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from garrison.policy import AuthorizationRequest, PolicyKind, Verdict, decide
from garrison.services.iam.principals import policies_of, trust_policy_of
from garrison.services.iam.resources import Account, Role, User
from garrison.services.identity import Principal, Session, SessionIssuer
from garrison.services.policy_sources import MAX_KEPT_SOURCES, source_of

ACCOUNT = "123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(*actions: str, effect: str = "Allow", **more: Any) -> str:
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*"} | more
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class Callers:
    """Principals of an account, and what their policies decide."""

    def __init__(self, api: Any) -> None:
        self.api, self.iam = api, api.iam

    def unit(self) -> Any:
        return self.api.store.reading(ACCOUNT, "global")

    def user(self, name: str) -> Principal:
        with self.unit() as unit:
            user = unit.get(User, name)
        return Principal(
            kind="IAMUser",
            account=ACCOUNT,
            arn=user.arn,
            principal_id=user.unique_id,
            user_name=user.name,
            tags=user.tags,
        )

    def session(self, kind: str, issuer: SessionIssuer, **more: Any) -> Session:
        at = self.api.clock.now()
        return Session(kind=kind, issuer=issuer, created_at=at, expires_at=at + timedelta(hours=1), **more)

    def role_session(self, name: str, **more: Any) -> Principal:
        with self.unit() as unit:
            role = unit.get(Role, name)
        issuer = SessionIssuer(
            type="Role", principal_id=role.unique_id, arn=role.arn, account=ACCOUNT, user_name=role.name
        )
        return Principal(
            kind="AssumedRole",
            account=ACCOUNT,
            arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.name}/session",
            principal_id=f"{role.unique_id}:session",
            session=self.session("assumed-role", issuer, name="session", **more),
            tags=more.get("tags", {}),
        )

    def user_session(self, name: str, kind: str = "session", **more: Any) -> Principal:
        user = self.user(name)
        issuer = SessionIssuer(
            type="IAMUser", principal_id=user.principal_id, arn=user.arn, account=ACCOUNT, user_name=user.user_name
        )
        session = self.session(kind, issuer, name="guest" if kind == "federated-user" else "", **more)
        if kind == "session":
            return replace(user, session=session, tags={})
        return Principal(
            kind="FederatedUser",
            account=ACCOUNT,
            arn=f"arn:aws:sts::{ACCOUNT}:federated-user/guest",
            principal_id=f"{ACCOUNT}:guest",
            session=session,
        )

    def verdict(self, principal: Principal, action: str, resource: str = "*", **context: Any) -> Verdict:
        with self.unit() as unit:
            compiled = policies_of(unit, principal)
        return decide(compiled, AuthorizationRequest(action, resource, ACCOUNT, context)).effect

    def allowed(self, principal: Principal, action: str, resource: str = "*") -> bool:
        return self.verdict(principal, action, resource) is Verdict.ALLOW


@pytest.fixture
def callers(api: Any) -> Callers:
    return Callers(api)


@pytest.fixture
def alice(callers: Callers) -> Principal:
    callers.iam.create_user(UserName="alice")
    return callers.user("alice")


def test_root_may_do_everything(callers: Callers) -> None:
    root = Principal(kind="Root", account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", principal_id=ACCOUNT)
    assert callers.allowed(root, "iam:DeleteUser")


def test_a_new_user_may_do_nothing(callers: Callers, alice: Principal) -> None:
    assert callers.verdict(alice, "s3:GetObject") is Verdict.IMPLICIT_DENY


def test_a_user_has_its_own_and_its_groups_policies_inline_and_attached(callers: Callers, alice: Principal) -> None:
    iam = callers.iam
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=document("s3:GetObject"))
    own = iam.create_policy(PolicyName="own", PolicyDocument=document("s3:PutObject"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="alice", PolicyArn=own)
    iam.create_group(GroupName="team")
    iam.add_user_to_group(GroupName="team", UserName="alice")
    iam.put_group_policy(GroupName="team", PolicyName="shared", PolicyDocument=document("s3:ListBucket"))
    iam.attach_group_policy(GroupName="team", PolicyArn="arn:aws:iam::aws:policy/AWSCloudTrail_ReadOnlyAccess")
    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket", "cloudtrail:LookupEvents"):
        assert callers.allowed(alice, action), action
    assert not callers.allowed(alice, "s3:DeleteObject")


def test_a_deny_of_a_group_wins(callers: Callers, alice: Principal) -> None:
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    callers.iam.create_group(GroupName="team")
    callers.iam.put_group_policy(
        GroupName="team", PolicyName="never", PolicyDocument=document("s3:DeleteBucket", effect="Deny")
    )
    assert callers.allowed(alice, "s3:DeleteBucket")
    callers.iam.add_user_to_group(GroupName="team", UserName="alice")
    assert callers.verdict(alice, "s3:DeleteBucket") is Verdict.EXPLICIT_DENY


def test_the_version_in_force_decides(callers: Callers, alice: Principal) -> None:
    arn = callers.iam.create_policy(PolicyName="own", PolicyDocument=document("s3:GetObject"))["Policy"]["Arn"]
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=arn)
    callers.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("s3:PutObject"))
    assert callers.allowed(alice, "s3:GetObject")
    callers.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert not callers.allowed(alice, "s3:GetObject")
    assert callers.allowed(alice, "s3:PutObject")


def test_a_boundary_limits_a_user(callers: Callers, alice: Principal) -> None:
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    callers.iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=READ_ONLY)
    assert callers.allowed(alice, "s3:GetObject")
    assert not callers.allowed(alice, "s3:PutObject")


def test_a_boundary_that_is_gone_denies_everything(callers: Callers, alice: Principal) -> None:
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    with callers.api.store.writing(ACCOUNT, "global", event_id=None, at=callers.api.clock.now()) as unit:
        missing = f"arn:aws:iam::{ACCOUNT}:policy/gone"
        unit.save(replace(unit.get(User, "alice"), permissions_boundary=missing))
    assert callers.verdict(alice, "s3:GetObject") is Verdict.EXPLICIT_DENY


def test_a_user_that_was_made_again_under_the_same_name_lends_nothing_to_the_old_one(
    callers: Callers, alice: Principal
) -> None:
    callers.iam.delete_user(UserName="alice")
    assert not callers.allowed(alice, "s3:GetObject")
    callers.iam.create_user(UserName="alice")
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    assert not callers.allowed(alice, "s3:GetObject")
    assert callers.allowed(callers.user("alice"), "s3:GetObject")


def test_the_session_of_a_user_outlives_the_users_renaming(callers: Callers, alice: Principal) -> None:
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    session = callers.user_session("alice")
    callers.iam.update_user(UserName="alice", NewUserName="alicia")
    assert callers.allowed(session, "s3:GetObject")


def test_policy_variables_know_the_user(callers: Callers, alice: Principal) -> None:
    own = document("s3:GetObject", Resource="arn:aws:s3:::homes/${aws:username}/*")
    callers.iam.put_user_policy(UserName="alice", PolicyName="home", PolicyDocument=own)
    assert callers.allowed(alice, "s3:GetObject", "arn:aws:s3:::homes/alice/notes")
    assert not callers.allowed(alice, "s3:GetObject", "arn:aws:s3:::homes/bob/notes")


@pytest.fixture
def builder(callers: Callers) -> Principal:
    callers.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))
    callers.iam.attach_role_policy(RoleName="builder", PolicyArn=ADMINISTRATOR)
    return callers.role_session("builder")


def test_a_role_session_has_the_roles_policies(callers: Callers, builder: Principal) -> None:
    assert callers.allowed(builder, "s3:PutObject")
    callers.iam.put_role_permissions_boundary(RoleName="builder", PermissionsBoundary=READ_ONLY)
    assert not callers.allowed(builder, "s3:PutObject")


def test_the_sessions_of_a_deleted_role_may_do_nothing_even_after_it_is_made_again(
    callers: Callers, builder: Principal
) -> None:
    callers.iam.detach_role_policy(RoleName="builder", PolicyArn=ADMINISTRATOR)
    callers.iam.delete_role(RoleName="builder")
    assert not callers.allowed(builder, "s3:PutObject")
    callers.iam.create_role(RoleName="builder", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))
    callers.iam.attach_role_policy(RoleName="builder", PolicyArn=ADMINISTRATOR)
    assert not callers.allowed(builder, "s3:PutObject")
    assert callers.allowed(callers.role_session("builder"), "s3:PutObject")


def test_session_policies_limit_a_role_session_and_grant_nothing(callers: Callers, builder: Principal) -> None:
    inline = callers.role_session("builder", policies=(document("s3:GetObject"),))
    assert callers.allowed(inline, "s3:GetObject")
    assert not callers.allowed(inline, "s3:PutObject")
    managed = callers.role_session("builder", policy_arns=(READ_ONLY,))
    assert callers.allowed(managed, "s3:ListBucket")
    assert not callers.allowed(managed, "s3:PutObject")
    both = callers.role_session("builder", policies=(document("s3:PutObject"),), policy_arns=(READ_ONLY,))
    assert callers.allowed(both, "s3:PutObject")
    assert callers.allowed(both, "s3:ListBucket")
    assert not callers.allowed(both, "s3:DeleteObject")
    callers.iam.detach_role_policy(RoleName="builder", PolicyArn=ADMINISTRATOR)
    assert not callers.allowed(inline, "s3:GetObject")


def test_a_session_policy_that_is_gone_denies_everything(callers: Callers, builder: Principal) -> None:
    missing = callers.role_session("builder", policy_arns=(f"arn:aws:iam::{ACCOUNT}:policy/gone", READ_ONLY))
    assert callers.verdict(missing, "s3:GetObject") is Verdict.EXPLICIT_DENY


def test_the_tags_of_role_and_session_are_the_principals(callers: Callers, builder: Principal) -> None:
    callers.iam.tag_role(RoleName="builder", Tags=[{"Key": "team", "Value": "red"}, {"Key": "stage", "Value": "test"}])
    tagged = callers.role_session("builder", tags={"stage": "live"})
    with callers.unit() as unit:
        identity = policies_of(unit, tagged).identity
    assert dict(identity.tags) == {"team": "red", "stage": "live"}
    assert identity.principal_arn == f"arn:aws:iam::{ACCOUNT}:role/builder"


def test_the_session_of_a_user_has_the_users_policies_but_iam_only_after_mfa(
    callers: Callers, alice: Principal
) -> None:
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    plain, proved = callers.user_session("alice"), callers.user_session("alice", mfa_at=callers.api.clock.now())
    assert callers.allowed(plain, "s3:PutObject")
    assert callers.verdict(plain, "iam:ListUsers") is Verdict.EXPLICIT_DENY
    assert callers.allowed(proved, "iam:ListUsers")


def test_a_federated_user_has_what_both_its_user_and_its_session_policies_allow(
    callers: Callers, alice: Principal
) -> None:
    callers.iam.put_user_policy(
        UserName="alice", PolicyName="own", PolicyDocument=document("s3:*", "iam:*", "cloudtrail:*")
    )
    nothing = callers.user_session("alice", "federated-user")
    assert not callers.allowed(nothing, "s3:GetObject")
    some = callers.user_session("alice", "federated-user", policies=(document("s3:GetObject", "iam:*", "sns:*"),))
    assert callers.allowed(some, "s3:GetObject")
    assert not callers.allowed(some, "s3:PutObject")
    assert not callers.allowed(some, "sns:Publish")
    assert callers.verdict(some, "iam:ListUsers") is Verdict.EXPLICIT_DENY


def test_a_federated_user_that_root_made_is_limited_by_its_session_policies_alone(callers: Callers) -> None:
    issuer = SessionIssuer(type="Root", principal_id=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", account=ACCOUNT)
    session = callers.session("federated-user", issuer, name="guest", policies=(document("s3:GetObject"),))
    guest = Principal(
        kind="FederatedUser",
        account=ACCOUNT,
        arn=f"arn:aws:sts::{ACCOUNT}:federated-user/guest",
        principal_id=f"{ACCOUNT}:guest",
        session=session,
    )
    assert callers.allowed(guest, "s3:GetObject")
    assert not callers.allowed(guest, "s3:PutObject")


@pytest.mark.parametrize("kind", ["Unknown", "AWSAccount", "AWSService", "WebIdentityUser", "SAMLUser"])
def test_whoever_is_no_identity_of_the_account_has_no_policies(callers: Callers, alice: Principal, kind: str) -> None:
    callers.iam.attach_user_policy(UserName="alice", PolicyArn=ADMINISTRATOR)
    assert not callers.allowed(replace(alice, kind=kind), "s3:GetObject")


def test_the_management_account_is_known_as_such(callers: Callers, alice: Principal) -> None:
    with callers.unit() as unit:
        assert policies_of(unit, alice).identity.is_management_account
    with callers.api.store.writing(ACCOUNT, "global", event_id=None, at=callers.api.clock.now()) as unit:
        unit.save(replace(unit.get(Account, ACCOUNT), is_management_account=False))
    with callers.unit() as unit:
        assert not policies_of(unit, alice).identity.is_management_account


def test_a_trust_policy_is_found_by_the_roles_arn(callers: Callers, builder: Principal) -> None:
    with callers.unit() as unit:
        found = trust_policy_of(unit, f"arn:aws:iam::{ACCOUNT}:role/builder")
        assert found is not None
        assert found.must_allow
        assert found.source.kind is PolicyKind.TRUST
        assert trust_policy_of(unit, f"arn:aws:iam::{ACCOUNT}:role/path/builder") is None
        assert trust_policy_of(unit, "arn:aws:iam::210987654321:role/builder") is None


def test_a_user_made_again_is_not_trusted_in_the_place_of_the_old_one(callers: Callers, alice: Principal) -> None:
    callers.iam.create_role(RoleName="vault", AssumeRolePolicyDocument=trust({"AWS": alice.arn}))
    callers.iam.delete_user(UserName="alice")
    callers.iam.create_user(UserName="alice")
    with callers.unit() as unit:
        found = trust_policy_of(unit, f"arn:aws:iam::{ACCOUNT}:role/vault")
    assert found is not None
    element = found.source.document.statements[0].principal
    assert element is not None
    assert element.aws == {alice.principal_id}


def test_a_renamed_user_stays_trusted_under_its_new_arn(callers: Callers, alice: Principal) -> None:
    callers.iam.create_role(RoleName="vault", AssumeRolePolicyDocument=trust({"AWS": [alice.arn]}))
    callers.iam.update_user(UserName="alice", NewUserName="alicia", NewPath="/people/")
    shown = callers.iam.get_role(RoleName="vault")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert shown["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:user/people/alicia"]}


def test_a_document_is_parsed_once_for_all_who_hold_it(callers: Callers) -> None:
    text = document("s3:GetObject")
    assert source_of(PolicyKind.IDENTITY, "one", text) is source_of(PolicyKind.IDENTITY, "one", str(text))
    assert source_of(PolicyKind.IDENTITY, "one", text) is not source_of(PolicyKind.BOUNDARY, "one", text)
    assert MAX_KEPT_SOURCES >= 1024
