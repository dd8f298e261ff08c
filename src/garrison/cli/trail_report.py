"""`garrison report trail`: who did what, from where, what was refused and what was changed; for people, files and programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from garrison import codec
from garrison.cli.answers import time_of
from garrison.cli.options import HomeOption, existing_home
from garrison.cli.output import plain
from garrison.errors import OperatorError
from garrison.runtime.home import Home, node_of
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.lake.report import Period, Report, Section

_MEMORY_MB = 2048
_HIDDEN = frozenset({"Parameters", "Message", "EventId", "Type", "FirstEventTime"})
"""Columns for which a terminal has no room."""
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that a spreadsheet would run (OWASP, "CSV Injection")."""


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    HTML = "html"
    CSV = "csv"
    JSON = "json"


def trail(
    since: Annotated[str | None, typer.Option("--from", help="From this time on.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to this time; without it up to now.")] = None,
    account: Annotated[
        str | None, typer.Option(help="Of this account, by its id; its log files were taken in.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    limit: Annotated[int, typer.Option(help="Rows of each section at most.", min=1, max=10_000)] = 100,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="How long it may take.")] = 600.0,
    memory: Annotated[
        int, typer.Option("--memory-mb", min=64, help="How much memory it may take, in MiB.")
    ] = _MEMORY_MB,
    home: HomeOption = None,
) -> None:
    """Tell who did what, from where, what was refused, and what was changed in IAM, VPC, S3, EC2, keys and trails."""
    place = existing_home(home)
    period = _period(place, account, time_of(since), time_of(until))
    report = _report(place, period, limit, seconds, memory)
    write = _WRITERS[Format.JSON if as_json else form]
    try:
        with _opened(output) as stream:
            write(report, stream)
    except OSError as error:
        raise OperatorError(
            f"{output or 'The output'} cannot be written: {error.strerror}.", "Choose another."
        ) from None


def _period(home: Home, account: str | None, start: datetime | None, end: datetime | None) -> Period:
    from garrison.lake.report import Period

    end = end or datetime.now(UTC)
    if start is not None and start > end:
        raise OperatorError("--from is after --to.", "Turn them round.")
    if account is not None and not (len(account) == 12 and account.isdigit()):
        raise OperatorError(f"{account} is no account.", "Give the twelve digits of its id.")
    return Period(account or load_settings(home.path).account_id, end, start)


def _report(home: Home, period: Period, limit: int, seconds: float, memory: int) -> Report:
    from garrison.journal import Journal
    from garrison.lake.engine import Limits
    from garrison.lake.failures import QueryFailed
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.report import trail_report

    node = node_of(home)
    lake = Lake(place_of(load_settings(home.path), node))
    limits = Limits(seconds=seconds, memory_bytes=memory * 1024**2)
    try:
        return trail_report(lake, Journal(home.journal), node, period, most_rows=limit, limits=limits)
    except QueryFailed as error:
        raise OperatorError(str(error), "Take a shorter time, or raise --seconds and --memory-mb.") from None


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with output.open("w", encoding="utf-8", newline="") as file:
        yield file


def _json(report: Report, stream: TextIO) -> None:
    stream.write(codec.encode(report.shown()).decode() + "\n")


def _html(report: Report, stream: TextIO) -> None:
    from garrison.cli.trail_page import page

    stream.write(page(report))


def _csv(report: Report, stream: TextIO) -> None:
    """Every section in one table: the first column says which, the others are those of all sections."""
    import csv

    from garrison.lake.report import SECTIONS

    members = list(dict.fromkeys(column.member for section in SECTIONS for column in section.columns))
    writer = csv.writer(stream)
    writer.writerow(["Section", *members])
    for section in SECTIONS:
        for row in report.rows[section.name]:
            writer.writerow([section.name, *(_cell(row.get(member, "")) for member in members)])


def _cell(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULAS) else value


def _table(report: Report, stream: TextIO) -> None:
    from rich.console import Console

    from garrison.lake.report import SECTIONS

    console = Console(file=stream)
    summary = report.summary
    console.print(
        plain(
            f"Account {report.period.account}, {summary['FirstEventTime'] or 'no event'} to {summary['LastEventTime'] or 'now'}: "
            f"{summary['Events']:,} events by {summary['Principals']:,} principals from {summary['Addresses']:,} addresses; "
            f"{summary['Changes']:,} changing, {summary['Refused']:,} refused, {summary['Failed']:,} failed otherwise, "
            f"{summary['RootUse']:,} by root."
        )
    )
    for section in SECTIONS:
        console.print()
        _print_section(console, section, report)


def _print_section(console: Any, section: Section, report: Report) -> None:
    from rich.table import Table

    rows = report.rows[section.name]
    if not rows:
        console.print(plain(f"{section.title}: {section.empty}"))
        return
    columns = [column for column in section.columns if column.member not in _HIDDEN]
    drawn = Table(title=section.title, title_justify="left")
    for column in columns:
        drawn.add_column(column.heading, overflow="fold", justify="right" if column.is_number else "left")
    for row in rows:
        drawn.add_row(*(plain(shown(row[column.member])) for column in columns))
    console.print(drawn)
    if left := report.left_out.get(section.name):
        console.print(plain(f"… and {left:,} more: raise --limit."))


def shown(value: Any) -> str:
    """A value as people read it."""
    return f"{value:,}" if isinstance(value, int) else str(value)


_WRITERS = {Format.TABLE: _table, Format.HTML: _html, Format.CSV: _csv, Format.JSON: _json}
