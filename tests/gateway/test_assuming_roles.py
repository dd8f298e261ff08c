"""Roles from end to end: trust, external ids, session policies, tags, source identity, chains."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.testing import Account, Principal, allow, deny

Refused = Callable[..., tuple[str, str, int]]


@pytest.fixture(scope="module")
def erin(account: Account) -> Principal:
    return account.user("erin", [allow("sts:*")])


def trusting(principal: Principal, when: dict[str, Any] | None = None, *actions: str) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": principal.arn},
        "Action": list(actions or ("sts:AssumeRole",)),
    }
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": when} if when else {})]}


def test_a_trusted_user_becomes_the_role(account: Account, erin: Principal) -> None:
    role = account.role("plain", ["SecurityAudit"], trust=erin)
    session = role.assume(by=erin, session_name="one")
    identity = session.client("sts").get_caller_identity()
    role_id = account.client("iam").get_role(RoleName="plain")["Role"]["RoleId"]
    assert identity["UserId"] == f"{role_id}:one"
    assert identity["Arn"] == f"arn:aws:sts::{account.account_id}:assumed-role/plain/one"
    session.client("iam").list_users()


def test_who_is_not_trusted_is_refused_as_for_a_role_that_does_not_exist(
    account: Account, erin: Principal, refused: Refused
) -> None:
    account.role("not-for-erin", trust=account.administrator)
    sts = erin.client("sts")
    there = refused(
        sts.assume_role, RoleArn=f"arn:aws:iam::{account.account_id}:role/not-for-erin", RoleSessionName="tried"
    )
    absent = refused(
        sts.assume_role, RoleArn=f"arn:aws:iam::{account.account_id}:role/absent-one", RoleSessionName="tried"
    )
    assert (there[0], there[2]) == (absent[0], absent[2]) == ("AccessDenied", 403)
    assert there[1].replace("not-for-erin", "absent-one").startswith(absent[1])


def test_the_external_id_must_be_the_one_of_the_trust_policy(
    account: Account, erin: Principal, refused: Refused
) -> None:
    role = account.role("third-party", trust=trusting(erin, {"StringEquals": {"sts:ExternalId": "unique-42"}}))
    for given in ({}, {"ExternalId": "guess"}):
        code, message, status = refused(
            erin.client("sts").assume_role, RoleArn=role.arn, RoleSessionName="tried", **given
        )
        assert (code, status) == ("AccessDenied", 403)
        assert message.startswith(f"User: {erin.arn} is not authorized to perform: sts:AssumeRole")
    assert role.assume(by=erin, ExternalId="unique-42")
    event = account.events("AssumeRole", erin)[-1]
    assert event["requestParameters"]["externalId"] == "unique-42"


def test_a_session_policy_only_takes_away(account: Account, erin: Principal, refused: Refused) -> None:
    role = account.role("wide", [allow("iam:List*"), deny("iam:ListRoles")], trust=erin)
    narrow = role.assume(by=erin, Policy=allow("iam:ListUsers", "iam:ListRoles", "iam:CreateUser"))
    narrow.client("iam").list_users()
    assert refused(narrow.client("iam").list_groups)[1].endswith("no session policy allows the iam:ListGroups action")
    assert refused(narrow.client("iam").list_roles)[1].endswith("with an explicit deny in an identity-based policy")
    assert refused(narrow.client("iam").create_user, UserName="x")[0] == "AccessDenied"
    by_arn = role.assume(by=erin, PolicyArns=[{"arn": "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}])
    by_arn.client("iam").list_users()


def test_a_malformed_session_policy_is_refused(account: Account, erin: Principal, refused: Refused) -> None:
    role = account.role("for-malformed", trust=erin)
    for policy in ("{", "[]", '{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}'):
        code, _, status = refused(
            erin.client("sts").assume_role, RoleArn=role.arn, RoleSessionName="tried", Policy=policy
        )
        assert (code, status) == ("MalformedPolicyDocument", 400)


def test_session_tags_decide_and_only_who_may_tag_gives_them(
    account: Account, erin: Principal, refused: Refused
) -> None:
    when = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    untagged = account.role("untaggable", trust=trusting(erin))
    tags = [{"Key": "team", "Value": "blue"}]
    code, message, _ = refused(erin.client("sts").assume_role, RoleArn=untagged.arn, RoleSessionName="tried", Tags=tags)
    assert code == "AccessDenied" and "sts:TagSession" in message
    role = account.role(
        "taggable", [allow("iam:ListUsers", when=when)], trust=trusting(erin, None, "sts:AssumeRole", "sts:TagSession")
    )
    role.assume(by=erin, Tags=tags).client("iam").list_users()
    assert refused(role.assume(by=erin).client("iam").list_users)[0] == "AccessDenied"


def test_a_source_identity_stays_along_a_chain_and_in_every_record(
    account: Account, erin: Principal, refused: Refused
) -> None:
    may = ("sts:AssumeRole", "sts:SetSourceIdentity")
    first = account.role("chain-first", [allow(*may)], trust=trusting(erin, None, *may))
    second = account.role("chain-second", ["ReadOnlyAccess"], trust=account.account_id)
    one = first.assume(by=erin, session_name="one", SourceIdentity="erin@example.com")
    two = second.assume(by=one, session_name="two")
    two.client("iam").list_users()
    context = account.events("ListUsers", two)[-1]["userIdentity"]["sessionContext"]
    assert context["sourceIdentity"] == "erin@example.com"
    code, _, _ = refused(
        one.client("sts").assume_role, RoleArn=second.arn, RoleSessionName="tried", SourceIdentity="mallory"
    )
    assert code in ("ValidationError", "AccessDenied")


def test_transitive_tags_go_along_a_chain(account: Account, erin: Principal) -> None:
    may = ("sts:AssumeRole", "sts:TagSession")
    first = account.role("tags-first", [allow(*may)], trust=trusting(erin, None, *may))
    when = {"StringEquals": {"aws:PrincipalTag/project": "p1"}}
    second = account.role("tags-second", [allow("iam:ListGroups", when=when)], trust=account.account_id)
    tags = [{"Key": "project", "Value": "p1"}, {"Key": "own", "Value": "x"}]
    one = first.assume(by=erin, Tags=tags, TransitiveTagKeys=["project"])
    second.assume(by=one).client("iam").list_groups()
    decided = account.assert_allowed("ListGroups", second)
    assert decided.context["aws:PrincipalTag/project"] in ("p1", ["p1"])
    assert "aws:PrincipalTag/own" not in decided.context


def test_a_chained_session_lasts_an_hour_at_most(account: Account, erin: Principal, refused: Refused) -> None:
    role = account.role("long", [allow("sts:AssumeRole")], trust=account.account_id, MaxSessionDuration=42000)
    assert role.assume(by=erin, DurationSeconds=42000)
    session = role.assume(by=erin)
    for seconds, caller in ((3601, session), (42001, erin)):
        code, _, status = refused(
            caller.client("sts").assume_role, RoleArn=role.arn, RoleSessionName="tried", DurationSeconds=seconds
        )
        assert (code, status) == ("ValidationError", 400)


def test_a_deleted_roles_sessions_end(account: Account, erin: Principal, refused: Refused) -> None:
    session = account.role("short-lived", trust=erin).assume(by=erin)
    session.client("sts").get_caller_identity()
    account.client("iam").delete_role(RoleName="short-lived")
    account.client("iam").create_role(
        RoleName="short-lived",
        AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}'.replace(
            "[]", f'[{{"Effect":"Allow","Principal":{{"AWS":"{erin.arn}"}},"Action":"sts:AssumeRole"}}]'
        ),
    )
    account.client("iam").attach_role_policy(
        RoleName="short-lived", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    assert refused(session.client("iam").list_users)[0] in ("AccessDenied", "InvalidClientTokenId")


def test_a_boundary_limits_a_role(account: Account, erin: Principal, refused: Refused) -> None:
    role = account.role("bounded", ["AdministratorAccess"], trust=erin, boundary="IAMReadOnlyAccess")
    session = role.assume(by=erin)
    session.client("iam").list_users()
    _, message, _ = refused(session.client("iam").create_user, UserName="beyond")
    assert message.endswith("because no permissions boundary allows the iam:CreateUser action")
    account.assert_denied("CreateUser", session, by="boundary")


def test_root_assumes_no_role(garrison: Account, refused: Refused) -> None:
    role = garrison.role("for-root")
    code, _, status = refused(garrison.root().client("sts").assume_role, RoleArn=role.arn, RoleSessionName="tried")
    assert (code, status) == ("AccessDenied", 403)
