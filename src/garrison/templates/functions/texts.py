"""Functions that make texts: Join, Sub, Base64."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from garrison.templates.evaluation import worked_out
from garrison.templates.faults import TemplateInvalid
from garrison.templates.references import VARIABLE
from garrison.templates.scope import Scope
from garrison.templates.unknown import Absent, Unknown

JOIN = (
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined "
    "or a function that returns a list of strings (such as Fn::GetAZs) to be joined."
)
SUB = (
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, "
    "and an optional second argument to specify a mapping of values to replace in the string"
)
BASE64 = "Template error: every Fn::Base64 object must have a String-typed value."


def text_of(value: Any, function: str) -> str:
    """A scalar as text; raises TemplateInvalid for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise TemplateInvalid(f"Template error: {function} expects a string where it was given something else")


def base64(argument: Any, scope: Scope) -> Any:
    """A text in Base64."""
    value = worked_out(argument, scope)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list | dict | Absent):
        raise TemplateInvalid(BASE64)
    return b64encode(text_of(value, "Fn::Base64").encode("utf-8", "surrogatepass")).decode()


def join(argument: Any, scope: Scope) -> Any:
    """The texts of a list with a delimiter between them."""
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str):
        raise TemplateInvalid(JOIN)
    delimiter, written = argument
    values = worked_out(written, scope)
    if isinstance(values, Unknown):
        return values
    if not isinstance(values, list):
        raise TemplateInvalid(JOIN)
    if found := next((one for one in values if isinstance(one, Unknown)), None):
        return found
    if any(isinstance(one, list | dict) for one in values):
        raise TemplateInvalid(JOIN)
    return delimiter.join(text_of(one, "Fn::Join") for one in values)


def substitute(argument: Any, scope: Scope) -> Any:
    """A text with its variables replaced."""
    text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    if not isinstance(text, str) or not isinstance(own, Mapping):
        raise TemplateInvalid(SUB)
    given = {name: worked_out(value, scope) for name, value in own.items()}
    pieces: list[str] = []
    end = 0
    for found in VARIABLE.finditer(text):
        name = found.group(1).strip()
        pieces.append(text[end : found.start()])
        end = found.end()
        if name.startswith("!"):
            pieces.append(f"${{{found.group(1).strip()[1:]}}}")
            continue
        value = given[name] if name in given else _variable(name, scope)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, list | dict | Absent):
            raise TemplateInvalid(f"Template error: variable {name} in Fn::Sub expression does not resolve to a string")
        pieces.append(scope.count(text_of(value, "Fn::Sub")))
    return "".join((*pieces, text[end:]))


def _variable(name: str, scope: Scope) -> Any:
    if name in scope.local:
        return scope.local[name]
    resource, dot, attribute = name.partition(".")
    return scope.of(resource, attribute) if dot else scope.reference(name)
