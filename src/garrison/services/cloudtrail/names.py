"""Check trail names and ARNs, and find the trail that a request means.

Rules: CloudTrail User Guide, "Naming requirements for CloudTrail resources, S3 buckets, and KMS keys".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import Arn, parse_arn
from garrison.errors import ApiError
from garrison.services.cloudtrail.organization import not_of_the_manager, organization_trail, organization_trails
from garrison.services.cloudtrail.resources import Trail, trail_arn

if TYPE_CHECKING:
    from garrison.services.call import Call

SHORTEST_NAME = 3
LONGEST_NAME = 128

_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]")
_ADJACENT = re.compile(r"[._-]{2}")


def checked_name(name: str) -> str:
    """A trail name; InvalidTrailNameException where it breaks a rule."""
    problem = _problem(name)
    if problem is not None:
        raise ApiError("InvalidTrailNameException", problem)
    return name


def _problem(name: str) -> str | None:
    if not name:
        return "Trail name cannot be blank!"
    if len(name) < SHORTEST_NAME:
        return (
            f"Trail name too short. Minimum allowed length: {SHORTEST_NAME} characters. "
            f"Specified name length: {len(name)} characters."
        )
    if len(name) > LONGEST_NAME:
        return (
            f"Trail name too long. Maximum allowed length: {LONGEST_NAME} characters. "
            f"Specified name length: {len(name)} characters."
        )
    if _FORBIDDEN.search(name):
        return (
            "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), "
            "and underscores (_)."
        )
    if not name[0].isalnum():
        return "Trail name must starts with a letter or number."
    if not name[-1].isalnum():
        return "Trail name must ends with a letter or number."
    if _ADJACENT.search(name):
        return "Trail name can not have adjacent periods, hyphens or underscores."
    if is_address(name):
        return "Trail name can not be in IP address format."
    return None


def is_address(name: str) -> bool:
    """Whether a name has the form of an IPv4 address, which neither trails nor buckets may have."""
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def named_arn(call: Call, text: str) -> str:
    """The ARN that a name or an ARN means in the called region."""
    if text.startswith("arn:"):
        return str(checked_arn(text))
    return trail_arn(call.region, call.account, checked_name(text))


def checked_arn(text: str) -> Arn:
    """A trail ARN taken apart; CloudTrailARNInvalidException where it is none."""
    arn = parse_arn(text)
    if arn is None or arn.service != "cloudtrail" or not arn.resource.startswith("trail/"):
        raise ApiError("CloudTrailARNInvalidException", f"{text} is not a valid trail ARN.")
    checked_name(arn.resource.removeprefix("trail/"))
    return arn


def arn_in(member: str) -> Callable[[Call, Any], str]:
    """Gives the ARN of the trail that a request names in this member: what an operation is authorised on."""

    def arn(call: Call, request: Mapping[str, Any]) -> str:
        return named_arn(call, request[member])

    return arn


def find_trail(call: Call, text: str) -> Trail:
    """The trail of a name or an ARN: of this region, or by its ARN a shadow of a multi-Region or an organization trail."""
    arn = named_arn(call, text)
    trail = lookup_trail(call, arn)
    if trail is None or (trail.home_region != call.region and not trail.is_multi_region):
        raise ApiError("TrailNotFoundException", f"Unknown trail: {arn} for the user: {call.account}")
    return trail


def find_own_trail(call: Call, text: str) -> Trail:
    """The trail that a request is about to change: only its home region may."""
    trail = find_trail(call, text)
    if trail.account != call.account:
        raise not_of_the_manager("The trail belongs to the organization")
    if trail.home_region != call.region:
        raise ApiError(
            "InvalidHomeRegionException",
            f"The trail {trail.arn} can be changed only from its home region, {trail.home_region}.",
        )
    call.resources.append({"ARN": trail.arn, "accountId": trail.account, "type": Trail.resource_type})
    return trail


def lookup_trail(call: Call, arn: str) -> Trail | None:
    """The trail of an ARN, in any region, or None."""
    parts = parse_arn(arn)
    if parts is None:
        return None
    if parts.account != call.account:
        return organization_trail(call, arn)
    return call.unit.get(Trail, parts.region, parts.resource.removeprefix("trail/"))


def visible_trails(call: Call) -> list[Trail]:
    """The trails of this region and the shadows of other regions' multi-Region and of organization trails, by name."""
    trails = [*call.unit.page(Trail), *organization_trails(call)]
    shown = [trail for trail in trails if trail.home_region == call.region or trail.is_multi_region]
    return sorted(shown, key=lambda trail: (trail.name, trail.home_region, trail.account))


def own_trails(call: Call) -> list[Trail]:
    """Every trail that the account itself keeps."""
    return list(call.unit.page(Trail))
