"""Every service that can be collected, found by name, and the types that a pattern means."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from garrison.collect.declaration import Service
from garrison.errors import OperatorError


@cache
def services() -> tuple[Service, ...]:
    """All of them: one of each file in services/."""
    package = import_module("garrison.collect.services")
    names = sorted(module.name for module in iter_modules(package.__path__))
    return tuple(import_module(f"{package.__name__}.{name}").SERVICE for name in names)


def service_named(name: str) -> Service:
    """A service by botocore's name of it."""
    return next(service for service in services() if service.name == name)


def types() -> tuple[str, ...]:
    """The names of all types; of `AWS::::Account`, what belongs to no resource, several services tell."""
    return tuple(dict.fromkeys(kind.name for service in services() for kind in service.types))


def chosen(patterns: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of the types that patterns mean (`AWS::S3::Bucket`, `AWS::EC2::*`); all where there are none.

    Raises `OperatorError` for a pattern that means none.
    """
    names, patterns = types(), list(patterns)
    for pattern in patterns:
        if not any(fnmatchcase(name.lower(), pattern.lower()) for name in names):
            raise OperatorError(
                f"No resource type that can be collected is meant by {pattern}.", "See the list in docs/collect.md."
            )
    if not patterns:
        return names
    return tuple(name for name in names if any(fnmatchcase(name.lower(), each.lower()) for each in patterns))
