"""`garrison waf explain`: what a web ACL does with a request, and why, step by step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, printable
from garrison.cli.waf.requests import recorded_of
from garrison.cli.waf.web_acls import BundleOption, ScopeOption, WebAclOption, bundle_of
from garrison.errors import OperatorError
from garrison.waf.decision import Decision
from garrison.waf.explanation import Explanation, RuleStep, SeenValue, StatementStep
from garrison.waf.program import Refused, compile_program

_SHOWN_BYTES = 200
_SAID = {True: "matches", False: "does not match", None: "does not apply"}


def explain(
    request: Annotated[
        str,
        typer.Argument(
            help="A curl command line in quotes; or a file with one, a HAR entry, a WAF log or a raw request; - for stdin."
        ),
    ],
    web_acl: WebAclOption = None,
    bundle: BundleOption = None,
    scope: ScopeOption = "REGIONAL",
    address: Annotated[str, typer.Option("--address", help="The client's address.")] = "",
    number: Annotated[int, typer.Option("--number", min=1, help="Which request of the file.")] = 1,
    every: Annotated[bool, typer.Option("--all", help="Show also the rules that did not match.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a web ACL does with a request: each rule, what it looked at after each transformation, and what ended it."""
    recorded = recorded_of(request, number, address, time.time())
    try:
        program = compile_program(bundle_of(home, web_acl, bundle, scope))
    except Refused as problem:
        raise OperatorError(f"The web ACL cannot be used: {problem}.", "Correct the rule.") from None
    explanation = program.explain(recorded.request, recorded.at)
    told = {"Decision": _decision(explanation.decision), "Steps": [_step(one) for one in explanation.steps]}
    if recorded.gaps.names:
        told["Missing"] = list(recorded.gaps.names)
    emit(told, as_json, printable("\n".join(_lines(explanation, recorded.gaps.names, every))))


def _lines(explanation: Explanation, missing: tuple[str, ...], every: bool) -> Iterator[str]:
    decision = explanation.decision
    yield f"{decision.action.value} by {decision.rule}" + (f" ({decision.kind.value})" if decision.terminating else "")
    if missing:
        yield f"The source does not tell: {', '.join(missing)}. They were taken to be absent."
    yield ""
    skipped = 0
    for step in explanation.steps:
        if step.action is None and step.group and not every:
            skipped += 1
            continue
        yield from _step_lines(step)
    if skipped:
        yield f"{skipped} rules of groups did not match: --all shows them."
    for label in decision.labels:
        yield f"label {label}"
    for ambiguity in decision.ambiguities:
        yield f"ambiguous: {ambiguity}"


def _step_lines(step: RuleStep) -> Iterator[str]:
    name = f"{step.group} {step.rule}" if step.group else step.rule
    did = "did not match" if step.action is None else step.action.value
    if step.statement is None and step.action is None:
        did = "asks its group"
    over = f", in place of {step.overridden.value}" if step.overridden is not None else ""
    yield f"{name}: {did}{over}"
    if step.statement is not None:
        yield from _statement_lines(step.statement, "  ")
    yield from (f"  adds {label}" for label in step.labels)


def _statement_lines(step: StatementStep, indent: str) -> Iterator[str]:
    field = f" on {step.field}" if step.field else ""
    yield f"{indent}{step.statement}{field} {_SAID[step.outcome]}: {step.why}"
    for value in step.values:
        yield from _value_lines(value, indent + "  ")
    for part in step.parts:
        yield from _statement_lines(part, indent + "  ")


def _value_lines(value: SeenValue, indent: str) -> Iterator[str]:
    """Each stage that changed the value."""
    last: bytes | None = None
    for name, seen in value.stages:
        if seen != last:
            yield f"{indent}{name or value.place or 'value'}: {_text(seen)}"
        last = seen


def _text(data: bytes) -> str:
    shown = data[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
    return shown if len(data) <= _SHOWN_BYTES else f"{shown}… ({len(data)} bytes)"


def _decision(decision: Decision) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Action": decision.action.value,
        "Rule": decision.rule,
        "Kind": decision.kind.value,
        "Labels": list(decision.labels),
        "Ambiguities": list(decision.ambiguities),
        "OversizeFields": list(decision.oversize),
    }
    if decision.terminating is not None:
        told["Matched"] = [
            {
                "Condition": one.condition,
                "Field": one.field,
                "Place": one.place,
                "Data": _text(one.matched),
                "Start": one.start,
                "Transformations": list(one.transformations),
            }
            for one in decision.terminating.evidence
        ]
    return told


def _step(step: RuleStep) -> dict[str, Any]:
    return {
        "Rule": step.rule,
        "Group": step.group,
        "Action": step.action.value if step.action is not None else None,
        "Overridden": step.overridden.value if step.overridden is not None else None,
        "Labels": list(step.labels),
        "Statement": _statement(step.statement) if step.statement is not None else None,
    }


def _statement(step: StatementStep) -> dict[str, Any]:
    return {
        "Statement": step.statement,
        "Outcome": step.outcome,
        "Why": step.why,
        "Field": step.field,
        "Values": [
            {
                "Place": one.place,
                "Stages": [{"Transformation": name, "Value": _text(seen)} for name, seen in one.stages],
            }
            for one in step.values
        ],
        "Parts": [_statement(one) for one in step.parts],
    }
