"""Keep how a call was decided: in its record, for explanation and replay, and in EC2's encoded authorization message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.services.sts.denials import denial_details, encode_denial

if TYPE_CHECKING:
    from garrison.gateway.authorize import Authorization
    from garrison.policy import Decision
    from garrison.services.call import Call
    from garrison.store import RootKey


def decision_record(authorization: Authorization) -> dict[str, Any]:
    """A call's decisions and the condition values they were made with, as stored under the record's `_garrison`."""
    return {
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


def encode_refusal(root_key: RootKey, call: Call, authorization: Authorization) -> str:
    """The encoded authorization message of a refused call, for sts:DecodeAuthorizationMessage."""
    assert authorization.refusal is not None
    action, resource, decision = authorization.refusal
    details = denial_details(call.principal, action, resource, decision, authorization.context)
    return encode_denial(root_key, call.account, details, call.at)


def _statements(decision: Decision) -> list[list[str | int | None]]:
    return [[matched.source, matched.sid, matched.index] for matched in decision.statements]
