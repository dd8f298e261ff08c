"""CSV: a line for each finding, for spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Iterable
from csv import writer

from garrison.findings.finding import Finding

COLUMNS = (
    "account", "region", "severity", "state", "check", "title", "resource_type", "resource", "arn", "evidence", "fix",
    "standards", "event", "event_at", "event_by", "excused_until", "excused_because", "excused_by", "seen_at", "id",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell; names and values come from whoever made the resource."""


def csv(findings: Iterable[Finding]) -> str:
    """The findings with a header."""
    out = io.StringIO()
    lines = writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows([harmless(cell) for cell in _cells(finding)] for finding in findings)
    return out.getvalue()


def _cells(finding: Finding) -> list[str]:
    cause, excuse = finding.cause, finding.excuse
    return [
        finding.account,
        finding.region,
        finding.severity.value,
        "EXCUSED" if finding.is_excused else finding.state.value,
        finding.check,
        finding.title,
        finding.resource_type,
        finding.name,
        finding.arn,
        finding.evidence,
        finding.fix,
        " ".join(finding.standards),
        f"{cause.source}:{cause.name}" if cause else "",
        cause.at.isoformat() if cause else "",
        cause.who if cause else "",
        excuse.until.isoformat() if excuse else "",
        excuse.reason if excuse else "",
        excuse.owner if excuse else "",
        finding.seen_at.isoformat(),
        finding.id,
    ]


def harmless(cell: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
