"""Functions that look something up or choose: Ref, GetAtt, FindInMap, GetAZs, ImportValue, If."""

from __future__ import annotations

from typing import Any

from garrison.templates.evaluation import decide, worked_out
from garrison.templates.faults import TemplateInvalid
from garrison.templates.functions.texts import text_of
from garrison.templates.names import function_of
from garrison.templates.scope import Scope
from garrison.templates.unknown import Unknown

REF = "Template error: every Ref object must have a single String value."
GET_ATT = "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"
FIND_IN_MAP = "Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value"
IF = "Template error: Fn::If requires a list argument with three elements: the condition name, and the values if true and if false"
_MISSING = object()


def reference(argument: Any, scope: Scope) -> Any:
    """What a name refers to; with language extensions the name may be worked out."""
    if not isinstance(argument, str) and not scope.template.has_extensions:
        raise TemplateInvalid(REF)
    name = worked_out(argument, scope)
    if not isinstance(name, str):
        raise TemplateInvalid(REF)
    return scope.reference(name)


def get_attribute(argument: Any, scope: Scope) -> Any:
    """A resource's attribute; the attribute's name may be a Ref, and with language extensions both may be worked out."""
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2:
        raise TemplateInvalid(GET_ATT)
    if not isinstance(parts[0], str) and not scope.template.has_extensions:
        raise TemplateInvalid(GET_ATT)
    name, attribute = (worked_out(each, scope) for each in parts)
    if not isinstance(name, str) or not isinstance(attribute, str) or not name or not attribute:
        raise TemplateInvalid(GET_ATT)
    return scope.of(name, attribute)


def find_in_map(argument: Any, scope: Scope) -> Any:
    """What a mapping has under two keys; with language extensions a default where it has nothing."""
    if not isinstance(argument, list) or not 3 <= len(argument) <= 4:
        raise TemplateInvalid(FIND_IN_MAP)
    default = _default(argument[3], scope) if len(argument) == 4 else _MISSING
    keys = [worked_out(each, scope) for each in argument[:3]]
    if found := next((one for one in keys if isinstance(one, Unknown)), None):
        return found
    name, key, attribute = (text_of(one, "Fn::FindInMap") for one in keys)
    mapping = scope.template.mappings.get(name)
    if mapping is None and default is _MISSING:
        raise TemplateInvalid(
            f"Template error: Mapping named '{name}' is not present in the 'Mappings' section of template."
        )
    value = ((mapping or {}).get(key) or {}).get(attribute, _MISSING)
    if value is not _MISSING:
        return value
    if default is _MISSING:
        raise TemplateInvalid(f"Template error: Unable to get mapping for {name}::{key}::{attribute}")
    return worked_out(default, scope)


def _default(found: Any, scope: Scope) -> Any:
    if not isinstance(found, dict) or list(found) != ["DefaultValue"] or not scope.template.has_extensions:
        raise TemplateInvalid(FIND_IN_MAP)
    return found["DefaultValue"]


def get_zones(argument: Any, scope: Scope) -> Any:
    """The availability zones of a region; of the stack's where none is given."""
    region = worked_out(argument, scope)
    if isinstance(region, Unknown):
        return region
    if not isinstance(region, str):
        raise TemplateInvalid("Template error: every Fn::GetAZs object must have a single String value.")
    return list(scope.zones(region or scope.reference("AWS::Region")))


def import_value(argument: Any, scope: Scope) -> Any:
    """The value that another stack exports under a name."""
    if any(True for _ in _resources_in(argument, scope)):
        raise TemplateInvalid(
            "Template error: the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs"
        )
    name = worked_out(argument, scope)
    if not isinstance(name, str):
        raise TemplateInvalid("Template error: every Fn::ImportValue object must have a single String value.")
    return scope.imported(name)


def _resources_in(argument: Any, scope: Scope) -> Any:
    from garrison.templates.references import Kind, references

    for one in references(argument):
        if one.kind is Kind.ATTRIBUTE or (one.kind is Kind.REF and one.name in scope.template.resources):
            yield one


def if_(argument: Any, scope: Scope) -> Any:
    """One of two values, by a condition; the other is not looked at."""
    if not isinstance(argument, list) or len(argument) != 3:
        raise TemplateInvalid(IF)
    condition = argument[0]
    if isinstance(condition, str):
        holds = scope.holds(condition)
    elif function_of(condition) is not None:
        holds = decide(condition, scope)
    else:
        raise TemplateInvalid(IF)
    return worked_out(argument[1 if holds else 2], scope)
