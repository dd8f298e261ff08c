"""MFA devices through a client: seed shown once, enabled by two codes in a row, kept with their user, guessed at in vain."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from garrison.services.iam.mfa_codes import code_of, step_at
from tests.services.refusals import refused

ACCOUNT = "123456789012"
NOT_VALID = ("InvalidAuthenticationCode", "Authentication code for device is not valid.")


class Device:
    """An authenticator app: shows codes by the account's clock, or by one that is off by some steps."""

    def __init__(self, api: Any, name: str = "phone", **parameters: Any) -> None:
        made = api.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, **parameters)["VirtualMFADevice"]
        self.api, self.made, self.serial_number, self.off = api, made, made["SerialNumber"], 0
        self.seed = base64.b32decode(made["Base32StringSeed"])

    def code(self, offset: int = 0) -> str:
        return code_of(self.seed, step_at(self.api.clock.now()) + self.off + offset)

    def two(self, offset: int = 0) -> dict[str, str]:
        return {"AuthenticationCode1": self.code(offset - 1), "AuthenticationCode2": self.code(offset)}

    def enable(self, user: str) -> None:
        self.api.iam.enable_mfa_device(UserName=user, SerialNumber=self.serial_number, **self.two())

    @property
    def wrong(self) -> dict[str, str]:
        """Two codes that are not the device's anywhere near now."""
        near = {self.code(offset) for offset in range(-30, 31)}
        free = next(f"{number:06d}" for number in range(1000) if f"{number:06d}" not in near)
        return {"AuthenticationCode1": free, "AuthenticationCode2": free}


@pytest.fixture
def device(api: Any) -> Device:
    """A device that is nobody's, in an account with the user alice."""
    api.iam.create_user(UserName="alice")
    return Device(api)


def listed(api: Any, **parameters: Any) -> list[str]:
    return [each["SerialNumber"] for each in api.iam.list_virtual_mfa_devices(**parameters)["VirtualMFADevices"]]


def test_a_new_device_shows_its_seed_and_qr_code_once(api: Any) -> None:
    made = Device(api, "alice", Path="/people/", Tags=[{"Key": "team", "Value": "red"}]).made
    assert made["SerialNumber"] == f"arn:aws:iam::{ACCOUNT}:mfa/people/alice"
    assert len(made["Base32StringSeed"]) == 64
    assert made["QRCodePNG"].startswith(b"\x89PNG")
    assert made["Tags"] == [{"Key": "team", "Value": "red"}]
    shown = api.iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    assert shown == [{"SerialNumber": made["SerialNumber"]}]


def test_making_a_device_needs_its_arn_and_tagging_where_tagged(api: Any) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
    Device(api, "alice", Tags=[{"Key": "team", "Value": "red"}])
    assert api.asked.needs == {"iam:CreateVirtualMFADevice": [arn], "iam:TagMFADevice": [arn]}
    assert api.asked.context == {"aws:RequestTag/team": "red", "aws:TagKeys": ["team"]}


def test_a_device_of_the_same_path_and_name_exists_already(api: Any) -> None:
    Device(api)
    message = "MFADevice entity at the same path and name already exists."
    assert refused(api.iam.create_virtual_mfa_device, VirtualMFADeviceName="PHONE") == ("EntityAlreadyExists", message)
    Device(api, Path="/other/")


def test_a_device_is_enabled_by_two_codes_in_a_row(api: Any, device: Device) -> None:
    device.enable("Alice")
    assert api.asked.needs == {"iam:EnableMFADevice": [f"arn:aws:iam::{ACCOUNT}:user/alice"]}
    shown = {"UserName": "alice", "SerialNumber": device.serial_number, "EnableDate": api.clock.now()}
    assert api.iam.list_mfa_devices(UserName="alice")["MFADevices"] == [shown]
    got = api.iam.get_mfa_device(SerialNumber=device.serial_number, UserName="alice")
    assert {name: got[name] for name in shown} == shown
    assert api.iam.get_mfa_device(SerialNumber=device.serial_number)["UserName"] == "alice"
    assert api.asked.needs == {"iam:GetMFADevice": [f"arn:aws:iam::{ACCOUNT}:user/alice"]}
    (virtual,) = api.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
    assert (virtual["User"]["UserName"], virtual["EnableDate"]) == ("alice", api.clock.now())


