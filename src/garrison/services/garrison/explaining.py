"""Explain: why a recorded call was decided as it was, or a call would be; and the smallest change that turns it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.arn import parse_arn
from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    CompiledResourcePolicy,
    ContextValue,
    Decision,
    MalformedPolicy,
    denial_reason,
)
from garrison.policy.context import lower_keys
from garrison.policy.reach import policy_on
from garrison.policy.smallest_change import smallest_changes
from garrison.policy.way import way_of
from garrison.policy.world import World
from garrison.services.call import Call
from garrison.services.garrison.callers import (
    arn_of,
    check_action,
    compiled_named,
    compiled_recorded,
    named_entity,
    resource_policy,
)
from garrison.services.garrison.estates import DOCUMENTS, estate_of
from garrison.services.garrison.events import Recorded, find_event
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.garrison.shapes import (
    read_context,
    shown_change,
    shown_context,
    shown_stage,
    shown_statement,
    texts_of,
)

Request = Mapping[str, Any]
Shown = dict[str, Any]

MOST_CHANGES = 3
"""Changes that an explanation proposes where the request does not say how many."""


@service.operation("Explain", needs={"garrison:Explain": "*"}, read_only=True, long=True, hidden=DOCUMENTS)
def explain(call: Call, request: Request) -> Shown:
    """Explain a recorded call by its event or request id, or a principal's action on a resource."""
    ways = [name for name in ("EventId", "RequestId", "Principal") if name in request]
    if len(ways) != 1:
        raise invalid("Give exactly one of EventId, RequestId and Principal.")
    most = request.get("MaxChanges", MOST_CHANGES)
    if "Principal" in request:
        if "Action" not in request:
            raise invalid("Principal needs an Action.")
        check_action(request["Action"])
        of_whom = _of_collected if request.get("Account") else _of_principal
        return {"Explanations": [of_whom(call, request, most)]}
    if request.get("Account"):
        raise invalid("Recorded calls are those of Garrison's own account: Account goes with Principal.")
    recorded = find_event(call, event_id=request.get("EventId"), request_id=request.get("RequestId"))
    if recorded is None:
        raise not_found(f"No event with this {ways[0]} is recorded (yet).")
    return {"Event": _shown_event(recorded), "Explanations": _of_event(call, recorded, most)}


def _of_principal(call: Call, request: Request, most: int) -> Shown:
    entity, context = named_entity(call, request["Principal"]), read_context(request.get("Context"))
    principal = compiled_named(call, entity, context)
    asked = _asked(call, request["Action"], request.get("Resource") or "*", context)
    policy = resource_policy(call.unit, asked.resource)
    return {"Principal": arn_of(call, entity)} | _explanation(principal, asked, policy, most)


def _of_collected(call: Call, request: Request, most: int) -> Shown:
    """An explanation over the identities of a collected account; what was not collected is named."""
    estate, context = estate_of(call, request["Account"]), read_context(request.get("Context"))
    member, resource = estate.named(request["Principal"]), request.get("Resource") or "*"
    if member is None:
        raise not_found(f"{request['Principal']} is not among the principals of the account.")
    owner = estate.owner(resource) or member.identity.account
    try:
        principal = estate.compiled(member)
        principal.context.update(lower_keys(context))
        asked = AuthorizationRequest(request["Action"], resource, owner, context)
        shown = _explanation(principal, asked, policy_on(estate, resource), most)
    except MalformedPolicy as malformed:
        raise invalid(str(malformed)) from malformed
    return {"Principal": member.arn, "Missing": [*member.missing, *estate.missing(resource)]} | shown


def _of_event(call: Call, recorded: Recorded, most: int) -> list[Shown]:
    """An explanation of each decision of a call."""
    principal, context = compiled_recorded(call.unit, recorded), recorded.own.get("context") or {}
    found: list[Shown] = []
    for decided in recorded.decisions:
        asked = _asked(call, decided["action"], decided["resource"], context)
        shown = _explanation(principal, asked, resource_policy(call.unit, asked.resource), most)
        found.append(
            {
                "Principal": recorded.principal_arn,
                **shown,
                "RecordedDecision": decided["effect"],
                "HasChanged": shown["Decision"] != decided["effect"],
            }
        )
    return found


def _asked(call: Call, action: str, resource: str, context: Mapping[str, ContextValue]) -> AuthorizationRequest:
    arn = parse_arn(resource)
    return AuthorizationRequest(action, resource, (arn and arn.account) or call.account, context)


def _explanation(
    principal: CompiledPrincipal, asked: AuthorizationRequest, policy: CompiledResourcePolicy | None, most: int
) -> Shown:
    way = way_of(principal, asked, policy)
    decision = way.explanation.decision
    world = World.of(principal, asked, policy)
    texts = texts_of(world.sources())
    shown: Shown = {
        "Action": asked.action,
        "Resource": asked.resource,
        "Decision": decision.effect.value,
        "Reason": reason(asked.action, decision),
        "DecidingStatements": [shown_statement(one, texts) for one in decision.statements],
        "Way": [shown_stage(stage, texts) for stage in way.stages],
        "MissingContextKeys": list(way.explanation.missing_context_keys),
        "Context": shown_context({**asked.context, **principal.context}),
        "Changes": [shown_change(change) for change in smallest_changes(world, most)] if most else [],
    }
    return shown | ({"PolicyType": decision.policy_kind.value} if decision.policy_kind else {})


def reason(action: str, decision: Decision) -> str:
    """The decision in one sentence."""
    if not decision.is_allowed:
        return f"{action} is denied {denial_reason(action, decision)}"
    if decision.policy_kind is None:
        return f"{action} is allowed to root, which needs no policy"
    named = " and ".join(statement.id for statement in decision.statements)
    return f"{action} is allowed by {named}"


def _shown_event(recorded: Recorded) -> Shown:
    record = recorded.record
    shown = {
        "EventId": record.get("eventID"),
        "RequestId": record.get("requestID"),
        "EventName": record.get("eventName"),
        "EventSource": record.get("eventSource"),
        "EventTime": record.get("eventTime"),
        "ErrorCode": record.get("errorCode"),
        "WasAudited": "audited" in recorded.own,
    }
    return {name: value for name, value in shown.items() if value is not None}
