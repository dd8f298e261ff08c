"""Filters of findings: criteria by property, as archive rules and listings give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.accessanalyzer.policies import invalid
from garrison.services.accessanalyzer.resources import AccessFinding

_PROPERTIES = frozenset(
    {
        "action",
        "createdAt",
        "error",
        "findingType",
        "id",
        "isPublic",
        "resource",
        "resourceOwnerAccount",
        "resourceType",
        "status",
        "updatedAt",
    }
)
_PREFIXES = ("principal.", "condition.")
MOST_CRITERIA_VALUES = 20
"""Of one criterion (API reference, Criterion)."""


def check(criteria: Mapping[str, Mapping[str, Any]], *, for_rule: bool = False) -> None:
    """Refuse a filter that names what findings do not have."""
    for name, criterion in criteria.items():
        if name not in _PROPERTIES and not name.startswith(_PREFIXES):
            raise invalid(f"Findings cannot be filtered by {name[:100]}.")
        if not criterion:
            raise invalid(f"The criterion for {name[:100]} is empty.")
        if any(len(values) > MOST_CRITERIA_VALUES for values in criterion.values() if isinstance(values, list)):
            raise invalid(f"A criterion has at most {MOST_CRITERIA_VALUES} values.")
        if for_rule and name == "status":
            raise invalid("Archive rules cannot filter by status.")


def matches(criteria: Mapping[str, Mapping[str, Any]], finding: AccessFinding) -> bool:
    """Whether a finding satisfies every criterion."""
    return all(_satisfies(criterion, _values(name, finding)) for name, criterion in criteria.items())


def _satisfies(criterion: Mapping[str, Any], values: list[str]) -> bool:
    if "exists" in criterion and bool(values) is not bool(criterion["exists"]):
        return False
    if criterion.get("eq") and not any(value in criterion["eq"] for value in values):
        return False
    if criterion.get("neq") and any(value in criterion["neq"] for value in values):
        return False
    contained = criterion.get("contains")
    return not contained or any(part in value for value in values for part in contained)


def _values(name: str, finding: AccessFinding) -> list[str]:
    group, _, member = name.partition(".")
    if group in ("principal", "condition"):
        held = finding.principal if group == "principal" else finding.condition
        return [held[member]] if member in held else []
    found: dict[str, list[str]] = {
        "action": list(finding.action),
        "createdAt": [finding.created_at.isoformat()],
        "findingType": ["ExternalAccess"],
        "id": [finding.id],
        "isPublic": ["true" if finding.is_public else "false"],
        "resource": [finding.about],
        "resourceOwnerAccount": [finding.account],
        "resourceType": [finding.about_type],
        "status": [finding.status],
        "updatedAt": [finding.updated_at.isoformat()],
    }
    return found.get(name, [])
