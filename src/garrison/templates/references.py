"""What a value refers to: each Ref, GetAtt, condition and variable of a Sub in it, without working anything out."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from garrison.templates.faults import Path
from garrison.templates.names import function_of

VARIABLE = re.compile(r"\$\{([^{}]*)\}")
"""A variable of Fn::Sub; `${!Literal}` is one too, and is no reference."""


class Kind(enum.Enum):
    """How something is referred to."""

    REF = "Ref"
    ATTRIBUTE = "Fn::GetAtt"
    CONDITION = "Condition"
    MAPPING = "Fn::FindInMap"


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference."""

    kind: Kind
    name: str
    """A parameter, pseudo parameter or resource; a condition; a mapping."""
    attribute: str
    """Of the resource, for Fn::GetAtt."""
    path: Path


def references(value: Any, path: Path = ()) -> Iterator[Reference]:
    """Every reference in a value, in its order; what is malformed or only known when worked out is passed over."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from references(each, (*path, index))
    elif isinstance(value, dict):
        function = function_of(value)
        if function is None:
            for name, each in value.items():
                yield from references(each, (*path, name))
        else:
            yield from _called(function, value[function], (*path, function))


def _called(function: str, argument: Any, path: Path) -> Iterator[Reference]:
    if function == "Ref":
        if isinstance(argument, str):
            yield Reference(Kind.REF, argument, "", path)
            return
    elif function == "Condition":
        if isinstance(argument, str):
            yield Reference(Kind.CONDITION, argument, "", path)
            return
    elif function == "Fn::GetAtt":
        if found := attribute_of(argument):
            yield Reference(Kind.ATTRIBUTE, *found, path)
            return
    elif function == "Fn::Sub":
        yield from _substituted(argument, path)
        return
    elif function == "Fn::If" and isinstance(argument, list) and argument and isinstance(argument[0], str):
        yield Reference(Kind.CONDITION, argument[0], "", path)
    elif function == "Fn::FindInMap" and isinstance(argument, list) and argument and isinstance(argument[0], str):
        yield Reference(Kind.MAPPING, argument[0], "", path)
    yield from references(argument, path)


def attribute_of(argument: Any) -> tuple[str, str] | None:
    """The resource and attribute of an Fn::GetAtt whose argument is written out; None for any other."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and len(parts) == 2 and isinstance(parts[0], str) and isinstance(parts[1], str):
        return (parts[0], parts[1]) if parts[0] and parts[1] else None
    if isinstance(parts, list) and len(parts) == 2 and isinstance(parts[0], str):
        return (parts[0], "*") if parts[0] else None
    return None


def _substituted(argument: Any, path: Path) -> Iterator[Reference]:
    given: dict[str, Any] = {}
    text = argument
    if isinstance(argument, list) and len(argument) == 2:
        text, own = argument
        given = own if isinstance(own, dict) else {}
        yield from references(own, (*path, 1))
    if not isinstance(text, str):
        return
    for name in variables(text):
        if name in given:
            continue
        resource, dot, attribute = name.partition(".")
        if dot:
            yield Reference(Kind.ATTRIBUTE, resource, attribute, path)
        else:
            yield Reference(Kind.REF, name, "", path)


def variables(text: str) -> Iterator[str]:
    """The names of the variables in a text of Fn::Sub."""
    for found in VARIABLE.finditer(text):
        name = found.group(1).strip()
        if name and not name.startswith("!"):
            yield name
