"""The one paginator of the listings: nextToken and pageSize in, a page and nextToken out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.services.rolesanywhere.naming import invalid
from garrison.services.rolesanywhere.resources import AnywhereResource

if TYPE_CHECKING:
    from garrison.services.call import Call

K = TypeVar("K", bound=AnywhereResource)

DEFAULT_RESULTS, MOST_RESULTS = 50, 100


def page_of(
    call: Call, request: Mapping[str, Any], kind: type[K], member: str, render: Callable[[K], dict[str, Any]]
) -> dict[str, Any]:
    """The page of a kind that a request asks for, as the answer shows it."""
    size = request.get("pageSize") or DEFAULT_RESULTS
    if not 1 <= size <= MOST_RESULTS:
        raise invalid(f"pageSize must be from 1 to {MOST_RESULTS}.")
    found = call.unit.page(kind, after=_after(kind, request.get("nextToken")), limit=size + 1)
    page = found[:size]
    rest = {"nextToken": _token(kind, page[-1].id)} if len(found) > size else {}
    return {member: [render(one) for one in page]} | rest


def _token(kind: type[K], identifier: str) -> str:
    return base64.urlsafe_b64encode(f"{kind.kind}/{identifier}".encode()).decode()


def _after(kind: type[K], token: str | None) -> tuple[str] | None:
    if token is None:
        return None
    try:
        listed, _, identifier = base64.urlsafe_b64decode(token.encode()).decode().partition("/")
    except (binascii.Error, ValueError):
        listed, identifier = "", ""
    if listed != kind.kind or not identifier:
        raise invalid("The nextToken is not valid for this request.")
    return (identifier,)
