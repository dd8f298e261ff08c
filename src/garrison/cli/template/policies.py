"""What Access Analyzer's checks say of the policies in a template: ValidatePolicy of all, CheckNoPublicAccess of those of resources."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from garrison.cli.template.found import Found
from garrison.policy import MalformedPolicy, PolicyKind, parse_document
from garrison.policy.analysis import Result, check_no_public_access
from garrison.policy.analysis.validation import FindingType, validate_policy
from garrison.rules import Severity
from garrison.templates import Path, Scope, evaluate, present

_SEVERITIES = {
    FindingType.ERROR: Severity.HIGH,
    FindingType.SECURITY_WARNING: Severity.HIGH,
    FindingType.WARNING: Severity.MEDIUM,
    FindingType.SUGGESTION: Severity.LOW,
}
_STEPS = 200_000
"""Work for one policy's proof; beyond it there is no answer."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A policy in a template."""

    kind: PolicyKind
    document: Any
    path: Path
    is_private: bool
    """Whether it is to let in nobody whom it does not mean."""


@cache
def _places() -> dict[str, dict[str, str]]:
    return tomllib.loads(files(__package__).joinpath("policies.toml").read_text())


def embedded(scope: Scope) -> Iterator[Embedded]:
    """Every policy of the resources that are there."""
    there = present(scope)
    for name, one in scope.template.resources.items():
        places = _places().get(one.type) if name in there else None
        properties = evaluate(dict(one.properties), scope) if places else {}
        for place, kind in (places or {}).items():
            for path, document in _at(properties, tuple(place.split(".")), ("Resources", name, "Properties")):
                yield Embedded(PolicyKind(kind.split()[0]), document, path, is_private="private" in kind)


def _at(value: Any, steps: tuple[str, ...], path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _at(each, steps, (*path, index))
    elif not steps:
        if isinstance(value, dict | str):
            yield path, value
    elif isinstance(value, dict) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:], (*path, steps[0]))


def checked(scope: Scope) -> tuple[list[Found], int]:
    """The findings, and how many policies there are."""
    found: list[Found] = []
    policies = list(embedded(scope))
    for one in policies:
        text = one.document if isinstance(one.document, str) else json.dumps(one.document)
        found += _validated(one, text)
        if one.is_private:
            found += _public(one, text)
    return found, len(policies)


def _validated(one: Embedded, text: str) -> Iterator[Found]:
    for each in validate_policy(text, one.kind):
        inside = tuple(step for kind, step in each.locations[0].path if kind != "key")
        yield Found(
            source="access-analyzer",
            code=each.issue_code,
            severity=_SEVERITIES[each.finding_type],
            message=each.details,
            path=(*one.path, *inside) if isinstance(one.document, dict) else one.path,
            remedy=each.learn_more_link,
        )


def _public(one: Embedded, text: str) -> Iterator[Found]:
    try:
        verdict = check_no_public_access(parse_document(text, one.kind), steps=_STEPS)
    except MalformedPolicy:
        return  # said by the other check
    if verdict.result is Result.FAIL:
        for reason in verdict.reasons:
            request = reason.example.request
            yield Found(
                source="access-analyzer",
                code="PUBLIC_ACCESS",
                severity=Severity.CRITICAL,
                message=f"Anybody may {request.action} on {request.resource}",
                path=(*one.path, "Statement", reason.statement) if isinstance(one.document, dict) else one.path,
                remedy="Name the principals, or fix who calls with a condition.",
            )
    elif verdict.result is Result.UNKNOWN:
        message = "Whether the policy is public could not be shown: it is too complex"
        yield Found("access-analyzer", "PUBLIC_ACCESS_UNKNOWN", Severity.MEDIUM, message, one.path)
