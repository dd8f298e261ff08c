"""Many rules at once: a record is shown only to the rules that its `eventName` leaves possible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from garrison.detect.sigma.matching import Match, Record, compile_match
from garrison.detect.sigma.reading import Rule
from garrison.detect.sigma.tree import values_needed

_BY = "eventName"


class RuleSet:
    """Compiled rules."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._always: list[tuple[Rule, Match]] = []
        self._by_name: defaultdict[str, list[tuple[Rule, Match]]] = defaultdict(list)
        for rule in rules:
            compiled = rule, compile_match(rule.condition)
            names = values_needed(rule.condition, _BY)
            if names is None:
                self._always.append(compiled)
            for name in names or ():
                self._by_name[name].append(compiled)

    def matches(self, record: Record) -> Iterator[Rule]:
        """The rules that a CloudTrail record meets."""
        name = record.get(_BY)
        for rules in (self._by_name.get(name.lower(), ()) if isinstance(name, str) else (), self._always):
            for rule, match in rules:
                if match(record):
                    yield rule
