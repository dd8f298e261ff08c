"""What rules do, as `wafv2` writes it.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleAction.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from garrison.waf.document.fields import Empty


class CustomHTTPHeader(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    value: str


class CustomRequestHandling(msgspec.Struct, frozen=True, rename="pascal"):
    insert_headers: tuple[CustomHTTPHeader, ...]


class CustomResponse(msgspec.Struct, frozen=True, rename="pascal"):
    response_code: int
    custom_response_body_key: str | None = None
    response_headers: tuple[CustomHTTPHeader, ...] = ()


class PassingAction(msgspec.Struct, frozen=True, rename="pascal"):
    """Allow and Count: headers may be added to the request."""

    custom_request_handling: CustomRequestHandling | None = None


class BlockAction(msgspec.Struct, frozen=True, rename="pascal"):
    custom_response: CustomResponse | None = None


class DefaultAction(msgspec.Struct, frozen=True, rename="pascal"):
    block: BlockAction | None = None
    allow: PassingAction | None = None


class RuleAction(msgspec.Struct, frozen=True, rename="pascal"):
    """Exactly one member is set. The last three are read, so that they can be refused by name."""

    block: BlockAction | None = None
    allow: PassingAction | None = None
    count: PassingAction | None = None
    captcha: dict[str, Any] | None = None
    challenge: dict[str, Any] | None = None
    monetize: dict[str, Any] | None = None


class OverrideAction(msgspec.Struct, frozen=True, rename="pascal"):
    count: PassingAction | None = None
    none: Empty | None = None
