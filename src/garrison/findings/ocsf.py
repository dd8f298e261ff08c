"""OCSF 1.3: a Compliance Finding (class 2003) or a Vulnerability Finding (2002), as data lakes and SIEMs take it.

Source: schema.ocsf.io, version 1.3.0, "Compliance Finding" with the profile "cloud".
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from garrison.findings.finding import Finding, Severity, State

VERSION = "1.3.0"
_SEVERITIES = {
    Severity.INFORMATIONAL: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_AS_VULNERABILITY = {
    "class_uid": 2002,
    "class_name": "Vulnerability Finding",
    "type_uid": 200201,
    "type_name": "Vulnerability Finding: Create",
}
"""What is told otherwise of a known vulnerability."""
_COMPLIANCE = {
    State.PASSED: (1, "Pass"),
    State.UNKNOWN: (2, "Warning"),
    State.FAILED: (3, "Fail"),
    State.NOT_APPLICABLE: (99, "Not applicable"),
}


def ocsf(finding: Finding, version: str) -> dict[str, Any]:
    """One finding as an event; `version` is Garrison's."""
    severity_id, severity = _SEVERITIES[finding.severity if finding.state is State.FAILED else Severity.INFORMATIONAL]
    status_id, status = _status(finding)
    made: dict[str, Any] = {
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": _milliseconds(finding.seen_at),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": finding.evidence or finding.title,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": {"name": "Garrison", "vendor_name": "Garrison", "version": version},
            "event_code": finding.check,
        },
        "finding_info": _info(finding),
        "compliance": _compliance(finding),
        "cloud": {
            "provider": "AWS",
            "region": finding.region,
            "account": {"uid": finding.account, "type_id": 10, "type": "AWS Account"},
        },
        "resources": [_resource(finding)],
    }
    if finding.vulnerability is not None:
        del made["compliance"]
        made |= _AS_VULNERABILITY | {"vulnerabilities": [finding.vulnerability.as_ocsf()]}
    if finding.fix:
        made["remediation"] = {"desc": finding.fix}
    if finding.excuse is not None:
        made["comment"] = f"{finding.excuse.reason} ({finding.excuse.owner})"
    return made


def _info(finding: Finding) -> dict[str, Any]:
    info: dict[str, Any] = {
        "uid": finding.id,
        "title": finding.title,
        "desc": finding.evidence or finding.title,
        "types": [finding.product],
        "last_seen_time": _milliseconds(finding.seen_at),
    }
    if finding.cause is not None:
        info["created_time"] = _milliseconds(finding.cause.at)
        info["related_events"] = [
            {"uid": finding.cause.event_id, "type": f"{finding.cause.source}:{finding.cause.name}"}
        ]
    return info


def _compliance(finding: Finding) -> dict[str, Any]:
    status_id, status = _COMPLIANCE[finding.state]
    return {
        "control": finding.check,
        "standards": list(finding.standards) or ["Garrison"],
        "status_id": status_id,
        "status": status,
        "status_detail": finding.evidence,
    }


def _resource(finding: Finding) -> dict[str, Any]:
    return {
        "uid": finding.arn,
        "name": finding.name,
        "type": finding.resource_type,
        "region": finding.region,
        "cloud_partition": finding.partition,
        "labels": [f"{key}:{value}" for key, value in finding.tags.items()],
    }


def _status(finding: Finding) -> tuple[int, str]:
    if finding.state in (State.PASSED, State.NOT_APPLICABLE):
        return 4, "Resolved"
    return (3, "Suppressed") if finding.is_excused else (1, "New")


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
