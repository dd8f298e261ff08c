"""Actions that two policies cannot tell apart, as classes over all the actions that AWS has.

The set is finite: every action of the Service Authorization Reference, what the policies name beyond it, and one name for a
pattern that matches nothing known. Within a service a set of actions is the bits of one number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .. import actions as known
from ..document import Effect, Statement
from ..glob import compile_pattern
from .effort import Effort

ELSEWHERE = ("s3", "ec2", "sqs", "sns", "dynamodb", "lambda", "kms", "logs", "glue", "athena", "xray", "ecs")
"""Services of which one stands for all that no policy mentions."""
EVERY_ACTION = frozenset({"*", "*:*"})
_Names = tuple[tuple[str, str], ...]
"""Actions of a service in lower case and as written, in order."""


@dataclass(frozen=True, slots=True)
class ActionClass:
    """Actions to which the same statements apply."""

    example: str
    """One of them, as AWS writes it."""
    new: tuple[int, ...]
    """The numbers of the statements of the new policy that name them."""
    old: tuple[int, ...]


def classes(new: Sequence[Statement], old: Sequence[Statement], effort: Effort) -> list[ActionClass]:
    """The classes that some Allow of the new policy names."""
    statements = (*new, *old)
    patterns = _Patterns(statements)
    allowing = [number for number, statement in enumerate(new) if statement.effect is Effect.ALLOW]
    found: dict[tuple[int, ...], str] = {}
    for service in patterns.services():
        for example, matching in _classes_of(service, patterns, allowing, len(new), effort):
            found.setdefault(matching, example)
    return [
        ActionClass(
            example,
            tuple(number for number in matching if number < len(new)),
            tuple(number - len(new) for number in matching if number >= len(new)),
        )
        for matching, example in found.items()
    ]


class _Patterns:
    """The action patterns of statements, by the service that they name."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.of_service: dict[str, list[tuple[int, str]]] = {}
        self.of_any: list[tuple[int, str]] = []
        """Those whose service is open."""
        self.of_all = {number for number, one in enumerate(statements) if not EVERY_ACTION.isdisjoint(one.actions)}
        self.excluding = [statement.not_action for statement in statements]
        for number, statement in enumerate(statements):
            for action in () if number in self.of_all else statement.actions:
                prefix, colon, _ = action.partition(":")
                if colon and not {"*", "?"} & set(prefix):
                    self.of_service.setdefault(prefix.lower(), []).append((number, action))
                else:
                    self.of_any.append((number, action))

    def services(self) -> list[str]:
        """Those that some pattern mentions, and one of the others."""
        mentioned = set(self.of_service)
        for _, action in self.of_any:
            mentioned.update(_services_of_pattern(action.lower()))
        other = next((service for service in (*ELSEWHERE, *known.services()) if service not in mentioned), None)
        return sorted(mentioned) + ([other] if other else [])

    def asked_of(self, service: str) -> Sequence[tuple[int, str]]:
        """The patterns that may match actions of a service, each with its statement's number."""
        return (*self.of_service.get(service, ()), *self.of_any)


def _classes_of(
    service: str, patterns: _Patterns, allowing: Sequence[int], new_count: int, effort: Effort
) -> Iterable[tuple[str, tuple[int, ...]]]:
    names = _names(service)
    extra = _unknown_names(service, patterns, new_count)
    if extra:
        names = tuple(sorted({*names, *((name.lower(), name) for name in extra)}))
    masks = _masks(service, patterns, names, effort)
    asked = 0
    for number in allowing:
        asked |= masks[number]
    parts = [asked] if asked else []
    for mask in set(masks):
        if mask & asked and mask & asked != asked:
            parts = [piece for part in parts for piece in (part & mask, part & ~mask) if piece]
            effort.spend(1 + len(parts) // 8)
    for part in parts:
        lowest = part & -part
        example = names[lowest.bit_length() - 1][1]
        yield f"{service}:{example}", tuple(position for position, mask in enumerate(masks) if mask & lowest)


def _masks(service: str, patterns: _Patterns, names: _Names, effort: Effort) -> list[int]:
    """For each statement the actions that it names, as the bits of a number."""
    masks = [0] * len(patterns.excluding)
    is_known = names is _names(service)
    for number, action in patterns.asked_of(service):
        pattern = action.lower()
        if is_known:
            masks[number] |= _known_bits(service, pattern)
        else:
            is_prefix = "?" not in pattern and "*" not in pattern[:-1]
            effort.spend(1 if is_prefix else 1 + len(names) // 16)
            masks[number] |= _bits(names, service, pattern)
    everything = (1 << len(names)) - 1
    for number in patterns.of_all:
        masks[number] = everything
    return [everything & ~mask if no else mask for mask, no in zip(masks, patterns.excluding, strict=True)]


def _unknown_names(service: str, patterns: _Patterns, new_count: int) -> list[str]:
    """Names beyond AWS's list: literal ones of any statement, and an example of each pattern that fits no known action."""
    names: dict[str, str] = {}
    for number, action in patterns.of_service.get(service, ()):
        if _known_bits(service, action.lower()):
            continue
        name = action.partition(":")[2]
        if not {"*", "?"} & set(name):
            names.setdefault(name.lower(), name)
        elif number < new_count:
            example = name.replace("*", "Example" if name == "*" else "").replace("?", "x") or "Example"
            names.setdefault(example.lower(), example)
    return list(names.values())


@lru_cache(maxsize=1024)
def _services_of_pattern(pattern: str) -> tuple[str, ...]:
    """The services that have an action matching a pattern whose prefix is open."""
    return tuple(service for service in known.services() if _known_bits(service, pattern))


@lru_cache(maxsize=1024)
def _names(service: str) -> _Names:
    """A service's actions as (lower case, as written), in order."""
    return tuple(sorted((name.partition(":")[2].lower(), name.partition(":")[2]) for name in known.actions_of(service)))


@lru_cache(maxsize=65_536)
def _known_bits(service: str, pattern: str) -> int:
    """The known actions of a service that a pattern in lower case matches."""
    return _bits(_names(service), service, pattern)


def _bits(names: _Names, service: str, pattern: str) -> int:
    prefix, _, name = pattern.partition(":")
    if prefix == service:
        if not {"*", "?"} & set(name):
            at = bisect_left(names, (name, ""))
            return 1 << at if at < len(names) and names[at][0] == name else 0
        if "*" not in name[:-1] and "?" not in name and name.endswith("*"):
            start = bisect_left(names, (name[:-1], ""))
            end = bisect_left(names, (name[:-1] + "\U0010ffff", ""))
            return (1 << end) - (1 << start)
    matches = compile_pattern(pattern)
    return sum(1 << number for number, (lower, _) in enumerate(names) if matches(f"{service}:{lower}"))
