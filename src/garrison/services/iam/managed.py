"""Finds managed policies, the account's own and the built-in ones, by ARN, and says in AWS's words when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.iam.builtin import builtin_policy, is_builtin
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import ManagedPolicy

if TYPE_CHECKING:
    from garrison.store import Unit


def find_policy(unit: Unit, arn: str, account: str | None = None) -> ManagedPolicy | None:
    """The managed policy with this ARN, built in or of the unit's account where no other is named; or None."""
    if is_builtin(arn):
        return builtin_policy(arn)
    found = lookup(unit, ManagedPolicy, arn.rpartition("/")[2], account)
    return found if found is not None and found.arn == arn else None


def check_policy_arn(arn: str) -> None:
    """Refuse what is not the ARN of a managed policy."""
    parts = parse_arn(arn)
    if parts is None or parts.service != "iam" or not parts.resource.startswith("policy/"):
        raise ApiError("ValidationError", f"ARN {arn} is not valid.")


def existing_policy(unit: Unit, arn: str) -> ManagedPolicy:
    """The managed policy with this ARN; NoSuchEntity where there is none."""
    check_policy_arn(arn)
    found = find_policy(unit, arn)
    if found is None:
        raise ApiError("NoSuchEntity", f"Policy {arn} was not found.")
    return found


def attachable_policy(unit: Unit, arn: str) -> ManagedPolicy:
    """The managed policy with this ARN, for an operation that attaches it or works on its versions."""
    check_policy_arn(arn)
    found = find_policy(unit, arn)
    if found is None:
        raise ApiError("NoSuchEntity", f"Policy {arn} does not exist or is not attachable.")
    return found


def check_own_policy(arn: str, what: str) -> None:
    """Refuse a change to a built-in policy; `what` completes AWS's sentence: `delete policies`."""
    if is_builtin(arn):
        raise ApiError("AccessDenied", f"Cannot {what} outside your own account.", status=403)
