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

ELSEWHERE = ("s3", "ec2", "sqs", "sns", "dynamodb", "lambda", "kms", "logs", "glue", "athena", "xray", "ecs")
"""Services of which one stands for all that no policy mentions."""
EVERY_ACTION = frozenset({"*", "*:*"})


@dataclass(frozen=True, slots=True)
class ActionClass:
    """Actions to which the same statements apply."""

    example: str
    """One of them, as AWS writes it."""
    new: tuple[int, ...]
    """The numbers of the statements of the new policy that name them."""
    old: tuple[int, ...]


def classes(new: Sequence[Statement], old: Sequence[Statement]) -> list[ActionClass]:
    """The classes that some Allow of the new policy names."""
    statements = [*new, *old]
    found: dict[tuple[int, ...], str] = {}
    for service in _services(statements):
        for example, matching in _classes_of(service, statements, len(new)):
            found.setdefault(matching, example)
    return [
        ActionClass(
            example,
            tuple(number for number in matching if number < len(new)),
            tuple(number - len(new) for number in matching if number >= len(new)),
        )
        for matching, example in found.items()
    ]


def _services(statements: Iterable[Statement]) -> list[str]:
    """Those that some pattern mentions, and one of the others."""
    mentioned: set[str] = set()
    for statement in statements:
        for action in statement.actions:
            prefix, colon, _ = action.lower().partition(":")
            if colon and not {"*", "?"} & set(prefix):
                mentioned.add(prefix)
            elif action not in EVERY_ACTION:
                mentioned.update(_services_of_pattern(action.lower()))
    other = next((service for service in ELSEWHERE if service not in mentioned), None)
    if other is None:
        other = next((service for service in known.services() if service not in mentioned), None)
    return sorted(mentioned) + ([other] if other else [])


@lru_cache(maxsize=1024)
def _services_of_pattern(pattern: str) -> tuple[str, ...]:
    """The services that have an action matching a pattern whose prefix is open."""
    return tuple(service for service in known.services() if _known_bits(service, pattern))


def _classes_of(service: str, statements: Sequence[Statement], new_count: int) -> Iterable[tuple[str, tuple[int, ...]]]:
    extra = _unknown_names(service, statements[:new_count], statements)
    size = len(_names(service)) + len(extra)
    everything = (1 << size) - 1
    masks = [_mask(service, statement, extra, everything) for statement in statements]
    asked = 0
    for statement, mask in zip(statements[:new_count], masks, strict=False):
        if statement.effect is Effect.ALLOW:
            asked |= mask
    parts = [asked] if asked else []
    for mask in set(masks):
        parts = [piece for part in parts for piece in (part & mask, part & ~mask) if piece]
    for part in parts:
        lowest = part & -part
        number = lowest.bit_length() - 1
        names = _names(service)
        name = names[number][1] if number < len(names) else extra[number - len(names)]
        yield f"{service}:{name}", tuple(position for position, mask in enumerate(masks) if mask & lowest)


def _mask(service: str, statement: Statement, extra: Sequence[str], everything: int) -> int:
    mask = 0
    for action in statement.actions:
        pattern = action.lower()
        if pattern in EVERY_ACTION:
            mask = everything
            break
        prefix = pattern.partition(":")[0]
        if prefix != service and not {"*", "?"} & set(prefix):
            continue
        mask |= _known_bits(service, pattern)
        if extra:
            matches = compile_pattern(pattern)
            for number, name in enumerate(extra, len(_names(service))):
                if matches(f"{service}:{name.lower()}"):
                    mask |= 1 << number
    return everything & ~mask if statement.not_action else mask


def _unknown_names(service: str, new: Sequence[Statement], statements: Sequence[Statement]) -> list[str]:
    """Names beyond AWS's list: literal ones of any statement, and an example of each pattern that fits no known action."""
    names: dict[str, str] = {}
    for statement in statements:
        for action in statement.actions:
            prefix, _, name = action.partition(":")
            if prefix.lower() != service or _known_bits(service, action.lower()):
                continue
            if not {"*", "?"} & set(name):
                names.setdefault(name.lower(), name)
            elif any(statement is one for one in new):
                example = name.replace("*", "Example" if name == "*" else "").replace("?", "x") or "Example"
                names.setdefault(example.lower(), example)
    return list(names.values())


@lru_cache(maxsize=1024)
def _names(service: str) -> tuple[tuple[str, str], ...]:
    """A service's actions as (lower case, as written), in order."""
    return tuple(sorted((name.partition(":")[2].lower(), name.partition(":")[2]) for name in known.actions_of(service)))


@lru_cache(maxsize=65_536)
def _known_bits(service: str, pattern: str) -> int:
    """The known actions of a service that a pattern in lower case matches."""
    names = _names(service)
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
