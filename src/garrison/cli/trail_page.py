"""The report over a trail as one page of HTML: nothing is loaded from elsewhere, nothing in an event can be more than text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from garrison.cli.output import printable

if TYPE_CHECKING:
    from garrison.lake.report import Report, Section

_TILES = (
    ("Events", "events"),
    ("Principals", "principals"),
    ("Addresses", "addresses"),
    ("Changes", "changing calls"),
    ("Refused", "refused"),
    ("Failed", "failed otherwise"),
    ("RootUse", "by root"),
)
_ALARMING = frozenset({"Refused", "RootUse"})
_CODES = frozenset(
    {"Principal", "SourceIPAddress", "EventName", "EventSource", "Resource", "EventId", "Parameters", "ErrorCode"}
)
_BAR, _HEIGHT = 14, 80
"""Pixels of the chart: the distance from one day to the next, and how high the highest is."""


def page(report: Report) -> str:
    """The whole page."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    from garrison.lake.report import SECTIONS

    period, summary = report.period, report.summary
    account = escape(period.account)
    start = period.start.strftime("%Y-%m-%d %H:%M") if period.start else summary["FirstEventTime"] or "the beginning"
    style = files("garrison.cli").joinpath("trail_page.css").read_text(encoding="utf-8")
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Trail of account {account}</title><style>{style}</style></head><body>"
        f"<header><h1>Trail of account {account}</h1>"
        f"<p>{_text(start)} to {period.end:%Y-%m-%d %H:%M} UTC</p></header><ul class=tiles>"
    )
    for member, label in _TILES:
        alarming = " class=alarming" if member in _ALARMING and summary[member] else ""
        yield f"<li{alarming}><b>{summary[member]:,}</b> {label}</li>"
    yield "</ul>"
    yield _chart(report.rows["Days"])
    yield "<nav>" + " · ".join(f'<a href="#{one.name}">{_text(one.title)}</a>' for one in SECTIONS) + "</nav>"
    for section in SECTIONS:
        yield from _section(section, report)
    yield "<footer>Made by Garrison from recorded events. Times are UTC.</footer></body></html>\n"


def _section(section: Section, report: Report) -> Iterator[str]:
    rows = report.rows[section.name]
    yield f'<section id="{section.name}"><h2>{_text(section.title)}</h2>'
    if not rows:
        yield f"<p class=none>{_text(section.empty)}</p></section>"
        return
    heads = "".join(f"<th{' class=n' if one.is_number else ''}>{_text(one.heading)}</th>" for one in section.columns)
    yield f"<div class=wide><table><thead><tr>{heads}</tr></thead><tbody>"
    for row in rows:
        cells = "".join(_cell(column.member, row[column.member], column.is_number) for column in section.columns)
        yield f"<tr{' class=refused' if _is_refused(row) else ''}>{cells}</tr>"
    yield "</tbody></table></div>"
    if left := report.left_out.get(section.name):
        yield f"<p class=none>… and {left:,} more.</p>"
    yield "</section>"


def _cell(member: str, value: Any, is_number: bool) -> str:
    if is_number:
        return f"<td class=n>{value:,}</td>"
    text = _text(str(value))
    return f"<td><code>{text}</code></td>" if member in _CODES and text else f"<td>{text}</td>"


def _is_refused(row: dict[str, Any]) -> bool:
    return bool(row.get("ErrorCode")) or row.get("Outcome") == "Failure"


def _text(text: str) -> str:
    return escape(printable(text))


def _chart(days: Sequence[dict[str, Any]]) -> str:
    """A bar for each day that has events, with what was refused in it."""
    if len(days) < 2:
        return ""
    most = max(day["Events"] for day in days)
    bars = []
    for number, day in enumerate(days):
        x = number * _BAR
        told = f"{day['Day']}: {day['Events']:,} events, {day['Changes']:,} changing, {day['Refused']:,} refused"
        for member in ("Events", "Refused"):
            height = _HEIGHT * day[member] / most
            bars.append(
                f'<rect class="{member.lower()}" x="{x}" y="{_HEIGHT - height:.1f}" width="{_BAR - 3}" '
                f'height="{height:.1f}"><title>{_text(told)}</title></rect>'
            )
    width = len(days) * _BAR
    first, last = _text(days[0]["Day"]), _text(days[-1]["Day"])
    return (
        f'<figure><svg viewBox="0 0 {width} {_HEIGHT}" style="max-width:{width}px" role="img" '
        f'aria-label="Events day by day">{"".join(bars)}</svg><figcaption>Events day by day, {first} to {last}; '
        "what was refused is red.</figcaption></figure>"
    )
