"""How requests name resources of Roles Anywhere: by id in paths, by ARN in sessions and for tags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.rolesanywhere.resources import (
    AnywhereResource,
    Crl,
    Profile,
    Subject,
    TrustAnchor,
    anywhere_arn,
)

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

K = TypeVar("K", bound=AnywhereResource)

KINDS: dict[str, type[AnywhereResource]] = {kind.kind: kind for kind in (TrustAnchor, Profile, Crl, Subject)}
_WORDS = {"trust-anchor": "Trust Anchor", "profile": "Profile", "crl": "CRL", "subject": "Subject"}


def invalid(message: str) -> ApiError:
    """ValidationException: the request cannot be carried out as it is."""
    return ApiError("ValidationException", message)


def not_found(kind: str) -> ApiError:
    """ResourceNotFoundException: what the request names is not there."""
    return ApiError("ResourceNotFoundException", f"{_WORDS[kind]} not found")


def named(kind: type[K], member: str) -> Callable[[Call, Any], str]:
    """The ARN of the resource that a request names by its id."""
    return lambda call, request: anywhere_arn(call.region, call.account, kind.kind, request[member])


def find(call: Call, kind: type[K], identifier: str) -> K:
    """The resource of an id, in the called region."""
    found = call.unit.get(kind, identifier)
    if found is None:
        raise not_found(kind.kind)
    return found


def find_by_arn(unit: Unit, kind: type[K], text: str) -> K | None:
    """The resource of an ARN in the unit's account and region, or None."""
    arn = parse_arn(text)
    found = unit.get(kind, arn.resource.partition("/")[2]) if arn is not None else None
    return found if found is not None and found.arn == text else None


def tags_of(kind: type[K], member: str) -> Callable[[Call, Any], dict[str, Any]]:
    """`aws:ResourceTag/…` of the resource that a request names by its id."""

    def values(call: Call, request: Any) -> dict[str, Any]:
        found = call.unit.get(kind, request[member])
        return resource_tags(found)

    return values


def resource_tags(found: AnywhereResource | None) -> dict[str, Any]:
    """The condition values of a resource's tags."""
    return {f"aws:ResourceTag/{key}": value for key, value in (found.tags if found else {}).items()}


def request_tags(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The condition values of the tags that a request brings."""
    tags = {tag["key"]: tag["value"] for tag in request.get("tags") or ()}
    keys = list(tags or request.get("tagKeys") or ())
    return {f"aws:RequestTag/{key}": value for key, value in tags.items()} | ({"aws:TagKeys": keys} if keys else {})
