"""SARIF 2.1.0: what code hosts and editors take. Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from garrison.findings.finding import Finding, Severity, State

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFORMATIONAL: "note",
}
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFORMATIONAL: "0.0",
}
"""GitHub's `security-severity`: over 9 is critical, over 7 high, over 4 medium."""
_KINDS = {
    State.FAILED: "fail",
    State.PASSED: "pass",
    State.UNKNOWN: "review",
    State.NOT_APPLICABLE: "notApplicable",
}


def sarif(findings: Sequence[Finding], version: str) -> dict[str, Any]:
    """A run of Garrison with these findings; `version` is Garrison's."""
    first = {finding.check: finding for finding in reversed(findings)}
    checks = sorted(first)
    numbers = {check: number for number, check in enumerate(checks)}
    driver = {
        "name": "Garrison",
        "semanticVersion": version,
        "rules": [_rule(first[check]) for check in checks],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers[finding.check]) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.check,
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": " ".join(filter(None, (finding.title, finding.source)))},
        "help": {"text": finding.fix or finding.title},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": {
            "security-severity": _SCORES[finding.severity],
            "tags": ["security", finding.service, *finding.standards],
        },
    }


def _result(finding: Finding, number: int) -> dict[str, Any]:
    said = finding.evidence or finding.title
    result: dict[str, Any] = {
        "ruleId": finding.check,
        "ruleIndex": number,
        "kind": _KINDS[finding.state],
        "level": _LEVELS[finding.severity] if finding.state is State.FAILED else "none",
        "message": {"text": f"{finding.name}: {said}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(finding.arn, safe="/")},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [{"fullyQualifiedName": finding.arn, "name": finding.name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"garrison/v1": finding.id},
        "properties": {"account": finding.account, "region": finding.region, "resourceType": finding.resource_type},
    }
    if finding.is_excused and finding.excuse is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.excuse.reason}]
    return result
