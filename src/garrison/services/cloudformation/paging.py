"""CloudFormation's listings: pages in the order of a key, which the token of the next one carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from garrison.services.cloudformation.faults import invalid
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call


def page_of(
    call: Call,
    request: Mapping[str, Any],
    found: Sequence[Any],
    member: str,
    size: int,
    key: Callable[[Any], str],
) -> dict[str, Any]:
    """The page of a listing that a request asks for; `found` is in its order, and every key is unlike the others."""
    start, token = 0, request.get("NextToken")
    if token:
        after = key_of(call, token)
        if after is None:
            raise invalid("NextToken is invalid")
        position = next((number for number, one in enumerate(found) if key(one) == after), None)
        start = position + 1 if position is not None else len(found)
    page = found[start : start + size]
    answer: dict[str, Any] = {member: list(page)}
    if start + size < len(found):
        answer["NextToken"] = page_token(call, key(page[-1]))
    return answer
