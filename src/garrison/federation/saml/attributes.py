"""Read what an assertion's attributes say to AWS: roles, session name, duration, tags, and condition values.

Source: IAM User Guide, "Configure SAML assertions for the authentication response".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from garrison.federation.claims import checked_source_identity, checked_tags
from garrison.federation.failures import InvalidIdentity
from garrison.federation.saml.response import Assertion, unverified_attributes

PREFIX = "https://aws.amazon.com/SAML/Attributes/"
SHORTEST_SESSION, LONGEST_SESSION = timedelta(minutes=15), timedelta(hours=12)

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_TAG = f"{PREFIX}PrincipalTag:"


class RolePair(NamedTuple):
    """A role that the user may assume, and the provider that says so, by their ARNs."""

    role: str
    provider: str


class SamlUser(NamedTuple):
    """A user as an assertion describes them."""

    roles: tuple[RolePair, ...]
    session_name: str
    duration: timedelta | None
    """How long a session may be at most."""
    tags: dict[str, str]
    transitive_keys: tuple[str, ...]
    source_identity: str | None
    keys: dict[str, str | list[str]]
    """Values of `saml:` condition keys that come from attributes, by the keys' names without the prefix."""


def user_of(assertion: Assertion) -> SamlUser:
    """What the assertion says of its user; raises `InvalidIdentity` where it is not of the form that AWS asks for."""
    attributes = assertion.attributes
    name = _single(attributes, "RoleSessionName")
    if name is None:
        raise InvalidIdentity("RoleSessionName is required in AuthnResponse")
    if not _SESSION_NAME.fullmatch(name):
        raise InvalidIdentity("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    identity = _single(attributes, "SourceIdentity")
    tags = [
        (key.removeprefix(_TAG), _one(values, "PrincipalTag"))
        for key, values in attributes.items()
        if key.startswith(_TAG)
    ]
    return SamlUser(
        roles=_roles(attributes.get(f"{PREFIX}Role", ())),
        session_name=name,
        duration=_duration(_single(attributes, "SessionDuration")),
        tags=checked_tags(tags),
        transitive_keys=attributes.get(f"{PREFIX}TransitiveTagKeys", ()),
        source_identity=None if identity is None else checked_source_identity(identity),
        keys=_condition_values(attributes),
    )


def offered_roles(encoded: str) -> tuple[RolePair, ...]:
    """The roles that a response in base64 says its user may choose from, before anything of it is verified."""
    return _roles(unverified_attributes(encoded).get(f"{PREFIX}Role", ()))


def _roles(values: tuple[str, ...]) -> tuple[RolePair, ...]:
    """Pairs of role and provider, which stand in either order."""
    if not values:
        raise InvalidIdentity("Role is required in AuthnResponse")
    pairs = []
    for value in values:
        first, comma, second = (part.strip() for part in value.partition(","))
        arns = sorted((first, second), key=lambda arn: ":saml-provider/" in arn)
        if comma and ":role/" in arns[0] and ":saml-provider/" in arns[1]:
            pairs.append(RolePair(*arns))
    return tuple(pairs)


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise InvalidIdentity("SessionDuration in AuthnResponse must be a number of seconds")
    duration = timedelta(seconds=int(text))
    if not SHORTEST_SESSION <= duration <= LONGEST_SESSION:
        raise InvalidIdentity("SessionDuration in AuthnResponse must be between 900 and 43200 seconds")
    return duration


def _single(attributes: Mapping[str, tuple[str, ...]], name: str) -> str | None:
    values = attributes.get(f"{PREFIX}{name}")
    return None if values is None else _one(values, name)


def _one(values: tuple[str, ...], name: str) -> str:
    if len(values) != 1:
        raise InvalidIdentity(f"{name} in AuthnResponse must have exactly one value")
    return values[0]


class _Key(NamedTuple):
    name: str
    is_list: bool


@cache
def _keys() -> dict[str, _Key]:
    table = tomllib.loads(files(__package__).joinpath("attributes.toml").read_text(encoding="utf-8"))
    return {
        attribute: _Key(name, row["is_list"]) for name, row in table.items() for attribute in [name, *row["attributes"]]
    }


def _condition_values(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, str | list[str]]:
    values: dict[str, str | list[str]] = {}
    for attribute, found in attributes.items():
        key = _keys().get(attribute)
        if key is not None and found:
            values.setdefault(key.name, list(found) if key.is_list else found[0])
    return values
