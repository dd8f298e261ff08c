"""Search a group: the events of all its streams or of some, in the order of their times, that match a pattern."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from garrison.services.logs.get_events import (
    LAST,
    MOST_BYTES,
    MOST_EVENTS,
    number_place,
    oldest,
    place_number,
)
from garrison.services.logs.keys import clear_for
from garrison.services.logs.naming import find_group, find_stream, invalid, of_group, on_group
from garrison.services.logs.patterns import checked_pattern
from garrison.services.logs.service import service
from garrison.services.logs.storage import Kept, events_of
from garrison.services.logs.storage.events import Clear, Place
from garrison.services.logs.streams import streams_of
from garrison.services.page_tokens import key_of, page_token

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.logs.resources import LogGroup

MOST_STREAMS = 100
LONGEST_SECONDS = 1.0
"""What one call may look for before it answers with what it has and a token, as AWS does."""
_BATCH = 1_000
_FEW_STREAMS = 20
"""Up to so many streams are read one by one; of more, the whole group is."""
_OVERHEAD_BYTES = 140
"""About what an event takes in an answer beside its message."""


@service.operation(
    "FilterLogEvents",
    needs={"logs:FilterLogEvents": on_group},
    context=of_group(),
    read_only=True,
    long=True,
    data_event=True,
)
def filter_log_events(call: Call, request: shapes.FilterLogEventsRequestTypeDef) -> dict[str, Any]:
    """The events that match, the oldest first; a page may be empty and yet have a next one."""
    group = find_group(call, request)
    pattern = checked_pattern(request.get("filterPattern") or "")
    streams = _streams(call, group, request)
    after: Place = (max(min(request.get("startTime") or 0, LAST), oldest(call, group)), -1)
    before: Place = (min(request.get("endTime", LAST), LAST) + 1, -1)
    if token := request.get("nextToken"):
        after = max(after, _place(call, token))
    limit = request.get("limit") or MOST_EVENTS
    stop_at = time.monotonic() + LONGEST_SECONDS
    found: list[Kept] = []
    size, last = 0, after
    answer: dict[str, Any] = {"events": [], "searchedLogStreams": []}
    for event in _events(call, group, streams, after, before):
        if pattern.matches(event.message):
            size += len(event.message.encode()) + _OVERHEAD_BYTES
            if len(found) == limit or (size > MOST_BYTES and found):
                answer["nextToken"] = page_token(call, str(place_number(last)))
                break
            found.append(event)
        last = event.place
        if time.monotonic() > stop_at:
            answer["nextToken"] = page_token(call, str(place_number(last)))
            break
    answer["events"] = [_shown(event) for event in found]
    return answer


def _streams(call: Call, group: LogGroup, request: Any) -> dict[str, str]:
    """The tokens of the streams that are looked through, by their names."""
    names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix")
    if names and prefix:
        raise invalid("logStreamNames and logStreamNamePrefix cannot both be given.")
    if names:
        if len(names) > MOST_STREAMS:
            raise invalid(f"No more than {MOST_STREAMS} log streams can be named.")
        return {name: find_stream(call, group, name).token for name in names}
    return {stream.name: stream.token for stream in streams_of(call, group, prefix)}


def _events(call: Call, group: LogGroup, streams: dict[str, str], after: Place, before: Place) -> Iterator[Kept]:
    """The events of streams in the order of their places, read a batch at a time."""
    file, clear = events_of(call.parts), clear_for(call.parts, group, call.at)
    if len(streams) > _FEW_STREAMS:
        tokens = set(streams.values())
        return (event for event in _read(file.of_group, group.token, after, before, clear) if event.token in tokens)
    each = [_read(file.of_stream, token, after, before, clear) for token in streams.values()]
    return heapq.merge(*each, key=lambda event: event.place)


def _read(read: Any, token: str, after: Place, before: Place, clear: Clear) -> Iterator[Kept]:
    batch = 100
    while events := read(token, after, before, batch, clear):
        yield from events
        if len(events) < batch:
            return
        after, batch = events[-1].place, _BATCH


def _place(call: Call, token: str) -> Place:
    key = key_of(call, token)
    place = number_place(int(key)) if key is not None and key.isascii() and key.isdigit() and len(key) < 50 else None
    if place is None or max(place) > LAST:
        raise invalid("The specified nextToken is invalid.")
    return place


def _shown(event: Kept) -> dict[str, Any]:
    return {
        "logStreamName": event.stream,
        "timestamp": event.at,
        "message": event.message,
        "ingestionTime": event.ingested_at,
        "eventId": f"{place_number(event.place):056d}",
    }
