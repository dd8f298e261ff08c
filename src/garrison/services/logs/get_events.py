"""Read a stream: forwards from a place, or backwards, with tokens for either way that stay good."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from garrison.services.logs.keys import clear_for
from garrison.services.logs.naming import find_group, find_stream, invalid, milliseconds, of_group, on_stream
from garrison.services.logs.put_events import DAY
from garrison.services.logs.service import service
from garrison.services.logs.storage import Kept, events_of
from garrison.services.logs.storage.events import Place

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call
    from garrison.services.logs.resources import LogGroup

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
"""Of one answer (API reference, GetLogEvents)."""
LAST = 2**62
"""Beyond every time and number."""

_TOKEN = re.compile(r"([fb])/([0-9]{56})/s")
_NUMBER_BITS = 64
_OVERHEAD_BYTES = 60
"""About what an event takes in an answer beside its message."""


@service.operation(
    "GetLogEvents",
    needs={"logs:GetLogEvents": on_stream},
    context=of_group(),
    long=True,
    data_event=True,
)
def get_log_events(call: Call, request: shapes.GetLogEventsRequestTypeDef) -> dict[str, Any]:
    """The events of a stream in their order; without a token from the newest back, or from the head."""
    group = find_group(call, request)
    stream = find_stream(call, group, request["logStreamName"])
    start, end = min(request.get("startTime") or 0, LAST), min(request.get("endTime", LAST), LAST)
    lowest: Place = (max(start, oldest(call, group)), -1)
    highest: Place = (end, -1)
    limit = request.get("limit") or MOST_EVENTS
    backwards, after, before, place = not request.get("startFromHead"), lowest, highest, lowest
    if token := request.get("nextToken"):
        backwards, place = _open(token)
        after, before = (lowest, min(place, highest)) if backwards else (max(place, lowest), highest)
    found = events_of(call.parts).of_stream(
        stream.token, after, before, limit, clear_for(call.parts, group, call.at), backwards=backwards
    )
    found = within_answer(found)
    if backwards:
        found.reverse()
    first, last = (found[0].place, found[-1].place) if found else (place, place)
    return {
        "events": [
            {"timestamp": each.at, "message": each.message, "ingestionTime": each.ingested_at} for each in found
        ],
        "nextForwardToken": _sealed("f", last),
        "nextBackwardToken": _sealed("b", first),
    }


def oldest(call: Call, group: LogGroup) -> int:
    """The time before which the events of a group are gone, whether they are deleted yet or not."""
    return milliseconds(call) - group.retention_days * DAY if group.retention_days else 0


def within_answer(found: list[Kept]) -> list[Kept]:
    """As many events as one answer takes, and one at least."""
    size = 0
    for number, event in enumerate(found):
        size += len(event.message.encode()) + _OVERHEAD_BYTES
        if size > MOST_BYTES and number:
            return found[:number]
    return found


def place_number(place: Place) -> int:
    """A place as one number that rises with it."""
    return (max(place[0], 0) << _NUMBER_BITS) + place[1] + 1


def number_place(number: int) -> Place:
    """The place of a number."""
    return (number >> _NUMBER_BITS, (number & ((1 << _NUMBER_BITS) - 1)) - 1)


def _sealed(way: str, place: Place) -> str:
    return f"{way}/{place_number(place):056d}/s"


def _open(token: str) -> tuple[bool, Place]:
    """Whether a token leads backwards, and from where."""
    found = _TOKEN.fullmatch(token)
    place = number_place(int(found[2])) if found else (0, 0)
    if found is None or max(place) > LAST:
        raise invalid("The specified nextToken is invalid.")
    return found[1] == "b", place
