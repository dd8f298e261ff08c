"""What functions are worked out with: parameters, conditions, mappings, and whatever only the caller knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from garrison.templates.faults import TemplateInvalid
from garrison.templates.limits import MAX_MADE_CHARACTERS
from garrison.templates.model import Template
from garrison.templates.names import NO_VALUE, PSEUDO
from garrison.templates.unknown import Absent, Unknown


def pseudo_parameters(
    account: str,
    region: str,
    *,
    stack_id: str | Unknown,
    stack_name: str,
    notification_arns: Sequence[str] = (),
    partition: str = "aws",
    url_suffix: str = "amazonaws.com",
) -> dict[str, Any]:
    """The values of the pseudo parameters of a stack. Source: User Guide, "Pseudo parameters reference"."""
    return {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::StackId": stack_id,
        "AWS::StackName": stack_name,
        "AWS::NotificationARNs": list(notification_arns),
        "AWS::Partition": partition,
        "AWS::URLSuffix": url_suffix,
    }


def _no_resource(name: str) -> Any:
    return Unknown(name)


def _no_attribute(name: str, attribute: str) -> Any:
    return Unknown(f"{name}.{attribute}")


def _no_import(name: str) -> Any:
    raise TemplateInvalid(f"No export named {name} found.")


def _no_zones(region: str) -> Sequence[str]:
    return [f"{region}{letter}" for letter in "abc"]


@dataclass(slots=True)
class Scope:
    """What a template's values are worked out with; its conditions are decided once."""

    template: Template
    parameters: Mapping[str, str] = field(default_factory=dict)
    """As `parameters` gives them: texts, a list's items with commas between."""
    pseudo: Mapping[str, Any] = field(default_factory=dict)
    ref: Callable[[str], Any] = _no_resource
    """What Ref gives for a resource: its physical name, or Unknown; raises TemplateInvalid."""
    attribute: Callable[[str, str], Any] = _no_attribute
    """What GetAtt gives for a resource and an attribute (`Arn`, `Outputs.Name`), or Unknown; raises TemplateInvalid."""
    imported: Callable[[str], Any] = _no_import
    """The value of an export; raises TemplateInvalid."""
    zones: Callable[[str], Sequence[str]] = _no_zones
    """The availability zones of a region."""
    dynamic: Callable[[str], Any] | None = None
    """What a dynamic reference stands for, given without its braces: `resolve:ssm:/name`; None: they are refused."""
    local: Mapping[str, Any] = field(default_factory=dict)
    """Names that a loop gives values."""
    decided: dict[str, bool] = field(default_factory=dict)
    """The conditions that were decided."""
    deciding: set[str] = field(default_factory=set)
    made: int = 0
    """Characters that functions made of the value that is worked out."""

    def parameter(self, name: str) -> Any:
        """A parameter's value: a text, or a list of texts."""
        text = self.parameters.get(name)
        if text is None:
            raise TemplateInvalid(f"Parameters: [{name}] must have values", ("Parameters", name))
        if isinstance(text, str) and self.template.parameters[name].is_list:
            return split_list(text)
        return text

    def reference(self, name: str) -> Any:
        """What Ref gives for a name."""
        if name in self.local:
            return self.local[name]
        if name == NO_VALUE:
            return Absent.NO_VALUE
        if name in self.template.parameters:
            return self.parameter(name)
        if name in PSEUDO:
            if name not in self.pseudo:
                raise TemplateInvalid(f"Template error: {name} has no value here")
            return self.pseudo[name]
        if self._is_there(name):
            return self.ref(name)
        raise TemplateInvalid(
            f"Template format error: Unresolved resource dependencies [{name}] in the Resources block of the template"
        )

    def of(self, name: str, attribute: str) -> Any:
        """What GetAtt gives for a resource and an attribute."""
        if not self._is_there(name):
            raise TemplateInvalid(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
        return self.attribute(name, attribute)

    def count(self, value: Any) -> Any:
        """A value that a function made, counted; raises TemplateInvalid where there is too much."""
        if isinstance(value, str):
            self.made += len(value)
        elif isinstance(value, list):
            self.made += sum(len(one) + 1 if isinstance(one, str) else 1 for one in value)
        if self.made > MAX_MADE_CHARACTERS:
            raise TemplateInvalid(
                f"Template error: functions make more than {MAX_MADE_CHARACTERS} characters of one value"
            )
        return value

    def _is_there(self, name: str) -> bool:
        """Whether there is a resource of this name, and its condition holds."""
        found = self.template.resources.get(name)
        return found is not None and (found.condition is None or self.holds(found.condition))

    def holds(self, name: str) -> bool:
        """Whether a condition holds."""
        from garrison.templates.evaluation import decide

        if name not in self.decided:
            if name not in self.template.conditions:
                raise TemplateInvalid(
                    f"Template format error: Unresolved condition dependency {name} in the Conditions block of the template"
                )
            if name in self.deciding:
                raise TemplateInvalid(
                    f"Template format error: Circular dependency between conditions: [{', '.join(sorted(self.deciding))}]",
                    ("Conditions", name),
                )
            self.deciding.add(name)
            try:
                self.decided[name] = decide(self.template.conditions[name], self)
            finally:
                self.deciding.discard(name)
        return self.decided[name]


def split_list(text: str) -> list[str]:
    """The items of a list that a parameter has as text. Source: User Guide, "CommaDelimitedList": each is trimmed."""
    return [one.strip() for one in text.split(",")] if text else []
