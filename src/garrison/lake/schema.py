"""The table of CloudTrail events: its columns and its partitions.

Columns have CloudTrail's own names, so that a statement reads the same here, in CloudTrail Lake and in Spark. What only the
whole record has (requestParameters …) is read from `record`: keeping it twice would double what an event takes on the disk.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

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
SORTED_BY = (("eventSource", "ascending"), ("eventName", "ascending"), ("eventTime", "ascending"))

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
