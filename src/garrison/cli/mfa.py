"""`garrison mfa` and `garrison root mfa`: put a virtual MFA device on a phone by a QR code in the terminal."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, table
from garrison.cli.rooted import root_of
from garrison.errors import ApiError, OperatorError
from garrison.gateway.local import LocalCaller
from garrison.services.iam.mfa_codes import otpauth_uri, qr_text

application = typer.Typer(help="The MFA devices of users.", no_args_is_help=True)
root_application = typer.Typer(help="Root's MFA devices.", no_args_is_help=True)

ROOT_DEVICE = "root-account-mfa-device"
"""The name that AWS gives root's own virtual device."""
_TRIES = 3

UserArgument = Annotated[str, typer.Argument(help="The user's name.")]
NameOption = Annotated[str | None, typer.Option("--name", help="The device's name; else the user's.")]


@application.command("enable")
def enable(user: UserArgument, name: NameOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make a device for a user: scan the QR code, then type two codes in a row."""
    _enable(home, user, name or user, as_json)


@root_application.command("enable")
def enable_root(name: NameOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make a device for root: scan the QR code, then type two codes in a row."""
    _enable(home, None, name or ROOT_DEVICE, as_json)


@application.command("list")
def list_devices(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the account's devices and whose they are."""
    with root_of(home) as (_, root):
        found = _pages(root, "ListVirtualMFADevices", "VirtualMFADevices")
    devices = [
        {
            "serial_number": device["SerialNumber"],
            "holder": device["User"].get("UserName", "root") if "User" in device else None,
            "enabled_at": device["EnableDate"].isoformat() if "EnableDate" in device else None,
        }
        for device in found
    ]
    if as_json:
        emit({"devices": devices}, True)
    else:
        rows = [[each["serial_number"], each["holder"] or "-", each["enabled_at"] or "-"] for each in devices]
        table("MFA devices", ["Device", "Whose", "Enabled"], rows)


@application.command("disable")
def disable(user: UserArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Delete a user's devices: for a phone that is lost."""
    _disable(home, {"UserName": user}, as_json)


@root_application.command("disable")
def disable_root(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Delete root's devices."""
    _disable(home, {}, as_json)


def _enable(home: Path | None, user: str | None, name: str, as_json: bool) -> None:
    with root_of(home) as (_, root):
        account = root.call("sts", "GetCallerIdentity")["Account"]
        alias = next(iter(root.call("iam", "ListAccountAliases")["AccountAliases"]), account)
        made = root.call("iam", "CreateVirtualMFADevice", VirtualMFADeviceName=name)["VirtualMFADevice"]
        serial_number = made["SerialNumber"]
        try:
            _show(otpauth_uri(base64.b32decode(made["Base32StringSeed"]), name, alias), made["Base32StringSeed"])
            _give(root, user or account, serial_number)
        except BaseException:
            # A device that nobody holds is of no use, and its seed was on the screen.
            root.call("iam", "DeleteVirtualMFADevice", SerialNumber=serial_number)
            raise
    emit({"serial_number": serial_number}, as_json, f"{serial_number} is enabled.")


def _show(uri: str, seed: bytes) -> None:
    """Show the QR code where a person looks: standard output may be read by a program."""
    sys.stderr.write(f"\n{qr_text(uri)}\n\nScan this with an authenticator app, or type the key {seed.decode()}\n\n")
    sys.stderr.flush()


def _give(root: LocalCaller, user: str, serial_number: str) -> None:
    """Ask for two codes in a row until they are the device's."""
    for _ in range(_TRIES):
        first, second = _ask("First"), _ask("Next")
        try:
            root.call(
                "iam",
                "EnableMFADevice",
                UserName=user,
                SerialNumber=serial_number,
                AuthenticationCode1=first,
                AuthenticationCode2=second,
            )
        except ApiError as error:
            if error.code != "InvalidAuthenticationCode":
                raise
            sys.stderr.write("These are not two codes in a row of this device.\n")
        else:
            return
    raise OperatorError("The device was not enabled.", "Set the clocks of phone and server, and begin again.")


def _ask(which: str) -> str:
    """A code from standard input, asked for on standard error: standard output is the command's answer."""
    sys.stderr.write(f"{which} code: ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise OperatorError("No code was given.", "Type two codes in a row, or write them to standard input.")
    return line.strip()


def _disable(home: Path | None, holder: dict[str, str], as_json: bool) -> None:
    with root_of(home) as (_, root):
        devices = [each["SerialNumber"] for each in _pages(root, "ListMFADevices", "MFADevices", **holder)]
        for serial_number in devices:
            root.call("iam", "DeactivateMFADevice", SerialNumber=serial_number, **holder)
            root.call("iam", "DeleteVirtualMFADevice", SerialNumber=serial_number)
    emit({"deleted": devices}, as_json, f"Deleted {len(devices)} MFA devices.")


def _pages(root: LocalCaller, operation: str, member: str, **parameters: Any) -> list[Any]:
    answer = root.call("iam", operation, **parameters)
    found = list(answer[member])
    while answer["IsTruncated"]:
        answer = root.call("iam", operation, Marker=answer["Marker"], **parameters)
        found += answer[member]
    return found
