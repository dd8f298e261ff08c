"""ListServiceReferences and GetServiceReference: the actions, resources and condition keys that a policy can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.policy.actions import (
    action,
    actions_of,
    condition_key_type,
    global_condition_keys,
    resource_types,
    service_title,
    services,
)
from garrison.services.garrison.faults import not_found
from garrison.services.garrison.service import service

if TYPE_CHECKING:
    from garrison.services.call import Call

Shown = dict[str, Any]
OWN = "garrison"
"""Garrison's own service, which AWS's reference does not have."""


@service.operation("ListServiceReferences", needs={"garrison:ListServiceReferences": "*"}, read_only=True, long=True)
def list_service_references(call: Call, request: Mapping[str, Any]) -> Shown:
    """Every service that an action can be of, and the condition keys that hold for all of them."""
    titles = {prefix: service_title(prefix) for prefix in services()} | {OWN: "Garrison"}
    return {
        "Services": [{"Service": prefix, "Title": title} for prefix, title in sorted(titles.items())],
        "ConditionKeys": [{"Name": name, "Type": kind} for name, kind in sorted(global_condition_keys().items())],
    }


@service.operation("GetServiceReference", needs={"garrison:GetServiceReference": "*"}, read_only=True)
def get_service_reference(call: Call, request: Mapping[str, Any]) -> Shown:
    """What AWS's Service Authorization Reference says of one service."""
    prefix = request["Service"].lower()
    if prefix == OWN:
        return _own()
    title = service_title(prefix)
    if title is None:
        raise not_found(f"There is no service {request['Service']}.")
    actions = [_action(name) for name in actions_of(prefix)]
    resources = [
        {"Name": one.name, "ArnFormat": one.arn_format, "ConditionKeys": list(one.condition_keys)}
        for one in resource_types(prefix)
    ]
    keys = {key for part in (*actions, *resources) for key in part["ConditionKeys"]}
    return {
        "Service": prefix,
        "Title": title,
        "Actions": actions,
        "Resources": resources,
        "ConditionKeys": _keys(keys - global_condition_keys().keys()),
    }


def _action(name: str) -> Shown:
    facts = action(name)
    assert facts is not None
    of_resources = {key for use in facts.resources for key in use.condition_keys}
    return {
        "Name": name.partition(":")[2],
        "AccessLevel": facts.access_level,
        "Resources": [use.name for use in facts.resources],
        "ConditionKeys": sorted(of_resources.union(facts.condition_keys)),
    }


def _keys(names: Iterable[str]) -> list[Shown]:
    return [{"Name": name, "Type": condition_key_type(name) or "String"} for name in sorted(names)]


def _own() -> Shown:
    actions: list[Shown] = [
        {
            "Name": operation.name,
            "AccessLevel": "Read" if operation.is_read_only else "Write",
            "Resources": [],
            "ConditionKeys": [],
        }
        for operation in sorted(service.operations.values(), key=lambda one: one.name)
    ]
    return {"Service": OWN, "Title": "Garrison", "Actions": actions, "Resources": [], "ConditionKeys": []}
