"""Rules about IAM beyond the password policy: full access to services, keys that may be used, policies and groups in use, MFA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import unquote

from garrison import codec
from garrison.items import Item
from garrison.policy import Document, Effect, PolicyKind
from garrison.rules.inventory import Inventory
from garrison.rules.managed.iam import Boundaries, document_text, only_bounds, report_of
from garrison.rules.policies import parsed
from garrison.rules.reading import Garbled, Unseen, flag, listed, objects, text, texts, value
from garrison.rules.registry import ACCOUNT, Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, expect, non_compliant, not_applicable

USER, GROUP, ROLE, POLICY = "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"
INLINE = {USER: "userPolicyList", GROUP: "groupPolicyList", ROLE: "rolePolicyList"}


class BlockedActions(Parameters, frozen=True, rename="camel"):
    """The actions that must not be allowed on all keys: `kms:Decrypt,kms:ReEncryptFrom`."""

    blocked_actions_patterns: str
    exclude_role_by_management_account: bool = False
    exclude_permission_boundary_policy: bool = False


class PolicyUse(Parameters, frozen=True):
    """The policy, and to what it has to be attached."""

    policyARN: str
    policyUsageType: Literal["IAM_USER", "IAM_GROUP", "IAM_ROLE", "ANY"] = "ANY"


@rule(
    "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", on=POLICY, severity=Severity.LOW,
    fix="Name the actions that are needed in place of the service's wildcard.",
)  # fmt: skip
def no_full_access(policy: Item, parameters: Boundaries) -> Verdict:
    """No statement of a customer managed policy allows every action of a service.

    Source: AWS Config Developer Guide, "iam-policy-no-statements-with-full-access".
    """
    if parameters.exclude_permission_boundary_policy and only_bounds(policy):
        return not_applicable("The policy only bounds permissions")
    for statement in _default(policy).statements:
        full = [one for one in statement.actions if one == "*" or one.endswith(":*")]
        if statement.effect is Effect.ALLOW and not statement.not_action and full:
            return non_compliant(f"Statement {statement.sid or statement.index} allows {full[0]}")
    return COMPLIANT


@rule(
    "IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS", on=POLICY, severity=Severity.MEDIUM,
    fix="Name the keys that are needed in place of all.",
)  # fmt: skip
def customer_policy_blocked_actions(policy: Item, parameters: BlockedActions) -> Verdict:
    """A customer managed policy allows none of the given actions on all keys.

    Source: AWS Config Developer Guide, "iam-customer-policy-blocked-kms-actions".
    """
    if parameters.exclude_permission_boundary_policy and only_bounds(policy):
        return not_applicable("The policy only bounds permissions")
    found = _blocked(_default(policy), listed(parameters.blocked_actions_patterns))
    return COMPLIANT if found is None else non_compliant(found)


@rule(
    "IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS", on=(USER, GROUP, ROLE), severity=Severity.MEDIUM,
    fix="Name the keys that are needed in place of all.",
)  # fmt: skip
def inline_policy_blocked_actions(principal: Item, parameters: BlockedActions) -> Verdict:
    """No inline policy of a user, group or role allows any of the given actions on all keys.

    Source: AWS Config Developer Guide, "iam-inline-policy-blocked-kms-actions".
    """
    place = INLINE[principal.resource_type]
    rows = objects(principal, place)
    if not rows and place not in principal.configuration:
        raise Unseen(f"{place}: not in the configuration")
    for row in rows:
        document = parsed(document_text(value(row, "policyDocument")), PolicyKind.IDENTITY)
        found = _blocked(document, listed(parameters.blocked_actions_patterns))
        if found is not None:
            return non_compliant(f"{text(row, 'policyName')}: {found}")
    return COMPLIANT


@rule(
    "IAM_USER_MFA_ENABLED", on=USER, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    parts=("CredentialReport",),
    fix="Give the user an MFA device.",
)  # fmt: skip
def user_mfa_enabled(user: Item) -> Verdict:
    """A user has MFA.

    Source: AWS Config Developer Guide, "iam-user-mfa-enabled".
    """
    found = flag(report_of(user), "mfa_active")
    return expect(found is True, "mfa_active", found)


@rule(
    "IAM_GROUP_HAS_USERS_CHECK", on=GROUP, severity=Severity.LOW,
    also={USER: ()},
    fix="Put a user into the group or delete it.",
)  # fmt: skip
def group_has_users(group: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
    """A group has a user at least.

    Source: AWS Config Developer Guide, "iam-group-has-users-check".
    """
    found = [one.resource_name for one in _members(group, inventory)]
    return expect(bool(found), "Users", found)


@rule(
    "IAM_POLICY_IN_USE", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    also={USER: (), GROUP: (), ROLE: ()},
    fix="Attach the policy to a user, a group with users or a role.",
)  # fmt: skip
def policy_in_use(account: Inventory, parameters: PolicyUse) -> Verdict:
    """The given policy is attached to a user, to a group that has users, or to a role that somebody may assume.

    Source: AWS Config Developer Guide, "iam-policy-in-use".
    """
    kinds = {"IAM_USER": (USER,), "IAM_GROUP": (GROUP,), "IAM_ROLE": (ROLE,)}.get(
        parameters.policyUsageType, (USER, GROUP, ROLE)
    )
    for kind in kinds:
        for holder in account.of_type(kind):
            arns = [text(one, "policyArn") for one in objects(holder, "attachedManagedPolicies")]
            if parameters.policyARN in arns and _is_usable(holder, account):
                return COMPLIANT
    return non_compliant(f"{parameters.policyARN} is attached to nobody")


def _is_usable(holder: Item, account: Inventory) -> bool:
    if holder.resource_type == GROUP:
        return next(_members(holder, account), None) is not None
    return holder.resource_type == USER or _is_trusting(holder)


def _is_trusting(role: Item) -> bool:
    """Whether a role's trust policy lets anybody assume it."""
    found = value(role, "assumeRolePolicyDocument")
    try:
        document = codec.decode(unquote(found)) if isinstance(found, str) else found
    except Exception:
        raise Garbled("assumeRolePolicyDocument is no JSON") from None
    return isinstance(document, Mapping) and bool(document.get("Statement"))


def _members(group: Item, inventory: Inventory) -> Iterator[Item]:
    return (one for one in inventory.of_type(USER) if group.resource_name in texts(one, "groupList"))


def _default(policy: Item) -> Document:
    for version in objects(policy, "policyVersionList"):
        if flag(version, "isDefaultVersion"):
            return parsed(document_text(value(version, "document")), PolicyKind.IDENTITY)
    raise Unseen("policyVersionList: has no default version")


def _blocked(document: Document, patterns: tuple[str, ...]) -> str | None:
    """A statement that allows an action of the patterns on every key."""
    for one in document.statements:
        if one.effect is not Effect.ALLOW or one.not_action or one.not_resource:
            continue
        if not any(resource == "*" or resource.endswith((":key/*", ":*:*")) for resource in one.resources):
            continue
        for action in one.actions:
            if any(_overlap(action.lower(), pattern.lower()) for pattern in patterns):
                return f"Statement {one.sid or one.index} allows {action} on all keys"
    return None


def _overlap(one: str, other: str) -> bool:
    return fnmatchcase(one, other) or fnmatchcase(other, one)
