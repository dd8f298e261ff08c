"""A template as it was read: its sections as values. Values keep their functions in the long form: `{"Fn::GetAtt": [name, attribute]}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from garrison.templates.faults import Path
from garrison.templates.names import FOR_EACH, LANGUAGE_EXTENSIONS


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a template declares."""

    name: str
    type: str
    """`String`, `Number`, `List<Number>`, `CommaDelimitedList`, `AWS::EC2::VPC::Id` …"""
    default: str | None = None
    """As text; a list's items with commas between."""
    allowed_values: tuple[str, ...] = ()
    allowed_pattern: str | None = None
    constraint_description: str | None = None
    description: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_value: float | None = None
    max_value: float | None = None
    no_echo: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its value is a list of texts."""
        return self.type == "CommaDelimitedList" or self.type.startswith("List<")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as written, its functions not yet worked out."""

    logical_id: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    condition: str | None = None
    deletion_policy: Any = None
    """`Delete`, `Retain`, `RetainExceptOnCreate`, `Snapshot`, None where it is not written; a function with language extensions."""
    update_replace_policy: Any = None
    """`Delete`, `Retain`, `Snapshot`; as above."""
    creation_policy: Mapping[str, Any] | None = None
    update_policy: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """A value that a stack shows, and exports where it has a name for that."""

    name: str
    value: Any
    description: str | None = None
    export_name: Any = None
    """`Export.Name`, possibly a function; None where it is not exported."""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a rule asserts of parameters."""

    condition: Any
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Assertions about parameters, made where a condition holds."""

    name: str
    assertions: tuple[Assertion, ...]
    condition: Any = None
    """None: always."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template. Nothing in it may be changed: many share it."""

    text: str = field(repr=False)
    is_json: bool
    body: Mapping[str, Any] = field(repr=False)
    """All of it as plain values, functions in the long form."""
    resources: Mapping[str, Resource]
    """In the order written; without those that loops make."""
    description: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    transforms: tuple[Any, ...] = ()
    """Names as declared, or objects `{"Name": …, "Parameters": …}`."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    has_extensions: bool = False
    """Whether what `AWS::LanguageExtensions` adds may be used."""

    @property
    def has_loops(self) -> bool:
        """Whether a loop stands where resources, outputs or conditions do: `expand` unrolls it."""
        return any(
            name.startswith(FOR_EACH)
            for section in ("Resources", "Outputs", "Conditions")
            for name in self.body.get(section) or ()
        )

    @property
    def macros(self) -> tuple[str, ...]:
        """Transforms that it asks for other than the language extensions."""
        names = [one["Name"] if isinstance(one, Mapping) else one for one in self.transforms]
        return tuple(str(one) for one in names if one != LANGUAGE_EXTENSIONS)

    def place(self, path: Path) -> tuple[int, int] | None:
        """Line and column from 1 of what stands at a path, or of the nearest thing around it that is written."""
        return self.places([path])[path]

    def places(self, paths: Iterable[Path]) -> dict[Path, tuple[int, int] | None]:
        """As `place`, of many at once."""
        from garrison.templates.places import places_of

        return places_of(self.text, self.is_json, paths)
