"""What rules do: one action each, custom responses within their limits, and none that Garrison cannot do.

Sources: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html,
https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-status-codes.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from garrison.waf.document import (
    BlockAction,
    CustomResponse,
    CustomResponseBody,
    DefaultAction,
    PassingAction,
    RuleAction,
)
from garrison.waf.document.actions import CustomHTTPHeader
from garrison.waf.validation.problems import Problem, exactly_one

LARGEST_BODY_BYTES = 4096
MOST_BODIES_BYTES = 50 * 1024
MOST_BODIES = 50
MOST_HEADERS = 10
MOST_HEADERS_TOGETHER = 100
"""Of a web ACL or rule group, of each kind."""
STATUS_CODES = frozenset(
    (
        *(200, 201, 202, 204, 206),
        *(300, 301, 302, 303, 304, 307, 308),
        *(400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 421, 429),
        *(500, 501, 502, 503, 504),
    )
)
_REFUSED = {
    "captcha": "CAPTCHA puzzles are not built here.",
    "challenge": "Silent challenges are not built here.",
    "monetize": "Payments are not built here.",
}


def action_problems(
    action: RuleAction | DefaultAction, bodies: Mapping[str, CustomResponseBody], field: str = "RULE_ACTION"
) -> Iterator[Problem]:
    """Exactly one action that Garrison can do."""
    members = [getattr(action, name) for name in action.__struct_fields__]
    yield from exactly_one(field, "RuleAction" if field == "RULE_ACTION" else "DefaultAction", *members)
    for name, reason in _REFUSED.items():
        if getattr(action, name, None) is not None:
            yield Problem(field, name.capitalize(), reason)
    for member in members:
        if isinstance(member, BlockAction) and member.custom_response is not None:
            yield from _response_problems(member.custom_response, bodies)
        elif isinstance(member, PassingAction):
            yield from passing_problems(member)


def passing_problems(action: PassingAction) -> Iterator[Problem]:
    """The headers that are added to a request."""
    if action.custom_request_handling is not None:
        yield from _header_problems("CUSTOM_REQUEST_HANDLING", action.custom_request_handling.insert_headers)


def body_problems(bodies: Mapping[str, CustomResponseBody]) -> Iterator[Problem]:
    """The bodies that custom responses may refer to."""
    if len(bodies) > MOST_BODIES:
        yield Problem("CUSTOM_RESPONSE_BODY", "CustomResponseBodies", f"There are at most {MOST_BODIES} bodies.")
    sizes = {key: len(body.content.encode()) for key, body in bodies.items()}
    for key, size in sizes.items():
        if size > LARGEST_BODY_BYTES:
            yield Problem("CUSTOM_RESPONSE_BODY", key, f"A body has at most {LARGEST_BODY_BYTES} bytes.")
    if sum(sizes.values()) > MOST_BODIES_BYTES:
        yield Problem(
            "CUSTOM_RESPONSE_BODY", "CustomResponseBodies", f"All bodies have at most {MOST_BODIES_BYTES} bytes."
        )
    for key, body in bodies.items():
        if body.content_type == "APPLICATION_JSON" and not _is_json(body.content):
            yield Problem("CUSTOM_RESPONSE_BODY", key, "The body is not valid JSON.")


def together_problems(actions: Iterable[RuleAction | DefaultAction]) -> Iterator[Problem]:
    """The headers that all actions of a web ACL or rule group add."""
    requests = responses = 0
    for action in actions:
        for member in msgspec.structs.astuple(action):
            if isinstance(member, BlockAction) and member.custom_response is not None:
                responses += len(member.custom_response.response_headers)
            elif isinstance(member, PassingAction) and member.custom_request_handling is not None:
                requests += len(member.custom_request_handling.insert_headers)
    for field, number in (("CUSTOM_REQUEST_HANDLING", requests), ("CUSTOM_RESPONSE", responses)):
        if number > MOST_HEADERS_TOGETHER:
            yield Problem(field, "Headers", f"All rules together add at most {MOST_HEADERS_TOGETHER} headers.")


def _response_problems(response: CustomResponse, bodies: Mapping[str, Any]) -> Iterator[Problem]:
    if response.response_code not in STATUS_CODES:
        yield Problem("CUSTOM_RESPONSE", str(response.response_code), "The response code is not supported.")
    key = response.custom_response_body_key
    if key is not None and key not in bodies:
        yield Problem("CUSTOM_RESPONSE", key, "There is no custom response body with this key.")
    yield from _header_problems("CUSTOM_RESPONSE", response.response_headers)


def _header_problems(field: str, headers: tuple[CustomHTTPHeader, ...]) -> Iterator[Problem]:
    if len(headers) > MOST_HEADERS:
        yield Problem(field, "Headers", f"A definition has at most {MOST_HEADERS} headers.")
    names = [header.name.lower() for header in headers]
    if len(set(names)) < len(names):
        yield Problem(field, "Headers", "A header is given more than once.")
    for header in headers:
        if not header.value.isascii() or not header.value.isprintable():
            yield Problem("HEADER_NAME", header.name, "The header's value has characters that no header can have.")
        if field == "CUSTOM_RESPONSE" and header.name.lower() == "content-type":
            yield Problem("HEADER_NAME", header.name, "The content type is that of the custom response body.")


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return True
