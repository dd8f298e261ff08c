"""The table of CloudTrail events: its columns, its partitions, and how records become rows of it.

Columns have CloudTrail's own names, so that a statement reads the same here, in CloudTrail Lake and in Spark. What only the
whole record has (requestParameters …) is read from `record`: keeping it twice would double what an event takes on the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from garrison.lake.records import (
    Record,
    SessionAttributes,
    SessionContext,
    SessionIssuer,
    UserIdentity,
    read_identity,
)

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.partitioning import PartitionSpec
    from pyiceberg.schema import Schema

TEXTS = {
    "eventID": "event_id",
    "eventName": "event_name",
    "eventSource": "event_source",
    "awsRegion": "aws_region",
    "sourceIPAddress": "source_ip_address",
    "userAgent": "user_agent",
    "errorCode": "error_code",
    "errorMessage": "error_message",
    "eventType": "event_type",
    "eventCategory": "event_category",
    "eventVersion": "event_version",
    "recipientAccountId": "recipient_account_id",
    "sharedEventID": "shared_event_id",
    "vpcEndpointId": "vpc_endpoint_id",
}
"""Text columns and the members of `Record` that they come from."""
BOOLEANS = {"readOnly": "read_only", "managementEvent": "management_event"}
IDENTITY = {
    "type": "type",
    "principalId": "principal_id",
    "arn": "arn",
    "accountId": "account_id",
    "accessKeyId": "access_key_id",
    "userName": "user_name",
    "invokedBy": "invoked_by",
}
ISSUER = {
    "type": "type",
    "principalId": "principal_id",
    "arn": "arn",
    "accountId": "account_id",
    "userName": "user_name",
}
ATTRIBUTES = {"creationDate": "creation_date", "mfaAuthenticated": "mfa_authenticated"}
RESOURCE = {"ARN": "arn", "accountId": "account_id", "type": "type"}
PLAIN_COLUMNS = ("record", "eventID", "sharedEventID")
"""Columns whose values hardly repeat: a dictionary would only cost."""

COLUMNS = (
    "account",
    "eventTime",
    *TEXTS,
    *BOOLEANS,
    "userIdentity",
    "resources",
    "origin",
    "ingestedAt",
    "decision",
    "record",
)
"""All columns, in their order."""

JOURNAL_ORIGIN = "journal"
_NO_IDENTITY, _NO_CONTEXT = UserIdentity(), SessionContext()
_NO_ISSUER, _NO_ATTRIBUTES = SessionIssuer(), SessionAttributes()


class Row(msgspec.Struct, gc=False, frozen=True):
    """One event on its way into the lake. Many are held at a time: none is for the garbage collector to walk."""

    record: Record
    text: bytes
    """The whole record as JSON, UTF-8."""
    origin: str
    """`journal`, or the first 16 hexadecimal digits of the SHA-256 of the log file it came in."""
    decision: str | None = None
    """How Garrison decided the call, as JSON; its own calls only."""


@cache
def arrow_schema() -> pa.Schema:
    """The columns as Arrow has them, without Iceberg's field ids."""
    import pyarrow as pa

    def struct(names: dict[str, str], **more: pa.DataType) -> pa.DataType:
        return pa.struct([*(pa.field(name, pa.string()) for name in names), *(pa.field(*one) for one in more.items())])

    context = pa.struct(
        [
            pa.field("sessionIssuer", struct(ISSUER)),
            pa.field("attributes", struct(ATTRIBUTES)),
            pa.field("sourceIdentity", pa.string()),
        ]
    )
    return pa.schema(
        [
            pa.field("account", pa.string()),
            pa.field("eventTime", pa.timestamp("us", tz="UTC")),
            *(pa.field(name, pa.string()) for name in TEXTS),
            *(pa.field(name, pa.bool_()) for name in BOOLEANS),
            pa.field("userIdentity", struct(IDENTITY, sessionContext=context)),
            pa.field("resources", pa.list_(struct(RESOURCE))),
            pa.field("origin", pa.string()),
            pa.field("ingestedAt", pa.timestamp("us", tz="UTC")),
            pa.field("decision", pa.string()),
            pa.field("record", pa.string()),
        ]
    )


@cache
def sql_columns() -> str:
    """The columns as DuckDB declares them; for what needs no Arrow."""

    def struct(names: dict[str, str], more: str = "") -> str:
        return f"STRUCT({', '.join(f'{_quoted(name)} VARCHAR' for name in names)}{more})"

    context = f'STRUCT("sessionIssuer" {struct(ISSUER)}, "attributes" {struct(ATTRIBUTES)}, "sourceIdentity" VARCHAR)'
    kinds = {
        "eventTime": "TIMESTAMPTZ",
        "ingestedAt": "TIMESTAMPTZ",
        "userIdentity": struct(IDENTITY, f', "sessionContext" {context}'),
        "resources": f"{struct(RESOURCE)}[]",
        **dict.fromkeys(BOOLEANS, "BOOLEAN"),
    }
    return ", ".join(f"{_quoted(name)} {kinds.get(name, 'VARCHAR')}" for name in COLUMNS)


