"""Policy condition values that follow from IAM's requests and resources, by condition key.

Which action knows which key: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity
and Access Management (IAM)".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.iam.arns import named_user_resource
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import IamResource, Role

if TYPE_CHECKING:
    from garrison.services.call import Call

Values = dict[str, Any]
Request = Mapping[str, Any]


def resource_tags(tags: Mapping[str, str]) -> Values:
    """`aws:ResourceTag/…` and `iam:ResourceTag/…` of a user or role with these tags."""
    return {f"{prefix}:ResourceTag/{key}": value for key, value in tags.items() for prefix in ("aws", "iam")}


def plain_resource_tags(tags: Mapping[str, str]) -> Values:
    """`aws:ResourceTag/…` of a managed policy or instance profile with these tags, which know no `iam:ResourceTag`."""
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def request_tags(request: Request) -> Values:
    """`aws:RequestTag/…` and `aws:TagKeys` of a request with Tags or TagKeys; nothing where it has neither."""
    values: Values = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in request.get("Tags") or ()}
    keys = [tag["Key"] for tag in request.get("Tags") or ()] or list(request.get("TagKeys") or ())
    return values | {"aws:TagKeys": keys} if keys else values


def permissions_boundary(arn: str | None) -> Values:
    """`iam:PermissionsBoundary`, where there is a boundary."""
    return {"iam:PermissionsBoundary": arn} if arn else {}


def of_user(call: Call, request: Request) -> Values:
    """The tags of the user that the request names, or of the caller."""
    user = named_user_resource(call, request)
    return resource_tags(user.tags) if user is not None else {}


def of_bounded_user(call: Call, request: Request) -> Values:
    """The tags and the permissions boundary of the user that the request names."""
    user = named_user_resource(call, request)
    return resource_tags(user.tags) | permissions_boundary(user.permissions_boundary) if user is not None else {}


def of_role(call: Call, request: Request) -> Values:
    """The tags of the role that the request names."""
    role = lookup(call.unit, Role, request["RoleName"])
    return resource_tags(role.tags) if role is not None else {}


def of_bounded_role(call: Call, request: Request) -> Values:
    """The tags and the permissions boundary of the role that the request names."""
    role = lookup(call.unit, Role, request["RoleName"])
    return resource_tags(role.tags) | permissions_boundary(role.permissions_boundary) if role is not None else {}


def of_tagging(resource: Callable[[Call, Request], IamResource | None]) -> Callable[[Call, Request], Values]:
    """The values of an operation that tags or untags the resource that `resource` finds."""

    def values(call: Call, request: Request) -> Values:
        found = resource(call, request)
        return request_tags(request) | (resource_tags(found.tags) if found is not None else {})

    return values
