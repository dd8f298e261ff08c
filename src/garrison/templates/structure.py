"""Make a `Template` of plain values: each section has its form, its names and its limits, or AWS's error."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from garrison.templates import limits
from garrison.templates.declared import parameter
from garrison.templates.faults import Path, TemplateInvalid
from garrison.templates.model import Assertion, Output, Resource, Rule, Template
from garrison.templates.names import FOR_EACH, LANGUAGE_EXTENSIONS, SECTIONS, VERSION

_T = TypeVar("_T")
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_MAPPING_NAME = re.compile(r"[A-Za-z0-9.\-]+")
_OUTPUT_MEMBERS = frozenset({"Value", "Description", "Export", "Condition"})
_POLICIES = {
    "DeletionPolicy": ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot"),
    "UpdateReplacePolicy": ("Delete", "Retain", "Snapshot"),
}


def build(body: Mapping[str, Any], text: str, is_json: bool, *, has_extensions: bool | None = None) -> Template:
    """The template of a body; raises TemplateInvalid. `has_extensions`: also where the transform was taken out."""
    if unknown := [name for name in body if name not in SECTIONS]:
        raise TemplateInvalid(f"Invalid template property or properties [{', '.join(unknown)}]", (unknown[0],))
    if body.get("AWSTemplateFormatVersion", VERSION) != VERSION:
        raise TemplateInvalid(
            f"Template format error: {body['AWSTemplateFormatVersion']} is not a supported value for AWSTemplateFormatVersion.",
            ("AWSTemplateFormatVersion",),
        )
    transforms = _transforms(body.get("Transform", []))
    extended = LANGUAGE_EXTENSIONS in transforms if has_extensions is None else has_extensions
    sections = {name: _section(body, name) for name in ("Parameters", "Mappings", "Conditions", "Rules", "Resources")}
    outputs = _section(body, "Outputs")
    if not sections["Resources"]:
        raise TemplateInvalid("Template format error: At least one Resources member must be defined.", ("Resources",))
    _counted("parameters", sections["Parameters"], limits.MAX_PARAMETERS)
    _counted("mappings", sections["Mappings"], limits.MAX_MAPPINGS)
    _counted("resources", sections["Resources"], limits.MAX_RESOURCES)
    _counted("outputs", outputs, limits.MAX_OUTPUTS)
    return Template(
        text=text,
        is_json=is_json,
        body=body,
        description=_description(body),
        parameters=_each(sections["Parameters"], "Parameters", "Parameter", parameter),
        mappings=_mappings(sections["Mappings"]),
        conditions=_each(sections["Conditions"], "Conditions", "Condition", _condition),
        rules=_each(sections["Rules"], "Rules", "Rule", _rule),
        resources=_each(
            sections["Resources"], "Resources", "Resource", lambda *given: resource(*given, extended=extended)
        ),
        outputs=_each(outputs, "Outputs", "Output", _output),
        transforms=transforms,
        metadata=_section(body, "Metadata"),
        has_extensions=extended,
    )


def _section(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name, {})
    if not isinstance(found, dict):
        raise TemplateInvalid(f"Template format error: {name} section must be an object.", (name,))
    return found


def _counted(what: str, found: Mapping[str, Any], most: int) -> None:
    if len(found) > most:
        raise TemplateInvalid(
            f"Template format error: Number of {what}, {len(found)}, is greater than maximum allowed, {most}",
            (what.capitalize(),),
        )


def _each(
    section: Mapping[str, Any], title: str, singular: str, make: Callable[[str, Mapping[str, Any], Path], _T]
) -> dict[str, _T]:
    made: dict[str, _T] = {}
    for name, found in section.items():
        path = (title, name)
        if name.startswith(FOR_EACH) and title in ("Resources", "Outputs", "Conditions"):
            continue
        if not _ALPHANUMERIC.fullmatch(name):
            raise TemplateInvalid(f"Template format error: {singular} name {name} is non alphanumeric.", path)
        if len(name) > limits.MAX_NAME:
            raise TemplateInvalid(
                f"Template format error: {singular} name {name[:40]}... is longer than {limits.MAX_NAME} characters.",
                path,
            )
        if not isinstance(found, dict):
            raise TemplateInvalid(f"Template format error: Any {title} member must be an object.", path)
        made[name] = make(name, found, path)
    return made


def _description(body: Mapping[str, Any]) -> str | None:
    found = body.get("Description")
    if found is None:
        return None
    if not isinstance(found, str):
        raise TemplateInvalid("Template format error: Description must be a string.", ("Description",))
    if len(found.encode("utf-8", "surrogatepass")) > limits.MAX_DESCRIPTION_BYTES:
        raise TemplateInvalid(
            f"Template format error: 'Description' length is greater than {limits.MAX_DESCRIPTION_BYTES}.",
            ("Description",),
        )
    return found


def _transforms(found: Any) -> tuple[Any, ...]:
    listed = found if isinstance(found, list) else [found]
    for one in listed:
        if not isinstance(one, str) and not (isinstance(one, dict) and isinstance(one.get("Name"), str)):
            raise TemplateInvalid(
                "Template format error: Transform must be a string or a list of strings.", ("Transform",)
            )
    return tuple(listed)


def _mappings(section: Mapping[str, Any]) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    for name, keys in section.items():
        if not _ALPHANUMERIC.fullmatch(name):
            raise TemplateInvalid(
                f"Template format error: Mappings name '{name}' is non alphanumeric.", ("Mappings", name)
            )
        if not isinstance(keys, dict) or not keys:
            raise TemplateInvalid("Template format error: Every Mappings member must be a map", ("Mappings", name))
        if name.startswith("Fn::"):
            continue
        for key, attributes in keys.items():
            _mapping_key(name, key, attributes)
    return dict(section)


def _mapping_key(name: str, key: str, attributes: Any) -> None:
    path = ("Mappings", name, key)
    if not isinstance(attributes, dict):
        raise TemplateInvalid(f"Template format error: Every Mappings attribute must be a map: {name}.{key}", path)
    if len(attributes) > limits.MAX_MAPPING_ATTRIBUTES:
        raise TemplateInvalid(
            f"Template format error: Number of attributes in mapping {name}, {len(attributes)}, is greater than maximum allowed, {limits.MAX_MAPPING_ATTRIBUTES}",
            path,
        )
    for attribute, value in attributes.items():
        if not _MAPPING_NAME.fullmatch(attribute):
            raise TemplateInvalid(
                f"Template format error: Mappings attribute name '{attribute}' must contain only alphanumeric characters, '-' or '.'.",
                (*path, attribute),
            )
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict | list) for one in value)):
            raise TemplateInvalid(
                f"Template format error: Every Mappings attribute must be a String or a List. {name}.{key}.{attribute}",
                (*path, attribute),
            )


def _condition(name: str, found: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    return found


def _rule(name: str, found: Mapping[str, Any], path: Path) -> Rule:
    assertions = found.get("Assertions")
    if not isinstance(assertions, list) or not all(isinstance(one, dict) and "Assert" in one for one in assertions):
        raise TemplateInvalid(f"Template format error: Rule {name} must contain Assertions, each with an Assert.", path)
    if unknown := found.keys() - {"RuleCondition", "Assertions"}:
        raise TemplateInvalid(f"Invalid template rule property '{min(unknown)}'", (*path, min(unknown)))
    made = tuple(Assertion(one["Assert"], _text(one.get("AssertDescription"))) for one in assertions)
    return Rule(name, made, found.get("RuleCondition"))


def _text(found: Any) -> str | None:
    return None if found is None else str(found)


def resource(name: str, found: Mapping[str, Any], path: Path, *, extended: bool) -> Resource:
    """A resource from its object."""
    kind = found.get("Type")
    if kind is None:
        raise TemplateInvalid(
            f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.", path
        )
    if not isinstance(kind, str) or not kind:
        raise TemplateInvalid(
            f"Template format error: [/Resources/{name}/Type] Type must be a non-empty string.", (*path, "Type")
        )
    return Resource(
        logical_id=name,
        type=kind,
        properties=_map(found, "Properties", path) or {},
        depends_on=_depends_on(found.get("DependsOn", []), path),
        condition=_condition_name(found, path),
        deletion_policy=_policy(found, "DeletionPolicy", path, extended=extended),
        update_replace_policy=_policy(found, "UpdateReplacePolicy", path, extended=extended),
        creation_policy=_map(found, "CreationPolicy", path),
        update_policy=_map(found, "UpdatePolicy", path),
        metadata=_map(found, "Metadata", path),
    )


def _map(found: Mapping[str, Any], member: str, path: Path) -> Mapping[str, Any] | None:
    value = found.get(member)
    if value is None or isinstance(value, dict):
        return value
    raise TemplateInvalid(
        f"Template format error: [/{'/'.join(map(str, path))}] {member} must be an object.", (*path, member)
    )


def _depends_on(found: Any, path: Path) -> tuple[str, ...]:
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise TemplateInvalid(
            "Template format error: DependsOn must be a string or list of strings.", (*path, "DependsOn")
        )
    return tuple(dict.fromkeys(listed))


def _condition_name(found: Mapping[str, Any], path: Path) -> str | None:
    value = found.get("Condition")
    if value is None or isinstance(value, str):
        return value
    raise TemplateInvalid("Template format error: Every Condition member must be a string.", (*path, "Condition"))


def _policy(found: Mapping[str, Any], member: str, path: Path, *, extended: bool) -> Any:
    value = found.get(member)
    if value is None or value in _POLICIES[member] or (extended and isinstance(value, dict)):
        return value
    if not isinstance(value, str):
        raise TemplateInvalid(f"Template format error: Every {member} member must be a string.", (*path, member))
    raise TemplateInvalid(
        f"Template format error: Unrecognized {member} {value} for resource {path[-1]}", (*path, member)
    )


def _output(name: str, found: Mapping[str, Any], path: Path) -> Output:
    for member in found:
        if member not in _OUTPUT_MEMBERS:
            raise TemplateInvalid(f"Invalid template output property '{member}'", (*path, member))
    if "Value" not in found:
        raise TemplateInvalid("Template format error: Every Outputs member must contain a Value object", path)
    description = found.get("Description")
    if description is not None and not isinstance(description, str):
        raise TemplateInvalid("Template format error: Every Description member must be a string.", path)
    export = found.get("Export")
    if export is not None and not (isinstance(export, dict) and list(export) == ["Name"]):
        raise TemplateInvalid(
            f"Template format error: Output {name} is malformed. Export must have a Name and nothing else.",
            (*path, "Export"),
        )
    return Output(name, found["Value"], description, export["Name"] if export else None, _condition_name(found, path))
