"""Rules and actions between the API's form, in which search strings are bytes, and the kept one, in which they are base64."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from garrison.waf.document import CustomResponseBody, DefaultAction, Rule

SEARCH = "SearchString"


def kept(request: Mapping[str, Any], members: Sequence[str]) -> dict[str, Any]:
    """Those members of a request that it gives, as they are kept."""
    given = {member: request[member] for member in members if request.get(member) is not None}
    document: dict[str, Any] = msgspec.to_builtins(given)
    return document


def shown(value: Any) -> Any:
    """A kept document as answers show it."""
    if isinstance(value, dict):
        return {
            name: base64.b64decode(member) if name == SEARCH and isinstance(member, str) else shown(member)
            for name, member in value.items()
        }
    return [shown(one) for one in value] if isinstance(value, list) else value


def rules_of(document: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules of a request or a kept document."""
    return msgspec.convert(document.get("Rules") or [], tuple[Rule, ...])


def bodies_of(document: Mapping[str, Any]) -> dict[str, CustomResponseBody]:
    """The custom response bodies of a request or a kept document."""
    return msgspec.convert(document.get("CustomResponseBodies") or {}, dict[str, CustomResponseBody])


def default_action_of(document: Mapping[str, Any]) -> DefaultAction:
    """The default action of a web ACL's request or kept document."""
    return msgspec.convert(document["DefaultAction"], DefaultAction)
