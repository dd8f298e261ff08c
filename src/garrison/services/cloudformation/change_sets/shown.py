"""Changes as change sets keep and show them. Source: API reference, "ResourceChange"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from garrison import codec
from garrison.services.cloudformation.resources import StackResource
from garrison.templates import shown
from garrison.templates.changes import Change, Detail, value_text

_VALUES = ("BeforeContext", "AfterContext")
_TARGET_VALUES = ("Path", "BeforeValue", "AfterValue", "AttributeChangeType")


def kept_changes(changes: Iterable[Change], members: Mapping[str, StackResource]) -> tuple[dict[str, Any], ...]:
    """Changes with everything that may be asked of them."""
    return tuple(_change(change, members.get(change.logical_id)) for change in changes)


def _change(change: Change, member: StackResource | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "PolicyAction": change.policy_action,
        "Action": change.action,
        "LogicalResourceId": change.logical_id,
        "PhysicalResourceId": member.current.id if member is not None and member.current is not None else None,
        "ResourceType": change.type,
        "Replacement": change.replacement,
        "Scope": list(change.scope),
        "Details": [_detail(one) for one in change.details],
        "BeforeContext": _context(change.before),
        "AfterContext": _context(change.after),
    }
    return {"Type": "Resource", "ResourceChange": {name: value for name, value in made.items() if value is not None}}


def _context(context: Mapping[str, Any] | None) -> str | None:
    return codec.encode(shown(dict(context))).decode() if context is not None else None


def _detail(one: Detail) -> dict[str, Any]:
    target = one.target
    shown_target = {
        "Attribute": target.attribute,
        "Name": target.name,
        "RequiresRecreation": target.requires_recreation,
        "Path": target.path or None,
        "BeforeValue": value_text(target.before),
        "AfterValue": value_text(target.after),
        "AttributeChangeType": target.change_type if target.path else None,
    }
    made = {
        "Target": {name: value for name, value in shown_target.items() if value is not None},
        "Evaluation": one.evaluation,
        "ChangeSource": one.source,
        "CausingEntity": one.causing_entity,
    }
    return {name: value for name, value in made.items() if value is not None}


def shown_change(kept: Mapping[str, Any], *, with_values: bool) -> dict[str, Any]:
    """A change as DescribeChangeSet shows it, with the values of properties where they were asked for."""
    if with_values:
        return dict(kept)
    change = {name: value for name, value in kept["ResourceChange"].items() if name not in _VALUES}
    details: list[dict[str, Any]] = []
    for one in change["Details"]:
        target = {name: value for name, value in one["Target"].items() if name not in _TARGET_VALUES}
        if (plain := {**one, "Target": target}) not in details:
            details.append(plain)
    return {"Type": kept["Type"], "ResourceChange": {**change, "Details": details}}
