"""Signing in at a running server: passwords, codes and tokens, what is recorded, and what a stranger cannot learn."""

from __future__ import annotations

import base64
import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from botocore.exceptions import ClientError

from garrison.services.iam.mfa_codes import code_of, step_at
from garrison.testing import Account, Principal, allow
from garrison.testing.clients import Credentials

PASSWORD = "Correct-horse-1"
OTHER = "Battery-staple-2"
INCORRECT = {"status": "failed", "message": "Your authentication information is incorrect. Please try again."}


class Door:
    """The sign-in endpoint of an account, as a browser calls it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.account.endpoint).netloc, timeout=30)
        connection.request(method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        try:
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def sign_in(self, **form: Any) -> tuple[int, dict[str, Any]]:
        status, headers, body = self.send(
            "POST",
            "/_garrison/signin",
            json.dumps(form).encode(),
            content_type="application/json",
            user_agent="browser",
        )
        assert headers["cache-control"] == "no-store"
        return status, json.loads(body)

    def principal(self, **form: Any) -> Principal:
        status, answer = self.sign_in(**form)
        assert status == 200, answer
        made = answer["credentials"]
        credentials = Credentials(made["accessKeyId"], made["secretAccessKey"], made["sessionToken"])
        return Principal(self.account, answer["arn"], credentials)

    def federate(self, **parameters: str) -> tuple[int, dict[str, str], bytes]:
        return self.send("GET", f"/_garrison/signin/federation?{urlencode(parameters)}")

    def signin_token(self, credentials: Credentials, **parameters: str) -> str:
        status, _, body = self.federate(Action="getSigninToken", Session=session_of(credentials), **parameters)
        assert status == 200, body
        return str(json.loads(body)["SigninToken"])


def session_of(credentials: Credentials) -> str:
    return json.dumps(
        {
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key,
            "sessionToken": credentials.session_token,
        }
    )


def door_of(account: Account) -> Door:
    """The door of an account with the user alice, who has a password."""
    account.user("alice", ["IAMReadOnlyAccess"])
    account.client("iam").create_login_profile(UserName="alice", Password=PASSWORD)
    return Door(account)


@pytest.fixture
def door(garrison: Account) -> Door:
    """The door of an account of the test's own."""
    return door_of(garrison)


@pytest.fixture(scope="module")
def shared(garrison_module: Account) -> tuple[Door, Credentials]:
    """The same for all that is refused whatever came before, and the session of a role."""
    return door_of(garrison_module), garrison_module.role("auditor").assume().credentials


def phone(account: Account, user: str) -> tuple[str, bytes]:
    """A device enabled for a user: its serial number and its seed."""
    iam = account.client("iam")
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName=user)["VirtualMFADevice"]
    seed, step = base64.b32decode(made["Base32StringSeed"]), step_at(account.clock.now())
    iam.enable_mfa_device(
        UserName=user,
        SerialNumber=made["SerialNumber"],
        AuthenticationCode1=code_of(seed, step - 1),
        AuthenticationCode2=code_of(seed, step),
    )
    account.clock.shift(timedelta(seconds=90))
    return made["SerialNumber"], seed


def logins(account: Account) -> list[dict[str, Any]]:
    return account.events("ConsoleLogin")


