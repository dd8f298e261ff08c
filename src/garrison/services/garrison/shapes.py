"""Decisions, statements, ways and changes in the members of the `garrison` model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from garrison.policy import ContextValue, MatchedStatement, StatementFinding
from garrison.policy.context import text_of
from garrison.policy.reach import Answer, Step
from garrison.policy.smallest_change import Change
from garrison.policy.spans import Span, statement_spans
from garrison.policy.way import Stage
from garrison.policy.what_can import Capability

Shown = dict[str, Any]
Texts = Mapping[tuple[str, str], str]
"""The texts of policies by kind and name."""


def shown_statement(matched: MatchedStatement, texts: Texts, finding: StatementFinding | None = None) -> Shown:
    """A statement with its place in its policy and, where it was looked at closely, what of it applied."""
    shown: Shown = {
        "Policy": matched.source,
        "PolicyType": matched.kind.value,
        "Index": matched.index,
        "Effect": matched.effect.value,
    }
    if matched.sid:
        shown["Sid"] = matched.sid
    text = texts.get((matched.kind.value, matched.source))
    if text is not None:
        span = _spans(text)[matched.index]
        shown |= {"StartLine": span.start.line, "EndLine": span.end.line}
    if finding is not None:
        shown |= {
            "Applied": finding.applied,
            "PrincipalMatched": finding.principal_matched,
            "ResourceMatched": finding.resource_matched,
        }
    conditions = [_condition(one) for one in matched.conditions]
    return shown | ({"Conditions": conditions} if conditions else {})


def _condition(condition: Any) -> Shown:
    shown: Shown = {
        "Operator": condition.operator,
        "Key": condition.key,
        "PolicyValues": list(condition.policy_values),
        "Matched": condition.matched,
    }
    if condition.actual_values is not None:
        shown["ActualValues"] = list(condition.actual_values)
    return shown


@lru_cache(maxsize=512)
def _spans(text: str) -> tuple[Span, ...]:
    return statement_spans(text)


def shown_stage(stage: Stage, texts: Texts) -> Shown:
    """One kind of policy on the way."""
    return {
        "PolicyType": stage.kind.value,
        "Said": stage.said.value,
        "Policies": list(stage.policies),
        "Statements": [shown_statement(one.statement, texts, one) for one in stage.findings],
    }


def shown_change(change: Change) -> Shown:
    """A change as a list of edits, each with its diff."""
    edits: list[Shown] = []
    for edit in change.edits:
        shown: Shown = {
            "PolicyType": edit.kind.value,
            "Policy": edit.policy,
            "Summary": edit.summary,
            "Diff": edit.diff(),
        }
        edits.append(shown | ({"Document": edit.after} if edit.after is not None else {}))
    return {"Edits": edits, "Decision": change.decision.effect.value}


def shown_context(context: Mapping[str, ContextValue]) -> dict[str, list[str]]:
    """Condition values as lists of texts."""
    return {
        key: [text_of(one) for one in value] if isinstance(value, (list, tuple)) else [text_of(value)]  # type: ignore[arg-type]
        for key, value in sorted(context.items())
    }


def read_context(given: Mapping[str, Sequence[str]] | None) -> dict[str, ContextValue]:
    """A request's condition values: a single text where there is one."""
    return {key: values[0] if len(values) == 1 else list(values) for key, values in (given or {}).items()}


def shown_step(step: Step) -> Shown:
    """One step of a way."""
    shown: Shown = {
        "Principal": step.principal,
        "Action": step.action,
        "Resource": step.resource,
        "Statements": [shown_statement(one, {}) for one in step.decision.statements],
    }
    return shown | ({"Context": shown_context(step.context)} if step.context else {})


def shown_answer(answer: Answer) -> Shown:
    """Somebody who can do what was asked."""
    shown: Shown = {
        "Principal": answer.principal,
        "Certainty": answer.certainty.value,
        "Path": [shown_step(step) for step in answer.path],
    }
    return shown | ({"Missing": list(answer.missing)} if answer.missing else {})


def shown_capability(capability: Capability) -> Shown:
    """Actions that a principal may do on a resource."""
    return {
        "Path": [shown_step(step) for step in capability.path],
        "Actions": list(capability.actions),
        "Resource": capability.resource,
        "Statement": capability.statement,
        "Certainty": capability.certainty.value,
        "Missing": list(capability.missing),
        "ConditionKeys": list(capability.conditions),
        "Limits": list(capability.limits),
    }


def texts_of(sources: Iterable[Any]) -> dict[tuple[str, str], str]:
    """The texts of compiled policies."""
    return {(source.kind.value, source.name): source.document.text for source in sources}
