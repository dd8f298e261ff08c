"""A simulation says what `decide` says, and a statement's span is where the statement stands."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from garrison.policy import AuthorizationRequest, Effect, Verdict, decide
from garrison.policy.simulation import simulate
from garrison.policy.spans import Position, statement_spans
from tests.policy.test_properties import arguments, policies, requests, worlds


@given(worlds, requests)
def test_simulate_says_what_decide_says(world: dict[str, Any], request: AuthorizationRequest) -> None:
    asked = arguments(world, request)
    decision, simulated = decide(*asked), simulate(*asked)
    assert simulated.verdict is decision.effect
    effects = {statement.effect for _, statement in simulated.matched}
    assert effects <= {Effect.DENY if decision.effect is Verdict.EXPLICIT_DENY else Effect.ALLOW}
    if world["boundary"] is None:
        assert simulated.boundary_verdict is None
    elif decision.is_allowed and world["resource"] is None:
        assert simulated.boundary_verdict is Verdict.ALLOW


def offset(text: str, position: Position) -> int:
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: position.line - 1]) + position.column - 1


@given(policies, st.sampled_from([None, 0, 1, 4]), st.booleans(), st.sampled_from(["Id", 'a"]', "Statement"]))
def test_a_span_holds_its_statement_and_nothing_else(
    written: list[dict[str, Any]], indent: int | None, is_alone: bool, identifier: str
) -> None:
    statements = written[:1] if is_alone else written
    document = {"Id": identifier, "Statement": statements[0] if is_alone else statements, "Version": "2012-10-17"}
    text = json.dumps(document, indent=indent)
    spans = statement_spans(text)
    parts = [text[offset(text, span.start) : offset(text, span.end)] for span in spans]
    assert [json.loads(part.lstrip(", \n")) for part in parts] == statements


def test_positions_are_those_of_the_aws_cli_example() -> None:
    lines = [
        "{",
        '    "Version": "2012-10-17",',
        '    "Statement": [',
        "        {",
        '            "Effect": "Allow"',
        "        }",
    ]
    (span,) = statement_spans("\n".join([*lines, "    ]", "}"]))
    assert span == (Position(3, 19), Position(6, 10))
