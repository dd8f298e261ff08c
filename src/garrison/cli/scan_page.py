"""A scan as one page of HTML: no script, nothing loaded from elsewhere, and nothing that was found can be more than text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from garrison.assess.pictures import strip
from garrison.findings import Finding, Severity, State
from garrison.findings.finding import worst_first

if TYPE_CHECKING:
    from garrison.cli.scan_result import Scan

MOST_SHOWN = 1_000
"""Of one table; the other formats have all."""


def page(scan: Scan, findings: Sequence[Finding], at: datetime, version: str) -> str:
    """The whole page; `version` is Garrison's."""
    return "".join(_page(scan, findings, at, version))


def _page(scan: Scan, findings: Sequence[Finding], at: datetime, version: str) -> Iterator[str]:
    title = f"Scan of {scan.name}"
    style = files("garrison.assess").joinpath("page.css").read_text(encoding="utf-8")
    platform = scan.inventory.platform
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{style}</style></head><body>"
        f"<header><h1>{_text(title)}</h1><p>{at:%Y-%m-%d %H:%M} UTC · {_text(platform.name or 'unknown system')} · "
        f"{len(scan.inventory.packages):,} packages</p></header>"
    )
    counted = sorted((each for each in findings if each.counts), key=worst_first)
    yield from _overview(findings, counted)
    vulnerable = {each.id for each in scan.vulnerabilities}
    yield from _section(
        "Vulnerable packages, worst first",
        ("Severity", "Vulnerability", "Package", "What is known", "Fix"),
        (
            (_badge(each), f"<code>{_text(each.check)}</code>", _text(each.name), _text(each.evidence), _text(each.fix))
            for each in counted
            if each.check in vulnerable
        ),
    )
    yield from _section(
        "Failed checks, worst first",
        ("Severity", "Check", "What was found", "Fix"),
        (
            (_badge(each), _text(each.title), _text(each.evidence), _text(each.fix))
            for each in counted
            if each.check not in vulnerable
        ),
    )
    yield from _others(findings)
    yield from _inventory(scan)
    yield f"<footer>Made by Garrison {_text(version)}. Times are UTC.</footer></body></html>\n"


def _overview(findings: Sequence[Finding], counted: Sequence[Finding]) -> Iterator[str]:
    states = Counter(each.state for each in findings)
    severities = Counter(each.severity for each in counted)
    tiles = (
        (len(counted), "found"),
        (states[State.PASSED], "passed"),
        (sum(each.is_excused for each in findings), "excused"),
        (states[State.UNKNOWN], "not decided"),
        *((severities[each], each.value.lower()) for each in Severity if severities[each]),
    )
    yield "<div class=top><ul class=tiles>"
    yield from (f"<li><b>{count:,}</b> {label}</li>" for count, label in tiles)
    yield f"</ul></div>{strip({each: severities[each] for each in Severity})}"


def _others(findings: Sequence[Finding]) -> Iterator[str]:
    yield from _section(
        "Excused",
        ("Check", "Of", "Reason", "Owner", "Until"),
        (
            (
                f"<code>{_text(each.check)}</code>",
                _text(each.name),
                _text(each.excuse.reason),
                _text(each.excuse.owner),
                f"{each.excuse.until:%Y-%m-%d}",
            )
            for each in findings
            if each.is_excused and each.excuse is not None
        ),
    )
    yield from _section(
        "Not decided",
        ("Check", "Why"),
        (
            (f"<code>{_text(each.check)}</code>", _text(each.evidence))
            for each in findings
            if each.state is State.UNKNOWN
        ),
    )


def _inventory(scan: Scan) -> Iterator[str]:
    yield from _section(
        "Listening",
        ("Port", "Address", "Program", "User", "Package"),
        (
            (f"{each.port}/{each.protocol}", *map(_text, (each.address, each.process, each.user, each.package)))
            for each in scan.inventory.listeners
        ),
    )
    counts = Counter(each.ecosystem for each in scan.inventory.packages)
    yield from _section(
        "Packages", ("Kind", "Number"), ((_text(kind), f"{count:,}") for kind, count in counts.most_common())
    )


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    known = list(rows)
    if not known:
        return
    yield f"<h2>{title}</h2><div class=wide><table><thead><tr>"
    yield from (f"<th>{head}</th>" for head in heads)
    yield "</tr></thead><tbody>"
    for row in known[:MOST_SHOWN]:
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
    yield "</tbody></table></div>"
    if len(known) > MOST_SHOWN:
        yield f"<p class=soft>… and {len(known) - MOST_SHOWN:,} more.</p>"


def _badge(finding: Finding) -> str:
    severity = finding.severity.value.lower()
    return f'<span class="badge {severity}">{severity}</span>'


def _text(text: str) -> str:
    """Escaped, and without control characters."""
    return escape("".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text))
