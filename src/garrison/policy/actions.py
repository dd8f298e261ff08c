"""What AWS says about each action: its access level, the resources it can name, the condition keys it knows.

The table is built by `scripts/build_actions.py` from AWS's Service Authorization Reference. It is read when first asked, and
a service of it is decoded when first asked about.
"""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """A resource type that an action can be limited to."""

    name: str
    required: bool
    condition_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """One action of one service."""

    name: str
    """As AWS writes it: `s3:GetObject`."""
    access_levels: tuple[str, ...]
    """`List`, `Read`, `Write`, `Permissions management`, `Tagging`; the most telling one first."""
    resources: tuple[ResourceUse, ...]
    """Empty where the action's resource is `*`."""
    condition_keys: tuple[str, ...]
    """Those of the action itself; its resources have their own, and aws:… keys hold everywhere."""

    @property
    def access_level(self) -> str:
        """The level that AWS's reference shows for the action."""
        return self.access_levels[0]


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """A resource type of a service."""

    name: str
    arn_format: str
    """With its fields as `${Partition}`, `${Region}`, `${Account}`, `${BucketName}` …"""
    condition_keys: tuple[str, ...]


class _Table(msgspec.Struct, rename="camel"):
    condition_keys: list[tuple[str, str]]
    resource_controls: frozenset[str]
    services: dict[str, msgspec.Raw]


class _Service(msgspec.Struct):
    title: str
    actions: dict[str, tuple[str, list[int], list[tuple[str, bool, list[int]]]]]
    resources: dict[str, tuple[str, list[int]]]


def action(name: str) -> ActionFacts | None:
    """The facts of an action named `service:Action`, without case; None where AWS has no such action."""
    service, _, operation = name.lower().partition(":")
    canonical = _names(service).get(operation)
    decoded = _service(service)
    if canonical is None or decoded is None:
        return None
    level, keys, resources = decoded.actions[canonical]
    return ActionFacts(
        name=f"{service}:{canonical}",
        access_levels=tuple(level.split(", ")),
        resources=tuple(ResourceUse(use, required, _keys(numbers)) for use, required, numbers in resources),
        condition_keys=_keys(keys),
    )


def is_known_action(name: str) -> bool:
    """Whether AWS has an action of this name, without case."""
    service, _, operation = name.lower().partition(":")
    return operation in _names(service)


def services() -> tuple[str, ...]:
    """The prefixes of all services."""
    return tuple(_table().services)


def service_title(service: str) -> str | None:
    """A service's name, e.g. `AWS Identity and Access Management (IAM)`; None where there is no such service."""
    decoded = _service(service.lower())
    return decoded.title if decoded is not None else None


def actions_of(service: str) -> Iterator[str]:
    """The actions of a service, as AWS writes them: `iam:CreateUser`."""
    return (f"{service.lower()}:{name}" for name in _names(service.lower()).values())


def resource_type(service: str, name: str) -> ResourceFacts | None:
    """A resource type of a service; None where there is none of this name."""
    decoded = _service(service.lower())
    if decoded is None or name not in decoded.resources:
        return None
    arn_format, keys = decoded.resources[name]
    return ResourceFacts(name, arn_format, _keys(keys))


def resource_types(service: str) -> Iterator[ResourceFacts]:
    """Every resource type of a service."""
    decoded = _service(service.lower())
    for name, (arn_format, keys) in (decoded.resources if decoded is not None else {}).items():
        yield ResourceFacts(name, arn_format, _keys(keys))


def condition_key_type(key: str) -> str | None:
    """`String`, `ARN`, `Bool`, `Numeric`, `Date`, `IPAddress` or `ArrayOf…`; None where neither a service nor the
    table of global keys declares the key. `aws:ResourceTag/Owner` is found as `aws:ResourceTag/${TagKey}`.
    """
    exact, patterns = _key_types()
    found = exact.get(key.lower())
    if found is None:
        found = next((kind for pattern, kind in patterns if pattern.fullmatch(key)), None)
    return found


def supports_resource_controls(service: str) -> bool:
    """Whether RCPs reach a service's resources."""
    return service.lower() in _table().resource_controls


def global_condition_keys() -> dict[str, str]:
    """The types of the keys that hold for every service."""
    groups = tomllib.loads(_data("global-condition-keys.toml").decode())
    return {key: kind for group in groups.values() for key, kind in group.items()}


def _data(name: str) -> bytes:
    return files(__package__).joinpath("data", name).read_bytes()


@cache
def _table() -> _Table:
    packed = _data("service-authorization.json.gz")
    return msgspec.json.decode(gzip.decompress(packed), type=_Table)


def _service(service: str) -> _Service | None:
    return _decoded(service) if service in _table().services else None


@cache
def _decoded(service: str) -> _Service:
    return msgspec.json.decode(_table().services[service], type=_Service)


def _names(service: str) -> dict[str, str]:
    return _lowered(service) if service in _table().services else {}


@cache
def _lowered(service: str) -> dict[str, str]:
    return {name.lower(): name for name in _decoded(service).actions}


@cache
def _key_types() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    declared = [*_table().condition_keys, *global_condition_keys().items()]
    exact = {key.lower(): kind for key, kind in declared}
    patterns = [(_open_key(key), kind) for key, kind in declared if "${" in key or "<" in key]
    return exact, patterns


def _open_key(key: str) -> re.Pattern[str]:
    """A key with `${TagKey}` or `<key>` in it, as a pattern."""
    parts = re.split(r"\$\{[^}]*\}|<[^>]*>", key)
    return re.compile(".+".join(map(re.escape, parts)), re.IGNORECASE)


def _keys(numbers: list[int]) -> tuple[str, ...]:
    declared = _table().condition_keys
    return tuple(declared[number][0] for number in numbers)
