"""Which ARNs an IAM operation is authorised on: the `needs` of operations on users, groups and roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import iam_arn
from garrison.services.iam.naming import caller_is_root, caller_user_name, folded, lookup
from garrison.services.iam.resources import AccessKey, Group, IamResource, Role, User

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Resource = Callable[["Call", Request], str | list[str]]


def arn_by_name(call: Call, kind: type[IamResource], name: str) -> str:
    """The ARN of the resource of this name; of the one that would be there, without a path, where there is none."""
    found = lookup(call.unit, kind, name)
    return found.arn if found is not None else iam_arn(call.account, kind.kind, "/", name)


def named(kind: type[IamResource], member: str) -> Resource:
    """Gives the ARN of an existing resource that the request names in this member."""

    def arn(call: Call, request: Request) -> str:
        return arn_by_name(call, kind, request[member])

    return arn


def new(kind: type[IamResource], member: str) -> Resource:
    """Gives the ARN that a resource is about to have, from the request's Path and name."""

    def arn(call: Call, request: Request) -> str:
        return iam_arn(call.account, kind.kind, request.get("Path") or "/", request[member])

    return arn


def new_with_tags(kind: type[IamResource], member: str) -> Resource:
    """Gives the ARN that a resource is about to have where the request tags it: the caller needs to tag it, too."""
    arn = new(kind, member)

    def arns(call: Call, request: Request) -> str | list[str]:
        return arn(call, request) if request.get("Tags") else []

    return arns


def moved(kind: type[IamResource], member: str) -> Resource:
    """Gives the ARNs of a resource before and after an update of its name or path: the caller needs both."""

    def arns(call: Call, request: Request) -> list[str]:
        present = lookup(call.unit, kind, request[member])
        before = arn_by_name(call, kind, request[member])
        path = request.get("NewPath") or (present.path if present else "/")
        after = iam_arn(call.account, kind.kind, path, request.get(f"New{member}") or request[member])
        return [before] if before == after else [before, after]

    return arns


def listed(kind: type[IamResource]) -> Resource:
    """Gives what a listing is authorised on: `user/` and the path prefix, as AWS's messages show it."""

    def arn(call: Call, request: Request) -> str:
        return iam_arn(call.account, kind.kind, request.get("PathPrefix") or "/", "")

    return arn


existing_group = named(Group, "GroupName")
existing_role = named(Role, "RoleName")
existing_user = named(User, "UserName")


def user_or_caller(call: Call, request: Request) -> str:
    """The ARN of the named user, or of the caller where the request names none."""
    name = request.get("UserName") or caller_user_name(call)
    return arn_by_name(call, User, name) if name else call.principal.arn


def user_of_key(call: Call, request: Request) -> str:
    """The ARN of the user that an access key belongs to; `*` where the key is not known."""
    key = call.unit.get(AccessKey, request["AccessKeyId"])
    if key is None:
        return "*"
    return arn_by_name(call, User, key.user) if key.user else f"arn:aws:iam::{call.account}:root"


def named_user_resource(call: Call, request: Request) -> User | None:
    """The user that a request is about, or None: what its condition values come from."""
    name = request.get("UserName") or caller_user_name(call)
    if name is None or (caller_is_root(call) and "UserName" not in request):
        return None
    return lookup(call.unit, User, folded(name))
