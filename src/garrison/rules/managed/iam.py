"""Rules about IAM: users, groups, roles, policies, the password policy and the root user."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from garrison import codec
from garrison.items import Item
from garrison.policy import PolicyKind
from garrison.rules.inventory import Inventory
from garrison.rules.policies import grants_everything, parsed
from garrison.rules.reading import (
    Garbled,
    Unseen,
    flag,
    listed,
    moment,
    number,
    objects,
    part,
    rows_of,
    text,
    texts,
    value,
)
from garrison.rules.registry import ACCOUNT, Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

USER, GROUP, ROLE, POLICY = "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"
INLINE = {USER: "userPolicyList", GROUP: "groupPolicyList", ROLE: "rolePolicyList"}
NEVER = ("", "N/A", "no_information", "not_supported", None)
"""What a credential report writes where there is no date."""


class Groups(Parameters, frozen=True, rename="camel"):
    """Groups of which a user has to be in at least one; any group where none is given."""

    group_names: str = ""


class KeyAge(Parameters, frozen=True, rename="camel"):
    """How many days an access key may be used before it is replaced."""

    max_access_key_age: int = 90


class UsageAge(Parameters, frozen=True, rename="camel"):
    """After how many days without use a credential counts as unused."""

    max_credential_usage_age: int = 90


class PasswordPolicy(Parameters, frozen=True, rename="pascal"):
    """What the account's password policy has to ask for at least."""

    require_uppercase_characters: bool = True
    require_lowercase_characters: bool = True
    require_symbols: bool = True
    require_numbers: bool = True
    minimum_password_length: int = 14
    password_reuse_prevention: int = 24
    max_password_age: int = 90


class Boundaries(Parameters, frozen=True, rename="camel"):
    """Whether policies that only bound permissions are left alone."""

    exclude_permission_boundary_policy: bool = False


@rule(
    "IAM_NO_INLINE_POLICY_CHECK", on=(USER, GROUP, ROLE), severity=Severity.LOW,
    fix="Make a managed policy of the inline policy, attach it and delete the inline one.",
)  # fmt: skip
def no_inline_policy(principal: Item) -> Verdict:
    """A user, group or role has no inline policy.

    Source: AWS Config Developer Guide, "iam-no-inline-policy-check".
    """
    place = INLINE[principal.resource_type]
    names = [text(one, "policyName") for one in objects(principal, place)]
    if not names and place not in principal.configuration:
        raise Unseen(f"{place}: not in the configuration")
    return expect(not names, place, names)


@rule(
    "IAM_USER_NO_POLICIES_CHECK", on=USER, severity=Severity.LOW,
    fix="Attach the policies to a group, put the user into it, and take them from the user.",
)  # fmt: skip
def user_no_policies(user: Item) -> Verdict:
    """A user has no policy of its own, inline or attached, but has permissions by groups and roles.

    Source: AWS Config Developer Guide, "iam-user-no-policies-check".
    """
    for place in ("userPolicyList", "attachedManagedPolicies"):
        names = [text(one, "policyName") for one in objects(user, place)]
        if names:
            return expect(False, place, names)
        if place not in user.configuration:
            raise Unseen(f"{place}: not in the configuration")
    return COMPLIANT


@rule(
    "IAM_USER_GROUP_MEMBERSHIP_CHECK", on=USER, severity=Severity.LOW,
    fix="Put the user into a group (AddUserToGroup).",
)  # fmt: skip
def user_group_membership(user: Item, parameters: Groups) -> Verdict:
    """A user is in at least one group, or in one of the given.

    Source: AWS Config Developer Guide, "iam-user-group-membership-check".
    """
    groups, wanted = texts(user, "groupList"), listed(parameters.group_names)
    return expect(bool(set(groups) & set(wanted)) if wanted else bool(groups), "groupList", groups)


