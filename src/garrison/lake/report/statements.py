"""The statements behind a report: the events are read once and summed up, and sections are answered from the sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from garrison.lake.report.classes import ChangeClass, change_classes, read_names, refused_codes
from garrison.lake.report.period import Period
from garrison.lake.report.sections import CHANGED, Section

LONGEST_RECORD = 32 * 1024
"""Of a change whose record is longer the parameters are not shown."""
_LONGEST_MESSAGE = 300
_EVENTS = "cloudtrail_events"


def summing_up(period: Period) -> Iterable[str]:
    """The statements that make the tables `sums`, `sign_ins`, `seen` and `days`."""
    times = _between(period.begins, period.end)
    mine = f"account = {_text(period.account)}"
    yield f"""
        CREATE TEMP TABLE sums AS
        SELECT {_WHO} AS who, coalesce(userIdentity.type, '') AS kind, coalesce(sourceIPAddress, '') AS address,
            coalesce(eventSource, '') AS source, coalesce(eventName, '') AS name, coalesce(errorCode, '') AS error,
            {_refused()} AS is_refused, {_read()} AS is_read, {_ROOT} AS is_root, {_class()} AS class,
            count(*) AS n, min(eventTime) AS first_at, max(eventTime) AS last_at, arg_max(eventID, eventTime) AS event_id,
            arg_max("left"(errorMessage, {_LONGEST_MESSAGE}), eventTime) AS message
        FROM {_EVENTS} WHERE {mine} AND {times} GROUP BY ALL"""
    yield f"""
        CREATE TEMP TABLE sign_ins AS
        SELECT coalesce(userIdentity.arn, userIdentity.userName, userIdentity.principalId, 'unknown') AS who,
            coalesce(sourceIPAddress, '') AS address, eventName AS name,
            coalesce(json_extract_string(record, '$.responseElements.' || eventName),
                CASE WHEN errorMessage IS NULL AND errorCode IS NULL THEN 'Success' ELSE 'Failure' END) AS outcome,
            coalesce(json_extract_string(record, '$.additionalEventData.MFAUsed'), '') AS mfa,
            count(*) AS n, min(eventTime) AS first_at, max(eventTime) AS last_at, arg_max(eventID, eventTime) AS event_id,
            arg_max("left"(errorMessage, {_LONGEST_MESSAGE}), eventTime) AS message
        FROM {_EVENTS} WHERE {mine} AND {times} AND eventSource = 'signin.amazonaws.com'
            AND eventName IN ('ConsoleLogin', 'SwitchRole', 'ExitRole', 'CheckMfa', 'PasswordRecoveryCompleted',
                'PasswordRecoveryRequested', 'PasswordUpdated')
        GROUP BY ALL"""
    before = _between(period.looks_back_to, period.begins, is_open=True)
    yield f"""
        CREATE TEMP TABLE seen AS SELECT DISTINCT {_WHO} AS who, coalesce(sourceIPAddress, '') AS address
        FROM {_EVENTS} WHERE {mine} AND {before if period.start is not None else "false"}"""
    yield f"""
        CREATE TEMP TABLE days AS SELECT date_trunc('day', eventTime) AS day, count(*) AS n,
            count(*) FILTER (NOT {_read()}) AS changing, count(*) FILTER ({_refused()}) AS refused
        FROM {_EVENTS} WHERE {mine} AND {times} GROUP BY 1"""


SUMMARY = """
    SELECT coalesce(sum(n), 0) AS "Events", coalesce(sum(n) FILTER (NOT is_read), 0) AS "Changes",
        coalesce(sum(n) FILTER (is_refused), 0) AS "Refused",
        coalesce(sum(n) FILTER (error <> '' AND NOT is_refused), 0) AS "Failed",
        count(DISTINCT who) AS "Principals", count(DISTINCT address) AS "Addresses",
        coalesce(sum(n) FILTER (is_root), 0) AS "RootUse",
        strftime(min(first_at), '%Y-%m-%dT%H:%M:%SZ') AS "FirstEventTime",
        strftime(max(last_at), '%Y-%m-%dT%H:%M:%SZ') AS "LastEventTime"
    FROM sums"""


def rows_of(section: Section, limit: int) -> str:
    """The rows of a section, and with each how many there are in all."""
    columns = ", ".join(f'{column.expression} AS "{column.member}"' for column in section.columns)
    return f"SELECT {columns}, count(*) OVER () AS total FROM {section.source} ORDER BY {section.order} LIMIT {limit}"


def changes_of(period: Period, limit: int) -> str:
    """The latest changes with their records, as far as these are not long."""
    columns = ", ".join(f'{column.expression} AS "{column.member}"' for column in CHANGED)
    return f"""
        SELECT {columns}, record FROM (
            SELECT eventTime AS happened_at, {_class()} AS class, coalesce(userIdentity.arn, {_WHO}) AS caller,
                coalesce(sourceIPAddress, '') AS address, eventName AS name, coalesce(errorCode, '') AS error,
                eventID AS event_id, CASE WHEN strlen(record) <= {LONGEST_RECORD} THEN record END AS record
            FROM {_EVENTS}
            WHERE account = {_text(period.account)} AND {_between(period.begins, period.end)} AND {_class()} IS NOT NULL
            ORDER BY eventTime DESC, eventID LIMIT {limit})
        ORDER BY happened_at DESC, event_id"""


CHANGE_COUNT = "SELECT coalesce(sum(n), 0) AS total FROM sums WHERE class IS NOT NULL"

_WHO = """(CASE WHEN userIdentity.type = 'AssumedRole'
    THEN coalesce(userIdentity.sessionContext.sessionIssuer.arn, userIdentity.arn, userIdentity.principalId, 'unknown')
    ELSE coalesce(userIdentity.arn, userIdentity.invokedBy, userIdentity.userName,
        userIdentity.accountId || ' ' || userIdentity.principalId, userIdentity.principalId, userIdentity.accountId,
        userIdentity.type, 'unknown') END)"""
"""The caller as policies name it: the role of a session, else the caller itself."""
_ROOT = """(coalesce(userIdentity.type, '') = 'Root' AND userIdentity.invokedBy IS NULL
    AND coalesce(eventType, '') <> 'AwsServiceEvent')"""
"""Use of root by somebody, as the CIS AWS Foundations Benchmark ("usage of the root account") tells it from AWS's own."""


def _refused() -> str:
    likes = " OR ".join(f"errorCode LIKE {_text(code)}" for code in refused_codes())
    return f"coalesce({likes}, false)"


def _read() -> str:
    begins = " OR ".join(f"starts_with(eventName, {_text(name)})" for name in read_names())
    return f"coalesce(readOnly, {begins}, false)"


def _class() -> str:
    cases = " ".join(f"WHEN {_holds(one)} THEN {_text(one.name)}" for one in change_classes())
    return f"(CASE {cases} END)"


def _holds(one: ChangeClass) -> str:
    sources = f"eventSource IN ({', '.join(map(_text, one.sources))})"
    if one.events:
        return f"{sources} AND eventName IN ({', '.join(map(_text, one.events))})"
    return f"{sources} AND NOT ({' OR '.join(f'starts_with(eventName, {_text(name)})' for name in one.reads)})"


def _between(start: datetime, end: datetime, *, is_open: bool = False) -> str:
    return f"eventTime >= {_instant(start)} AND eventTime {'<' if is_open else '<='} {_instant(end)}"


def _instant(at: datetime) -> str:
    return f"TIMESTAMPTZ '{at.astimezone(UTC).isoformat()}'"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
