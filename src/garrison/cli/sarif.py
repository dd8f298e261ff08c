"""SARIF 2.1.0, the form in which code hosts take findings of tools. Source: OASIS, "Static Analysis Results Interchange Format"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.policy.analysis.validation.positions import Position

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class SarifResult:
    """One thing found in a file."""

    rule: str
    level: str
    """`error`, `warning` or `note`."""
    message: str
    file: str
    start: Position
    end: Position
    help_uri: str | None = None
    properties: Mapping[str, Any] | None = None


def sarif(results: Iterable[SarifResult], version: str) -> dict[str, Any]:
    """A run of `garrison` with these results."""
    found = list(results)
    rules = {result.rule: _rule(result) for result in found}
    driver = {"name": "garrison", "version": version, "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(result) for result in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(result: SarifResult) -> dict[str, Any]:
    return {"id": result.rule} | ({"helpUri": result.help_uri} if result.help_uri else {})


def _result(result: SarifResult) -> dict[str, Any]:
    region = {
        "startLine": result.start.line,
        "startColumn": result.start.column + 1,
        "endLine": result.end.line,
        "endColumn": result.end.column + 1,
    }
    place = {"physicalLocation": {"artifactLocation": {"uri": result.file}, "region": region}}
    shown: dict[str, Any] = {
        "ruleId": result.rule,
        "level": result.level,
        "message": {"text": result.message},
        "locations": [place],
    }
    return shown | ({"properties": dict(result.properties)} if result.properties else {})
