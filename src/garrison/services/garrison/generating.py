"""GeneratePolicy: the least policies that allow what a principal did, from its recorded calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from garrison.errors import GarrisonError
from garrison.policy.least_privilege import Use, least_policies, uncovered
from garrison.services.call import Call
from garrison.services.garrison.callers import arn_of, compiled_named, named_entity
from garrison.services.garrison.events import events_between
from garrison.services.garrison.faults import invalid
from garrison.services.garrison.service import service

Request = Mapping[str, Any]
Shown = dict[str, Any]


@service.operation("GeneratePolicy", needs={"garrison:GeneratePolicy": "*"}, read_only=True, long=True)
def generate_policy(call: Call, request: Request) -> Shown:
    """Policies that allow every action that the principal was allowed in a time; checked before they are given."""
    start, end = request.get("StartTime"), request.get("EndTime")
    if start is not None and end is not None and start > end:
        raise invalid("StartTime is after EndTime.")
    entity = named_entity(call, request["Principal"])
    counts: Counter[tuple[str, str]] = Counter()
    contexts: dict[tuple[str, str], Mapping[str, Any]] = {}
    events = 0
    for recorded in events_between(call, start, end, arn_of(call, entity)):
        events += 1
        was_audited = "audited" in recorded.own
        for decided in recorded.decisions:
            if decided["effect"] == "allowed" or was_audited:
                used = decided["action"], decided["resource"]
                counts[used] += 1
                contexts[used] = recorded.own.get("context") or {}
    uses = [Use(action, resource, count, contexts[action, resource]) for (action, resource), count in counts.items()]
    policies = least_policies(uses)
    if uncovered(policies, uses, call.account):
        raise GarrisonError("a generated policy does not allow what it was generated from")
    held = compiled_named(call, entity, {}).identity_sources
    named = {
        action.lower(): action
        for source in held
        for statement in source.document.statements
        for action in statement.actions
        if not statement.not_action and not {"*", "?"} & set(action)
    }
    used_actions = {action.lower() for action, _ in counts}
    return {
        "Policies": policies,
        "Uses": [
            {"Action": use.action, "Resource": use.resource, "Count": use.count}
            for use in sorted(uses, key=lambda use: (use.action, use.resource))
        ],
        "EventCount": events,
        "Unused": sorted(name for lowered, name in named.items() if lowered not in used_actions),
    }
