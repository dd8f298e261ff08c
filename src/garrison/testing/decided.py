"""What was recorded of a call and how it was decided, in the form in which a test asks about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from garrison.decision_key import DECISION_KEY
from garrison.testing.principals import Principal, Role

Who: TypeAlias = Principal | Role | str
"""A principal, a role in any session, or a text: ARN, principal id, access key id or user name."""


@dataclass(frozen=True)
class Decision:
    """How one action on one resource was decided."""

    action: str
    resource: str
    effect: str
    """`allowed`, `explicitDeny` or `implicitDeny`."""
    policy_kind: str | None
    """Whose deny it was, whose allow was missing, or whose allow granted: `identity`, `boundary`, `session` …"""
    statements: tuple[str, ...]
    """The statements that decided, as `policy#Sid`, or `policy#index` where a statement has no Sid."""

    @property
    def is_allowed(self) -> bool:
        """Whether it may be done."""
        return self.effect == "allowed"


@dataclass(frozen=True)
class Decided:
    """One call, with how it was decided."""

    record: dict[str, Any]
    """Its CloudTrail record."""
    decisions: tuple[Decision, ...]
    """Every action it needed until the first refusal; none for a call that needs nothing."""
    context: Mapping[str, Any]
    """The condition values that the decisions were made with."""

    @property
    def is_allowed(self) -> bool:
        """Whether the policies let it pass. It may have failed later, for another reason."""
        return all(decision.is_allowed for decision in self.decisions)

    @property
    def refusal(self) -> Decision | None:
        """The decision that refused it."""
        return next((decision for decision in self.decisions if not decision.is_allowed), None)

    def __str__(self) -> str:
        record = self.record
        who = record["userIdentity"].get("arn") or record["userIdentity"].get("type")
        verdict = "allowed"
        if self.refusal is not None:
            by = ", ".join(self.refusal.statements) or f"no {self.refusal.policy_kind} policy allows it"
            verdict = f"{self.refusal.effect} of {self.refusal.action} on {self.refusal.resource} ({by})"
        error = f", {record['errorCode']}" if "errorCode" in record else ""
        return f"{record['eventName']} by {who}: {verdict}{error}"


def cut(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The CloudTrail record of a stored one."""
    return {name: value for name, value in stored.items() if name != DECISION_KEY}


def decided(stored: Mapping[str, Any]) -> Decided:
    """A stored record with its decisions taken out."""
    own = stored.get(DECISION_KEY) or {}
    decisions = tuple(
        Decision(
            action=each["action"],
            resource=each["resource"],
            effect=each["effect"],
            policy_kind=each["kind"],
            statements=tuple(f"{source}#{sid or index}" for source, sid, index in each["statements"]),
        )
        for each in own.get("decisions", ())
    )
    return Decided(cut(stored), decisions, own.get("context", {}))


def is_about(record: Mapping[str, Any], name: str | None, principal: Who | None, since: datetime | int | None) -> bool:
    """Whether a record is of that event name and caller, at that time or later."""
    if name is not None and record["eventName"] != name:
        return False
    if isinstance(since, datetime) and datetime.fromisoformat(record["eventTime"]) < since.replace(microsecond=0):
        return False
    return principal is None or _is_by(record["userIdentity"], principal)


def _is_by(identity: Mapping[str, Any], principal: Who) -> bool:
    if isinstance(principal, Role):
        issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
        return bool(issuer.get("arn") == principal.arn)
    if isinstance(principal, Principal):
        return bool(identity.get("arn") == principal.arn)
    return principal in (identity.get(key) for key in ("arn", "principalId", "accessKeyId", "userName"))
