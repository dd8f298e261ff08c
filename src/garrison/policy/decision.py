"""What a decision says: the verdict, the kind of policy that reached it, and the statements that decided."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from .document import Effect, PolicyKind


class Verdict(enum.StrEnum):
    """AWS's three outcomes, in the words of SimulatePrincipalPolicy."""

    ALLOW = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True, slots=True)
class ConditionFinding:
    """One condition of a statement against a request."""

    operator: str
    """As written: `ForAnyValue:StringLikeIfExists`."""
    key: str
    policy_values: tuple[str, ...]
    actual_values: tuple[str, ...] | None
    """None where the key is absent from the request."""
    matched: bool


@dataclass(frozen=True, slots=True)
class MatchedStatement:
    """A statement that decided; its conditions are filled in by `explain` only."""

    source: str
    """The name of the `Source` that holds it."""
    kind: PolicyKind
    index: int
    sid: str | None
    effect: Effect
    conditions: tuple[ConditionFinding, ...] = ()

    @property
    def id(self) -> str:
        """`source#Sid`, or `source#index` (from 0) where the statement has no Sid."""
        return f"{self.source}#{self.sid or self.index}"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to one authorization request."""

    effect: Verdict
    policy_kind: PolicyKind | None
    """Whose deny it was, whose allow was missing, or whose allow granted; None where root needed no policy."""
    statements: tuple[MatchedStatement, ...] = ()
    """The first deny, or the granting allow followed by those of boundary and session policies and, across accounts,
    of the resource; empty where nothing allowed."""

    @property
    def is_allowed(self) -> bool:
        return self.effect is Verdict.ALLOW
