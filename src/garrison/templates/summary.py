"""The facts of a template that one wants before a stack is made: capabilities, types, parameters. As GetTemplateSummary and ValidateTemplate tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from garrison.templates.model import Parameter, Resource, Template
from garrison.templates.names import STACK

IAM, NAMED_IAM, AUTO_EXPAND = "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"
_NAMES: dict[str, str | None] = {
    "AWS::IAM::AccessKey": None,
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": None,
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::UserToGroupAddition": None,
}
"""Types that need a capability, and the property by which one is named. Source: API reference, CreateStack, `Capabilities`."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a template asks for."""

    capabilities: tuple[str, ...]
    """Those that must be acknowledged."""
    reason: str | None
    """Which resources need them."""
    resource_types: tuple[str, ...]
    """Every type once, as first written."""
    transforms: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    description: str | None
    metadata: Any
    """As written, or None."""
    identifiers: dict[str, tuple[str, ...]]
    """Each type with the logical names of its resources."""


def summarize(template: Template) -> Summary:
    """The facts of a template."""
    capabilities, reason = needed_capabilities(template)
    identifiers: dict[str, tuple[str, ...]] = {}
    for name, one in template.resources.items():
        identifiers[one.type] = (*identifiers.get(one.type, ()), name)
    return Summary(
        capabilities=capabilities,
        reason=reason,
        resource_types=tuple(identifiers),
        transforms=tuple(str(one["Name"]) if isinstance(one, dict) else str(one) for one in template.transforms),
        parameters=tuple(template.parameters.values()),
        description=template.description,
        metadata=template.metadata or None,
        identifiers=identifiers,
    )


def needed_capabilities(template: Template) -> tuple[tuple[str, ...], str | None]:
    """The capabilities that a stack of the template must be given, and why."""
    touching = [name for name, one in template.resources.items() if one.type in _NAMES]
    named = any(_is_named(one) for one in template.resources.values())
    expands = bool(template.transforms)
    capabilities: list[str] = []
    if touching:
        capabilities.append(NAMED_IAM if named else IAM)
    if expands:
        capabilities.append(AUTO_EXPAND)
    if not capabilities:
        return (), None
    reasons = []
    if touching:
        types = ", ".join(f"[{one}]" for one in dict.fromkeys(template.resources[name].type for name in touching))
        reasons.append(f"The following resource(s) require capabilities: {types}")
    if expands:
        reasons.append("The template has transforms that are expanded when a stack is made of it")
    return tuple(capabilities), "; ".join(reasons)


def _is_named(one: Resource) -> bool:
    naming = _NAMES.get(one.type)
    return naming is not None and naming in one.properties


def nested(template: Template) -> tuple[str, ...]:
    """The logical names of nested stacks."""
    return tuple(name for name, one in template.resources.items() if one.type == STACK)
