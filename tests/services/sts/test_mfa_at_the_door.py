"""MFA with real clients against a running server: what conditions see, what is recorded, and codes raced against each other."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.services.iam.mfa_codes import code_of, step_at
from garrison.testing import Account, Principal, allow

WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


class Phone:
    """An authenticator app with a device of its own for a user."""

    def __init__(self, account: Account, user: Principal) -> None:
        iam = account.client("iam")
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=user.name)["VirtualMFADevice"]
        self.account, self.serial_number = account, made["SerialNumber"]
        self.seed = base64.b32decode(made["Base32StringSeed"])
        one, two = self.code(-1), self.code()
        iam.enable_mfa_device(
            UserName=user.name, SerialNumber=self.serial_number, AuthenticationCode1=one, AuthenticationCode2=two
        )

    def code(self, offset: int = 0) -> str:
        return code_of(self.seed, step_at(self.account.clock.now()) + offset)

    def proof(self) -> dict[str, str]:
        """A code that was not used yet: of a later minute."""
        self.account.clock.shift(timedelta(minutes=1))
        return {"SerialNumber": self.serial_number, "TokenCode": self.code()}


def refused(call: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_session_without_mfa_calls_no_iam_and_one_with_mfa_does(garrison: Account) -> None:
    alice = garrison.user("alice", ["IAMReadOnlyAccess"])
    phone = Phone(garrison, alice)
    assert refused(alice.session().client("iam").list_users)[0] == "AccessDenied"
    assert alice.session(**phone.proof()).client("iam").list_users()["Users"]


def test_policies_see_whether_and_how_long_ago_a_device_was_proved(garrison: Account) -> None:
    fresh = {**WITH_MFA, "NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}
    alice = garrison.user("alice", [allow("cloudtrail:DescribeTrails", when=fresh)])
    phone = Phone(garrison, alice)
    assert refused(alice.client("cloudtrail").describe_trails)[0] == "AccessDeniedException"
    assert refused(alice.session().client("cloudtrail").describe_trails)[0] == "AccessDeniedException"
    with_mfa = alice.session(**phone.proof())
    assert with_mfa.client("cloudtrail").describe_trails()["trailList"] == []
    garrison.clock.shift(timedelta(minutes=6))
    assert refused(with_mfa.client("cloudtrail").describe_trails)[0] == "AccessDeniedException"


def test_the_key_is_absent_for_long_term_credentials_and_false_in_sessions(garrison: Account) -> None:
    absent = {"Null": {"aws:MultiFactorAuthPresent": "true"}}
    alice = garrison.user("alice", [allow("cloudtrail:DescribeTrails", when=absent)])
    assert alice.client("cloudtrail").describe_trails()["trailList"] == []
    assert refused(alice.session().client("cloudtrail").describe_trails)[0] == "AccessDeniedException"
    is_false = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
    bob = garrison.user("bob", [allow("cloudtrail:DescribeTrails", when=is_false)])
    assert refused(bob.client("cloudtrail").describe_trails)[0] == "AccessDeniedException"
    assert bob.session().client("cloudtrail").describe_trails()["trailList"] == []


def test_a_trust_policy_asks_for_mfa(garrison: Account) -> None:
    alice = garrison.user("alice")
    phone = Phone(garrison, alice)
    trust = {"Effect": "Allow", "Principal": {"AWS": alice.arn}, "Action": "sts:AssumeRole", "Condition": WITH_MFA}
    role = garrison.role("auditor", [allow("cloudtrail:DescribeTrails", when=WITH_MFA)], trust=trust)
    assert refused(alice.client("sts").assume_role, RoleArn=role.arn, RoleSessionName="session")[0] == "AccessDenied"
    assumed = role.assume(alice, **phone.proof())
    assert assumed.client("cloudtrail").describe_trails()["trailList"] == []
    event = garrison.events("DescribeTrails", assumed)[-1]
    assert event["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"


def test_a_code_is_spent_even_where_the_policies_refuse(garrison: Account) -> None:
    alice = garrison.user("alice")
    phone = Phone(garrison, alice)
    role = garrison.role("closed", trust=garrison.administrator)
    proof = phone.proof()
    denied = refused(alice.client("sts").assume_role, RoleArn=role.arn, RoleSessionName="session", **proof)
    assert "not authorized to perform: sts:AssumeRole" in denied[1]
    assert "invalid MFA one time pass code" in refused(alice.client("sts").get_session_token, **proof)[1]


def test_of_many_calls_with_one_code_one_succeeds(garrison: Account) -> None:
    alice = garrison.user("alice")
    proof = Phone(garrison, alice).proof()
    clients = [garrison.make_client("sts", alice.credentials) for _ in range(8)]

    def attempt(client: Any) -> bool:
        try:
            client.get_session_token(**proof)
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, clients)) == 1
    outcomes = [event.get("errorCode") for event in garrison.events("GetSessionToken", alice)]
    assert sorted(map(str, outcomes)) == ["AccessDenied"] * 7 + ["None"]


def test_wrong_codes_are_recorded_once_each_and_show_no_code(garrison: Account) -> None:
    alice = garrison.user("alice")
    phone = Phone(garrison, alice)
    sts = alice.client("sts")
    proof = phone.proof()
    wrong = proof | {"TokenCode": f"{(int(proof['TokenCode']) + 1) % 1_000_000:06d}"}
    for _ in range(2):
        refused(sts.get_session_token, **wrong)
    sts.get_session_token(**proof)
    events = garrison.events("GetSessionToken", alice)
    assert [event.get("errorMessage") for event in events] == [
        "MultiFactorAuthentication failed with invalid MFA one time pass code."
    ] * 2 + [None]
    for event in events:
        assert event["requestParameters"] == {"serialNumber": phone.serial_number}


def test_nothing_of_a_device_is_in_events_or_on_the_disk(garrison: Account) -> None:
    alice = garrison.user("alice")
    phone = Phone(garrison, alice)
    events = garrison.events()
    names = {event["eventName"]: event for event in events}
    assert names["CreateVirtualMFADevice"]["responseElements"] == {
        "virtualMFADevice": {"serialNumber": phone.serial_number}
    }
    assert names["EnableMFADevice"]["requestParameters"] == {"userName": "alice", "serialNumber": phone.serial_number}
    base32 = base64.b32encode(phone.seed)
    assert base32.decode() not in json.dumps(events)
    for file in garrison.home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert phone.seed not in content, file
            assert base32 not in content, file
            assert b"otpauth" not in content, file


def test_the_aws_cli_goes_the_way_that_the_posture_tells(garrison: Account, tmp_path: Path) -> None:
    alice = garrison.user("alice", ["IAMFullAccess"])

    def aws(*arguments: str) -> Any:
        command = [str(Path(sys.executable).with_name("aws")), *arguments, "--output", "json"]
        done = subprocess.run(
            command, env=os.environ | alice.environment(), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def bootstrap(method: str, name: str) -> bytes:
        make = ("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", name)
        aws(*make, "--bootstrap-method", method, "--outfile", str(tmp_path / name))
        return (tmp_path / name).read_bytes()

    assert bootstrap("QRCodePNG", "by-picture").startswith(b"\x89PNG")
    seed = base64.b32decode(bootstrap("Base32StringSeed", "by-seed"))
    serial_number = f"arn:aws:iam::{garrison.account_id}:mfa/by-seed"
    step = step_at(garrison.clock.now())
    codes = ("--authentication-code1", code_of(seed, step - 1), "--authentication-code2", code_of(seed, step))
    aws("iam", "enable-mfa-device", "--user-name", "alice", "--serial-number", serial_number, *codes)
    proof = ("--serial-number", serial_number, "--token-code", code_of(seed, step + 1))
    assert aws("sts", "get-session-token", *proof)["Credentials"]["SessionToken"]
