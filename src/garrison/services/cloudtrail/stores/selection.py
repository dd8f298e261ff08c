"""The rows of the lake that an event data store shows, as a condition in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrison.services.cloudtrail.stores.resources import EventDataStore, Span

_COLUMNS = {
    "eventCategory": "coalesce(eventCategory, 'Management')",
    "readOnly": "CAST(readOnly AS VARCHAR)",
    "userIdentity.arn": "userIdentity.arn",
    "sessionCredentialFromConsole": "coalesce(json_extract_string(record, '$.sessionCredentialFromConsole'), 'false')",
}
_IN_RESOURCES = {"resources.type": "type", "resources.ARN": "ARN"}
_POSITIVE = ("Equals", "StartsWith", "EndsWith")


def condition_of(store: EventDataStore, at: datetime) -> str:
    """What a row must be to be shown at a time: of the account, selected, taken in, and young enough.

    Live events count while the store took them in; those of log files, which `garrison trail ingest` brings, always.
    """
    parts = [
        f"({' OR '.join(_selected(selector['FieldSelectors']) for selector in store.selectors)})",
        f"(origin <> 'journal' OR {_ingested(store.ingested)})",
        f"eventTime > {_time(at - timedelta(days=store.retention_days))}",
    ]
    if not store.is_organizations:
        parts.append(f"account = {_text(store.account)}")
    if not store.is_multi_region:
        parts.append(f"awsRegion = {_text(store.home_region)}")
    return " AND ".join(parts)


def _ingested(spans: Sequence[Span]) -> str:
    """Events have their time to the second: a span begins with the second in which it was begun."""
    found = [
        f"(eventTime >= {_time(span.start_at.replace(microsecond=0))}"
        + (f" AND eventTime < {_time(span.end_at.replace(microsecond=0))})" if span.end_at else ")")
        for span in spans
    ]
    return f"({' OR '.join(found)})" if found else "false"


def _selected(fields: Sequence[Mapping[str, Any]]) -> str:
    return f"({' AND '.join(_field(field) for field in fields)})"


def _field(field: Mapping[str, Any]) -> str:
    """Positive operators: any value of any of them matches. Negative ones: none does."""
    wanted = [_compare(operator, value) for operator in _POSITIVE for value in field.get(operator) or ()]
    unwanted = [_compare(operator, value) for operator in _POSITIVE for value in field.get(f"Not{operator}") or ()]
    parts = [_holds(field["Field"], wanted)] if wanted else []
    parts += [f"NOT {_holds(field['Field'], unwanted)}"] if unwanted else []
    return " AND ".join(parts)


def _holds(field: str, comparisons: Sequence[str]) -> str:
    if field in _IN_RESOURCES:
        tests = " OR ".join(each.format(f"r.{_IN_RESOURCES[field]}") for each in comparisons)
        return f"coalesce(len(list_filter(resources, LAMBDA r : {tests})) > 0, false)"
    column = _COLUMNS.get(field, field)
    return f"coalesce({' OR '.join(each.format(column) for each in comparisons)}, false)"


def _compare(operator: str, value: str) -> str:
    text = _text(value).replace("{", "{{").replace("}", "}}")
    if operator == "Equals":
        return f"{{}} = {text}"
    return f"{'starts_with' if operator == 'StartsWith' else 'ends_with'}({{}}, {text})"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _time(at: datetime) -> str:
    return f"TIMESTAMPTZ '{at.isoformat()}'"
