"""Finds IAM's resources by the names that requests give, and says in AWS's words when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.errors import ApiError
from garrison.services.iam.resources import Group, IamResource, Role, User
from garrison.store import AlreadyExists

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

R = TypeVar("R", bound=IamResource)


def folded(name: str) -> str:
    """A name as the key it is unique by: without regard to case."""
    return name.lower()


def no_such(what: str, name: str) -> ApiError:
    """NoSuchEntity in AWS's words: `what` is `user`, `group policy` …"""
    return ApiError("NoSuchEntity", f"The {what} with name {name} cannot be found.")


def already_exists(what: str, name: str) -> ApiError:
    """EntityAlreadyExists in AWS's words: `what` is `User`, `Group` …"""
    return ApiError("EntityAlreadyExists", f"{what} with name {name} already exists.")


def lookup(unit: Unit, kind: type[R], name: str, account: str | None = None) -> R | None:
    """A resource by name in any case, of the unit's account where no other is named; or None."""
    return unit.get(kind, folded(name), account=account)


def find(unit: Unit, kind: type[R], name: str) -> R:
    """A user, group or role by name in any case; NoSuchEntity where there is none."""
    found = lookup(unit, kind, name)
    if found is None:
        raise no_such(kind.kind, name)
    return found


def add_named(unit: Unit, resource: IamResource) -> None:
    """Keep a new user, group or role; EntityAlreadyExists where its name is taken, in any case."""
    try:
        unit.add(resource)
    except AlreadyExists:
        raise already_exists(type(resource).__name__, resource.name) from None


def find_user(call: Call, name: str) -> User:
    """The user of this name."""
    return find(call.unit, User, name)


def find_group(call: Call, name: str) -> Group:
    """The group of this name."""
    return find(call.unit, Group, name)


def find_role(call: Call, name: str) -> Role:
    """The role of this name."""
    return find(call.unit, Role, name)


def caller_is_root(call: Call) -> bool:
    """Whether the account's root makes the call."""
    return call.principal.kind == "Root"


def caller_user_name(call: Call) -> str | None:
    """The user's name where a user makes the call, with a key of its own or a session it made; else None."""
    return call.principal.user_name if call.principal.kind == "IAMUser" else None


def user_name(call: Call, request: Mapping[str, Any]) -> str:
    """The request's UserName, or the caller's where it is left out."""
    name = request.get("UserName") or caller_user_name(call)
    if name is None:
        raise ApiError("ValidationError", "Must specify userName when calling with non-User credentials")
    return str(name)


def checked_path(request: Mapping[str, Any], member: str = "Path") -> str:
    """The request's path, `/` where it is left out; paths with empty parts are refused as AWS refuses them."""
    path = str(request.get(member) or "/")
    if "//" in path:
        raise ApiError(
            "ValidationError",
            f"The specified value for {member[0].lower()}{member[1:]} is invalid. "
            "It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        )
    return path
