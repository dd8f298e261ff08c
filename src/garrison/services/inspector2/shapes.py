"""Findings as Inspector's API shows them."""

from __future__ import annotations

from typing import Any

from garrison.scan_findings import Kept


def shown(finding: Kept) -> dict[str, Any]:
    """A finding as a `Finding`."""
    members = {
        "findingArn": finding.arn,
        "awsAccountId": finding.account,
        "type": finding.type,
        "status": finding.status,
        "severity": finding.severity,
        "title": finding.title,
        "firstObservedAt": finding.first_at,
        "lastObservedAt": finding.last_at,
        "updatedAt": finding.updated_at,
        "inspectorScore": finding.score,
        "fixAvailable": finding.fix,
        "exploitAvailable": finding.exploit,
        "epss": None if finding.epss is None else {"score": finding.epss},
    }
    body = {name: value for name, value in finding.body.items() if name not in _KEPT_APART}
    return body | {name: value for name, value in members.items() if value is not None}


KEPT_APART = "garrison"
"""The member of a finding's body that holds what Inspector's `Finding` has no place for: BatchGetFindingDetails shows it."""
_KEPT_APART = frozenset({KEPT_APART})
