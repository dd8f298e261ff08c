"""Find values in answers, and their shapes in botocore's models, by paths (`declaration`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_BRACES = re.compile(r"\{([^{}]+)\}")


class Row(NamedTuple):
    """One entry of a list in an answer."""

    value: Any
    shape: Any
    """botocore's shape of it."""
    above: Row | None = None
    """The row that the call was made for."""


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Every value at a path; `[]` takes each entry of a list. What is absent gives nothing."""
    if path == ".":
        yield value
        return
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    found = value.get(name) if isinstance(value, dict) else None
    if found is None:
        return
    many = head.endswith("[]")
    if many and not isinstance(found, list):
        return
    for each in found if many else (found,):
        yield from values_at(each, rest or ".")


def shape_at(shape: Any, path: str) -> Any:
    """botocore's shape at a path."""
    if path == "." or shape is None:
        return shape
    for head in path.split("."):
        shape = shape.members[head.removesuffix("[]")]
        if head.endswith("[]"):
            shape = shape.member
    return shape


def first(row: Row, path: str) -> Any:
    """The first value at a path of a row or, with `^`, of the rows above; None where there is none."""
    while path.startswith("^"):
        if row.above is None:
            return None
        row, path = row.above, path[1:]
    return next(values_at(row.value, path or "."), None)


def every(row: Row, path: str) -> Iterator[Any]:
    """All values at a path of a row, or of the rows above."""
    while path.startswith("^") and row.above is not None:
        row, path = row.above, path[1:]
    yield from values_at(row.value, path or ".")


def filled(template: str, row: Row, known: dict[str, str]) -> str | None:
    """A text with what its braces name, or the value at the first of the paths `A|B` that has one; None where one is absent."""
    if "{" not in template:
        found = next((each for each in (first(row, path) for path in template.split("|")) if each is not None), None)
        return None if found is None else str(found)
    missing = []

    def of(match: re.Match[str]) -> str:
        found = known.get(match[1], first(row, match[1]))
        if found is None:
            missing.append(match[1])
        return str(found)

    text = _BRACES.sub(of, template)
    return None if missing else text


def replaced(value: Any, path: str, make: Callable[[Any], Any]) -> Any:
    """A copy of a value in which what stands at a path is replaced; `{}` after a name stands for each value of a map."""
    if path == ".":
        return make(value)
    head, _, rest = path.partition(".")
    name, rest = head.removesuffix("[]").removesuffix("{}"), rest or "."
    if not isinstance(value, dict) or value.get(name) is None:
        return value
    found = value[name]
    if head.endswith("[]"):
        new: Any = [replaced(each, rest, make) for each in found]
    elif head.endswith("{}"):
        new = {key: replaced(each, rest, make) for key, each in found.items()}
    else:
        new = replaced(found, rest, make)
    return {**value, name: new}
