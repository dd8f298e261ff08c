"""How a decision came about, step by step, for people to read: what the plain way to a decision never pays for."""

from __future__ import annotations

from dataclasses import dataclass

from garrison.waf.decision import Action, Decision


@dataclass(frozen=True, slots=True)
class SeenValue:
    """One part of a field on its way through the transformations."""

    place: str
    """The header's, cookie's or argument's name, or a JSON pointer."""
    stages: tuple[tuple[str, bytes], ...]
    """The value as it came, under the empty name, and after each transformation under its name."""


@dataclass(frozen=True, slots=True)
class StatementStep:
    """What one statement said."""

    statement: str
    """Its kind: `ByteMatch`, `And` …"""
    outcome: bool | None
    """None: the rule does not apply, as the header that would name the client's address is missing."""
    why: str
    """In plain words."""
    field: str = ""
    """In the log's words; empty where none is read."""
    values: tuple[SeenValue, ...] = ()
    parts: tuple[StatementStep, ...] = ()
    """Of And, Or, Not and scope-down statements: all of them, also those that the decision need not look at."""


@dataclass(frozen=True, slots=True)
class RuleStep:
    """What one rule did, in the order of evaluation."""

    rule: str
    group: str
    """The rule group it stands in, as GroupResult names it; empty for a rule of the web ACL itself."""
    statement: StatementStep | None
    """None for a rule that refers to a group without narrowing its scope: the steps of its rules follow."""
    action: Action | None
    """What was done; None when the rule did not match."""
    overridden: Action | None = None
    labels: tuple[str, ...] = ()
    """What was added."""


@dataclass(frozen=True, slots=True)
class Explanation:
    steps: tuple[RuleStep, ...]
    """Up to the rule that ended the evaluation."""
    decision: Decision
