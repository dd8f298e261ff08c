"""The account's own settings: its alias, its password policy, and the summary of what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.iam.credentials import list_root_access_keys
from garrison.services.iam.identity_providers import count_providers
from garrison.services.iam.login import users_may_change
from garrison.services.iam.login_profiles import profile_of
from garrison.services.iam.mfa_devices import UNASSIGNED, VirtualMfaDevice, devices_of
from garrison.services.iam.paging import page_of
from garrison.services.iam.quotas import SUMMARY
from garrison.services.iam.resources import Account, Group, InstanceProfile, ManagedPolicy, Role, User
from garrison.services.iam.server_certificates import ServerCertificate
from garrison.services.iam.service import service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]

PASSWORD_POLICY_DEFAULTS: dict[str, bool | int] = {
    "MinimumPasswordLength": 6,
    "RequireSymbols": False,
    "RequireNumbers": False,
    "RequireUppercaseCharacters": False,
    "RequireLowercaseCharacters": False,
    "AllowUsersToChangePassword": False,
}
"""What UpdateAccountPasswordPolicy sets where it is not told (API reference, UpdateAccountPasswordPolicy)."""

TOKENS_FOR_DEFAULT_REGIONS = 1
"""GlobalEndpointTokenVersion of an account that never called SetSecurityTokenServicePreferences."""


def _account(call: Call) -> Account | None:
    return call.unit.get(Account, call.account)


def _save(call: Call, **changes: Any) -> None:
    """Keep changed settings, also where the account has kept none before."""
    account = _account(call)
    if account is None:
        call.unit.add(Account(account=call.account, created_at=call.at, **changes))
    else:
        call.unit.save(replace(account, **changes))


def _alias(call: Call) -> str | None:
    account = _account(call)
    return account.alias if account is not None else None


@service.operation("CreateAccountAlias", needs={"iam:CreateAccountAlias": "*"})
def create_account_alias(call: Call, request: shapes.CreateAccountAliasRequestTypeDef) -> None:
    """Give the account an alias in place of the one it may have."""
    alias = request["AccountAlias"]
    if len(alias) == 12 and alias.isdigit():
        raise ApiError("ValidationError", "The account alias must not be a 12-digit number.")
    if alias == _alias(call):
        raise ApiError("EntityAlreadyExists", f"The account alias {alias} already exists.")
    _save(call, alias=alias)


@service.operation("DeleteAccountAlias", needs={"iam:DeleteAccountAlias": "*"})
def delete_account_alias(call: Call, request: shapes.DeleteAccountAliasRequestTypeDef) -> None:
    """Take the account's alias away."""
    if request["AccountAlias"] != _alias(call):
        raise ApiError("NoSuchEntity", f"The account alias with name {request['AccountAlias']} cannot be found.")
    _save(call, alias=None)


@service.operation("ListAccountAliases", needs={"iam:ListAccountAliases": "*"})
def list_account_aliases(call: Call, request: shapes.ListAccountAliasesRequestTypeDef) -> Answer:
    """List the account's alias: one or none."""
    alias = _alias(call)
    return page_of(call, request, "AccountAliases", [alias] if alias else [], key=str, render=str)


@service.operation("UpdateAccountPasswordPolicy", needs={"iam:UpdateAccountPasswordPolicy": "*"})
def update_account_password_policy(call: Call, request: shapes.UpdateAccountPasswordPolicyRequestTypeDef) -> None:
    """Set the password policy as a whole: what the request leaves out gets its default, not its earlier value."""
    _save(call, password_policy=PASSWORD_POLICY_DEFAULTS | _given(request))


def _given(request: Mapping[str, Any]) -> dict[str, bool | int]:
    return {member: value for member, value in request.items() if value is not None}


@service.operation(
    "GetAccountPasswordPolicy", needs={"iam:GetAccountPasswordPolicy": "*"}, resource_policy=users_may_change
)
def get_account_password_policy(call: Call, request: Mapping[str, Any]) -> Answer:
    """Show the password policy."""
    account = _account(call)
    if account is None or account.password_policy is None:
        raise ApiError("NoSuchEntity", f"The Password Policy with domain name {call.account} cannot be found.")
    expires = bool(account.password_policy.get("MaxPasswordAge"))
    return {"PasswordPolicy": account.password_policy | {"ExpirePasswords": expires}}


@service.operation("DeleteAccountPasswordPolicy", needs={"iam:DeleteAccountPasswordPolicy": "*"})
def delete_account_password_policy(call: Call, request: Mapping[str, Any]) -> None:
    """Take the password policy away."""
    account = _account(call)
    if account is None or account.password_policy is None:
        raise ApiError("NoSuchEntity", "The account policy with name PasswordPolicy cannot be found.")
    _save(call, password_policy=None)


@service.operation("GetAccountSummary", needs={"iam:GetAccountSummary": "*"})
def get_account_summary(call: Call, request: Mapping[str, Any]) -> Answer:
    """Show how many of each IAM resource the account has, beside its quotas."""
    unit = call.unit
    counts = {
        "Users": unit.count(User),
        "Groups": unit.count(Group),
        "Roles": unit.count(Role),
        "Policies": unit.count(ManagedPolicy),
        "PolicyVersionsInUse": sum(len(policy.versions) for policy in unit.page(ManagedPolicy)),
        "InstanceProfiles": unit.count(InstanceProfile),
        "ServerCertificates": unit.count(ServerCertificate),
        "AccountAccessKeysPresent": int(bool(list_root_access_keys(unit))),
        "Providers": count_providers(call),
        "MFADevices": unit.count(VirtualMfaDevice),
        "MFADevicesInUse": unit.count(VirtualMfaDevice) - unit.count(VirtualMfaDevice, {"holder": UNASSIGNED}),
        "AccountPasswordPresent": int(profile_of(unit, call.account) is not None),
        "AccountMFAEnabled": int(bool(devices_of(unit, call.account))),
    }
    return {"SummaryMap": SUMMARY | NOT_KEPT | counts | {"GlobalEndpointTokenVersion": TOKENS_FOR_DEFAULT_REGIONS}}


NOT_KEPT = {"AccountSigningCertificatesPresent": 0}
"""What the account cannot hold, because no operation makes one: its true count is nought."""
