"""How a scan is written: a table for people, a page, and the forms that programs take."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison import __version__, codec
from garrison.cli.output import plain, printable, save
from garrison.cli.scan_findings import BY_VEX, NO_DATA, UNREAD, remedy
from garrison.findings import Exemption, Finding, Severity, State, sarif, unused
from garrison.findings.finding import worst_first

if TYPE_CHECKING:
    from garrison.cli.scan_result import Scan
    from garrison.scan.vulnerabilities import Affected

EXAMPLES = 3
"""Vulnerabilities that the table names of each package."""
MOST_UNREAD = 5
"""Places that the table names of those that could not be read."""
MOST_TAKEN_OUT = 20
"""Vulnerabilities that the table names of those that VEX statements took out."""
MOST_ROWS = 200
"""Packages in the table; the other formats have all."""


class Form(StrEnum):
    """How a scan is written."""

    TABLE = "table"
    HTML = "html"
    JSON = "json"
    SARIF = "sarif"
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"


def write(
    scan: Scan,
    findings: Sequence[Finding],
    form: Form,
    output: Path | None,
    *,
    at: datetime,
    everything: bool,
    exemptions: Sequence[Exemption],
) -> None:
    """Write it to a file or to standard output; where a file takes it, people get a summary."""
    if form is Form.TABLE and output is None:
        from rich.console import Console

        show(scan, findings, Console(), exemptions)
        return
    made = _made(scan, findings, form, at=at, everything=everything, exemptions=exemptions)
    save(made, output)
    if output is not None:
        sys.stdout.write(f"{printable(summary(scan, findings))}\nWritten to {output}.\n")


def _made(
    scan: Scan,
    findings: Sequence[Finding],
    form: Form,
    *,
    at: datetime,
    everything: bool,
    exemptions: Sequence[Exemption],
) -> bytes:
    from garrison.cli.scan_page import page
    from garrison.scan.sbom import cyclonedx, spdx

    told = [each for each in findings if everything or each.state in (State.FAILED, State.UNKNOWN)]
    make: dict[Form, Callable[[], bytes]] = {
        Form.TABLE: lambda: _table_text(scan, findings, exemptions),
        Form.HTML: lambda: page(scan, findings, at, __version__).encode("utf-8", "replace"),
        Form.JSON: lambda: codec.encode(_as_json(scan, told, at)) + b"\n",
        Form.SARIF: lambda: codec.encode(sarif(told, __version__)) + b"\n",
        Form.CYCLONEDX: lambda: codec.encode(cyclonedx(scan.inventory, at=at)) + b"\n",
        Form.SPDX: lambda: codec.encode(spdx(scan.inventory, at=at)) + b"\n",
    }
    return make[form]()


def _as_json(scan: Scan, told: Sequence[Finding], at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "name": scan.name,
        "inventory": scan.inventory,
        "vulnerabilities": scan.vulnerabilities,
        "suppressed": [{"vulnerability": found, "reason": reason} for found, reason in scan.suppressed],
        "checks": scan.checks,
        "gaps": scan.gaps,
        "unread": scan.unread,
        "findings": [
            codec.decode(codec.encode(each)) | {"id": each.id, "is_excused": each.is_excused} for each in told
        ],
    }


def summary(scan: Scan, findings: Sequence[Finding]) -> str:
    """What there is to say in one line."""
    counted = Counter(each.severity for each in findings if each.counts)
    failed = ", ".join(f"{counted[each]:,} {each.value.lower()}" for each in Severity if counted[each])
    states = Counter(each.state for each in findings)
    excused = sum(each.is_excused for each in findings)
    words = [f"{scan.name}: {failed or 'nothing found'}"]
    words += [f"{states[State.PASSED]:,} passed"] * bool(states[State.PASSED])
    words += [f"{excused:,} excused"] * bool(excused)
    words += [f"{states[State.UNKNOWN]:,} not decided"] * bool(states[State.UNKNOWN])
    return f"{', '.join(words)} ({len(scan.inventory.packages):,} packages)."


def _table_text(scan: Scan, findings: Sequence[Finding], exemptions: Sequence[Exemption]) -> bytes:
    import io

    from rich.console import Console

    text = io.StringIO()
    show(scan, findings, Console(file=text, width=160), exemptions)
    return text.getvalue().encode("utf-8", "replace")


def show(scan: Scan, findings: Sequence[Finding], console: Any, exemptions: Sequence[Exemption] = ()) -> None:
    """Show people what was found, worst first, with the fixes, and what could not be decided."""
    counted = sorted((each for each in findings if each.counts), key=worst_first)
    vulnerable = {vulnerability.id for vulnerability in scan.vulnerabilities}
    _show_packages(console, scan, [each for each in counted if each.check in vulnerable])
    _show_checks(console, [each for each in counted if each.check not in vulnerable])
    for line in notes(findings, exemptions):
        console.print(printable(line), markup=False, highlight=False, soft_wrap=True)
    console.print(printable(summary(scan, findings)), markup=False, highlight=False, soft_wrap=True)


def by_package(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings of one package together, the package with the worst first."""
    groups: dict[str, list[Finding]] = {}
    for each in findings:
        groups.setdefault(each.resource_id, []).append(each)
    return list(groups.values())


