"""Audit mode on a real server: what a chosen principal would be refused is recorded, counted and let through."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from garrison.gateway.audit import AuditMode
from garrison.services.identity import Principal
from garrison.testing import Account, allow, deny
from garrison.testing.clients import Credentials
from garrison.testing.principals import Principal as Caller
from garrison.testing.servers import Servers


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """An account whose user `trial` and roles `trial-…` are in audit mode."""
    servers = Servers(keep=False)
    made = Account(servers, audit_principals=["arn:aws:iam::*:user/trial", "arn:aws:iam::*:role/trial-*"])
    yield made
    made.close()
    servers.close()


def audited(account: Account, since: int) -> list[tuple[str, int | None]]:
    """Event names with how many refusals were not enforced."""
    stored = account._stored(None, None, since)
    return [(each["eventName"], each.get("_garrison", {}).get("audited")) for each in stored]


def test_a_refusal_is_recorded_and_not_enforced(account: Account) -> None:
    trial = account.user("trial", [allow("iam:ListUsers"), deny("iam:CreateGroup")])
    since = account.position()
    trial.client("iam").list_users()
    trial.client("iam").list_roles()
    trial.client("iam").create_group(GroupName="by-trial")
    assert set(audited(account, since)) == {("ListUsers", 0), ("ListRoles", 1), ("CreateGroup", 1)}
    (roles,) = account.decisions("ListRoles", trial, since)
    assert roles.decisions[0].effect == "implicitDeny"
    assert "errorCode" not in roles.record
    assert account.client("iam").get_group(GroupName="by-trial")["Group"]["GroupName"] == "by-trial"


def test_every_need_of_a_call_is_decided_also_behind_a_refusal(account: Account) -> None:
    since = account.position()
    name = "trial"
    account.client("iam").get_user(UserName=name)
    key = account.client("iam").create_access_key(UserName=name)["AccessKey"]
    trial = Caller(
        account,
        f"arn:aws:iam::{account.account_id}:user/{name}",
        Credentials(key["AccessKeyId"], key["SecretAccessKey"]),
        name,
    )
    trial.client("iam").create_user(UserName="tagged", Tags=[{"Key": "a", "Value": "b"}])
    (made,) = account.decisions("CreateUser", trial, since)
    assert [decision.action for decision in made.decisions] == ["iam:CreateUser", "iam:TagUser"]
    assert ("CreateUser", 2) in audited(account, since)


def test_others_are_refused_as_ever(account: Account) -> None:
    other = account.user("other")
    since = account.position()
    with pytest.raises(ClientError, match="not authorized"):
        other.client("iam").list_users()
    assert audited(account, since) == [("ListUsers", None)]


def test_nobody_becomes_another_by_audit_mode(account: Account) -> None:
    tester = account.user("tester")
    account.role("trial-closed", trust=tester)
    outsider = account.user("outsider")
    closed = account.role("closed", ["AdministratorAccess"], trust=outsider)
    session = account.role("trial-open", trust=tester).assume(by=tester)
    session.client("iam").list_users()
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        closed.assume(by=session)


def test_root_services_and_strangers_are_never_in_audit_mode() -> None:
    audit = AuditMode(["*"])
    for kind in ("Root", "AWSService", "AWSAccount", "WebIdentityUser", "SAMLUser", "Unknown"):
        assert not audit.covers(Principal(kind=kind, account="1", arn="arn:aws:iam::1:root", principal_id="1"))
    assert audit.covers(Principal(kind="IAMUser", account="1", arn="arn:aws:iam::1:user/a", principal_id="1"))
    assert not AuditMode([]).covers(Principal(kind="IAMUser", account="1", arn="", principal_id="1"))


def test_the_policies_passed_to_a_session_are_kept_for_explanation(account: Account) -> None:
    tester = account.user("passing", [allow("iam:*")])
    role = account.role("passed", [allow("iam:*")], trust=tester)
    session = role.assume(by=tester, Policy=allow("iam:ListUsers"))
    since = account.position()
    session.client("iam").list_users()
    (stored,) = account._stored("ListUsers", None, since)
    assert "iam:ListUsers" in stored["_garrison"]["session"]["policies"][0]
