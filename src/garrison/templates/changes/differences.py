"""Where in a property two values differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.templates.changes.model import Detail
from garrison.templates.unknown import Unknown

_MOST = 20
"""Places told apart within one property; where there are more, the property as a whole is told."""

Difference = tuple[str, Any, Any]
"""Path, value before, value after."""


def differences(before: Any, after: Any, path: str) -> list[Difference]:
    """The innermost places where two values differ; the whole where there are many."""
    found: list[Difference] = []
    for one in _inner(before, after, path):
        found.append(one)
        if len(found) > _MOST:
            return [(path, before, after)]
    return found


def _inner(before: Any, after: Any, path: str) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in (*before, *(one for one in after if one not in before)):
            yield from _inner(before.get(name), after.get(name), f"{path}/{_escaped(name)}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _inner(one, other, f"{path}/{index}")
    elif not same(before, after):
        yield path, before, after


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def same(before: Any, after: Any) -> bool:
    """Whether two values are the same for a resource: what is not yet known is not, `true` is `"true"`."""
    if isinstance(after, Unknown) or isinstance(before, Unknown):
        return False
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(same(value, after[name]) for name, value in before.items())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(same(one, other) for one, other in zip(before, after, strict=True))
    return bool(before == after and isinstance(before, bool) == isinstance(after, bool)) or _text(before) == _text(
        after
    )


def _text(value: Any) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value if isinstance(value, str) else object()


def replacement_of(details: tuple[Detail, ...]) -> str:
    """Whether the resource is replaced. Source: API reference, "ResourceChange", `Replacement`."""
    if any(one.target.requires_recreation == "Always" and one.evaluation == "Static" for one in details):
        return "True"
    return "False" if all(one.target.requires_recreation == "Never" for one in details) else "Conditional"


def attributes_of(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those of a resource's attributes that are there."""
    return {name: value for name, value in found.items() if value is not None}
