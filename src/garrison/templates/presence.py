"""What of a template is there by its conditions, worked out: resources, outputs and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from garrison.templates.evaluation import evaluate
from garrison.templates.faults import TemplateInvalid
from garrison.templates.functions.texts import text_of
from garrison.templates.scope import Scope
from garrison.templates.unknown import Absent, Unknown


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A resource with its functions worked out; values may be Unknown."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    deletion_policy: str | None = None
    update_replace_policy: str | None = None
    creation_policy: Mapping[str, Any] | None = None
    update_policy: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class EvaluatedOutput:
    """An output with its value."""

    name: str
    value: str | Unknown
    description: str | None
    export_name: str | None


def present(scope: Scope) -> frozenset[str]:
    """The resources whose conditions hold."""
    return frozenset(
        name for name, one in scope.template.resources.items() if one.condition is None or scope.holds(one.condition)
    )


def evaluated_resource(name: str, scope: Scope) -> Evaluated:
    """A resource of the template with its functions worked out; raises TemplateInvalid."""
    one = scope.template.resources[name]
    try:
        return Evaluated(
            logical_id=name,
            type=one.type,
            properties=evaluate(one.properties, scope),
            deletion_policy=_policy(one.deletion_policy, scope),
            update_replace_policy=_policy(one.update_replace_policy, scope),
            creation_policy=_optional(one.creation_policy, scope),
            update_policy=_optional(one.update_policy, scope),
            metadata=_optional(one.metadata, scope),
        )
    except TemplateInvalid as error:
        raise TemplateInvalid(error.message, error.path or ("Resources", name)) from None


def _policy(written: Any, scope: Scope) -> str | None:
    value = evaluate(written, scope)
    return value if isinstance(value, str) else None


def _optional(written: Mapping[str, Any] | None, scope: Scope) -> Mapping[str, Any] | None:
    return None if written is None else evaluate(dict(written), scope)


def evaluated_outputs(scope: Scope) -> dict[str, EvaluatedOutput]:
    """The outputs whose conditions hold, with their values as texts; raises TemplateInvalid."""
    made: dict[str, EvaluatedOutput] = {}
    for name, one in scope.template.outputs.items():
        if one.condition is not None and not scope.holds(one.condition):
            continue
        value = evaluate(one.value, scope)
        if isinstance(value, list | dict | Absent):
            raise TemplateInvalid(
                f"Template format error: Output {name} is malformed. The Value field of every Outputs member must evaluate to a String.",
                ("Outputs", name, "Value"),
            )
        export = None if one.export_name is None else text_of(evaluate(one.export_name, scope), "Export")
        made[name] = EvaluatedOutput(
            name, value if isinstance(value, Unknown) else text_of(value, "Outputs"), one.description, export
        )
    return made
