"""How checked templates are written: lines for people, JSON, SARIF."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from garrison import __version__, codec
from garrison.cli.output import printable
from garrison.cli.sarif import SarifResult, sarif
from garrison.policy.analysis.validation.positions import Position
from garrison.rules import Severity

if TYPE_CHECKING:
    from garrison.cli.template.command import Checked
    from garrison.cli.template.found import Found


class Form(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}


def write(checked: Sequence[Checked], form: Form) -> None:
    """Write to standard output."""
    if form is Form.TEXT:
        sys.stdout.write("".join(f"{printable(line)}\n" for one in checked for line in _lines(one)))
    elif form is Form.JSON:
        sys.stdout.write(codec.encode({"templates": [_as_json(one) for one in checked]}).decode() + "\n")
    else:
        results = [_as_sarif(found, one.file) for one in checked for found in one.findings]
        sys.stdout.write(codec.encode(sarif(results, __version__)).decode() + "\n")
    sys.stdout.flush()


def _lines(one: Checked) -> list[str]:
    lines = []
    for found in one.findings:
        line, column = found.place or (1, 1)
        about = f" ({found.resource})" if found.resource else ""
        lines.append(f"{one.file}:{line}:{column}: {found.severity} {found.code}{about}: {found.message}")
    lines += [f"{one.file}: not run: {reason}" for reason in one.not_run]
    count = f"{len(one.findings)} finding{'' if len(one.findings) == 1 else 's'}" if one.findings else "nothing found"
    looked = f"{one.resources} resources, {one.policies} policies, {one.decided} verdicts of Config rules"
    return [*lines, f"{one.file}: {count} ({looked})"]


def _as_json(one: Checked) -> dict[str, Any]:
    return {
        "file": one.file,
        "resources": one.resources,
        "policies": one.policies,
        "verdicts": one.decided,
        "notRun": one.not_run,
        "findings": [_finding(found) for found in one.findings],
    }


def _finding(found: Found) -> dict[str, Any]:
    line, column = found.place or (None, None)
    return {
        "source": found.source,
        "code": found.code,
        "severity": found.severity.value,
        "message": found.message,
        "resource": found.resource,
        "path": list(found.path),
        "line": line,
        "column": column,
        "remedy": found.remedy or None,
    }


def _as_sarif(found: Found, file: str) -> SarifResult:
    line, column = found.place or (1, 1)
    at = Position(line, column - 1, 0)
    link = found.remedy if found.remedy.startswith("https://") else None
    properties = {"source": found.source, "severity": found.severity.value}
    properties |= {"resource": found.resource} if found.resource else {}
    properties |= {"remedy": found.remedy} if found.remedy and link is None else {}
    return SarifResult(found.code, _LEVELS[found.severity], found.message, file, at, at, link, properties)