@rule(
    "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", on=POLICY, severity=Severity.HIGH,
    fix="Name the actions and resources that are needed in place of the wildcards.",
)  # fmt: skip
def policy_no_statements_with_admin_access(policy: Item, parameters: Boundaries) -> Verdict:
    """No statement of a customer managed policy's default version allows every action on every resource.

    Source: AWS Config Developer Guide, "iam-policy-no-statements-with-admin-access".
    """
    if ":iam::aws:policy/" in policy.arn:
        return not_applicable("A policy that AWS manages")
    if parameters.exclude_permission_boundary_policy and only_bounds(policy):
        return not_applicable("The policy only bounds permissions")
    for version in objects(policy, "policyVersionList"):
        if flag(version, "isDefaultVersion"):
            statement = grants_everything(parsed(document_text(value(version, "document")), PolicyKind.IDENTITY))
            if statement is None:
                return COMPLIANT
            return non_compliant(f"Statement {statement.sid or statement.index} allows * on *")
    raise Unseen("policyVersionList: has no default version")


@rule(
    "IAM_PASSWORD_POLICY", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={ACCOUNT: ("PasswordPolicy",)},
    fix="Set the account's password policy (UpdateAccountPasswordPolicy).",
)  # fmt: skip
def password_policy(account: Inventory, parameters: PasswordPolicy) -> Verdict:
    """The account's password policy asks for at least what the parameters say.

    Source: AWS Config Developer Guide, "iam-password-policy".
    """
    policy = part(iam_account(account), "PasswordPolicy")
    if not policy:
        return non_compliant("The account has no password policy")
    for place, wanted in (
        ("requireUppercaseCharacters", parameters.require_uppercase_characters),
        ("requireLowercaseCharacters", parameters.require_lowercase_characters),
        ("requireSymbols", parameters.require_symbols),
        ("requireNumbers", parameters.require_numbers),
    ):
        if wanted and not flag(policy, place):
            return expect(False, place, flag(policy, place))
    for place, least in (
        ("minimumPasswordLength", parameters.minimum_password_length),
        ("passwordReusePrevention", parameters.password_reuse_prevention),
    ):
        if (number(policy, place) or 0) < least:
            return expect(False, place, number(policy, place))
    age = number(policy, "maxPasswordAge")
    return expect(bool(age) and (age or 0) <= parameters.max_password_age, "maxPasswordAge", age)


@rule(
    "IAM_ROOT_ACCESS_KEY_CHECK", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.CRITICAL,
    also={ACCOUNT: ("PasswordPolicy",)},
    fix="Delete the root user's access keys.",
)  # fmt: skip
def root_access_key(account: Inventory) -> Verdict:
    """The root user has no access key.

    Source: AWS Config Developer Guide, "iam-root-access-key-check".
    """
    return expect(summary(account, "AccountAccessKeysPresent") == 0, "AccountAccessKeysPresent", 1)


@rule(
    "ROOT_ACCOUNT_MFA_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.CRITICAL,
    also={ACCOUNT: ("PasswordPolicy",)},
    fix="Give the root user an MFA device.",
)  # fmt: skip
def root_account_mfa(account: Inventory) -> Verdict:
    """The root user signs in with MFA.

    Source: AWS Config Developer Guide, "root-account-mfa-enabled".
    """
    return expect(summary(account, "AccountMFAEnabled") == 1, "AccountMFAEnabled", 0)


@rule(
    "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    also={ACCOUNT: ("PasswordPolicy", "VirtualMFADevices")},
    fix="Give the root user a hardware MFA device in place of the virtual one.",
)  # fmt: skip
def root_account_hardware_mfa(account: Inventory) -> Verdict:
    """The root user signs in with MFA, by a device that is hardware.

    Source: AWS Config Developer Guide, "root-account-hardware-mfa-enabled".
    """
    if summary(account, "AccountMFAEnabled") != 1:
        return expect(False, "AccountMFAEnabled", 0)
    devices = rows_of(iam_account(account), "VirtualMFADevices")
    serials = [text(one, "serialNumber") or "" for one in devices]
    virtual = [one for one in serials if one.endswith(":mfa/root-account-mfa-device")]
    return expect(not virtual, "serialNumber", virtual)


