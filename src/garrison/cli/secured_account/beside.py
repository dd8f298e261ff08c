"""What a secured account needs and no CloudFormation type can say: the password policy, and Inspector turned on.

Each is set by its API. What is stricter already stays, so that it may be done again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from garrison.errors import ApiError
from garrison.gateway.local import LocalCaller

_YES = (
    *("RequireSymbols", "RequireNumbers", "RequireUppercaseCharacters", "RequireLowercaseCharacters"),
    "AllowUsersToChangePassword",
)
_AT_LEAST = {"MinimumPasswordLength": 14, "PasswordReusePrevention": 24}
_AT_MOST = {"MaxPasswordAge": 90}
"""What Config's rule IAM_PASSWORD_POLICY asks for by default."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that is to be set by an API."""

    name: str
    about: str
    set: Callable[[], object]


def settings_beside(root: LocalCaller) -> Iterator[Setting]:
    """What is still to be set."""
    before = _password_policy(root)
    policy = _stricter(before)
    if any(before.get(name) != value for name, value in policy.items()):
        about = "at least 14 characters of every kind, none of the last 24, changed every 90 days"
        yield Setting(
            "password-policy", about, lambda: root.call("iam", "UpdateAccountPasswordPolicy", **_taken(policy))
        )
    status = root.call("inspector2", "BatchGetAccountStatus")["accounts"][0]["resourceState"]["ec2"]["status"]
    if status != "ENABLED":
        yield Setting(
            "inspector",
            "hosts are scanned",
            lambda: root.call("inspector2", "Enable", resourceTypes=["EC2"]),
        )


def _password_policy(root: LocalCaller) -> dict[str, Any]:
    try:
        found: dict[str, Any] = root.call("iam", "GetAccountPasswordPolicy")["PasswordPolicy"]
    except ApiError as error:
        if error.code.startswith("NoSuchEntity"):
            return {}
        raise
    return found


def _stricter(before: dict[str, Any]) -> dict[str, Any]:
    """A policy that is nowhere weaker than before and nowhere weaker than ours."""
    policy: dict[str, Any] = before | dict.fromkeys(_YES, True)
    policy |= {name: max(before.get(name) or 0, value) for name, value in _AT_LEAST.items()}
    return policy | {name: min(before.get(name) or value, value) for name, value in _AT_MOST.items()}


def _taken(policy: dict[str, Any]) -> dict[str, Any]:
    """A policy as the API takes it: whether passwords expire follows from their age."""
    return {name: value for name, value in policy.items() if name != "ExpirePasswords"}
