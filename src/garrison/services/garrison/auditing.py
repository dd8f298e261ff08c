"""ListAuditedDenials: what principals in audit mode would have been refused, counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.call import Call
from garrison.services.garrison.callers import arn_of, named_entity
from garrison.services.garrison.events import events_between
from garrison.services.garrison.service import service

_MARK = b'"audited":'
"""What an event of a principal in audit mode holds."""


@service.operation("ListAuditedDenials", needs={"garrison:ListAuditedDenials": "*"}, read_only=True, long=True)
def list_audited_denials(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The refusals that were not enforced, by principal, action and resource, the most frequent first."""
    principal = arn_of(call, named_entity(call, request["Principal"])) if "Principal" in request else None
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for recorded in events_between(call, request.get("StartTime"), request.get("EndTime"), principal, _MARK):
        if not recorded.own.get("audited"):
            continue
        for decided in recorded.decisions:
            if decided["effect"] == "allowed" or decided["action"].startswith("sts:"):
                continue
            key = recorded.principal_arn, decided["action"], decided["resource"]
            denial = found.setdefault(
                key, dict(zip(("Principal", "Action", "Resource"), key, strict=True)) | {"Count": 0}
            )
            denial |= {
                "Count": denial["Count"] + 1,
                "Decision": decided["effect"],
                "PolicyType": decided["kind"],
                "LastEventId": recorded.record["eventID"],
                "LastEventTime": recorded.record["eventTime"],
            }
    denials = sorted(found.values(), key=lambda denial: -denial["Count"])
    return {"Denials": denials, "Total": sum(denial["Count"] for denial in denials)}
