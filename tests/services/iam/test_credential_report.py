"""The credential report through a client: its states, its columns, and when it may be made anew."""

from __future__ import annotations

import csv
from types import SimpleNamespace
from typing import Any

from tests.services.iam.certificates import certificate
from tests.services.refusals import refused

ACCOUNT = "123456789012"
HEADER = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
"""IAM User Guide, "Get credential reports for your AWS account"."""


def report(api: Any) -> list[dict[str, str]]:
    api.clock.advance(hours=4)
    assert api.iam.generate_credential_report()["State"] == "STARTED"
    answer = api.iam.get_credential_report()
    assert answer["ReportFormat"] == "text/csv"
    return list(csv.DictReader(answer["Content"].decode().splitlines()))


def test_a_report_is_started_then_complete(api: Any) -> None:
    assert refused(api.iam.get_credential_report)[0] == "ReportNotPresent"
    started = api.iam.generate_credential_report()
    assert (started["State"], bool(started["Description"])) == ("STARTED", True)
    api.clock.advance(minutes=1)
    assert api.iam.generate_credential_report()["State"] == "COMPLETE"
    answer = api.iam.get_credential_report()
    assert (api.clock.now() - answer["GeneratedTime"]).total_seconds() == 60
    assert answer["Content"].decode().split("\n")[0] == HEADER
    assert not answer["Content"].endswith(b"\n")


def test_a_report_expires_after_four_hours(api: Any) -> None:
    api.iam.generate_credential_report()
    api.clock.advance(hours=3, minutes=59)
    api.iam.create_user(UserName="alice")
    assert b"alice" not in api.iam.get_credential_report()["Content"]
    api.clock.advance(minutes=1)
    assert refused(api.iam.get_credential_report)[0] == "ReportExpired"
    assert api.iam.generate_credential_report()["State"] == "STARTED"
    assert b"alice" in api.iam.get_credential_report()["Content"]


def test_a_report_that_is_being_made_is_waited_for(api: Any) -> None:
    with api.store.writing(ACCOUNT, "global", event_id=None, at=api.clock.now()) as unit:
        unit.state_put("credential-report", "started", b"")
    assert refused(api.iam.get_credential_report)[0] == "ReportInProgress"
    assert api.iam.generate_credential_report()["State"] == "INPROGRESS"


def test_a_user_with_nothing_has_a_row(api: Any) -> None:
    made = api.clock.now()
    api.iam.create_user(UserName="alice", Path="/people/")
    root, alice = report(api)
    assert (root["user"], root["arn"]) == ("<root_account>", f"arn:aws:iam::{ACCOUNT}:root")
    assert (root["password_enabled"], root["password_next_rotation"]) == ("false", "not_supported")
    assert alice == dict.fromkeys(alice, "N/A") | {
        "user": "alice",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/people/alice",
        "user_creation_time": f"{made:%Y-%m-%dT%H:%M:%SZ}",
        "password_enabled": "false",
        "mfa_active": "false",
        "access_key_1_active": "false",
        "access_key_2_active": "false",
        "cert_1_active": "false",
        "cert_2_active": "false",
    }


def test_a_row_tells_of_password_and_keys(api: Any) -> None:
    made = f"{api.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    api.iam.create_user(UserName="alice")
    api.iam.create_login_profile(UserName="alice", Password="Correct-horse-1")
    first = api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    api.iam.update_access_key(UserName="alice", AccessKeyId=first, Status="Inactive")
    api.clock.advance(days=1)
    second = api.iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    api.iam.update_account_password_policy(MaxPasswordAge=90)
    api.uses[second] = SimpleNamespace(at=api.clock.now(), region="us-east-1", service="iam")
    _, alice = report(api)
    assert (alice["password_enabled"], alice["password_last_used"]) == ("true", "no_information")
    assert (alice["password_last_changed"], alice["password_next_rotation"]) == (made, "2026-04-02T03:04:05Z")
    assert (alice["access_key_1_active"], alice["access_key_1_last_rotated"]) == ("false", made)
    assert alice["access_key_1_last_used_date"] == "N/A"
    assert [alice[f"access_key_2_{name}"] for name in ("active", "last_rotated", "last_used_date")] == [
        "true",
        "2026-01-03T03:04:05Z",
        "2026-01-03T03:04:05Z",
    ]
    assert (alice["access_key_2_last_used_region"], alice["access_key_2_last_used_service"]) == ("us-east-1", "iam")


def test_users_come_in_the_order_of_their_names(api: Any) -> None:
    for name in ("bob", "Alice", "carol", "a,b"):
        api.iam.create_user(UserName=name)
    assert [row["user"] for row in report(api)] == ["<root_account>", "a,b", "Alice", "bob", "carol"]


def test_a_row_tells_of_signing_certificates(api: Any) -> None:
    made = f"{api.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    api.iam.create_user(UserName="alice")
    first = api.iam.upload_signing_certificate(UserName="alice", CertificateBody=certificate())["Certificate"]
    api.iam.update_signing_certificate(UserName="alice", CertificateId=first["CertificateId"], Status="Inactive")
    api.clock.advance(days=1)
    api.iam.upload_signing_certificate(UserName="alice", CertificateBody=certificate())
    _, alice = report(api)
    assert (alice["cert_1_active"], alice["cert_1_last_rotated"]) == ("false", made)
    assert (alice["cert_2_active"], alice["cert_2_last_rotated"]) == ("true", "2026-01-03T03:04:05Z")
