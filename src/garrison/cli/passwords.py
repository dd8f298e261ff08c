"""`garrison root set-password` and `delete-password`: root's password is set on the machine itself and nowhere else."""

from __future__ import annotations

import getpass
import sys

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit
from garrison.cli.rooted import root_of
from garrison.errors import ApiError, OperatorError
from garrison.gateway.local import LocalCaller


def set_root_password(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Set root's password: typed twice at a terminal, else the first line of standard input."""
    password = _asked()
    with root_of(home) as (_, root):
        account = root.call("sts", "GetCallerIdentity")["Account"]
        try:
            if _has_password(root):
                root.call("iam", "UpdateLoginProfile", UserName=account, Password=password)
            else:
                root.call("iam", "CreateLoginProfile", Password=password)
        except ApiError as error:
            if error.code != "PasswordPolicyViolation":
                raise
            raise OperatorError(f"The password was not set: {error.message}.", "Choose another.") from None
    emit({"account": account}, as_json, "Root's password is set. Protect it with: garrison root mfa enable")


def delete_root_password(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take root's password away, so that root cannot sign in."""
    with root_of(home) as (_, root):
        had_one = _has_password(root)
        if had_one:
            root.call("iam", "DeleteLoginProfile")
    emit({"deleted": had_one}, as_json, "Root has no password.")


def _has_password(root: LocalCaller) -> bool:
    return bool(root.call("iam", "GetAccountSummary")["SummaryMap"]["AccountPasswordPresent"])


def _asked() -> str:
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise OperatorError("The two passwords differ.", "Type the same password twice.")
    if not password:
        raise OperatorError("No password was given.", "Type one, or write it to standard input.")
    return password
