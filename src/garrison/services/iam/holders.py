"""Whose passwords and MFA devices a request is about: a user's, or root's own where root leaves the name out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.errors import ApiError
from garrison.services.iam.arns import user_or_caller
from garrison.services.iam.naming import caller_is_root, find_user, lookup, user_name
from garrison.services.iam.resources import User

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]


class Holder(NamedTuple):
    """A user or root as the holder of credentials."""

    principal_id: str
    """The user's unique id, or the account id for root."""
    user_name: str | None

    @property
    def shown(self) -> dict[str, str]:
        """The UserName of answers: root has none."""
        return {"UserName": self.user_name} if self.user_name is not None else {}


def _names_root(call: Call, request: Request) -> bool:
    """Whether a request is about root itself: root leaves the name out, or gives the account id where a name must be."""
    if not caller_is_root(call):
        return False
    name = request.get("UserName")
    return name is None or (name == call.account and lookup(call.unit, User, name) is None)


def holder_arn(call: Call, request: Request) -> str:
    """The ARN that a request about a holder is authorised on."""
    return call.principal.arn if _names_root(call, request) else user_or_caller(call, request)


def holder(call: Call, request: Request) -> Holder:
    """The holder that a request is about."""
    if _names_root(call, request):
        return Holder(call.account, None)
    user = find_user(call, user_name(call, request))
    return Holder(user.unique_id, user.name)


def changed_holder(call: Call, request: Request, what: str, command: str) -> Holder:
    """The holder whose credentials a request changes: root's only on the machine itself, by `command`."""
    found = holder(call, request)
    if found.user_name is None and not call.is_local:
        message = f"{what} of the account's root are managed only on the server itself, with the command '{command}'."
        raise ApiError("AccessDenied", message, status=403)
    return found
