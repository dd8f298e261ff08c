"""The table of WAF log records: AWS's members that are asked for most as columns, and each record whole.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from garrison import codec

if TYPE_CHECKING:
    import pyarrow as pa

PLAIN_COLUMNS = ("record", "requestId", "args")
SORTED_BY = (("webaclId", "ascending"), ("action", "ascending"), ("eventTime", "ascending"))
TEXTS = (
    "webaclId",
    "action",
    "terminatingRuleId",
    "terminatingRuleType",
    "httpSourceName",
    "httpSourceId",
    "ja3Fingerprint",
    "ja4Fingerprint",
)
"""Members of a record."""
REQUEST_TEXTS = ("clientIp", "country", "httpMethod", "host", "uri", "args", "httpVersion", "requestId")
"""Members of its `httpRequest`."""
NUMBERS = ("timestamp", "responseCodeSent", "requestBodySize")


@cache
def arrow_schema() -> pa.Schema:
    """The columns as Arrow has them, without Iceberg's field ids."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("account", pa.string()),
            pa.field("eventTime", pa.timestamp("us", tz="UTC")),
            *(pa.field(name, pa.string()) for name in (*TEXTS, *REQUEST_TEXTS, "userAgent", "terminatingRuleInGroup")),
            *(pa.field(name, pa.int64()) for name in NUMBERS),
            pa.field("labels", pa.list_(pa.string())),
            pa.field("record", pa.string()),
        ]
    )


def columns() -> tuple[str, ...]:
    """All columns, in their order."""
    return tuple(arrow_schema().names)


def rows_of(records: Iterable[tuple[str, bytes]]) -> pa.Table:
    """Records (account, JSON) as rows; what a record lacks is null. What is no record is left out."""
    import pyarrow as pa

    rows = (_row(account, text) for account, text in records)
    return pa.Table.from_pylist([row for row in rows if row is not None], schema=arrow_schema())


def _row(account: str, text: bytes) -> dict[str, Any] | None:
    try:
        record = codec.decode(text)
        at = datetime.fromtimestamp(record["timestamp"] / 1000, UTC)
        request = record["httpRequest"]
        headers = request.get("headers") or ()
        agent = next((one["value"] for one in headers if one["name"].lower() == "user-agent"), None)
        labels = [one["name"] for one in record.get("labels") or ()]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return None
    return {
        "account": account,
        "eventTime": at,
        **{name: _as(str, record.get(name)) for name in TEXTS},
        **{name: _as(str, request.get(name)) for name in REQUEST_TEXTS},
        **{name: _as(int, record.get(name)) for name in NUMBERS},
        "userAgent": _as(str, agent),
        "terminatingRuleInGroup": _inner(record),
        "labels": [one for one in labels if isinstance(one, str)],
        "record": text.decode(),
    }


def _as(kind: type, value: Any) -> Any:
    return value if isinstance(value, kind) else None


def _inner(record: Mapping[str, Any]) -> str | None:
    """The rule that ended the evaluation inside a rule group."""
    groups = record.get("ruleGroupList") or ()
    ending = (group.get("terminatingRule") for group in groups if isinstance(group, dict))
    return next((_as(str, one.get("ruleId")) for one in ending if isinstance(one, dict)), None)
