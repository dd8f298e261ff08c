"""Whether a template can work, before anything is made: names that resolve, functions that exist, no circles. As ValidateTemplate and CreateStack do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.templates.arguments import check_functions
from garrison.templates.faults import Path, TemplateInvalid
from garrison.templates.model import Template
from garrison.templates.names import CONDITION_FUNCTIONS, PSEUDO, RESOURCE_MEMBERS, RULE_FUNCTIONS, function_of
from garrison.templates.order import graph, ordered
from garrison.templates.references import Kind, Reference, references


@dataclass(frozen=True, slots=True)
class Types:
    """What is known of resource types."""

    known: Collection[str]
    """Those that can be made."""
    attributes: Callable[[str], Collection[str] | None]
    """What GetAtt may ask of a type; None where that is not known."""


def validate(template: Template, types: Types | None = None) -> None:
    """Raises TemplateInvalid, in AWS's wording, for the first thing that is wrong. Loops are looked at once they are unrolled (`expand`)."""
    if template.macros:
        raise TemplateInvalid(f"Transform {template.macros[0]} is not supported: macros are not run.", ("Transform",))
    _check_members(template)
    check_functions(template)
    _check_conditions(template)
    _check_rules(template)
    _check_conditions_exist(template)
    _check_resources(template)
    _check_outputs(template)
    _check_mappings(template)
    if types is not None:
        _check_types(template, types)
    graph(template)


def _check_members(template: Template) -> None:
    for name in template.resources:
        for member in template.body["Resources"][name]:
            if member not in RESOURCE_MEMBERS:
                raise TemplateInvalid(f"Invalid template resource property '{member}'", ("Resources", name, member))


def check_types(template: Template, known: Collection[str]) -> None:
    """Refuse types that cannot be made; raises TemplateInvalid that names them all."""
    if unknown := sorted({one.type for one in template.resources.values()} - set(known)):
        path = next(("Resources", name, "Type") for name, one in template.resources.items() if one.type == unknown[0])
        raise TemplateInvalid(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]", path)


def _check_types(template: Template, types: Types) -> None:
    check_types(template, types.known)
    for one in _resource_references(template):
        if one.kind is not Kind.ATTRIBUTE or one.attribute == "*" or one.name not in template.resources:
            continue
        kind = template.resources[one.name].type
        known = types.attributes(kind)
        if known is not None and one.attribute not in known and one.attribute.split(".")[0] not in known:
            raise TemplateInvalid(
                f"Template error: resource {one.name} does not support attribute type {one.attribute} in Fn::GetAtt",
                one.path,
            )


def _resource_references(template: Template) -> Iterator[Reference]:
    for name in template.resources:
        for member, value in written(template.body["Resources"][name]).items():
            yield from references(value, ("Resources", name, member))
    for name, output in template.outputs.items():
        yield from references([output.value, output.export_name], ("Outputs", name))


