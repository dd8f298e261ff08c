"""Permissions boundaries of users and roles: which policies may be one, and how answers show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from garrison.errors import ApiError
from garrison.services.iam.managed import check_policy_arn, find_policy

if TYPE_CHECKING:
    from garrison.services.call import Call

BOUNDARY_TYPE = "PermissionsBoundaryPolicy"


@overload
def checked_boundary(call: Call, arn: str) -> str: ...
@overload
def checked_boundary(call: Call, arn: None) -> None: ...
@overload
def checked_boundary(call: Call, arn: str | None) -> str | None: ...
def checked_boundary(call: Call, arn: str | None) -> str | None:
    """The ARN of the managed policy that is to be a boundary, as it was given; refused where there is no such policy."""
    if arn is None:
        return None
    check_policy_arn(arn)
    if find_policy(call.unit, arn) is None:
        raise ApiError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")
    return arn


def shown_boundary(arn: str | None) -> dict[str, Any]:
    """The PermissionsBoundary member of answers, where there is a boundary."""
    if arn is None:
        return {}
    return {"PermissionsBoundary": {"PermissionsBoundaryType": BOUNDARY_TYPE, "PermissionsBoundaryArn": arn}}
