"""Write an API's answer with the names, the nesting and the types that AWS Config uses for the resource type.

Config writes some services' members as the API does but in lower camel case (with exceptions such as `dbclusterIdentifier`), others by
their CloudFormation names, and wraps some words (`"state": {"value": "in-use"}`). The table in data/ says which; what it does not have
(Config's own items hold more than can be queried, and services grow) follows the style of the type's other names.
Source: awslabs/aws-config-resource-schema, Apache-2.0.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from garrison import codec

_BOOLEANS = {"true": True, "false": False}


@dataclass(slots=True)
class Names:
    """The property names below one property."""

    exact: str = ""
    below: dict[str, Names] = field(default_factory=dict)
    """By the name in lower case."""
    kind: str | None = None
    """What Config says the property is: `string`, `integer`, `boolean`, `date` …"""
    is_lower: bool = True
    """Whether names begin with a small letter."""

    @property
    def wraps(self) -> bool:
        """Whether Config wraps a plain value: `{"value": …}`."""
        return self.below.keys() == {"value"}

    def under(self, name: str) -> Names:
        """The names below a member, by any spelling of it."""
        return self.below.get(name.casefold()) or Names(self._styled(name), is_lower=self.is_lower)

    def _styled(self, name: str) -> str:
        if self.is_lower and name.isupper():
            return name.lower()
        return (name[:1].lower() if self.is_lower else name[:1].upper()) + name[1:]


@cache
def _table() -> dict[str, dict[str, str]]:
    data = files("garrison.collect").joinpath("data", "config-properties.json.gz").read_bytes()
    table: dict[str, dict[str, str]] = codec.decode(gzip.decompress(data))
    return table


@cache
def names_of(resource_type: str, section: str = "configuration") -> Names:
    """The names of a type's configuration (or of its `supplementaryConfiguration`); those of an unknown type are in lower camel case."""
    root = Names()
    for path, kind in _table().get(resource_type, {}).items():
        start, *rest = path.split(".")
        if start == section:
            _plant(root, rest, kind)
    tops = [below.exact[:1].islower() for below in root.below.values()]
    _set_style(root, section == "supplementaryConfiguration" or not tops or sum(tops) * 2 >= len(tops))
    return root


def is_known(resource_type: str) -> bool:
    """Whether Config's schema has the type."""
    return resource_type in _table()


def _plant(root: Names, path: list[str], kind: str) -> None:
    node = root
    for name in path:
        node = node.below.setdefault(name.casefold(), Names(name))
    node.kind = kind


def _set_style(node: Names, is_lower: bool) -> None:
    node.is_lower = is_lower
    for below in node.below.values():
        _set_style(below, is_lower)


def written(value: Any, shape: Any, names: Names, rename: Mapping[str, str] | None = None) -> Any:
    """A value of an answer as Config writes it. `shape` is botocore's; `rename` holds for its members."""
    if shape is not None and shape.type_name == "structure" and isinstance(value, dict):
        entries = {}
        for member, each in value.items():
            if each is None or member not in shape.members:
                continue
            below = names.under((rename or {}).get(member, member))
            entries[(rename or {}).get(member, below.exact)] = written(each, shape.members[member], below)
        return entries
    if shape is not None and shape.type_name == "map" and isinstance(value, dict):
        return {_key(names, key): written(each, shape.value, names.under(key)) for key, each in value.items()}
    if shape is not None and shape.type_name == "list" and isinstance(value, list):
        return [written(each, shape.member, names) for each in value]
    plain = _plain(value, names)
    return {"value": plain} if names.wraps else plain


def moment(value: datetime) -> str:
    """A time as Config writes it."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _key(names: Names, key: str) -> str:
    """A map's key is data, unless Config has it as a property."""
    known = names.below.get(key.casefold())
    return known.exact if known else key


def _plain(value: Any, names: Names) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, str) and names.kind == "boolean":
        return _BOOLEANS.get(value.lower(), value)
    if isinstance(value, str) and names.kind == "integer" and value.lstrip("-").isdecimal():
        return int(value)
    return value
