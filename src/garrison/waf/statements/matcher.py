"""What a statement becomes when a program is compiled, and what it is compiled with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from garrison.waf.addresses import AddressSet
from garrison.waf.bundle import Bundle
from garrison.waf.decision import Evidence, RuleKind
from garrison.waf.evaluation import Evaluation, Screen, View, Views
from garrison.waf.explanation import StatementStep
from garrison.waf.networks import Networks
from garrison.waf.rates import Counters


class Asked(Protocol):
    """What is asked about a request. Holds nothing of it, so that threads share it."""

    def matches(self, evaluation: Evaluation) -> bool | None:
        """Whether it matches. None: it does not apply, which neither And, Or nor Not turns into a match."""
        ...


class Matcher(Asked, Protocol):
    """A compiled statement."""

    def evidence(self, evaluation: Evaluation) -> Iterable[Evidence]:
        """What made it match; asked only after it did."""
        ...

    def explain(self, evaluation: Evaluation) -> StatementStep:
        """The same with its reasons."""
        ...


class Refused(Exception):
    """What a web ACL says cannot be done here, in words for whoever wrote it."""


Wrap = Callable[[str, Any, Matcher], Matcher]
"""Puts something around the matcher of a statement, which is given by its kind and its document."""


@dataclass(frozen=True, slots=True)
class RateRule:
    """A rate-based rule of a program, for whoever asks which clients it limits."""

    rule: str
    group_rule: str
    """The name of the web ACL's rule that refers to the group in which the rule stands; empty for a rule of the web ACL itself."""
    counter: str
    """The name under which its requests are counted."""
    aggregate_key_type: str
    limit: int
    window_seconds: int


@dataclass(slots=True)
class Setting:
    """What statements of one web ACL or rule group are compiled with."""

    bundle: Bundle
    views: Views
    screens: list[Screen]
    """All of the program, with their pattern sets, each at its place."""
    sqli_signs: Screen
    xss_signs: Screen
    """Those for the signs of injections, which all web ACLs have in common."""
    screen: Screen
    """The one for what is being compiled: the web ACL itself, or one rule group, which stays compiled when the web ACL changes."""
    networks: Networks
    counters: Counters
    namespace: str
    """What labels without a prefix are looked for in, and what those of the rules begin with."""
    owner: str = ""
    """The rule of the web ACL that refers to the group being compiled; empty for the web ACL itself."""
    rule: str = ""
    """The rule whose statement is being compiled."""
    ip_sets: dict[str, AddressSet] = field(default_factory=dict)
    """Those made so far."""
    rates: list[RateRule] = field(default_factory=list)
    words: dict[bytes, str] = field(default_factory=dict)
    """Where each pattern comes from, for words of refusal."""
    wrap: Wrap | None = None
    """For whoever asks with requests that are not known in full (`waf.supposing`)."""

    def wrapped(self, kind: str, part: Any, matcher: Matcher) -> Matcher:
        """The matcher of a statement that looks at the request itself, with what is to be around it."""
        return matcher if self.wrap is None else self.wrap(kind, part, matcher)

    @property
    def place(self) -> str:
        """Where we are, for words of refusal."""
        return f"rule {self.owner}/{self.rule}" if self.owner else f"rule {self.rule}"

    def pattern(self, view: View, expression: bytes, words: str) -> int:
        """The number of an expression in the present set, looked for in a view."""
        self.words.setdefault(expression, f"{self.place}: {words}")
        self.screen.look_at(view)
        return self.screen.patterns.add(expression)


KINDS: Mapping[str, RuleKind] = {
    "rate_based_statement": RuleKind.RATE_BASED,
    "rule_group_reference_statement": RuleKind.GROUP,
    "managed_rule_group_statement": RuleKind.MANAGED,
}
"""The kinds of rules that are not regular, by their statement."""
