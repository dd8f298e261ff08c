"""What a stack's template is worked out with: its values, what its resources are, and the exports of other stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.cloudformation.held import MASK, Held
from garrison.services.cloudformation.resources import Export
from garrison.services.handlers import kind_of
from garrison.templates import Scope, Template, TemplateInvalid, Unknown, masked, pseudo_parameters

if TYPE_CHECKING:
    from garrison.services.cloudformation.resources import Stack
    from garrison.store import Unit

Find = Callable[[str], Held | None]


def scope_of(
    stack: Stack,
    template: Template,
    values: Mapping[str, str],
    find: Find,
    imported: Callable[[str], Any],
    *,
    is_shown: bool = False,
) -> Scope:
    """The scope of a stack; with `is_shown` everything secret is masked in it. What `find` does not know is Unknown."""

    def ref(name: str) -> Any:
        found = find(name)
        return found.id if found is not None else Unknown(name)

    def attribute(name: str, wanted: str) -> Any:
        found = find(name)
        if found is None:
            return Unknown(f"{name}.{wanted}")
        kind = kind_of(template.resources[name].type)
        if is_shown and kind is not None and wanted in kind.secret_attributes:
            return MASK
        return attribute_of(name, found, wanted)

    return Scope(
        template,
        masked(template, values) if is_shown else values,
        pseudo_of(stack),
        ref=ref,
        attribute=attribute,
        imported=imported,
    )


def attribute_of(name: str, found: Held, wanted: str) -> Any:
    """An attribute of what is there; raises TemplateInvalid."""
    if wanted in found.attributes:
        return found.attributes[wanted]
    head, _, rest = wanted.partition(".")
    inner = found.attributes.get(head)
    if rest and isinstance(inner, Mapping) and rest in inner:
        return inner[rest]
    raise TemplateInvalid(
        f"Template error: resource {name} does not support attribute type {wanted} in Fn::GetAtt", ("Resources", name)
    )


def pseudo_of(stack: Stack) -> dict[str, Any]:
    """The pseudo parameters of a stack."""
    return pseudo_parameters(
        stack.account,
        stack.region,
        stack_id=stack.arn,
        stack_name=stack.name,
        notification_arns=stack.deployed.notification_arns,
    )


def exported(unit: Unit, name: str) -> str:
    """The value of an export of the unit's account and region; raises TemplateInvalid."""
    found = unit.get(Export, name)
    if found is None:
        raise TemplateInvalid(f"No export named {name} found.")
    return found.value


def has_secrets(template: Template) -> bool:
    """Whether anything in a template's values may be secret."""
    if any(one.no_echo for one in template.parameters.values()):
        return True
    kinds = (kind_of(one.type) for one in template.resources.values())
    return any(kind is not None and kind.secret_attributes for kind in kinds)