def written(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a resource in which functions may stand."""
    return {
        member: value
        for member, value in resource.items()
        if member not in ("Type", "DependsOn", "Condition", "Description")
    }


def _check_conditions(template: Template) -> None:
    needs: dict[str, list[str]] = {}
    for name, condition in template.conditions.items():
        path: Path = ("Conditions", name)
        if function_of(condition) not in CONDITION_FUNCTIONS:
            raise TemplateInvalid(
                "Template format error: Conditions can only be boolean operations on parameters and other conditions",
                path,
            )
        found = list(references(condition, path))
        _only_parameters(template, found, "Conditions")
        needs[name] = [one.name for one in found if one.kind is Kind.CONDITION]
        for one in found:
            if one.kind is Kind.CONDITION and one.name not in template.conditions:
                raise TemplateInvalid(
                    f"Template format error: Unresolved condition dependency {one.name} in the Conditions block of the template",
                    one.path,
                )
    try:
        list(ordered(needs))
    except TemplateInvalid as error:
        message = error.message.replace("between resources", "between conditions")
        raise TemplateInvalid(f"Template format error: {message}", ("Conditions", str(error.path[-1]))) from None


def _only_parameters(template: Template, found: list[Reference], block: str) -> None:
    wrong = [
        one
        for one in found
        if one.kind is Kind.ATTRIBUTE or (one.kind is Kind.REF and not _is_parameter(template, one.name))
    ]
    if wrong:
        names = ", ".join(dict.fromkeys(one.name for one in wrong))
        raise TemplateInvalid(
            f"Template format error: Unresolved dependencies [{names}]. Cannot reference resources in the {block} block of the template",
            wrong[0].path,
        )


def _is_parameter(template: Template, name: str) -> bool:
    return name in template.parameters or name in PSEUDO


def _check_rules(template: Template) -> None:
    for name, rule in template.rules.items():
        path: Path = ("Rules", name)
        values = [rule.condition, *(one.condition for one in rule.assertions)]
        _only_parameters(template, list(references(values, path)), "Rules")
        for value in values:
            function = function_of(value)
            if value is not None and function not in CONDITION_FUNCTIONS and function not in RULE_FUNCTIONS:
                raise TemplateInvalid(
                    f"Template format error: Rule {name} must be made of rule-specific functions", path
                )


def _check_conditions_exist(template: Template) -> None:
    for title, section in (("Resources", template.resources), ("Outputs", template.outputs)):
        for name, declared in section.items():
            condition = declared.condition
            if condition is not None and condition not in template.conditions:
                raise TemplateInvalid(
                    f"Template format error: Unresolved condition dependency {condition} in the {title} block of the template",
                    (title, name, "Condition"),
                )
    for one in _resource_references(template):
        if one.kind is Kind.CONDITION and one.path[-1] == "Fn::If" and one.name not in template.conditions:
            raise TemplateInvalid(f"Template error: unresolved condition dependency {one.name} in Fn::If", one.path)


def _check_resources(template: Template) -> None:
    unresolved: list[str] = []
    place: Path = ()
    for name, resource in template.resources.items():
        for dependency in resource.depends_on:
            if dependency not in template.resources and not _may_be_made(template):
                place = place or ("Resources", name, "DependsOn")
                unresolved.append(dependency)
    for one in _resource_references(template):
        if one.path[0] == "Resources" and not _resolves(template, one):
            if one.kind is Kind.ATTRIBUTE and not unresolved:
                raise TemplateInvalid(
                    f"Template error: instance of Fn::GetAtt references undefined resource {one.name}", one.path
                )
            place = place or one.path
            unresolved.append(one.name)
    if unresolved:
        raise _unresolved(unresolved, "Resources", place)


def _resolves(template: Template, one: Reference) -> bool:
    if one.kind is Kind.REF:
        return _is_parameter(template, one.name) or one.name in template.resources or _may_be_made(template)
    return one.kind is not Kind.ATTRIBUTE or one.name in template.resources or _may_be_made(template)


def _may_be_made(template: Template) -> bool:
    """Whether loops that are still to be unrolled may make what is not there."""
    return template.has_loops


def _unresolved(names: list[str], block: str, place: Path) -> TemplateInvalid:
    listed = ", ".join(dict.fromkeys(names))
    return TemplateInvalid(
        f"Template format error: Unresolved resource dependencies [{listed}] in the {block} block of the template",
        place,
    )


def _check_outputs(template: Template) -> None:
    for name, output in template.outputs.items():
        path: Path = ("Outputs", name)
        found = list(references(output.value, (*path, "Value")))
        found += references(output.export_name, (*path, "Export", "Name"))
        wrong = [one for one in found if not _resolves(template, one)]
        if wrong and wrong[0].kind is Kind.ATTRIBUTE:
            raise TemplateInvalid(
                f"Template error: instance of Fn::GetAtt references undefined resource {wrong[0].name}", wrong[0].path
            )
        if wrong:
            raise _unresolved([one.name for one in wrong], "Outputs", wrong[0].path)
        for one in references(output.export_name, (*path, "Export", "Name")):
            if one.kind is Kind.ATTRIBUTE or (one.kind is Kind.REF and one.name in template.resources):
                raise TemplateInvalid(
                    f"Template format error: Output {name} is malformed. The Name field of Export must not depend on any resources, "
                    "imported values, or Fn::GetAZs.",
                    one.path,
                )


def _check_mappings(template: Template) -> None:
    for one in _resource_references(template):
        if one.kind is Kind.MAPPING and one.name not in template.mappings and not template.has_extensions:
            raise TemplateInvalid(
                f"Template error: Mapping named '{one.name}' is not present in the 'Mappings' section of template.",
                one.path,
            )
