"""Work out a value: every function in it replaced by what it gives."""

from __future__ import annotations

import re
from typing import Any

from garrison.templates.faults import TemplateInvalid
from garrison.templates.names import CONDITION_FUNCTIONS, EXTENSIONS, FUNCTIONS, function_of
from garrison.templates.scope import Scope
from garrison.templates.unknown import Absent, Unknown

_DYNAMIC = re.compile(r"\{\{(resolve:[^{}]*)\}\}")


def evaluate(value: Any, scope: Scope) -> Any:
    """What a value is; parts of it may be Unknown. Members that are AWS::NoValue are gone; raises TemplateInvalid.

    The whole of a value that is AWS::NoValue is `Absent.NO_VALUE`.
    """
    scope.made = 0
    return _resolved(worked_out(value, scope), scope)


def worked_out(value: Any, scope: Scope) -> Any:
    """As `evaluate`, with dynamic references as they are written."""
    if isinstance(value, list):
        return [made for each in value if (made := worked_out(each, scope)) is not Absent.NO_VALUE]
    if not isinstance(value, dict):
        return value
    function = function_of(value)
    if function is None:
        return {name: made for name, each in value.items() if (made := worked_out(each, scope)) is not Absent.NO_VALUE}
    if function in CONDITION_FUNCTIONS:
        if function == "Condition" and not isinstance(value[function], str):
            return {function: worked_out(value[function], scope)}  # a member of a policy's statement
        if function == "Condition":
            return {function: value[function]}
        return decide(value, scope)
    from garrison.templates.functions import TABLE

    made = TABLE.get(function)
    if made is None or (function in EXTENSIONS and not scope.template.has_extensions):
        raise unsupported(function)
    return scope.count(made(value[function], scope))


def unsupported(function: str) -> TemplateInvalid:
    """A function that there is not."""
    return TemplateInvalid(
        f"Template error: Encountered unsupported function: {function} Supported functions are: [{', '.join(FUNCTIONS)}]"
    )


def decide(condition: Any, scope: Scope) -> bool:
    """Whether a condition holds; raises TemplateInvalid."""
    function = function_of(condition)
    if function == "Condition" and isinstance(condition[function], str):
        return scope.holds(condition[function])
    if function == "Fn::Equals":
        one, other = (worked_out(each, scope) for each in _operands(condition, function, 2, 2))
        return _equal(one, other)
    if function == "Fn::Not":
        return not decide(_operands(condition, function, 1, 1)[0], scope)
    if function in ("Fn::And", "Fn::Or"):
        decided = [decide(each, scope) for each in _operands(condition, function, 2, 10)]
        return all(decided) if function == "Fn::And" else any(decided)
    if function == "Fn::If":
        from garrison.templates.functions import TABLE

        return TABLE[function](condition[function], scope) in (True, "true")
    from garrison.templates.functions.rules import ASSERTIONS

    if function is not None and function in ASSERTIONS:
        return ASSERTIONS[function](condition[function], scope)
    raise TemplateInvalid(
        "Template format error: Conditions can only be boolean operations on parameters and other conditions"
    )


def _operands(condition: Any, function: str, least: int, most: int) -> list[Any]:
    found = condition[function]
    if not isinstance(found, list) or not least <= len(found) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise TemplateInvalid(
            f"Template error: every {function} object requires a list of {wanted} conditions or values"
        )
    return found


def _equal(one: Any, other: Any) -> bool:
    from garrison.templates.functions.texts import text_of

    if isinstance(one, list | dict) or isinstance(other, list | dict):
        return bool(one == other)
    return text_of(one, "Fn::Equals") == text_of(other, "Fn::Equals")


def _resolved(value: Any, scope: Scope) -> Any:
    if isinstance(value, str):
        return _dynamic(value, scope) if "{{resolve:" in value else value
    if isinstance(value, list):
        return [_resolved(each, scope) for each in value]
    if isinstance(value, dict):
        return {name: _resolved(each, scope) for name, each in value.items()}
    return value


def _dynamic(text: str, scope: Scope) -> Any:
    pieces: list[str] = []
    end = 0
    for found in _DYNAMIC.finditer(text):
        if scope.dynamic is None:
            raise TemplateInvalid(
                f"Dynamic references are not supported: {{{{{found.group(1)}}}}} would be resolved by another service."
            )
        made = scope.dynamic(found.group(1))
        if isinstance(made, Unknown):
            return made
        pieces += (text[end : found.start()], str(made))
        end = found.end()
    return "".join((*pieces, text[end:]))
