"""What a web ACL decided about a request, with everything needed to answer, log, count and explain it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class Action(StrEnum):
    ALLOW = "ALLOW"
    BLOCK = "BLOCK"
    COUNT = "COUNT"


class RuleKind(StrEnum):
    """The `terminatingRuleType` of a log record."""

    REGULAR = "REGULAR"
    RATE_BASED = "RATE_BASED"
    GROUP = "GROUP"
    MANAGED = "MANAGED_RULE_GROUP"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Bytes that a statement matched, and where they stood."""

    condition: str
    """The statement in the log's words: SQL_INJECTION, XSS, REGEX, STRING, SIZE, GEO, IP, ASN, LABEL, RATE."""
    field: str
    """The field to match in the log's words: HEADER, URI_PATH, QUERY_STRING, ALL_QUERY_ARGS, BODY, JSON_BODY, COOKIES …; empty where none is read."""
    place: str = ""
    """Which part of the field: the header's, cookie's or argument's name, or a JSON pointer."""
    matched: bytes = b""
    """What matched, after the transformations: at most `MATCHED_BYTES` of it."""
    start: int = 0
    """Where it begins in the transformed value, in bytes."""
    transformations: tuple[str, ...] = ()
    level: str = ""
    """The sensitivity of SQL_INJECTION: LOW or HIGH."""


MATCHED_BYTES = 100
"""How much of a match is kept."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that matched, be it that it ended the evaluation or was only counted."""

    rule: str
    action: Action
    """What this rule would do or did; COUNT for one that was overridden to count."""
    overridden: Action | None = None
    """What the rule itself says, when an override made it something else."""
    evidence: tuple[Evidence, ...] = ()
    labels: tuple[str, ...] = ()
    """What it added, fully qualified."""
    metric: str = ""
    """The metric's name; empty when the rule's visibility asks for none."""
    sampled: bool = False
    """Whether the rule's visibility asks for sampled requests."""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What a rule group did inside a web ACL: one entry of the log's `ruleGroupList`."""

    group: str
    """`AWS#AWSManagedRulesCommonRuleSet#Version_1.0`, or the ARN of an own group."""
    rule: str
    """The name of the web ACL's rule that refers to the group."""
    terminating: Hit | None = None
    counted: tuple[Hit, ...] = ()
    excluded: tuple[str, ...] = ()
    """Rules that matched but are excluded (counted because of ExcludedRules)."""


@dataclass(frozen=True, slots=True)
class RateHit:
    """A rate-based rule that this request was held against over its limit."""

    rule: str
    key_type: str
    """IP, FORWARDEDIP, CONSTANT or CUSTOMKEYS."""
    limit: int
    window_seconds: int
    keys: tuple[tuple[str, str], ...] = ()
    """The kinds and values of the aggregation key. A kind that has a name brings it along: `HEADER:dogname`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a blocked client is told."""

    status: int = 403
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Decision:
    action: Action
    """ALLOW or BLOCK."""
    rule: str
    """The name of the rule of the web ACL that ended the evaluation; `Default_Action` when none did."""
    kind: RuleKind
    terminating: Hit | None = None
    """The hit that ended it: of the rule itself, or of the rule inside its group."""
    counted: tuple[Hit, ...] = ()
    """Rules of the web ACL itself that matched without ending the evaluation."""
    groups: tuple[GroupResult, ...] = ()
    rates: tuple[RateHit, ...] = ()
    labels: tuple[str, ...] = ()
    answer: Answer | None = None
    """For BLOCK."""
    inserted: tuple[tuple[str, str], ...] = ()
    """Headers to add to a request that goes on, already with their `x-amzn-waf-` prefix."""
    oversize: tuple[str, ...] = ()
    """The fields of which only the beginning was inspected, in the log's words."""
    doubts: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False, repr=False)
    """Finds the ambiguities: only those who explain or log a request ask for them."""

    @property
    def ambiguities(self) -> tuple[str, ...]:
        """How servers may read this request in more than one way, in plain words."""
        return self.doubts()
