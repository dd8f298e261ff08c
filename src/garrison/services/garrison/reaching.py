"""WhoCan and WhatCan: over the account itself or a collected one, with the reason of each answer."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from garrison.policy import AuthorizationRequest, MalformedPolicy
from garrison.policy.reach import who_can as asked_who_can
from garrison.policy.what_can import what_can as asked_what_can
from garrison.services.call import Call
from garrison.services.garrison.callers import arn_of, check_action, named_entity
from garrison.services.garrison.estates import DOCUMENTS, estate_of
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.garrison.shapes import read_context, shown_answer, shown_capability

Request = Mapping[str, Any]
Shown = dict[str, Any]

MOST_ANSWERS = 1000


@service.operation("WhoCan", needs={"garrison:WhoCan": "*"}, read_only=True, long=True, hidden=DOCUMENTS)
def who_can(call: Call, request: Request) -> Shown:
    """Everybody who can do an action on a resource, shortest ways first, a page at a time."""
    start, limit = _position(request.get("NextToken")), request.get("MaxResults") or MOST_ANSWERS
    estate = estate_of(call, request.get("Account"))
    check_action(request["Action"])
    asked = AuthorizationRequest(
        request["Action"], request.get("Resource") or "*", None, read_context(request.get("Context"))
    )
    try:
        found = asked_who_can(estate, asked)
    except MalformedPolicy as malformed:
        raise invalid(str(malformed)) from malformed
    shown: Shown = {
        "Answers": [shown_answer(answer) for answer in found[start : start + limit]],
        "Missing": list(estate.missing(asked.resource)),
    }
    return shown | ({"NextToken": _token(start + limit)} if len(found) > start + limit else {})


@service.operation("WhatCan", needs={"garrison:WhatCan": "*"}, read_only=True, long=True, hidden=DOCUMENTS)
def what_can(call: Call, request: Request) -> Shown:
    """What a principal can do, itself and through the roles it can become."""
    account = request.get("Account")
    estate = estate_of(call, account)
    arn = request["Principal"]
    if not account:
        arn = arn_of(call, named_entity(call, arn))
    member = estate.named(arn)
    if member is None:
        raise not_found(f"{arn} is not among the principals of the account.")
    try:
        found = asked_what_can(estate, member, request.get("Resource"), read_context(request.get("Context")))
    except MalformedPolicy as malformed:
        raise invalid(str(malformed)) from malformed
    return {"Principal": member.arn, "Capabilities": [shown_capability(one) for one in found]}


def _token(position: int) -> str:
    return base64.urlsafe_b64encode(f"after/{position}".encode()).decode()


def _position(token: str | None) -> int:
    if token is None:
        return 0
    try:
        word, _, number = base64.b64decode(token, altchars=b"-_", validate=True).decode().partition("/")
        if word == "after" and number.isascii() and number.isdigit() and len(number) < 10:
            return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise invalid("Invalid NextToken.")
