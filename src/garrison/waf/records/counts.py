"""How often rules allowed, blocked and counted, as the metrics of AWS WAF tell it.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action, Decision, GroupResult, Hit

ALLOWED, BLOCKED, COUNTED, PASSED = "AllowedRequests", "BlockedRequests", "CountedRequests", "PassedRequests"
NAMES = {Action.ALLOW: ALLOWED, Action.BLOCK: BLOCKED, Action.COUNT: COUNTED}
ALL, DEFAULT_ACTION = "ALL", "Default_Action"
MOST_LABELS = 100
"""Of a request, that are counted."""

Key = tuple[int, str, tuple[tuple[str, str], ...]]
Dimensions = tuple[tuple[str, str], ...]


class Count(msgspec.Struct, frozen=True):
    """How often something happened in a minute."""

    minute: int
    """When it began, in seconds since 1970."""
    name: str
    """AllowedRequests, BlockedRequests, CountedRequests or PassedRequests."""
    dimensions: tuple[tuple[str, str], ...]
    """Names and values besides WebACL and Region: Rule; RuleGroup and Rule; LabelNamespace and Label."""
    number: int


class Tally:
    """Counts the decisions of one web ACL."""

    def __init__(self, bundle: Bundle) -> None:
        self._acl = bundle.web_acl
        self._group_metrics = {
            arn: group.visibility_config.metric_name
            for arn, group in bundle.rule_groups.items()
            if group.visibility_config is not None and group.visibility_config.cloud_watch_metrics_enabled
        }
        self._visible = {rule.name: rule.visibility_config for rule in self._acl.rules}
        self._counts: Counter[Key] = Counter()

    def add(self, decision: Decision, at: float) -> None:
        """Count a decision about a request that came at `at`, in seconds since 1970."""
        minute = int(at) - int(at) % 60
        for name, dimensions in {*self._of_rules(decision), *self._of_groups(decision), *self._of_labels(decision)}:
            self._counts[minute, name, dimensions] += 1

    def take(self) -> tuple[Count, ...]:
        """What was counted since it was last taken."""
        taken, self._counts = self._counts, Counter()
        return tuple(Count(*key, number) for key, number in taken.items())

    def _of_rules(self, decision: Decision) -> Iterator[tuple[str, Dimensions]]:
        """Of the web ACL's rules, and of all together. A request counts once for a rule."""
        if self._acl.visibility_config.cloud_watch_metrics_enabled:
            yield NAMES[decision.action], (("Rule", ALL),)
            if any(True for _ in _counted(decision)):
                yield COUNTED, (("Rule", ALL),)
        rule = self._visible.get(decision.rule)
        if rule is None and self._acl.visibility_config.cloud_watch_metrics_enabled:
            yield NAMES[decision.action], (("Rule", DEFAULT_ACTION),)
        elif rule is not None and rule.cloud_watch_metrics_enabled:
            yield NAMES[decision.action], (("Rule", rule.metric_name),)
        for hit in decision.counted:
            if hit.metric:
                yield COUNTED, (("Rule", hit.metric),)
        for group in decision.groups:
            rule = self._visible.get(group.rule)
            if group.counted and rule is not None and rule.cloud_watch_metrics_enabled:
                yield COUNTED, (("Rule", rule.metric_name),)

    def _of_groups(self, decision: Decision) -> Iterator[tuple[str, Dimensions]]:
        """Of the rules in rule groups, and of groups in which none matched."""
        for group in decision.groups:
            name = self._name(group)
            if name is None:
                continue
            hits = [*group.counted, *([group.terminating] if group.terminating is not None else [])]
            for hit in hits:
                if hit.metric:
                    yield NAMES[hit.action], (("Rule", hit.metric), ("RuleGroup", name))
            if not hits:
                yield PASSED, (("Rule", ALL), ("RuleGroup", name))

    def _name(self, group: GroupResult) -> str | None:
        """The metric's name of an own group, the name of a managed one; None where it asks for no metrics."""
        if group.group.startswith("arn:"):
            return self._group_metrics.get(group.group)
        return group.group.split("#")[1]

    def _of_labels(self, decision: Decision) -> Iterator[tuple[str, Dimensions]]:
        for label in decision.labels[:MOST_LABELS]:
            namespace, _, name = label.rpartition(":")
            yield NAMES[decision.action], (("Label", name), ("LabelNamespace", f"{namespace}:"))


def _counted(decision: Decision) -> Iterator[Hit]:
    yield from decision.counted
    for group in decision.groups:
        yield from group.counted
