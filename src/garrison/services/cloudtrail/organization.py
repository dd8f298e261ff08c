"""Trails of a whole organization: who may have one, and how its member accounts see it.

Source: CloudTrail User Guide, "Creating a trail for an organization"; Organizations User Guide, "AWS CloudTrail and AWS
Organizations".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.policy import PolicyKind, ResourcePolicy
from garrison.services.cloudtrail.resources import Trail
from garrison.services.organizations.controls import organization_of
from garrison.services.policy_sources import source_of
from garrison.trails.scope import CLOUDTRAIL

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit


def checked_organization(call: Call, is_wanted: bool) -> str | None:
    """The organization that a trail of the caller's account is to be for, or None; refused where it may have none."""
    if not is_wanted:
        return None
    found = organization_of(call.unit, call.account)
    if found is None:
        raise ApiError(
            "OrganizationsNotInUseException",
            "Your account is not a member of an organization, so it can't have organization trails.",
        )
    if found.account != call.account:
        raise not_of_the_manager("Organization trails belong to the organization")
    if CLOUDTRAIL not in found.trusted_services:
        raise ApiError(
            "CloudTrailAccessNotEnabledException",
            "CloudTrail has no trusted access to your organization: enable it with EnableAWSServiceAccess for "
            f"{CLOUDTRAIL}, then try again.",
        )
    return found.organization_id


def not_of_the_manager(what: str) -> ApiError:
    """The refusal of a member account that would do what only the managing one may."""
    return ApiError(
        "NotOrganizationMasterAccountException", f"{what}: only its management account can create or change them."
    )


def managing_account(call: Call) -> str | None:
    """The account that manages the caller's organization, where it is another one; else None."""
    found = organization_of(call.unit, call.account)
    return found.account if found is not None and found.account != call.account else None


def organization_trails(call: Call) -> list[Trail]:
    """The trails that reach the caller's account from the one that manages its organization."""
    found = organization_of(call.unit, call.account)
    if found is None or found.account == call.account:
        return []
    trails = call.unit.page(Trail, account=found.account)
    return [trail for trail in trails if trail.organization_id == found.organization_id]


def organization_trail(call: Call, arn: str) -> Trail | None:
    """The trail of this ARN if it reaches the caller's account from the one that manages its organization."""
    parts = parse_arn(arn)
    found = organization_of(call.unit, call.account)
    if parts is None or found is None or parts.account != found.account:
        return None
    trail = call.unit.get(Trail, parts.region, parts.resource.removeprefix("trail/"), account=found.account)
    return trail if trail is not None and trail.organization_id == found.organization_id else None


def members_policy(call: Call, request: Mapping[str, Any], arn: str) -> ResourcePolicy | None:
    """What stands for the shadow of an organization's trail in a member account: there that account's own policies decide."""
    parts = parse_arn(arn)
    if parts is None or parts.account == call.account or organization_trail(call, arn) is None:
        return None
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{call.account}:root"},
        "Action": "cloudtrail:*",
        "Resource": arn,
    }
    text = codec.encode({"Version": "2012-10-17", "Statement": [statement]}).decode()
    return ResourcePolicy(source_of(PolicyKind.RESOURCE, arn, text))


def end_organization_trails(unit: Unit) -> None:
    """Have the trails of the unit's account be for that account alone, for CloudTrail may no longer see its organization."""
    for trail in unit.page(Trail):
        if trail.organization_id is not None:
            unit.save(msgspec.structs.replace(trail, organization_id=None))
