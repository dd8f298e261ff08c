"""CloudHSM's listings: pages by `MaxResults` and `NextToken`, and filters by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from garrison.services.cloudhsmv2.failures import invalid
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call

T = TypeVar("T")


def page_of(
    call: Call, request: Mapping[str, Any], member: str, found: Sequence[T], place: Callable[[T], str], usual: int
) -> tuple[list[T], dict[str, Any]]:
    """The page that a request asks for of what is found, and the rest of its answer; `place` tells one from another."""
    begin = 0
    if token := request.get("NextToken"):
        key = key_of(call, token)
        begin = next((number + 1 for number, one in enumerate(found) if place(one) == key), 0)
        if not begin:
            raise invalid("The NextToken is not valid.")
    end = begin + int(request.get("MaxResults") or usual)
    page = list(found[begin:end])
    return page, {"NextToken": page_token(call, place(page[-1]))} if end < len(found) else {}


def filtered(found: Sequence[T], filters: Mapping[str, Sequence[str]], by: Mapping[str, Callable[[T], str]]) -> list[T]:
    """What has one of the values of each filter."""
    unknown = sorted(filters.keys() - by.keys())
    if unknown:
        raise invalid(f"There is no filter {unknown[0]}; there are {', '.join(sorted(by))}.")
    return [one for one in found if all(by[name](one) in values for name, values in filters.items())]
