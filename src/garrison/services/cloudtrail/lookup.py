"""Look up who did what: LookupEvents over the index of recent events, and over the lake where that has more.

AWS keeps the events of global services (IAM …) in the history of us-east-1 alone. An account of Garrison has one home region;
where that is another one, its history shows the events of us-east-1 as well, each with its own `awsRegion`, so that a look at
home misses nothing. Every other region shows its own events only, as in AWS.
"""

from __future__ import annotations

import base64
import heapq
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec

from garrison import codec
from garrison.decision_key import DECISION_KEY
from garrison.errors import ApiError
from garrison.journal import InvalidCursor
from garrison.journal.fields import EventFields, read_fields, user_name
from garrison.services.cloudtrail.lookup_lake import (
    LakeMark,
    LakePage,
    is_shown_elsewhere,
    lookup_in_lake,
    may_have_events,
)
from garrison.services.cloudtrail.service import service

if TYPE_CHECKING:
    from types_boto3_cloudtrail.type_defs import LookupEventsRequestTypeDef

    from garrison.services.call import Call

GLOBAL_REGION = "us-east-1"
MOST_EVENTS = 50

_END = ""
"""Stands in a token for a region whose events are all shown."""


class _Query(NamedTuple):
    """What a caller looks for; a token is good for the same query only."""

    attribute: tuple[str, str] | None
    start: datetime | None
    end: datetime | None


@service.operation("LookupEvents", needs={"cloudtrail:LookupEvents": "*"}, long=True)
def lookup_events(call: Call, request: LookupEventsRequestTypeDef) -> dict[str, Any]:
    """The region's events that match, newest first, at most 50 at a time."""
    if request.get("EventCategory"):
        return {"Events": []}  # insight events: nothing here makes any
    query = _query(request)
    limit = request.get("MaxResults") or MOST_EVENTS
    regions = [call.region]
    if call.region == call.parts.settings.region and call.region != GLOBAL_REGION:
        regions.append(GLOBAL_REGION)
    try:
        payloads, token = _page(call, query, regions, limit, request.get("NextToken"))
    except InvalidCursor:
        raise _invalid_token() from None
    answer: dict[str, Any] = {"Events": [_event(payload) for payload in payloads]}
    return answer | {"NextToken": token} if token else answer


def _query(request: LookupEventsRequestTypeDef) -> _Query:
    attributes = request.get("LookupAttributes") or ()
    if len(attributes) > 1:
        raise ApiError("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    start = cast("datetime | None", request.get("StartTime"))
    end = cast("datetime | None", request.get("EndTime"))
    if start is not None and end is not None and start > end:
        raise ApiError("InvalidTimeRangeException", "The start time must not be after the end time.")
    attribute = (attributes[0]["AttributeKey"], attributes[0]["AttributeValue"]) if attributes else None
    return _Query(attribute, start, end)


def _page(
    call: Call, query: _Query, regions: list[str], limit: int, token: str | None
) -> tuple[list[bytes], str | None]:
    """The next events of all regions and of the lake, and the token that continues after them."""
    *cursors, in_lake = _open_token(token, len(regions) + 1, may_have_events(call, query.start))
    found: list[Any] = [
        _lookup(call, query, region, cursor, limit) if cursor != _END else []
        for region, cursor in zip(regions, cursors, strict=True)
    ]
    lake = _lake_page(call, query, regions, in_lake, limit, _newest(found, limit))
    shown = _newest([*found, lake.records], limit)
    after: list[str | None] = []
    for number, (region, cursor) in enumerate(zip(regions, cursors, strict=True)):
        taken = sum(1 for origin, _ in shown if origin == number)
        page = found[number]
        if cursor == _END or (taken == len(page) and getattr(page, "after", None) is None):
            after.append(_END)
        elif taken == len(page):
            after.append(page.after)
        else:
            after.append(cursor if taken == 0 else _lookup(call, query, region, cursor, taken).after)
    after.append(lake.cursor_after(sum(1 for origin, _ in shown if origin == len(regions))) or _END)
    payloads = [payload for origin, payload in shown if origin < len(regions) or not is_shown_elsewhere(call, payload)]
    return payloads, None if all(cursor == _END for cursor in after) else _seal_token(after)


def _lake_page(
    call: Call, query: _Query, regions: list[str], cursor: str | None, limit: int, newer: list[tuple[int, bytes]]
) -> LakePage:
    """What the lake has for a page, one event more than it can show; it is not asked where `newer` events fill the page."""
    if cursor == _END:
        return LakePage((), None)
    mark = LakeMark() if cursor is None else LakeMark.of_text(cursor)
    if mark is None:
        raise _invalid_token()
    if len(newer) == limit and mark.next_at is not None and read_fields(newer[-1][1]).event_time > mark.next_at:
        return LakePage((), mark)
    records = lookup_in_lake(call, regions, query.attribute, query.start, query.end, mark.after, limit + 1)
    return LakePage(records, mark if records else None)


def _lookup(call: Call, query: _Query, region: str, cursor: str | None, limit: int) -> Any:
    return call.parts.recent.lookup(
        call.account, region, attribute=query.attribute, start=query.start, end=query.end, after=cursor, limit=limit
    )


def _newest(found: Sequence[Sequence[bytes]], limit: int) -> list[tuple[int, bytes]]:
    """The newest events of several pages that are each newest first, with the number of the page they are from."""
    pages = [
        [(read_fields(payload).event_time, number, payload) for payload in page] for number, page in enumerate(found)
    ]
    merged = heapq.merge(*pages, key=lambda item: item[0], reverse=True)
    return [(number, payload) for _, number, payload in list(merged)[:limit]]


def _event(payload: bytes) -> dict[str, Any]:
    """A record as LookupEvents shows it."""
    fields = read_fields(payload)
    record = codec.decode(payload)
    record.pop(DECISION_KEY, None)
    event: dict[str, Any] = {
        "EventId": fields.event_id,
        "EventName": fields.event_name,
        "EventTime": fields.event_time,
        "EventSource": fields.event_source,
        "Username": user_name(fields.user_identity),
        "AccessKeyId": fields.access_key_id,
        "Resources": _resources(fields),
        "CloudTrailEvent": codec.encode(record).decode(),
    }
    if fields.read_only is not None:
        event["ReadOnly"] = "true" if fields.read_only else "false"
    return {member: value for member, value in event.items() if value is not None}


def _resources(fields: EventFields) -> list[dict[str, str]]:
    shown = []
    for resource in fields.resources or ():
        members = {"ResourceType": resource.type, "ResourceName": resource.name or resource.arn}
        shown.append({member: value for member, value in members.items() if value})
    return shown


def _seal_token(cursors: list[str | None]) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(cursors)).decode()


def _open_token(token: str | None, sources: int, has_lake: bool) -> list[str | None]:
    """Where each source goes on; the last is the lake."""
    if token is None:
        return [None] * (sources - 1) + [None if has_lake else _END]
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
        cursors = msgspec.msgpack.decode(raw, type=list[str | None])
    except (ValueError, msgspec.DecodeError):
        raise _invalid_token() from None
    if len(cursors) != sources or all(cursor == _END for cursor in cursors):
        raise _invalid_token()
    return cursors


def _invalid_token() -> ApiError:
    return ApiError("InvalidNextTokenException", "Invalid token was passed.")
