"""What an update of a stack would change, worked out before it begins: for change sets, stack policies, and updates that do nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.services.cloudformation.deploying import Plan, values_of
from garrison.services.cloudformation.faults import invalid
from garrison.services.cloudformation.finding import members_of
from garrison.services.cloudformation.held import MASK, Held, held
from garrison.services.cloudformation.reading import kept_text, read
from garrison.services.cloudformation.resources import Deployment, Stack
from garrison.services.cloudformation.scoping import exported, pseudo_of, scope_of
from garrison.services.handlers import kind_of
from garrison.templates import Scope, Template, TemplateInvalid, expand
from garrison.templates.changes import Change, Side, compare

if TYPE_CHECKING:
    from garrison.store import Unit
    from garrison.templates.changes.model import Recreation

_MASK_OF_ANOTHER = "*****"
"""Masks a value that is not to be echoed where it is another than before: that it changes may be seen."""


class KindSemantics:
    """What changing a property means, as the handlers' types declare it (`garrison.templates.changes.Semantics`)."""

    def recreation(self, resource_type: str, property_name: str) -> Recreation:
        """Whether a new resource takes the old one's place."""
        kind = kind_of(resource_type)
        return "Always" if kind is not None and kind.is_create_only(property_name) else "Never"

    def takes_tags(self, resource_type: str) -> bool:
        """Whether it gets the stack's tags."""
        kind = kind_of(resource_type)
        return kind is not None and kind.tags is not None


def previous_of(stack: Stack) -> Deployment:
    """What a stack goes back to when an update of it fails: what it was last in order with."""
    return stack.previous or stack.deployed


def planned_changes(unit: Unit, stack: Stack, plan: Plan) -> list[Change]:
    """What becomes of each resource; nothing secret is in it. Raises `ApiError`."""
    try:
        before = _before(unit, stack)
        after = Side(_masked_scope(unit, stack, plan.template, _masked(unit, stack, plan), before.scope), plan.tags)
        return compare(before, after, KindSemantics())
    except TemplateInvalid as error:
        raise invalid(error.message) from None


def _before(unit: Unit, stack: Stack) -> Side:
    values = dict(stack.deployed.parameters)
    template = read(kept_text(unit, stack, stack.deployed.template))
    template = expand(Scope(template, values_of(unit, stack.deployed), pseudo_of(stack)))
    members = members_of(unit, stack)

    def find(name: str) -> Held | None:
        member = members.get(name)
        return held(unit, member.current) if member is not None and member.current is not None else None

    scope = scope_of(stack, template, values, find, lambda name: exported(unit, name), is_shown=True)
    return Side(scope, stack.deployed.tags)


def _masked(unit: Unit, stack: Stack, plan: Plan) -> dict[str, str]:
    before = values_of(unit, stack.deployed)
    return {
        name: (MASK if before.get(name) == value else _MASK_OF_ANOTHER)
        if plan.template.parameters[name].no_echo
        else value
        for name, value in plan.values.items()
    }


def _masked_scope(unit: Unit, stack: Stack, template: Template, values: Mapping[str, str], before: Scope) -> Scope:
    return Scope(
        template,
        values,
        pseudo_of(stack),
        ref=before.ref,
        attribute=before.attribute,
        imported=lambda name: exported(unit, name),
    )


def changes_nothing(unit: Unit, stack: Stack, plan: Plan, changes: list[Change]) -> bool:
    """Whether a plan is what the stack is made from already."""
    if changes or stack.status in ("UPDATE_FAILED", "CREATE_FAILED"):
        return False
    if plan.tags != stack.deployed.tags or plan.notification_arns != stack.deployed.notification_arns:
        return False
    text = kept_text(unit, stack, stack.deployed.template)
    return text == plan.text or _shown(read(text)) == _shown(plan.template)


def _shown(template: Template) -> tuple[Any, ...]:
    """What of a template may change without a resource being touched."""
    return template.outputs, template.description
