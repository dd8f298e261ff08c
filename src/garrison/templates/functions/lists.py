"""Functions about lists: Split, Select, Length, ToJsonString."""

from __future__ import annotations

import json
from typing import Any

from garrison.templates.evaluation import worked_out
from garrison.templates.faults import TemplateInvalid
from garrison.templates.functions.texts import text_of
from garrison.templates.scope import Scope
from garrison.templates.unknown import Absent, Unknown, unknown_in

SPLIT = (
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function "
    "that returns a string to be split."
)
SELECT = "Template error: Fn::Select requires a list argument with two elements: an integer index and a list"
LENGTH = "Template error: Fn::Length requires a list, or a function that returns a list"


def split(argument: Any, scope: Scope) -> Any:
    """A text's pieces between a delimiter."""
    if not isinstance(argument, list) or len(argument) != 2 or not isinstance(argument[0], str) or not argument[0]:
        raise TemplateInvalid(SPLIT)
    value = worked_out(argument[1], scope)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list | dict | Absent):
        raise TemplateInvalid(SPLIT)
    return text_of(value, "Fn::Split").split(argument[0])


def select(argument: Any, scope: Scope) -> Any:
    """The item of a list at an index from 0."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateInvalid(SELECT)
    index, values = worked_out(argument[0], scope), worked_out(argument[1], scope)
    if found := next((one for one in (index, values) if isinstance(one, Unknown)), None):
        return found
    if not isinstance(values, list):
        raise TemplateInvalid(SELECT)
    at = _index(index)
    if not 0 <= at < len(values):
        raise TemplateInvalid(f"Template error: Fn::Select cannot select nonexistent value at index {at}")
    return values[at]


def _index(found: Any) -> int:
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    if isinstance(found, str) and len(found) < 10 and found.isascii() and found.isdigit():
        return int(found)
    raise TemplateInvalid(SELECT)


def length(argument: Any, scope: Scope) -> Any:
    """How many items a list has."""
    value = worked_out(argument, scope)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, list):
        raise TemplateInvalid(LENGTH)
    return len(value)


def to_json_string(argument: Any, scope: Scope) -> Any:
    """An object or a list as JSON."""
    if not isinstance(argument, list | dict):
        raise TemplateInvalid("Template error: Fn::ToJsonString requires an object or an array")
    value = worked_out(argument, scope)
    if isinstance(value, Absent):
        raise TemplateInvalid("Template error: Fn::ToJsonString requires an object or an array")
    unknown = unknown_in(value)
    if unknown is not None:
        return unknown
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