def _quoted(name: str) -> str:
    return f'"{name}"'


@cache
def iceberg_schema() -> Schema:
    """The columns as Iceberg has them; ids are in the order of the columns and never change."""
    from pyiceberg.io.pyarrow import _ConvertToIcebergWithoutIDs, visit_pyarrow
    from pyiceberg.schema import assign_fresh_schema_ids

    return assign_fresh_schema_ids(visit_pyarrow(arrow_schema(), _ConvertToIcebergWithoutIDs()))


@cache
def partitions() -> PartitionSpec:
    """A part for each day and account."""
    from pyiceberg.partitioning import PartitionField, PartitionSpec
    from pyiceberg.transforms import DayTransform, IdentityTransform

    schema = iceberg_schema()
    return PartitionSpec(
        PartitionField(schema.find_field("eventTime").field_id, 1000, DayTransform(), "day"),
        PartitionField(schema.find_field("account").field_id, 1001, IdentityTransform(), "account"),
    )


def rows_to_table(rows: Sequence[Row], account: str, ingested_at: datetime) -> pa.Table:
    """Rows of one account as an Arrow table, in their order; raises `UnicodeDecodeError` for a text that is not UTF-8."""
    import pyarrow as pa

    schema = arrow_schema()
    records = [row.record for row in rows]
    columns: list[Any] = [
        pa.repeat(pa.scalar(account), len(rows)),
        pa.array([record.event_time for record in records], schema.field("eventTime").type),
        *_columns(records, TEXTS, pa.string()),
        *_columns(records, BOOLEANS, pa.bool_()),
        _identities(records, schema.field("userIdentity").type),
        _resources(records, schema.field("resources").type),
        pa.array([row.origin for row in rows], pa.string()),
        pa.repeat(pa.scalar(ingested_at, schema.field("ingestedAt").type), len(rows)),
        pa.array([row.decision for row in rows], pa.string()),
        _texts(rows),
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _identities(records: Sequence[Record], kind: Any) -> pa.Array:
    import pyarrow as pa

    distinct: dict[bytes, int] = {}  # a few callers make most calls
    numbers = [distinct.setdefault(bytes(record.identity_text), len(distinct)) for record in records]
    identities = [read_identity(text) or _NO_IDENTITY for text in distinct]
    contexts = [identity.session_context or _NO_CONTEXT for identity in identities]
    context_kind = kind.field("sessionContext").type
    context = pa.StructArray.from_arrays(
        [
            _struct([each.session_issuer or _NO_ISSUER for each in contexts], ISSUER),
            _struct([each.attributes or _NO_ATTRIBUTES for each in contexts], ATTRIBUTES),
            *_columns(contexts, {"sourceIdentity": "source_identity"}, pa.string()),
        ],
        fields=list(context_kind),
    )
    plain = _columns(identities, IDENTITY, pa.string())
    return pa.StructArray.from_arrays([*plain, context], fields=list(kind)).take(pa.array(numbers, pa.int32()))


def _resources(records: Sequence[Record], kind: Any) -> pa.Array:
    import pyarrow as pa

    offsets: list[int | None] = []
    flat: list[Any] = []
    for record in records:
        found = record.resources
        if found is None:
            offsets.append(None)
        else:
            offsets.append(len(flat))
            flat.extend(found)
    offsets.append(len(flat))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), _struct(flat, RESOURCE), type=kind)


def _struct(values: Sequence[Any], members: dict[str, str]) -> pa.StructArray:
    import pyarrow as pa

    return pa.StructArray.from_arrays(_columns(values, members, pa.string()), names=list(members))


def _columns(values: Sequence[Any], members: dict[str, str], kind: pa.DataType) -> list[pa.Array]:
    """A column for each of the members."""
    import pyarrow as pa

    return [pa.array(list(map(attrgetter(member), values)), kind) for member in members.values()]


def _texts(rows: Sequence[Row]) -> pa.Array:
    """The whole records; laid end to end here, which is how Arrow holds them."""
    import pyarrow as pa

    found = [row.text for row in rows]
    ends = pa.array(accumulate(map(len, found), initial=0), pa.int32(), size=len(found) + 1)
    texts = pa.BinaryArray.from_buffers(
        pa.binary(), len(found), [None, ends.buffers()[1], pa.py_buffer(b"".join(found))]
    )
    try:
        return texts.cast(pa.string())
    except pa.ArrowInvalid as error:
        raise UnicodeDecodeError("utf-8", b"", 0, 1, str(error)) from None
