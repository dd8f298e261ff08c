"""The values of a template's parameters: given, used again or by default, each checked against its declaration."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from garrison.templates.declared import FORMS
from garrison.templates.faults import TemplateInvalid
from garrison.templates.limits import MAX_PARAMETER_VALUE_BYTES
from garrison.templates.model import Parameter, Template
from garrison.templates.patterns import allowed_pattern
from garrison.templates.scope import split_list

MASK = "****"
"""What is shown for a value that is not to be echoed."""


def parameters(
    template: Template,
    given: Mapping[str, str],
    previous: Mapping[str, str] | None = None,
    ssm: Callable[[str], str] | None = None,
) -> dict[str, str]:
    """The value of every declared parameter as text; raises TemplateInvalid.

    `previous` has the values of those for which `UsePreviousValue` was asked. `ssm` looks a Systems Manager parameter up; without
    it parameters of such types are refused.
    """
    declared = template.parameters
    if unknown := [name for name in (*given, *(previous or {})) if name not in declared]:
        raise TemplateInvalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values: dict[str, str] = {}
    missing: list[str] = []
    for name, one in declared.items():
        value = given[name] if name in given else (previous or {}).get(name, one.default)
        if value is None:
            missing.append(name)
        else:
            values[name] = value
    if missing:
        raise TemplateInvalid(f"Parameters: [{', '.join(missing)}] must have values")
    return {name: _checked(declared[name], value, ssm) for name, value in values.items()}


def masked(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """Values for people: those not to be echoed as asterisks."""
    return {
        name: MASK if (one := template.parameters.get(name)) and one.no_echo else value
        for name, value in values.items()
    }


def _checked(one: Parameter, value: str, ssm: Callable[[str], str] | None) -> str:
    if len(value.encode("utf-8", "surrogatepass")) > MAX_PARAMETER_VALUE_BYTES:
        raise TemplateInvalid(
            f"Parameter '{one.name}' is larger than {MAX_PARAMETER_VALUE_BYTES} bytes", ("Parameters", one.name)
        )
    if one.type.startswith("AWS::SSM::"):
        if ssm is None:
            raise TemplateInvalid(
                f"Parameter '{one.name}' is of the type {one.type}, which is not supported: there are no Systems Manager parameters.",
                ("Parameters", one.name),
            )
        return ssm(value)
    items = split_list(value) if one.is_list else [value]
    for item in items:
        _check_item(one, item)
    return value


def _check_item(one: Parameter, item: str) -> None:
    if one.allowed_values and item not in one.allowed_values:
        raise _refused(one, "must be one of AllowedValues")
    kind = one.type.removeprefix("List<").removesuffix(">")
    if kind == "Number":
        _check_number(one, item)
    if one.min_length is not None and len(item) < one.min_length:
        raise _refused(one, f"must contain at least {one.min_length} characters")
    if one.max_length is not None and len(item) > one.max_length:
        raise _refused(one, f"must contain at most {one.max_length} characters")
    if one.allowed_pattern is not None and not allowed_pattern(one.allowed_pattern).allows(item):
        raise _refused(one, f"must match pattern {one.allowed_pattern}")
    form = FORMS.get(kind)
    if form is not None and not re.fullmatch(form, item):
        raise TemplateInvalid(
            f"Parameter validation failed: parameter value {item} for parameter name {one.name} does not exist. Value must be of type {kind}",
            ("Parameters", one.name),
        )


def _check_number(one: Parameter, item: str) -> None:
    try:
        number = float(item)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in item:
        raise _refused(one, "must be a number")
    if one.min_value is not None and number < one.min_value:
        raise _refused(one, f"must be a number not less than {one.min_value:g}")
    if one.max_value is not None and number > one.max_value:
        raise _refused(one, f"must be a number not greater than {one.max_value:g}")


def _refused(one: Parameter, how: str) -> TemplateInvalid:
    path = ("Parameters", one.name)
    if one.constraint_description:
        return TemplateInvalid(f"Parameter {one.name} failed to satisfy constraint: {one.constraint_description}", path)
    return TemplateInvalid(f"Parameter '{one.name}' {how}", path)
