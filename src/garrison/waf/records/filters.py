"""Which decisions a LoggingFilter keeps in the log.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingFilter.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.waf.decision import Action, Decision, Hit

_EXCLUDED = "EXCLUDED_AS_COUNT"


def keeps(logging_filter: Mapping[str, Any] | None, decision: Decision) -> bool:
    """Whether a decision is logged: the first filter that it satisfies says so, else the default behavior."""
    if logging_filter is None:
        return True
    actions = frozenset(_actions(decision))
    labels = frozenset(decision.labels)
    for one in logging_filter["Filters"]:
        met = (_is_met(condition, actions, labels) for condition in one["Conditions"])
        if all(met) if one["Requirement"] == "MEETS_ALL" else any(met):
            return bool(one["Behavior"] == "KEEP")
    return bool(logging_filter["DefaultBehavior"] == "KEEP")


def _is_met(condition: Mapping[str, Any], actions: frozenset[str], labels: frozenset[str]) -> bool:
    if "ActionCondition" in condition:
        return condition["ActionCondition"]["Action"] in actions
    return condition["LabelNameCondition"]["LabelName"] in labels


def _actions(decision: Decision) -> Iterator[str]:
    """All that was applied to the request: by the web ACL, and by each rule that matched."""
    yield decision.action.value
    for hit in decision.counted:
        yield from _of(hit)
    for group in decision.groups:
        if group.excluded:
            yield _EXCLUDED
        for hit in (*group.counted, *([group.terminating] if group.terminating else [])):
            yield from _of(hit)


def _of(hit: Hit) -> Iterator[str]:
    yield hit.action.value
    if hit.action is Action.COUNT and hit.overridden is not None:
        yield _EXCLUDED
