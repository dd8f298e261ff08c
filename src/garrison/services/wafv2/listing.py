"""Pages of AWS WAF's listings, by NextMarker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.services.page_tokens import key_of, page_token
from garrison.services.wafv2.changing import summary
from garrison.services.wafv2.faults import invalid
from garrison.services.wafv2.naming import Request, scope_of
from garrison.services.wafv2.resources import Entity

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")
MOST_RESULTS = 100


def page_of_kind(call: Call, request: Request, kind: type[Entity], member: str) -> dict[str, Any]:
    """A page of the account's entities of a kind and scope, in the order of their names."""
    scope, limit = scope_of(call, request), request.get("Limit") or MOST_RESULTS
    after = marker(call, request)
    position = (scope, after) if after is not None else None
    entities = call.unit.page(kind, where={"scope": scope}, after=position, limit=limit + 1)
    answer: dict[str, Any] = {member: [summary(entity) for entity in entities[:limit]]}
    if len(entities) > limit:
        answer["NextMarker"] = page_token(call, entities[limit - 1].name)
    return answer


def page_of(
    call: Call,
    request: Request,
    member: str,
    items: Sequence[T],
    *,
    key: Callable[[T], str],
    render: Callable[[T], Any],
) -> dict[str, Any]:
    """A page of a list held in memory, in the order of its keys, which are unique."""
    after, limit = marker(call, request), request.get("Limit") or MOST_RESULTS
    rest = sorted((item for item in items if after is None or key(item) > after), key=key)
    answer: dict[str, Any] = {member: [render(item) for item in rest[:limit]]}
    if len(rest) > limit:
        answer["NextMarker"] = page_token(call, key(rest[limit - 1]))
    return answer


def marker(call: Call, request: Request) -> str | None:
    """The key after which a page begins; None for the first page."""
    token = request.get("NextMarker")
    if not token:
        return None
    key = key_of(call, token)
    if key is None:
        raise invalid("ENTITY_LIMIT", "NextMarker", "The marker is none that this operation gave.")
    return key
