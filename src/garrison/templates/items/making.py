"""Make configuration items of the resources of a template whose types are declared in types.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from garrison.collect.names import Names, is_known, names_of
from garrison.items import Item
from garrison.templates.faults import TemplateInvalid
from garrison.templates.items.shapes import Made
from garrison.templates.items.shaping import SHAPES
from garrison.templates.presence import Evaluated, evaluated_resource, present
from garrison.templates.scope import Scope


class _Declared(msgspec.Struct, frozen=True, rename={"as_type": "as"}):
    """How a type's properties become an item's configuration."""

    parts: tuple[str, ...] = ()
    rename: dict[str, str] = {}
    defaults: dict[str, Any] = {}
    unsure: tuple[str, ...] = ()
    as_type: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceItem:
    """A resource as an item."""

    logical_id: str
    item: Item


@cache
def _types() -> dict[str, _Declared]:
    data = tomllib.loads(files(__package__).joinpath("types.toml").read_text())
    return msgspec.convert(data, dict[str, _Declared])


@cache
def known_parts() -> Mapping[str, frozenset[str]]:
    """Config's types of which items are made, each with the parts of the supplementary configuration that a template tells."""
    return {one.as_type or name: frozenset((*one.parts, "tags")) for name, one in _types().items()}


def resource_items(scope: Scope, at: datetime) -> list[ResourceItem]:
    """The items of those resources that are there and of declared types; raises TemplateInvalid."""
    evaluated = {name: evaluated_resource(name, scope) for name in scope.template.resources if name in present(scope)}
    made = [_item(one, scope, evaluated.values(), at) for name, one in evaluated.items() if one.type in _types()]
    return [one for one in made if one is not None]


def _item(one: Evaluated, scope: Scope, others: Iterable[Evaluated], at: datetime) -> ResourceItem | None:
    declared = _types()[one.type]
    kind = declared.as_type or one.type
    made = Made(_named(one.properties, declared, _names(kind)), {})
    if one.type in SHAPES:
        SHAPES[one.type](made, one, scope, others)
    unknown = [name for name in declared.unsure if name not in made.configuration]
    configuration = {**declared.defaults, **made.configuration}
    name = str(scope.ref(one.logical_id)).rsplit(":", 1)[-1].rsplit("/", 1)[-1]
    try:
        arn = scope.attribute(one.logical_id, "Arn")
    except TemplateInvalid:
        arn = name
    item = Item(
        account=str(scope.pseudo["AWS::AccountId"]),
        region=str(scope.pseudo["AWS::Region"]),
        resource_type=kind,
        resource_id=name,
        resource_name=name,
        arn=str(arn),
        configuration=configuration,
        captured_at=at,
        supplementary=made.supplementary,
        tags=_tags(one.properties.get("Tags")),
        unknown=tuple(f"{each}: the template does not say" for each in unknown),
    )
    return ResourceItem(one.logical_id, item)


def _names(kind: str) -> Names:
    """Config's names of a type; those of the API in lower camel case where the schema does not have it."""
    return names_of(kind) if is_known(kind) else Names()


def _named(properties: Mapping[str, Any], declared: _Declared, names: Names) -> dict[str, Any]:
    return {
        declared.rename.get(name, names.under(name).exact): _value(value, names.under(name))
        for name, value in properties.items()
    }


def _value(value: Any, names: Names) -> Any:
    if isinstance(value, list):
        return [_value(each, names) for each in value]
    if isinstance(value, dict):
        return {names.under(name).exact: _value(each, names.under(name)) for name, each in value.items()}
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    return {"value": value} if names.wraps else value


def _tags(found: Any) -> dict[str, str]:
    if isinstance(found, dict):
        return {str(name): str(value) for name, value in found.items()}
    pairs = [one for one in found or () if isinstance(one, dict)] if isinstance(found, list) else []
    return {str(one.get("Key")): str(one.get("Value", "")) for one in pairs}
