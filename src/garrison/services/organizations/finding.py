"""Finds the parts of the caller's organization by the ids that requests give, and refuses in AWS's words."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.iam.resources import Account
from garrison.services.organizations.controls import find_control, organization_of, parent_node
from garrison.services.organizations.resources import (
    SCP,
    ControlPolicy,
    MemberAccount,
    Node,
    Organization,
    OrganizationalUnit,
    Root,
    organizations_arn,
)

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]

_CHARACTERS = string.ascii_lowercase + string.digits
_ACCOUNT = re.compile(r"\d{12}")
_MISSING = {
    "AccountNotFoundException": "You specified an account that doesn't exist.",
    "ParentNotFoundException": "You specified parent that doesn't exist.",
    "SourceParentNotFoundException": "You specified a source parent that doesn't exist.",
    "DestinationParentNotFoundException": "You specified a destination parent that doesn't exist.",
    "OrganizationalUnitNotFoundException": "You specified an organizational unit that doesn't exist.",
    "TargetNotFoundException": "You specified a target that doesn't exist.",
    "ChildNotFoundException": "You specified a child that doesn't exist.",
    "PolicyNotFoundException": "You specified a policy that doesn't exist.",
    "RootNotFoundException": "You specified a root that doesn't exist.",
}


def random_id(prefix: str, length: int) -> str:
    """A fresh id of small letters and digits, e.g. `ou-` with eight."""
    return prefix + "".join(secrets.choice(_CHARACTERS) for _ in range(length))


def refused(code: str, reason: str, message: str) -> ApiError:
    """ConstraintViolationException or InvalidInputException with its reason."""
    return ApiError(code, message, members={"Reason": reason})


def missing(code: str) -> ApiError:
    """A …NotFoundException in AWS's words."""
    return ApiError(code, _MISSING[code])


def own_organization(call: Call) -> Organization:
    """The organization that the caller's account belongs to."""
    found = organization_of(call.unit, call.account)
    if found is None:
        raise ApiError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    return found


def managed_organization(call: Call) -> Organization:
    """The organization that the caller's account manages; members may neither see nor change it."""
    found = own_organization(call)
    if found.account != call.account:
        raise ApiError("AccessDeniedException", "You don't have permissions to access this resource.")
    return found


def find_root(call: Call, root_id: str) -> Root:
    """The root of this id."""
    found = call.unit.get(Root, root_id)
    if found is None:
        raise missing("RootNotFoundException")
    return found


def find_parent(call: Call, parent_id: str, code: str = "ParentNotFoundException") -> Root | OrganizationalUnit:
    """The root or unit of this id."""
    found = parent_node(call.unit, call.account, parent_id)
    if found is None:
        raise missing(code)
    return found


def find_unit(call: Call, unit_id: str) -> OrganizationalUnit:
    """The unit of this id."""
    found = call.unit.get(OrganizationalUnit, unit_id)
    if found is None:
        raise missing("OrganizationalUnitNotFoundException")
    return found


def find_account(call: Call, account_id: str, code: str = "AccountNotFoundException") -> MemberAccount:
    """The account of this id."""
    found = call.unit.get(MemberAccount, account_id)
    if found is None:
        raise missing(code)
    return found


def find_node(call: Call, node_id: str, code: str = "TargetNotFoundException") -> Node:
    """The root, unit or account of this id."""
    if _ACCOUNT.fullmatch(node_id):
        return find_account(call, node_id, code)
    return find_parent(call, node_id, code)


def find_policy(call: Call, policy_id: str) -> ControlPolicy:
    """The policy of this id, AWS's own included."""
    found = find_control(call.unit, call.account, policy_id)
    if found is None:
        raise missing("PolicyNotFoundException")
    return found


def arn_of(call: Call, part_id: str) -> str:
    """The ARN of what has this id in the caller's organization, whether it is there or not; `*` where it manages none."""
    organization = organization_of(call.unit, call.account)
    if organization is None or organization.account != call.account:
        return "*"
    if part_id.startswith("p-"):
        policy = find_control(call.unit, call.account, part_id)
        if policy is not None:
            return policy.arn
        return organizations_arn(call.account, "policy", organization.organization_id, SCP.lower(), part_id)
    kind = {"r-": "root", "ou": "ou"}.get(part_id[:2], "account")
    return organizations_arn(call.account, kind, organization.organization_id, part_id)


def named(*members: str) -> Callable[[Call, Request], list[str]]:
    """Gives the ARNs of what the request names in these members."""

    def arns(call: Call, request: Request) -> list[str]:
        return list(dict.fromkeys(arn_of(call, request[member]) for member in members))

    return arns


def tags_of(*members: str) -> Callable[[Call, Request], dict[str, Any]]:
    """Gives the condition values of what the request names: the tags of the first, and the type of a policy."""

    def values(call: Call, request: Request) -> dict[str, Any]:
        return resource_values(call, request[members[0]])

    return values


def resource_values(call: Call, part_id: str) -> dict[str, Any]:
    """`aws:ResourceTag/…` of what has this id, and for a policy `organizations:PolicyType`."""
    found: Node | ControlPolicy | None
    if part_id.startswith("p-"):
        found = find_control(call.unit, call.account, part_id)
    elif _ACCOUNT.fullmatch(part_id):
        found = call.unit.get(MemberAccount, part_id)
    else:
        found = parent_node(call.unit, call.account, part_id)
    if found is None:
        return {}
    values: dict[str, Any] = {f"aws:ResourceTag/{key}": value for key, value in found.tags.items()}
    return values | ({"organizations:PolicyType": found.type} if isinstance(found, ControlPolicy) else {})


def settings_of(call: Call) -> Account | None:
    """What IAM keeps of the caller's account."""
    return call.unit.get(Account, call.account)
