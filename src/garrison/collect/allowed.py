"""The reading operations that a collection may call, and the guard that lets no other request leave.

The list is data (data/operations.toml): whoever adds an operation there says that it changes nothing and answers no secret.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from garrison.collect.failures import NotAllowed

IDENTITY = {"sts": frozenset({"GetCallerIdentity", "AssumeRole"})}
"""What finds out and takes on the identity that collects; AssumeRole changes nothing either."""


@cache
def reading_operations() -> dict[str, frozenset[str]]:
    """The operations that may be called, by botocore's name of the service."""
    listed = tomllib.loads(files("garrison.collect").joinpath("data", "operations.toml").read_text())
    return {service: frozenset(names) for service, names in listed.items()} | IDENTITY


def is_allowed(service: str, operation: str) -> bool:
    """Whether an operation is on the list."""
    return operation in reading_operations().get(service, ())


def guard(model: Any, **_: Any) -> None:
    """Raise NotAllowed for any other operation; botocore asks before it signs and sends (event `before-call`)."""
    service = model.service_model.service_name
    if not is_allowed(service, model.name):
        raise NotAllowed(f"{service}:{model.name} is not on the list of reading operations")
