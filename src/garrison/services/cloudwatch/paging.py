"""Where a page of CloudWatch's listings begins: the position that a request's NextToken stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.services.cloudwatch.faults import invalid_token
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from garrison.services.call import Call


def token_of(call: Call, position: Any) -> str:
    """A token for a position: any JSON value."""
    return page_token(call, codec.encode(position).decode())


def position_of(call: Call, request: Mapping[str, Any], kind: Any) -> Any:
    """The position of a request's NextToken, of the kind that it must be; None where the request has no token."""
    token = request.get("NextToken")
    if token is None:
        return None
    key = key_of(call, token)
    try:
        return msgspec.json.decode(key or "", type=kind)
    except msgspec.DecodeError:
        raise invalid_token() from None
