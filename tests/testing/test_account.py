"""The account that the plugin gives: fresh, with clients for every principal, its records and its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow, deny


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


def test_the_administrator_may_do_everything_from_the_start(garrison_module: Account) -> None:
    identity = garrison_module.client("sts").get_caller_identity()
    assert identity["Account"] == garrison_module.account_id
    assert identity["Arn"] == garrison_module.administrator.arn
    assert garrison_module.client("iam").list_users()["Users"]


@pytest.mark.parametrize("_", [1, 2])
def test_each_test_has_an_account_of_its_own(garrison: Account, _: int) -> None:
    iam = garrison.client("iam")
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["administrator"]
    iam.create_user(UserName="left-over")


def test_a_user_may_do_what_its_policies_say(garrison_module: Account) -> None:
    alice = garrison_module.user("alice", policies=["ReadOnlyAccess", allow("iam:CreateUser"), deny("iam:ListRoles")])
    alice.client("iam").list_users()
    alice.client("iam").create_user(UserName="by-alice")
    for call in ("list_roles", "create_group"):
        with pytest.raises(ClientError) as refused:
            getattr(alice.client("iam"), call)(**({"GroupName": "x"} if call == "create_group" else {}))
        assert code_of(refused) == "AccessDenied"
    allowed = garrison_module.assert_allowed("CreateUser", alice)
    assert [decision.action for decision in allowed.decisions] == ["iam:CreateUser"]
    explicit = garrison_module.assert_denied("ListRoles", alice, by="identity")
    assert explicit.refusal is not None and explicit.refusal.effect == "explicitDeny"
    implicit = garrison_module.assert_denied("CreateGroup", alice)
    assert implicit.refusal is not None and implicit.refusal.effect == "implicitDeny"
    with pytest.raises(AssertionError, match=r"CreateGroup by .*user/alice: implicitDeny"):
        garrison_module.assert_allowed("CreateGroup", alice)
    with pytest.raises(AssertionError, match="not refused"):
        garrison_module.assert_denied("CreateUser", alice)
    with pytest.raises(AssertionError, match="no DeleteUser was recorded"):
        garrison_module.assert_denied("DeleteUser", alice)


def test_a_call_is_among_the_events_as_soon_as_it_is_answered(garrison_module: Account) -> None:
    iam = garrison_module.client("iam")
    before = garrison_module.position()
    for number in range(5):
        iam.create_user(UserName=f"event-{number}")
        iam.get_user(UserName=f"event-{number}")
        names = [event["eventName"] for event in garrison_module.events(since=before)]
        assert names.count("CreateUser") == names.count("GetUser") == number + 1
    event = garrison_module.events("CreateUser", garrison_module.administrator, since=before)[-1]
    assert event["requestParameters"] == {"userName": "event-4"}
    assert not any(name.startswith("_") for name in event)


def test_lookup_events_tells_of_every_call_after_waiting(garrison_module: Account) -> None:
    garrison_module.client("iam").create_group(GroupName="looked-up")
    garrison_module.wait_until_recorded()
    found = garrison_module.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateGroup"}]
    )
    assert "looked-up" in found["Events"][0]["CloudTrailEvent"]


def test_roles_are_assumed_by_whom_they_trust(garrison_module: Account) -> None:
    bob = garrison_module.user("bob")
    auditor = garrison_module.role("auditor", ["SecurityAudit"], trust=bob)
    session = auditor.assume(by=bob, session_name="monday", DurationSeconds=900)
    assert session.client("sts").get_caller_identity()["Arn"] == session.arn
    assert session.arn.endswith(":assumed-role/auditor/monday")
    assert garrison_module.events("GetCallerIdentity", auditor) == garrison_module.events("GetCallerIdentity", session)
    carol = garrison_module.user("carol")
    with pytest.raises(ClientError):
        auditor.assume(by=carol)
    garrison_module.assert_denied("AssumeRole", carol)


def test_a_role_without_a_trust_policy_trusts_its_account(garrison_module: Account) -> None:
    dave = garrison_module.user("dave", [allow("sts:AssumeRole")])
    role = garrison_module.role("open-role", [allow("iam:ListUsers")])
    limited = role.assume(by=dave, Policy=allow("iam:ListGroups"))
    with pytest.raises(ClientError):
        limited.client("iam").list_users()
    garrison_module.assert_denied("ListUsers", limited, by="session")


def test_sessions_and_federated_users_are_principals_too(garrison_module: Account) -> None:
    erin = garrison_module.user("erin", [allow("iam:ListUsers", "sts:GetFederationToken")])
    assert erin.session().client("sts").get_caller_identity()["Arn"] == erin.arn
    federated = erin.federate("guest", allow("sts:*"))
    assert federated.client("sts").get_caller_identity()["Arn"].endswith(":federated-user/guest")


def test_root_calls_with_a_key_made_on_the_machine(garrison_module: Account) -> None:
    root = garrison_module.root()
    assert root.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{garrison_module.account_id}:root"
    assert garrison_module.events("GetCallerIdentity", root)[-1]["userIdentity"]["type"] == "Root"


def test_an_anonymous_call_is_refused(garrison_module: Account) -> None:
    with pytest.raises(ClientError) as refused:
        garrison_module.anonymous("sts").get_caller_identity()
    assert code_of(refused) == "MissingAuthenticationToken"


def test_the_clock_moves_for_server_and_clients_alike(garrison: Account) -> None:
    session = garrison.role("short").assume(DurationSeconds=900)
    session.client("sts").get_caller_identity()
    garrison.clock.shift(timedelta(minutes=16))
    with pytest.raises(ClientError) as expired:
        session.client("sts").get_caller_identity()
    assert code_of(expired) == "ExpiredToken"
    garrison.clock.set(datetime(2031, 5, 6, tzinfo=UTC))
    user = garrison.client("iam").create_user(UserName="later")["User"]
    assert user["CreateDate"].date() == datetime(2031, 5, 6, tzinfo=UTC).date()
    assert garrison.events("CreateUser", since=datetime(2031, 5, 6, tzinfo=UTC))[0]["eventTime"].startswith(
        "2031-05-06"
    )
    garrison.clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    garrison.client("iam").list_users()
    assert garrison.events("ListUsers")[-1]["eventTime"].startswith("2020-01-01")


def test_a_presigned_url_is_signed_by_the_clock(garrison: Account) -> None:
    garrison.clock.set(datetime(2031, 5, 6, tzinfo=UTC))
    url = garrison.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert b"administrator" in urlopen(url).read()


def test_secrets_do_not_show(garrison_module: Account) -> None:
    assert garrison_module.administrator.credentials.secret_access_key not in repr(garrison_module.administrator)


@pytest.mark.garrison(tls=True)
def test_an_account_serves_tls_and_its_clients_know_whom_to_trust(garrison: Account) -> None:
    assert garrison.endpoint.startswith("https://")
    assert garrison.client("sts").get_caller_identity()["Account"] == garrison.account_id
    assert garrison.administrator.environment()["AWS_CA_BUNDLE"] == garrison.ca_bundle
    assert garrison.events("GetCallerIdentity")[-1]["tlsDetails"]["tlsVersion"] == "TLSv1.3"