@pytest.mark.parametrize("case", ["wrong", "swapped", "twice the same", "old"])
def test_other_codes_do_not_enable_a_device(api: Any, device: Device, case: str) -> None:
    one, two = device.code(-1), device.code()
    given = {
        "wrong": device.wrong,
        "swapped": {"AuthenticationCode1": two, "AuthenticationCode2": one},
        "twice the same": {"AuthenticationCode1": two, "AuthenticationCode2": two},
        "old": device.two(-40),
    }[case]
    enable = {"UserName": "alice", "SerialNumber": device.serial_number}
    assert refused(api.iam.enable_mfa_device, **enable, **given) == NOT_VALID
    assert api.iam.list_mfa_devices(UserName="alice")["MFADevices"] == []


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "", "１２３４５６"])
def test_what_is_no_code_never_enables_a_device(api: Any, device: Device, code: str) -> None:
    enable = {"UserName": "alice", "SerialNumber": device.serial_number, "AuthenticationCode2": device.code()}
    assert refused(api.iam.enable_mfa_device, **enable, AuthenticationCode1=code)[0] in (
        "ValidationError",
        NOT_VALID[0],
    )


def test_a_device_in_use_cannot_be_enabled_again_or_deleted(api: Any, device: Device) -> None:
    api.iam.create_user(UserName="bob")
    device.enable("alice")
    for user in ("alice", "bob"):
        assert refused(
            api.iam.enable_mfa_device, UserName=user, SerialNumber=device.serial_number, **device.two(2)
        ) == ("EntityAlreadyExists", "MFA Device is already in use.")
    assert refused(api.iam.delete_virtual_mfa_device, SerialNumber=device.serial_number) == (
        "DeleteConflict",
        "MFA VirtualDevice in use. Must deactivate first.",
    )


def test_a_deactivated_device_is_nobodys_and_may_be_enabled_or_deleted(api: Any, device: Device) -> None:
    device.enable("alice")
    api.iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial_number)
    assert api.iam.list_mfa_devices(UserName="alice")["MFADevices"] == []
    assert listed(api, AssignmentStatus="Unassigned") == [device.serial_number]
    api.clock.advance(seconds=60)
    device.enable("alice")
    api.iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial_number)
    api.iam.delete_virtual_mfa_device(SerialNumber=device.serial_number)
    assert listed(api) == []


def test_deleting_a_device_destroys_its_seed(api: Any, device: Device) -> None:
    with api.store.reading(ACCOUNT, "global") as unit:
        count = "SELECT count(*) FROM secret"
        before = unit._transaction.connection.one(count)[0]
    api.iam.delete_virtual_mfa_device(SerialNumber=device.serial_number)
    with api.store.reading(ACCOUNT, "global") as unit:
        assert unit._transaction.connection.one(count)[0] == before - 1


def test_a_device_of_another_is_not_valid_for_a_user(api: Any, device: Device) -> None:
    api.iam.create_user(UserName="bob")
    device.enable("alice")
    about = {"UserName": "bob", "SerialNumber": device.serial_number}
    expected = ("NoSuchEntity", "MFA Device invalid for user.")
    assert refused(api.iam.deactivate_mfa_device, **about) == expected
    assert refused(api.iam.get_mfa_device, **about) == expected
    assert refused(api.iam.resync_mfa_device, **about, **device.two(2)) == expected


