"""Login profiles and ChangePassword through a client: under the account's policy, and with nothing of a password kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.services.refusals import refused

ACCOUNT = "123456789012"
PASSWORD = "Correct-horse-1"
OTHER = "Battery-staple-2"
INCORRECT = ("AccessDenied", "The old password was incorrect.")
REUSED = (
    "PasswordPolicyViolation",
    "Policy constraint violation with password reuse prevention during password change",
)


@pytest.fixture
def iam(api: Any) -> Any:
    """The API of an account with the user alice, who has a password."""
    api.iam.create_user(UserName="alice")
    api.iam.create_login_profile(UserName="alice", Password=PASSWORD)
    return api.iam


def test_a_login_profile_says_since_when_there_is_a_password(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    made = api.iam.create_login_profile(UserName="ALICE", Password=PASSWORD, PasswordResetRequired=True)["LoginProfile"]
    assert made == {"UserName": "alice", "CreateDate": api.clock.now(), "PasswordResetRequired": True}
    assert api.asked.needs == {"iam:CreateLoginProfile": [f"arn:aws:iam::{ACCOUNT}:user/alice"]}
    assert api.iam.get_login_profile(UserName="alice")["LoginProfile"] == made


def test_a_user_has_one_login_profile(iam: Any) -> None:
    expected = ("EntityAlreadyExists", "Login Profile for user alice already exists.")
    assert refused(iam.create_login_profile, UserName="alice", Password=PASSWORD) == expected


def test_without_a_login_profile_there_is_none_to_show_change_or_delete(api: Any) -> None:
    api.iam.create_user(UserName="alice")
    expected = ("NoSuchEntity", "Login Profile for User alice cannot be found.")
    for call in (api.iam.get_login_profile, api.iam.update_login_profile, api.iam.delete_login_profile):
        assert refused(call, UserName="alice") == expected
    assert refused(api.iam.get_login_profile, UserName="bob")[0] == "NoSuchEntity"


@pytest.mark.parametrize("password", ["short", "alllowercase", "", "x" * 129, "Tab\x01Correct-1", "Snow☃Correct-1"])
def test_a_password_against_the_rules_is_refused(api: Any, password: str) -> None:
    api.iam.create_user(UserName="alice")
    code = refused(api.iam.create_login_profile, UserName="alice", Password=password)[0]
    assert code in ("PasswordPolicyViolation", "ValidationError")
    assert refused(api.iam.get_login_profile, UserName="alice")[0] == "NoSuchEntity"


def test_the_accounts_own_policy_holds_once_it_is_set(iam: Any) -> None:
    iam.update_account_password_policy(MinimumPasswordLength=20, RequireSymbols=True)
    expected = ("PasswordPolicyViolation", "Password should have a minimum length of 20")
    assert refused(iam.update_login_profile, UserName="alice", Password=OTHER) == expected
    iam.update_login_profile(UserName="alice", Password="only lowercase letters!")


def test_a_reset_can_be_asked_for_and_goes_with_a_new_password(iam: Any) -> None:
    iam.update_login_profile(UserName="alice", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"]
    iam.update_login_profile(UserName="alice", Password=OTHER)
    assert not iam.get_login_profile(UserName="alice")["LoginProfile"]["PasswordResetRequired"]


def test_users_change_their_own_password_by_the_old_one(api: Any, iam: Any) -> None:
    api.act_as_user("alice")
    assert refused(iam.change_password, OldPassword=OTHER, NewPassword=OTHER) == INCORRECT
    iam.change_password(OldPassword=PASSWORD, NewPassword=OTHER)
    assert api.asked.needs == {"iam:ChangePassword": [f"arn:aws:iam::{ACCOUNT}:user/alice"]}
    assert refused(iam.change_password, OldPassword=PASSWORD, NewPassword=OTHER) == INCORRECT
    iam.change_password(OldPassword=OTHER, NewPassword=PASSWORD)


def test_passwords_are_not_used_again_while_they_are_remembered(api: Any, iam: Any) -> None:
    iam.update_account_password_policy(PasswordReusePrevention=2)
    api.act_as_user("alice")
    assert refused(iam.change_password, OldPassword=PASSWORD, NewPassword=PASSWORD) == REUSED
    iam.change_password(OldPassword=PASSWORD, NewPassword=OTHER)
    assert refused(iam.change_password, OldPassword=OTHER, NewPassword=PASSWORD) == REUSED
    iam.change_password(OldPassword=OTHER, NewPassword="Third-password-3")
    iam.change_password(OldPassword="Third-password-3", NewPassword=PASSWORD)


def test_guessing_the_old_password_gets_slow(api: Any, iam: Any) -> None:
    api.act_as_user("alice")
    for _ in range(5):
        assert refused(iam.change_password, OldPassword=OTHER, NewPassword=OTHER) == INCORRECT
    assert refused(iam.change_password, OldPassword=PASSWORD, NewPassword=OTHER) == INCORRECT
    api.clock.advance(seconds=1.01)
    iam.change_password(OldPassword=PASSWORD, NewPassword=OTHER)


def test_only_users_change_their_own_password(api: Any, iam: Any) -> None:
    assert refused(iam.change_password, OldPassword=PASSWORD, NewPassword=OTHER)[0] == "InvalidUserType"


def test_a_user_with_a_password_cannot_be_deleted(iam: Any) -> None:
    assert refused(iam.delete_user, UserName="alice") == (
        "DeleteConflict",
        "Cannot delete entity, must delete login profile first.",
    )
    iam.delete_login_profile(UserName="alice")
    iam.delete_user(UserName="alice")


def test_a_password_stays_with_a_renamed_user_and_not_with_the_name(iam: Any) -> None:
    iam.update_user(UserName="alice", NewUserName="alicia")
    iam.create_user(UserName="alice")
    assert iam.get_login_profile(UserName="alicia")["LoginProfile"]["UserName"] == "alicia"
    assert refused(iam.get_login_profile, UserName="alice")[0] == "NoSuchEntity"


def test_roots_password_is_managed_on_the_machine_only(api: Any) -> None:
    on_the_machine = api.principal
    api.act_as(replace(on_the_machine, access_key_id="AKIAIOSFODNN7EXAMPLE"))
    assert refused(api.iam.create_login_profile, Password=PASSWORD)[0] == "AccessDenied"
    api.act_as(on_the_machine)
    api.iam.create_login_profile(Password=PASSWORD)
    assert api.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 1
    api.iam.update_login_profile(UserName=ACCOUNT, Password=OTHER)
    api.iam.delete_login_profile()
    assert api.iam.get_account_summary()["SummaryMap"]["AccountPasswordPresent"] == 0


def test_nothing_stored_shows_a_password(api: Any, iam: Any, tmp_path: Path) -> None:
    iam.update_login_profile(UserName="alice", Password=OTHER)
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert PASSWORD.encode() not in stored
    assert OTHER.encode() not in stored
    assert b"argon2" not in stored
