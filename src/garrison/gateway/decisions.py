"""Keep how a call was decided: in its record, for explanation and replay, and in EC2's encoded authorization message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.sts.denials import denial_details, encode_denial

if TYPE_CHECKING:
    from garrison.gateway.authorize import Authorization
    from garrison.policy import Decision
    from garrison.services.call import Call
    from garrison.services.identity import Principal
    from garrison.store import RootKey


def decision_record(authorization: Authorization, principal: Principal) -> dict[str, Any]:
    """A call's decisions and the condition values they were made with, as stored under the record's `_garrison`.

    `session` are the policies that were passed to the caller's session, which nothing else keeps; `audited` is how many of
    the decisions would have refused the call, had they been enforced.
    """
    record: dict[str, Any] = {
        "decisions": [
            {
                "action": action,
                "resource": resource,
                "effect": decision.effect.value,
                "kind": decision.policy_kind.value if decision.policy_kind else None,
                "statements": _statements(decision),
            }
            for action, resource, decision in authorization.decisions
        ],
        "context": authorization.context,
    }
    session = principal.session
    if session is not None and (session.policies or session.policy_arns):
        record["session"] = {"policies": session.policies or (), "policyArns": session.policy_arns}
    if authorization.is_audited:
        record["audited"] = sum(map(authorization.lets_pass, authorization.decisions))
    return record


def encode_refusal(root_key: RootKey, call: Call, authorization: Authorization) -> str:
    """The encoded authorization message of a refused call, for sts:DecodeAuthorizationMessage."""
    assert authorization.refusal is not None
    action, resource, decision = authorization.refusal
    details = denial_details(call.principal, action, resource, decision, authorization.context)
    return encode_denial(root_key, call.account, details, call.at)


def _statements(decision: Decision) -> list[list[str | int | None]]:
    return [[matched.source, matched.sid, matched.index] for matched in decision.statements]
