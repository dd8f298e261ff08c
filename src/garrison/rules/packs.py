"""Conformance packs: the YAML (or JSON) that names rules with their parameters, read into rules that can be evaluated.

A pack is a CloudFormation template of `AWS::Config::ConfigRule` resources, with parameters and conditions. Of CloudFormation's
functions those that packs may use are known: Ref, Fn::If, Fn::Equals, Fn::Not, Fn::And, Fn::Or, and the condition on a resource.
Source: AWS Config Developer Guide, "Custom conformance packs"; AWS CloudFormation User Guide, "Condition functions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import yaml

MAX_TEMPLATE_BYTES = 307_200
"""Of a template from S3 (PutConformancePack, `TemplateS3Uri`)."""
MAX_DEPTH = 40
RULE = "AWS::Config::ConfigRule"
REMEDIATION = "AWS::Config::RemediationConfiguration"
_ABSENT = object()
"""What `AWS::NoValue` makes of a property: as if it were not written."""


class UnusablePack(ValueError):
    """A template that is no conformance pack; the text says where and why."""


@dataclass(frozen=True, slots=True)
class PackRule:
    """One rule that a pack asks for."""

    name: str
    identifier: str | None
    """AWS's for a managed rule; None for one that the customer brings."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    resource_types: tuple[str, ...] = ()
    """What the pack confines it to; empty: what the rule judges by itself."""
    frequency: str | None = None
    """`MaximumExecutionFrequency`: `TwentyFour_Hours` …"""
    description: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    """Who judges and when, as written: `Owner`, `SourceIdentifier`, `SourceDetails`, `CustomPolicyDetails`."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """What it is confined to, as written."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A conformance pack with its parameters put in."""

    rules: tuple[PackRule, ...]
    parameters: Mapping[str, str]
    """The values used, defaults included."""

    def missing(self, known: Mapping[str, object]) -> tuple[str, ...]:
        """What of it cannot be evaluated: identifiers, or names of rules that the customer brings."""
        return tuple(sorted({one.identifier or one.name for one in self.rules if one.identifier not in known}))


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # by libyaml where PyYAML has it
    """YAML of a pack, with the short forms of functions."""


def _check_events(template: str | bytes) -> None:
    """Refuse anchors and aliases, so that nothing grows while it is read, and what is nested without end."""
    depth = 0
    for event in yaml.parse(template, _Loader):
        if getattr(event, "anchor", None) is not None:
            raise UnusablePack("anchors and aliases are not accepted")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise UnusablePack(f"nested more than {MAX_DEPTH} deep")


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """`!If [...]` as the long form `{"Fn::If": [...]}`."""
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise UnusablePack(f"!{suffix} of an object")


_Loader.add_multi_constructor("!", _short_form)


def read_pack(template: str | bytes, given: Mapping[str, str] | None = None) -> Pack:
    """A pack from its template and the values of its parameters; raises `UnusablePack`."""
    if len(template) > MAX_TEMPLATE_BYTES:
        raise UnusablePack(f"more than {MAX_TEMPLATE_BYTES} bytes")
    try:
        _check_events(template)
        raw = yaml.load(template, _Loader)  # noqa: S506  a SafeLoader
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise error if isinstance(error, UnusablePack) else UnusablePack(f"no YAML: {error}") from None
    root = _object(raw, "the template")
    parameters = _parameters(_object(root.get("Parameters"), "Parameters"), given or {})
    reading = _Reading(parameters, _object(root.get("Conditions"), "Conditions"))
    resources = _object(root.get("Resources"), "Resources")
    if not resources:
        raise UnusablePack("it has no resources")
    rules = []
    for name, resource in resources.items():
        found = reading.rule(str(name), _object(resource, f"Resources.{name}"))
        if found is not None:
            rules.append(found)
    return Pack(tuple(rules), parameters)


def ours() -> tuple[str, ...]:
    """The names of the packs that come with Garrison: of what it holds itself, and of what PCI DSS asks of an account."""
    found = files("garrison.rules").joinpath("packs_of_ours").iterdir()
    return tuple(sorted(one.name.removesuffix(".yaml") for one in found if one.name.endswith(".yaml")))


