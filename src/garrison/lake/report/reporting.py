"""Make a report: one look at the events with DuckDB, then a few rows of each section. Memory is bounded by the engine's limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from garrison import codec
from garrison.journal import Journal
from garrison.lake import engine
from garrison.lake.engine import Limits
from garrison.lake.lake import Lake
from garrison.lake.report.classes import change_classes, changed_resource
from garrison.lake.report.period import Period
from garrison.lake.report.sections import SECTIONS
from garrison.lake.report.statements import CHANGE_COUNT, SUMMARY, changes_of, rows_of, summing_up

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]
MOST_DAYS = 4_000
"""Days are told beyond the limit of rows: more than ten years of them."""
_MOST_PARAMETERS = 400
"""Characters of a change's parameters that are shown."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report tells."""

    period: Period
    summary: Mapping[str, Any]
    """Counts of the whole time, and its first and last event."""
    rows: Mapping[str, list[Row]]
    """The rows of each section, by its name."""
    left_out: Mapping[str, int]
    """How many rows of a section are beyond the limit; only those that have such rows."""

    def shown(self) -> dict[str, Any]:
        """The report as the API `GetTrailReport` answers it."""
        start = {"StartTime": self.period.start.isoformat()} if self.period.start is not None else {}
        return {
            "AccountId": self.period.account,
            **start,
            "EndTime": self.period.end.isoformat(),
            "Summary": self.summary,
            **self.rows,
            "LeftOut": self.left_out,
        }


def trail_report(
    lake: Lake, journal: Journal, node: str, period: Period, *, most_rows: int = 100, limits: Limits | None = None
) -> Report:
    """The report of a time; raises `QueryFailed` or `QueryStopped`. `most_rows` is for each section."""
    from garrison.lake.asking import planned
    from garrison.lake.journaling import tail

    limits = limits or Limits()
    table = lake.table() if lake.place.exists else None
    bounds = (period.looks_back_to.isoformat(), period.end.isoformat())
    source = planned(table, bounds, lake.place.is_local)[0]._replace(tail=tail(journal, table, node))
    with engine.opened(source, {engine.TABLE: ""}, limits) as connection, engine.timed(connection, limits):
        for statement in summing_up(period):
            _run(connection, statement, limits)
        return _report(connection, period, most_rows, limits)


def _report(connection: duckdb.DuckDBPyConnection, period: Period, most_rows: int, limits: Limits) -> Report:
    rows: dict[str, list[Row]] = {}
    left_out: dict[str, int] = {}
    for section in SECTIONS:
        if section.source:
            most = MOST_DAYS if section.name == "Days" else most_rows
            found = _run(connection, rows_of(section, most), limits)
            total = found[0]["total"] if found else 0
        else:
            found = _run(connection, changes_of(period, most_rows), limits)
            total = _run(connection, CHANGE_COUNT, limits)[0]["total"]
        for row in found:
            _finish(row)
        rows[section.name] = found
        if total > len(found):
            left_out[section.name] = int(total) - len(found)
    return Report(period, _whole(_run(connection, SUMMARY, limits)[0]), rows, left_out)


def _finish(row: Row) -> None:
    """What is not said in SQL: titles of classes, and what a changing event's record tells."""
    row.pop("total", None)
    if "record" in row:
        record = _record(row.pop("record"))
        row["Resource"] = changed_resource(record)
        parameters = record.get("requestParameters")
        row["Parameters"] = codec.encode(parameters).decode()[:_MOST_PARAMETERS] if parameters else ""
    if "Class" in row:
        row["Class"] = _titles()[row["Class"]]
    row.update(_whole(row))


def _record(text: str | None) -> dict[str, Any]:
    try:
        found = codec.decode(text) if text is not None else {}
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _titles() -> dict[str, str]:
    return {one.name: one.title for one in change_classes()}


def _whole(row: Mapping[str, Any]) -> Row:
    """Values as they are shown: sums as whole numbers, nothing as an empty text."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, str) else int(value)


def _run(connection: duckdb.DuckDBPyConnection, sql: str, limits: Limits) -> list[Row]:
    """The rows of a statement."""
    import duckdb

    try:
        connection.execute(sql)
        if connection.description is None:
            return []
        names = [column[0] for column in connection.description]
        return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]
    except (duckdb.Error, OSError) as error:
        raise engine.failure(error, limits) from None