@rule(
    "ACCESS_KEYS_ROTATED", on=USER, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("CredentialReport",),
    fix="Make a new access key, put it into use and delete the old one.",
)  # fmt: skip
def access_keys_rotated(user: Item, parameters: KeyAge, inventory: Inventory) -> Verdict:
    """No active access key of a user is older than the given number of days.

    Source: AWS Config Developer Guide, "access-keys-rotated".
    """
    report = report_of(user)
    for key in ("access_key_1", "access_key_2"):
        made = None if report.get(f"{key}_last_rotated") in NEVER else moment(report, f"{key}_last_rotated")
        if flag(report, f"{key}_active") and made and inventory.at - made > timedelta(parameters.max_access_key_age):
            return expect(False, f"{key}_last_rotated", report.get(f"{key}_last_rotated"))
    return COMPLIANT


@rule(
    "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", on=USER, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    parts=("CredentialReport",),
    fix="Give the user an MFA device, or take the password away (DeleteLoginProfile).",
)  # fmt: skip
def mfa_for_console_access(user: Item) -> Verdict:
    """A user who has a password has MFA.

    Source: AWS Config Developer Guide, "mfa-enabled-for-iam-console-access".
    """
    report = report_of(user)
    if not flag(report, "password_enabled"):
        return not_applicable("The user has no password")
    return expect(flag(report, "mfa_active") is True, "mfa_active", flag(report, "mfa_active"))


@rule(
    "IAM_USER_UNUSED_CREDENTIALS_CHECK", on=USER, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("CredentialReport",),
    fix="Take away the password or deactivate the access key that is not used.",
)  # fmt: skip
def user_unused_credentials(user: Item, parameters: UsageAge, inventory: Inventory) -> Verdict:
    """No password and no active access key of a user has gone unused for more than the given number of days.

    What was never used counts from when it was made. Source: AWS Config Developer Guide, "iam-user-unused-credentials-check".
    """
    report = report_of(user)
    for enabled, used, made in (
        ("password_enabled", "password_last_used", "password_last_changed"),
        ("access_key_1_active", "access_key_1_last_used_date", "access_key_1_last_rotated"),
        ("access_key_2_active", "access_key_2_last_used_date", "access_key_2_last_rotated"),
    ):
        if flag(report, enabled):
            place = used if report.get(used) not in NEVER else made
            at = None if report.get(place) in NEVER else moment(report, place)
            if at is None or inventory.at - at > timedelta(parameters.max_credential_usage_age):
                return expect(False, place, report.get(place))
    return COMPLIANT


def report_of(user: Item) -> Mapping[str, Any]:
    """The user's row of the credential report, under the report's own column names."""
    report = part(user, "CredentialReport")
    if "password_enabled" not in report:
        raise Unseen("CredentialReport: has no row of the user")
    # The root user's and some users' rows say `not_supported` or `N/A` where there is neither yes nor no.
    return {
        name: "false" if name.endswith(("_active", "_enabled")) and cell in NEVER else cell
        for name, cell in report.items()
    }


def iam_account(inventory: Inventory) -> Item:
    """The account as IAM sees it: the item with the account summary."""
    for item in inventory.of_type(ACCOUNT):
        if "summaryMap" in item.configuration or "PasswordPolicy" in item.supplementary:
            return item
        if any(reason.startswith("summaryMap") for reason in item.unknown):
            return item
    raise Unseen("AWS::::Account: IAM's account summary was not collected")


def summary(inventory: Inventory, name: str) -> float:
    """A number of the account summary (`AccountMFAEnabled`); raises `Unseen` where it has none of the name."""
    item = iam_account(inventory)
    for spelling in (name, name[0].lower() + name[1:]):
        found = number(item, "summaryMap", spelling)
        if found is not None:
            return found
    raise Unseen(f"summaryMap: has no {name}")


def document_text(document: Any) -> str:
    """The text of a policy, which Config has as text or as an object."""
    if isinstance(document, Mapping):
        return codec.encode(document).decode()
    if isinstance(document, str):
        return document
    if document is None:
        raise Unseen("policyVersionList.document: not in the configuration")
    raise Garbled("policyVersionList.document is neither text nor an object")


def only_bounds(policy: Item) -> bool:
    """Whether a policy is nobody's but as a permissions boundary."""
    counts: tuple[Any, Any] = (value(policy, "attachmentCount"), value(policy, "permissionsBoundaryUsageCount"))
    return counts[0] == 0 and bool(counts[1])