def _show_packages(console: Any, scan: Scan, found: Sequence[Finding]) -> None:
    from rich.table import Table

    groups = by_package(found)
    if not groups:
        return
    unrated = {each.id for each in scan.vulnerabilities if each.severity == "UNTRIAGED"}
    affected: dict[str, list[Affected]] = {}
    for package in (package for each in scan.vulnerabilities for package in each.packages):
        affected.setdefault(package.purl, []).append(package)
    drawn = Table(
        "Severity", "Package", "Vulnerabilities", "Fix", title="Vulnerable packages, worst first", title_justify="left"
    )
    for each in groups[:MOST_ROWS]:
        named = list(dict.fromkeys(one.check for one in each))
        more = f" and {len(named) - EXAMPLES:,} more" if len(named) > EXAMPLES else ""
        drawn.add_row(
            "not rated" if each[0].check in unrated else each[0].severity.value.lower(),
            plain(each[0].name),
            plain(", ".join(named[:EXAMPLES]) + more),
            plain(remedy(affected.get(each[0].resource_id, []))),
        )
    for column in drawn.columns:
        column.overflow = "fold"
    console.print(drawn)
    if len(groups) > MOST_ROWS:
        console.print(f"… and {len(groups) - MOST_ROWS:,} more packages.\n", markup=False)


def _show_checks(console: Any, found: Sequence[Finding]) -> None:
    from rich.table import Table

    if not found:
        return
    drawn = Table("", "Severity", "Check", "Found", title="Failed checks, worst first", title_justify="left")
    for number, each in enumerate(found, 1):
        drawn.add_row(str(number), each.severity.value.lower(), plain(each.title), plain(each.evidence))
    console.print(drawn)
    console.print("\nHow to put it right:\n", markup=False, highlight=False)
    for number, each in enumerate(found, 1):
        console.print(printable(f"  {number}  {each.fix}"), markup=False, highlight=False, soft_wrap=True)
    console.print()


def notes(findings: Sequence[Finding], exemptions: Sequence[Exemption]) -> list[str]:
    """What else there is to know: what was not decided or not read, and how exceptions stand."""
    undecided = [each for each in findings if each.state is State.UNKNOWN]
    said = [f"Not known: {each.evidence}." for each in undecided if each.check == NO_DATA]
    said += [
        f"Not decided: {each.check}: {each.evidence}." for each in undecided if each.check not in (NO_DATA, UNREAD)
    ]
    taken_out = [each for each in findings if each.evidence.startswith(BY_VEX)]
    said += [f"Taken out: {each.check} of {each.name}: {each.evidence}." for each in taken_out[:MOST_TAKEN_OUT]]
    if len(taken_out) > MOST_TAKEN_OUT:
        said.append(
            f"Taken out by VEX: {len(taken_out) - MOST_TAKEN_OUT:,} others; --format json --all has all of them."
        )
    unread = [each.evidence for each in undecided if each.check == UNREAD]
    said += [f"Not read: {each}." for each in unread[:MOST_UNREAD]]
    if len(unread) > MOST_UNREAD:
        said.append(f"Not read: {len(unread) - MOST_UNREAD:,} other places.")
    said += [
        f"An exception expired on {each.excuse.until:%Y-%m-%d}, it counts again: {each.check} of {each.name} "
        f"({each.excuse.owner}: {each.excuse.reason})."
        for each in findings
        if each.excuse is not None and each.excuse.is_expired
    ]
    said += [
        f"Nothing needs the exception of {each.rule} for {each.resource}." for each in unused(findings, exemptions)
    ]
    return said