def test_a_device_that_is_not_there_is_named_in_the_refusal(api: Any, device: Device) -> None:
    absent = {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/other"}
    expected = ("NoSuchEntity", f"VirtualMFADevice with serial number {absent['SerialNumber']} doesn't exist.")
    assert refused(api.iam.delete_virtual_mfa_device, **absent) == expected
    assert refused(api.iam.list_mfa_device_tags, **absent) == expected
    assert refused(api.iam.enable_mfa_device, UserName="alice", **absent, **device.two()) == expected
    assert refused(api.iam.delete_virtual_mfa_device, SerialNumber="GAHT12345678")[0] == "NoSuchEntity"


def test_a_user_has_eight_devices_at_most(api: Any, device: Device) -> None:
    device.enable("alice")
    for number in range(7):
        Device(api, f"phone-{number}").enable("alice")
    ninth = Device(api, "ninth")
    code, message = refused(
        api.iam.enable_mfa_device, UserName="alice", SerialNumber=ninth.serial_number, **ninth.two()
    )
    assert (code, message) == ("LimitExceeded", "Cannot exceed quota for MFADevicesPerUser: 8")


def test_a_user_with_a_device_cannot_be_deleted(api: Any, device: Device) -> None:
    device.enable("alice")
    assert refused(api.iam.delete_user, UserName="alice") == (
        "DeleteConflict",
        "Cannot delete entity, must delete MFA device first.",
    )
    api.iam.deactivate_mfa_device(UserName="alice", SerialNumber=device.serial_number)
    api.iam.delete_user(UserName="alice")


def test_a_device_stays_with_a_renamed_user(api: Any, device: Device) -> None:
    device.enable("alice")
    api.iam.update_user(UserName="alice", NewUserName="alicia")
    assert [each["UserName"] for each in api.iam.list_mfa_devices(UserName="alicia")["MFADevices"]] == ["alicia"]


def test_a_user_sees_its_own_devices_without_naming_itself(api: Any, device: Device) -> None:
    device.enable("alice")
    api.act_as_user("alice")
    assert [each["SerialNumber"] for each in api.iam.list_mfa_devices()["MFADevices"]] == [device.serial_number]
    assert api.asked.needs == {"iam:ListMFADevices": [f"arn:aws:iam::{ACCOUNT}:user/alice"]}
    api.iam.deactivate_mfa_device(SerialNumber=device.serial_number)


def test_resynchronising_lets_a_device_with_a_clock_off_in_again(api: Any, device: Device) -> None:
    device.enable("alice")
    device.off = 9
    user = {"UserName": "alice", "SerialNumber": device.serial_number}
    api.iam.resync_mfa_device(**user, **device.two())
    api.clock.advance(seconds=30)
    assert refused(api.iam.resync_mfa_device, **user, **device.two(-9)) == NOT_VALID


def test_wrong_codes_make_a_device_deaf_for_ever_longer(api: Any, device: Device) -> None:
    enable = {"UserName": "alice", "SerialNumber": device.serial_number}
    for _ in range(3):
        assert refused(api.iam.enable_mfa_device, **enable, **device.wrong) == NOT_VALID
    assert refused(api.iam.enable_mfa_device, **enable, **device.two()) == NOT_VALID
    for wait in (1, 2, 4, 8):
        api.clock.advance(seconds=wait + 0.01)
        assert refused(api.iam.enable_mfa_device, **enable, **device.wrong) == NOT_VALID
    api.clock.advance(seconds=15)
    assert refused(api.iam.enable_mfa_device, **enable, **device.two()) == NOT_VALID
    api.clock.advance(seconds=2)
    device.enable("alice")


def test_a_device_is_deaf_for_half_an_hour_at_most(api: Any, device: Device) -> None:
    enable = {"UserName": "alice", "SerialNumber": device.serial_number}
    for _ in range(20):
        assert refused(api.iam.enable_mfa_device, **enable, **device.wrong) == NOT_VALID
        api.clock.advance(minutes=30, seconds=1)
    device.enable("alice")


def test_roots_devices_are_managed_on_the_machine_only(api: Any) -> None:
    device = Device(api, "root-account-mfa-device")
    api.act_as(replace(api.principal, access_key_id="AKIAIOSFODNN7EXAMPLE"))
    enable = {"UserName": ACCOUNT, "SerialNumber": device.serial_number}
    assert refused(api.iam.enable_mfa_device, **enable, **device.two())[0] == "AccessDenied"
    api.act_as(replace(api.principal, access_key_id=None))
    api.iam.enable_mfa_device(**enable, **device.two())
    assert api.iam.list_mfa_devices()["MFADevices"][0]["SerialNumber"] == device.serial_number
    (shown,) = api.iam.list_virtual_mfa_devices()["VirtualMFADevices"]
    assert shown["User"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert api.iam.get_account_summary()["SummaryMap"]["AccountMFAEnabled"] == 1
    api.act_as(replace(api.principal, access_key_id="AKIAIOSFODNN7EXAMPLE"))
    assert refused(api.iam.deactivate_mfa_device, SerialNumber=device.serial_number)[0] == "AccessDenied"


def test_the_summary_counts_devices(api: Any, device: Device) -> None:
    Device(api, "spare")
    device.enable("alice")
    summary = api.iam.get_account_summary()["SummaryMap"]
    assert (summary["MFADevices"], summary["MFADevicesInUse"], summary["AccountMFAEnabled"]) == (2, 1, 0)


def test_devices_are_listed_by_pages(api: Any) -> None:
    serial_numbers = [Device(api, f"phone-{number}").serial_number for number in range(5)]
    pages = api.iam.get_paginator("list_virtual_mfa_devices").paginate(PaginationConfig={"PageSize": 2})
    found = [[each["SerialNumber"] for each in page["VirtualMFADevices"]] for page in pages]
    assert [len(page) for page in found] == [2, 2, 1]
    assert [each for page in found for each in page] == serial_numbers


def test_devices_are_tagged(api: Any, device: Device) -> None:
    about = {"SerialNumber": device.serial_number}
    api.iam.tag_mfa_device(**about, Tags=[{"Key": "team", "Value": "red"}, {"Key": "cost", "Value": "1"}])
    assert api.asked.needs == {"iam:TagMFADevice": [device.serial_number]}
    api.iam.untag_mfa_device(**about, TagKeys=["TEAM"])
    assert api.iam.list_mfa_device_tags(**about)["Tags"] == [{"Key": "cost", "Value": "1"}]


def test_nothing_stored_shows_a_seed(api: Any, device: Device, tmp_path: Path) -> None:
    device.enable("alice")
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert device.serial_number.encode() in stored
    assert device.seed not in stored
    assert device.made["Base32StringSeed"] not in stored
