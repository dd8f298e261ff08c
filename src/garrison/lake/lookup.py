"""Look an account's events up in the lake, newest first, by LookupEvents' attributes; in a process of its own.

The statement finds what may match, by typed columns or by a part of the value in the record's text; whether it does is decided by the
same function that the index of recent events is made with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from garrison.journal.fields import EventFields, read_fields
from garrison.lake.apart import answer, ask_apart

_ROWS_AT_ONCE = 500
_MEMORY_BYTES = 512 * 1024**2
_PLAIN = re.compile(r"[A-Za-z0-9_.:@=+-]+")
"""What JSON never writes in another way."""


class Place(NamedTuple):
    """Where an event stands among an account's: newer ones come first."""

    at: datetime
    event_id: str


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for."""

    home: str
    node: str
    account: str
    regions: tuple[str, ...]
    start: datetime
    end: datetime
    attribute: tuple[str, str] | None
    journal_before: datetime
    """Events of the journal are shown only if older: later ones are found elsewhere."""
    after: Place | None
    limit: int
    seconds: float = 50.0


def lookup_apart(sought: Sought) -> list[bytes]:
    """Up to `limit` records, newest first; fewer only where there are no more. Raises `QueryFailed`."""
    return [record.encode() for record in ask_apart(__name__, sought)["records"]]


def _told(sought: Sought) -> dict[str, Any]:
    return {"records": list(_found(sought))}


def _found(sought: Sought) -> Iterator[str]:
    shown, after, last = 0, sought.after, ""
    while True:
        rows = _rows(sought, after)
        for at, event_id, record in rows:
            after = Place(at, event_id)
            if event_id != last and _is_sought(sought, record):
                yield record
                shown += 1
                if shown == sought.limit:
                    return
            last = event_id
        if len(rows) < _ROWS_AT_ONCE:
            return


def _rows(sought: Sought, after: Place | None) -> list[tuple[datetime, str, str]]:
    from garrison.lake.asking import ask
    from garrison.lake.engine import Limits
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.setting_sources import load_settings

    lake = Lake(place_of(load_settings(Path(sought.home)), sought.node))
    limits = Limits(seconds=sought.seconds, memory_bytes=_MEMORY_BYTES)
    with ask(lake, statement(sought, after), node=sought.node, limits=limits) as found:
        return [
            row
            for batch in found.batches()
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        ]


def statement(sought: Sought, after: Place | None) -> str:
    """What may match, after a place."""
    conditions = [
        f"account = {_quoted(sought.account)}",
        f"awsRegion IN ({', '.join(map(_quoted, sought.regions))})",
        "(eventCategory IS NULL OR eventCategory = 'Management')",
        f"eventTime >= {_time(sought.start)}",
        f"eventTime <= {_time(min(sought.end, after.at) if after else sought.end)}",
        f"(origin <> 'journal' OR eventTime < {_time(sought.journal_before)})",
    ]
    if sought.attribute:
        conditions.append(_may_have(*sought.attribute))
    if after:
        conditions.append(f"(eventTime < {_time(after.at)} OR eventID < {_quoted(after.event_id)})")
    return (
        f"SELECT eventTime, eventID, record FROM cloudtrail_events WHERE {' AND '.join(conditions)}"  # noqa: S608 - quoted
        f" ORDER BY eventTime DESC, eventID DESC LIMIT {_ROWS_AT_ONCE}"
    )


def _may_have(name: str, value: str) -> str:
    """A condition that holds at least where the attribute has the value."""
    columns = {
        "EventId": "eventID",
        "EventName": "eventName",
        "EventSource": "eventSource",
        "AccessKeyId": "userIdentity.accessKeyId",
    }
    if name in columns:
        return f"{columns[name]} = {_quoted(value)}"
    if name == "ReadOnly":
        return f"readOnly = {'true' if value == 'true' else 'false'}"
    needle = max(_PLAIN.findall(value), key=len, default="")
    if not needle:
        return "true"
    has = f"strpos(record, {_quoted(needle)}) > 0"
    return f"({has} OR userIdentity.type = 'Root')" if value == "root" else has


def _is_sought(sought: Sought, record: str) -> bool:
    try:
        fields = read_fields(record.encode())
    except msgspec.DecodeError:
        return False
    return fields.is_management and (sought.attribute is None or _has(fields, sought.attribute))


def _has(fields: EventFields, attribute: tuple[str, str]) -> bool:
    if attribute[0] == "EventId":
        return fields.event_id == attribute[1]
    return attribute in fields.attributes()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _time(at: datetime) -> str:
    return _quoted(at.strftime("%Y-%m-%d %H:%M:%S.%f"))


if __name__ == "__main__":
    answer(Sought, _told)
