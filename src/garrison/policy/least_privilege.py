"""The least policies that allow what was done: statements from uses, made to fit, and checked against every use."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .compile import compile_principal
from .context import AuthorizationRequest, ContextValue
from .document import PolicyKind, Source
from .evaluate import decide
from .identity import PrincipalIdentity, PrincipalType
from .parse import parse_document

MOST_CHARACTERS = 6144
"""The size of a managed policy, white space not counted (IAM User Guide, "IAM and STS quotas")."""
_GROUPS_OF = (1_000_000, 50, 20, 5, 1)
"""From how many resources alike on they become one with an asterisk; the next number is tried where a policy is too large."""
_SPECIAL = re.compile(r"[*?$]")


@dataclass(frozen=True, slots=True)
class Use:
    """An action that was allowed on a resource."""

    action: str
    resource: str
    count: int = 1
    context: Mapping[str, ContextValue] = field(default_factory=dict, compare=False)
    """The condition values of one such call."""


def least_policies(uses: Sequence[Use]) -> list[str]:
    """Policies that allow the uses and, resources aside that had to be summed up, nothing else.

    One where it fits into a managed policy, else several.
    """
    if not uses:
        return []
    for most in _GROUPS_OF:
        statements = list(_statements(uses, most))
        document = _document(statements)
        if _size(document) <= MOST_CHARACTERS:
            return [document]
    return list(_split(statements))


def uncovered(documents: Iterable[str], uses: Iterable[Use], account: str) -> list[Use]:
    """The uses that the policies do not allow: none, unless something is wrong."""
    sources = [
        Source(PolicyKind.IDENTITY, f"generated-{number}", parse_document(document))
        for number, document in enumerate(documents, 1)
    ]
    identity = PrincipalIdentity(
        kind=PrincipalType.USER, account=account, arn=f"arn:aws:iam::{account}:user/anybody", user_name="anybody"
    )
    principal = compile_principal(identity, sources)
    return [
        use
        for use in uses
        if not decide(principal, AuthorizationRequest(use.action, use.resource, account, use.context)).is_allowed
    ]


def _statements(uses: Iterable[Use], most: int) -> Iterator[dict[str, Any]]:
    """One statement for all actions of a service that were used on the same resources."""
    resources: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        resources[use.action].add(use.resource)
    by_resources: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for action, used in resources.items():
        summed = tuple(sorted(_summed_up(used, most)))
        by_resources[action.partition(":")[0], summed].append(action)
    for (_, summed), actions in sorted(by_resources.items()):
        yield {"Effect": "Allow", "Action": _one_or_many(sorted(actions)), "Resource": _one_or_many(list(summed))}


def _summed_up(resources: set[str], most: int) -> Iterator[str]:
    """Resources as patterns; more than `most` that differ in their last part alone become one."""
    if "*" in resources:
        yield "*"
        return
    alike: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        alike[_stem(resource)].add(resource)
    for stem, members in alike.items():
        if len(members) > most and stem.endswith("/"):  # never all buckets, or all queues
            yield f"{_literal(stem)}*"
        else:
            yield from map(_literal, members)


def _stem(resource: str) -> str:
    """An ARN without its last part: `arn:aws:iam::123456789012:user/` of a user's."""
    place = max(resource.rfind("/"), resource.rfind(":"))
    return resource[: place + 1]


def _literal(text: str) -> str:
    """A text as a pattern that means nothing but it."""
    return _SPECIAL.sub(lambda found: f"${{{found[0]}}}", text)


def _split(statements: list[dict[str, Any]]) -> Iterator[str]:
    """Several policies, each of a size that IAM takes; a single statement is cut by its resources, then its actions."""
    held: list[dict[str, Any]] = []
    for statement in statements:
        for part in _parts(statement):
            if held and _size(_document([*held, part])) > MOST_CHARACTERS:
                yield _document(held)
                held = []
            held.append(part)
    if held:
        yield _document(held)


def _parts(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if _size(_document([statement])) <= MOST_CHARACTERS:
        yield statement
        return
    for element in ("Resource", "Action"):
        values = statement[element]
        if isinstance(values, list):
            middle = len(values) // 2
            yield from _parts(statement | {element: _one_or_many(values[:middle])})
            yield from _parts(statement | {element: _one_or_many(values[middle:])})
            return
    yield statement


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2, ensure_ascii=False)


def _size(document: str) -> int:
    return len("".join(document.split()))