def template_of_ours(name: str) -> bytes:
    """The template of a pack that comes with Garrison; raises `UnusablePack` for a name that is none of `ours`."""
    if name not in ours():
        raise UnusablePack(f"{name} is none of {', '.join(ours())}")
    return files("garrison.rules").joinpath("packs_of_ours", f"{name}.yaml").read_bytes()


def _parameters(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise UnusablePack(f"it has no parameter {unknown[0]}")
    values: dict[str, str] = {}
    for name, declaration in declared.items():
        value = given.get(name, _object(declaration, f"Parameters.{name}").get("Default"))
        if value is not None:
            values[name] = _text(value)
    return values


class _Reading:
    """One template being read."""

    def __init__(self, parameters: Mapping[str, str], conditions: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._conditions = conditions
        self._open: set[str] = set()

    def rule(self, name: str, resource: Mapping[str, Any]) -> PackRule | None:
        """The rule that a resource is; None for one that is left out or remediates another."""
        condition = resource.get("Condition")
        if resource.get("Type") == REMEDIATION or (condition is not None and not self._holds(condition)):
            return None
        if resource.get("Type") != RULE:
            raise UnusablePack(f"Resources.{name} is a {resource.get('Type')}")
        properties = _object(self.value(resource.get("Properties")), f"Resources.{name}.Properties")
        source = _object(properties.get("Source"), f"Resources.{name}.Properties.Source")
        scope = _object(properties.get("Scope"), f"Resources.{name}.Properties.Scope")
        identifier = source.get("SourceIdentifier")
        return PackRule(
            name=_text(properties.get("ConfigRuleName") or name),
            identifier=_text(identifier) if source.get("Owner") == "AWS" else None,
            parameters={
                key: _text(value) if not isinstance(value, Mapping | list) else value
                for key, value in _object(
                    properties.get("InputParameters"), f"Resources.{name} InputParameters"
                ).items()
            },
            resource_types=tuple(_text(one) for one in scope.get("ComplianceResourceTypes") or ()),
            frequency=properties.get("MaximumExecutionFrequency"),
            description=_text(properties.get("Description") or ""),
            source=source,
            scope=scope,
        )

    def value(self, written: Any) -> Any:
        """A property with references and functions put in."""
        if isinstance(written, list):
            return [found for one in written if (found := self.value(one)) is not _ABSENT]
        if not isinstance(written, Mapping):
            return written
        if len(written) == 1:
            [(name, argument)] = written.items()
            if name == "Ref":
                return self._reference(argument)
            if name == "Fn::If":
                condition, then, otherwise = _arguments(name, argument, 3)
                return self.value(then if self._holds(condition) else otherwise)
            if isinstance(name, str) and name.startswith("Fn::"):
                raise UnusablePack(f"{name} is not known in packs")
        return {name: found for name, one in written.items() if (found := self.value(one)) is not _ABSENT}

    def _reference(self, name: Any) -> Any:
        if name == "AWS::NoValue":
            return _ABSENT
        if isinstance(name, str) and name.startswith("AWS::"):
            return f"${{{name}}}"
        if name not in self._parameters:
            raise UnusablePack(f"the parameter {name} has neither a value nor a default")
        return self._parameters[name]

    def _holds(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self._named(condition)
        name, argument = next(iter(_object(condition, "a condition").items()), ("", None))
        if name == "Condition":
            return self._named(_text(argument))
        if name == "Fn::Equals":
            one, other = (self.value(side) for side in _arguments(name, argument, 2))
            return _text(one) == _text(other)
        if name == "Fn::Not":
            return not self._holds(_arguments(name, argument, 1)[0])
        if name in ("Fn::And", "Fn::Or") and isinstance(argument, list):
            return (all if name == "Fn::And" else any)(self._holds(one) for one in argument)
        raise UnusablePack(f"{name or 'nothing'} is no condition")

    def _named(self, name: str) -> bool:
        if name not in self._conditions or name in self._open:
            raise UnusablePack(
                f"the condition {name} is {'defined by itself' if name in self._open else 'not defined'}"
            )
        self._open.add(name)
        try:
            return self._holds(self._conditions[name])
        finally:
            self._open.discard(name)


def _arguments(name: str, found: Any, count: int) -> list[Any]:
    if not isinstance(found, list) or len(found) != count:
        raise UnusablePack(f"{name} takes {count} values")
    return found


def _object(found: Any, place: str) -> Mapping[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise UnusablePack(f"{place} is not an object")
    return found


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
