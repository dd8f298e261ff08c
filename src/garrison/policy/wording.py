"""AWS's words for a denial.

Source: IAM user guide, "Troubleshoot access denied error messages"; a role trust policy's examples leave the resource out.
"""

from __future__ import annotations

from .decision import Decision, Verdict
from .document import PolicyKind

_NO_POLICY = {
    PolicyKind.IDENTITY: "no identity-based policy",
    PolicyKind.RESOURCE: "no resource-based policy",
    PolicyKind.TRUST: "no role trust policy",
    PolicyKind.BOUNDARY: "no permissions boundary",
    PolicyKind.SESSION: "no session policy",
    PolicyKind.SCP: "no service control policy",
    PolicyKind.RCP: "no resource control policy",
}
_DENY_IN = {
    PolicyKind.IDENTITY: "an identity-based policy",
    PolicyKind.RESOURCE: "a resource-based policy",
    PolicyKind.TRUST: "the role trust policy",
    PolicyKind.BOUNDARY: "a permissions boundary",
    PolicyKind.SESSION: "a session policy",
    PolicyKind.SCP: "a service control policy",
    PolicyKind.RCP: "a resource control policy",
}


def denial_message(principal_arn: str, action: str, resource: str | None, decision: Decision) -> str:
    """The sentence that a denied caller reads; a resource of None is left out of it."""
    about = f" on resource: {resource}" if resource is not None else ""
    return f"User: {principal_arn} is not authorized to perform: {action}{about} {denial_reason(action, decision)}"


def denial_reason(action: str, decision: Decision) -> str:
    """The part of the sentence that names the kind of policy."""
    kind = decision.policy_kind or PolicyKind.IDENTITY
    if decision.effect is Verdict.EXPLICIT_DENY:
        return f"with an explicit deny in {_DENY_IN[kind]}"
    return f"because {_NO_POLICY[kind]} allows the {action} action"
