"""Functions that only `Rules` have: what they say of parameters' values. Source: User Guide, "Rule-specific intrinsic functions"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.templates.evaluation import worked_out
from garrison.templates.faults import TemplateInvalid
from garrison.templates.functions.texts import text_of
from garrison.templates.scope import Scope


def _texts(found: Any, function: str) -> list[str]:
    listed = found if isinstance(found, list) else [found]
    return [text_of(one, function) for one in listed]


def _both(argument: Any, scope: Scope, function: str) -> tuple[list[str], list[str]]:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateInvalid(f"Template error: every {function} object requires two parameters")
    one, other = (worked_out(each, scope) for each in argument)
    return _texts(one, function), _texts(other, function)


def contains(argument: Any, scope: Scope) -> bool:
    """Whether a list has a value."""
    listed, value = _both(argument, scope, "Fn::Contains")
    return all(one in listed for one in value)


def each_member_equals(argument: Any, scope: Scope) -> bool:
    """Whether every item of a list is a value."""
    listed, value = _both(argument, scope, "Fn::EachMemberEquals")
    return all([one] == value for one in listed)


def each_member_in(argument: Any, scope: Scope) -> bool:
    """Whether every item of a list is in another."""
    listed, other = _both(argument, scope, "Fn::EachMemberIn")
    return all(one in other for one in listed)


ASSERTIONS: Mapping[str, Callable[[Any, Scope], bool]] = {
    "Fn::Contains": contains,
    "Fn::EachMemberEquals": each_member_equals,
    "Fn::EachMemberIn": each_member_in,
}