def test_a_password_gives_a_session_that_may_do_what_its_user_may(door: Door) -> None:
    alice = door.principal(user="Alice", password=PASSWORD)
    assert alice.arn == f"arn:aws:iam::{door.account.account_id}:user/alice"
    users = {user["UserName"]: user for user in alice.client("iam").list_users()["Users"]}
    assert users["alice"]["PasswordLastUsed"]
    assert "PasswordLastUsed" not in users["administrator"]
    event = door.account.events("ListUsers", alice)[-1]
    assert event["sessionCredentialFromConsole"] == "true"
    assert event["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    door.account.clock.shift(timedelta(hours=12))
    with pytest.raises(ClientError, match="ExpiredToken"):
        alice.client("iam").list_users()


def test_a_sign_in_is_recorded_as_aws_records_it(door: Door) -> None:
    door.principal(user="alice", password=PASSWORD)
    (event,) = logins(door.account)
    assert event["userIdentity"]["userName"] == "alice"
    assert event["userIdentity"]["arn"].endswith(":user/alice")
    assert (event["eventSource"], event["eventType"]) == ("signin.amazonaws.com", "AwsConsoleSignIn")
    assert event["responseElements"] == {"ConsoleLogin": "Success"}
    assert event["additionalEventData"] == {
        "LoginTo": f"{door.account.endpoint}/",
        "MobileVersion": "No",
        "MFAUsed": "No",
    }
    assert (event["requestParameters"], event["readOnly"], event["userAgent"]) == (None, False, "browser")
    assert "errorMessage" not in event


def test_a_stranger_cannot_tell_what_was_wrong(door: Door) -> None:
    door.account.user("bob")
    answers = [
        door.sign_in(user="alice", password=OTHER),
        door.sign_in(user="nobody", password=PASSWORD),
        door.sign_in(user="bob", password=PASSWORD),
        door.sign_in(user="alice", password=PASSWORD, account="000000000000"),
        door.sign_in(user="", password=PASSWORD),
        door.sign_in(user="x" * 5000, password="y" * 5000),
        door.sign_in(password=PASSWORD),
    ]
    assert answers == [(401, INCORRECT)] * len(answers)
    first, second, third, *_ = logins(door.account)
    assert [event["errorMessage"] for event in (first, second, third)] == [
        "Failed authentication",
        "No username found in supplied account",
        "Failed authentication",
    ]
    assert first["userIdentity"]["userName"] == "alice"
    assert "arn" not in first["userIdentity"]
    assert second["userIdentity"] == {
        "type": "IAMUser",
        "accountId": door.account.account_id,
        "accessKeyId": "",
        "userName": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }
    assert first["responseElements"] == {"ConsoleLogin": "Failure"}


def test_the_account_may_be_named_by_its_alias(door: Door) -> None:
    door.account.client("iam").create_account_alias(AccountAlias="fortress")
    door.principal(account="fortress", user="alice", password=PASSWORD)
    door.principal(account=door.account.account_id, user="alice", password=PASSWORD)


def test_whoever_has_a_device_signs_in_with_its_code(door: Door) -> None:
    serial_number, seed = phone(door.account, "alice")
    now = step_at(door.account.clock.now())
    assert door.sign_in(user="alice", password=PASSWORD) == (401, INCORRECT)
    assert door.sign_in(user="alice", password=PASSWORD, mfaCode="0") == (401, INCORRECT)
    assert door.sign_in(user="alice", password=OTHER, mfaCode=code_of(seed, now)) == (401, INCORRECT)
    alice = door.principal(user="alice", password=PASSWORD, mfaCode=code_of(seed, now))
    assert door.sign_in(user="alice", password=PASSWORD, mfaCode=code_of(seed, now)) == (401, INCORRECT)
    success = logins(door.account)[-2]
    assert success["additionalEventData"]["MFAUsed"] == "Yes"
    assert success["additionalEventData"]["MFAIdentifier"] == serial_number
    alice.client("iam").list_users()
    attributes = door.account.events("ListUsers", alice)[-1]["userIdentity"]["sessionContext"]["attributes"]
    assert attributes["mfaAuthenticated"] == "true"


def test_guessing_locks_people_and_nobodies_alike(door: Door) -> None:
    for user in ("alice", "nobody"):
        for _ in range(5):
            assert door.sign_in(user=user, password=OTHER) == (401, INCORRECT)
        assert door.sign_in(user=user, password=PASSWORD) == (401, INCORRECT)
    door.account.clock.shift(timedelta(seconds=2))
    door.principal(user="alice", password=PASSWORD)


def test_a_password_that_must_be_changed_is_changed_at_sign_in(door: Door) -> None:
    iam = door.account.client("iam")
    iam.update_login_profile(UserName="alice", PasswordResetRequired=True)
    status, answer = door.sign_in(user="alice", password=PASSWORD)
    assert (status, answer["status"]) == (403, "password_change_required")
    refused = door.sign_in(changeToken=answer["changeToken"], newPassword="short")
    assert (refused[0], refused[1]["code"]) == (400, "PasswordPolicyViolation")
    door.principal(changeToken=answer["changeToken"], newPassword=OTHER)
    assert door.sign_in(changeToken=answer["changeToken"], newPassword=PASSWORD) == (401, INCORRECT)
    assert door.sign_in(user="alice", password=PASSWORD) == (401, INCORRECT)
    door.principal(user="alice", password=OTHER)


def test_a_change_token_holds_for_five_minutes_and_only_as_it_was_made(door: Door) -> None:
    door.account.client("iam").update_login_profile(UserName="alice", PasswordResetRequired=True)
    token = door.sign_in(user="alice", password=PASSWORD)[1]["changeToken"]
    for spoilt in (token[:-8], "", "=", "é", "A" * 200):
        assert door.sign_in(changeToken=spoilt, newPassword=OTHER) == (401, INCORRECT)
    door.account.clock.shift(timedelta(minutes=5))
    assert door.sign_in(changeToken=token, newPassword=OTHER) == (401, INCORRECT)


@pytest.mark.parametrize("hard", [False, True])
def test_an_expired_password_opens_nothing(door: Door, hard: bool) -> None:
    door.account.client("iam").update_account_password_policy(MaxPasswordAge=30, HardExpiry=hard)
    door.account.clock.shift(timedelta(days=29))
    door.principal(user="alice", password=PASSWORD)
    door.account.clock.shift(timedelta(days=1))
    status, answer = door.sign_in(user="alice", password=PASSWORD)
    assert (status, answer["status"]) == (403, "password_expired" if hard else "password_change_required")
    assert ("changeToken" in answer) is not hard
    assert "credentials" not in answer


def test_users_may_change_their_password_where_the_account_lets_them(door: Door) -> None:
    iam = door.account.client("iam")
    alice = door.principal(user="alice", password=PASSWORD)
    change = {"OldPassword": PASSWORD, "NewPassword": OTHER}
    with pytest.raises(ClientError, match="not authorized to perform: iam:ChangePassword"):
        alice.client("iam").change_password(**change)
    iam.update_account_password_policy(AllowUsersToChangePassword=True)
    alice.client("iam").get_account_password_policy()
    alice.client("iam").change_password(**change)
    deny = {"Effect": "Deny", "Action": "iam:ChangePassword", "Resource": "*"}
    iam.put_user_policy(
        UserName="alice", PolicyName="no", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    with pytest.raises(ClientError, match="explicit deny"):
        alice.client("iam").change_password(OldPassword=OTHER, NewPassword=PASSWORD)


def test_a_role_signs_in_through_a_token_once(door: Door) -> None:
    role = door.account.role("auditor", [allow("iam:ListUsers")])
    assumed = role.assume()
    token = door.signin_token(assumed.credentials, SessionDuration="43200")
    auditor = door.principal(signinToken=token)
    assert auditor.arn == assumed.arn
    assert auditor.client("iam").list_users()["Users"]
    assert door.sign_in(signinToken=token) == (401, INCORRECT)
    door.account.clock.shift(timedelta(hours=11))
    assert auditor.client("iam").list_users()["Users"]
    (made,) = door.account.events("GetSigninToken")
    assert made["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "auditor"
    (event,) = logins(door.account)
    assert (event["userIdentity"]["type"], event["userIdentity"]["arn"]) == ("AssumedRole", assumed.arn)


def test_a_token_raced_for_is_redeemed_once(door: Door) -> None:
    token = door.signin_token(door.account.role("auditor").assume().credentials)
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda _: door.sign_in(signinToken=token)[0], range(6)))
    assert sorted(statuses) == [200] + [401] * 5


def test_a_token_holds_for_a_quarter_of_an_hour(door: Door) -> None:
    token = door.signin_token(door.account.role("auditor").assume().credentials)
    door.account.clock.shift(timedelta(minutes=15))
    assert door.sign_in(signinToken=token) == (401, INCORRECT)


@pytest.mark.parametrize(
    "spoil", [{"secret_access_key": "wrong"}, {"session_token": "AAAA"}, {"access_key_id": "ASIAIOSFODNN7EXAMPLE"}]
)
def test_credentials_that_do_not_hold_give_no_token(shared: tuple[Door, Credentials], spoil: dict[str, str]) -> None:
    door, held = shared
    status, _, body = door.federate(Action="getSigninToken", Session=session_of(held._replace(**spoil)))
    assert (status, json.loads(body)["message"]) == (400, "The session credentials are not valid.")


@pytest.mark.parametrize(
    "parameters",
    [
        {"Action": "getSigninToken"},
        {"Action": "getSigninToken", "Session": "{}"},
        {"Action": "getSigninToken", "Session": "[" * 3000},
        {"Action": "logout"},
        {},
        {"Action": "login"},
        {"Action": "login", "SigninToken": "t", "Destination": "https://elsewhere.example/"},
        {"Action": "login", "SigninToken": "t", "Destination": "//elsewhere.example/"},
        {"Action": "login", "SigninToken": "t", "Destination": "/\\elsewhere.example/"},
        {"Action": "login", "SigninToken": "t", "Destination": "javascript:alert(1)"},
    ],
)
def test_a_bad_federation_request_goes_nowhere(shared: tuple[Door, Credentials], parameters: dict[str, str]) -> None:
    status, headers, _ = shared[0].federate(**parameters)
    assert status == 400
    assert "location" not in headers


@pytest.mark.parametrize("duration", ["899", "43201", "-1", "1e3", "９００", "999999"])
def test_a_session_lasts_a_quarter_of_an_hour_to_half_a_day(shared: tuple[Door, Credentials], duration: str) -> None:
    door, held = shared
    session = session_of(held)
    assert door.federate(Action="getSigninToken", Session=session, SessionDuration=duration)[0] == 400


def test_login_leads_to_a_page_of_this_server_with_the_token_out_of_its_sight(door: Door) -> None:
    destination = f"{door.account.endpoint}/console/home?region=us-east-1"
    status, headers, _ = door.federate(
        Action="login", Issuer="https://corp.example", Destination=destination, SigninToken="a=b"
    )
    assert (status, headers["location"]) == (302, "/console/home?region=us-east-1#SigninToken=a%3Db")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"user":1,"password":2}', "application/json", 400),
        (b'{"user":"alice","password":"\\ud800"}', "application/json", 400),
        (b'{"user":"alice","password":"' + b"x" * 200_000 + b'"}', "application/json", 413),
        (b"[" * 20_000, "application/json", 400),
        (b'{"user":"alice","password":"p"}', "text/plain", 415),
        (b"user=alice&password=p", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_sign_in_is_refused(shared: tuple[Door, Credentials], body: bytes, kind: str, status: int) -> None:
    door, _ = shared
    assert door.send("POST", "/_garrison/signin", body, content_type=kind)[0] == status
    assert door.send("GET", "/_garrison/signin")[0] == 405


def test_no_password_code_or_token_is_in_events_logs_or_on_the_disk(door: Door) -> None:
    _, seed = phone(door.account, "alice")
    door.sign_in(user=OTHER, password=OTHER)
    code = code_of(seed, step_at(door.account.clock.now()))
    alice = door.principal(user="alice", password=PASSWORD, mfaCode=code)
    door.account.wait_until_recorded()
    secrets = [PASSWORD, OTHER, alice.credentials.secret_access_key, str(alice.credentials.session_token)]
    for file in door.account.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in secrets:
                assert secret.encode() not in content, file
