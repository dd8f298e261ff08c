"""The resource types that calls may name: those of Config's model, those that are collected besides, and those of third parties."""

from __future__ import annotations

import re
from functools import cache

from garrison.collect import types
from garrison.errors import ApiError
from garrison.wire import load_service

_THIRD_PARTY = re.compile(r"[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}::[A-Za-z0-9]{2,64}")
_OWN = ("AWS", "Amazon", "Alexa")


def is_third_party(resource_type: str) -> bool:
    """Whether a type is not AWS's own."""
    return _THIRD_PARTY.fullmatch(resource_type) is not None and resource_type.split("::", maxsplit=1)[0] not in _OWN


def check_own_type(resource_type: str) -> None:
    """Raises ValidationException for what is no type that can be recorded."""
    if resource_type not in _own_types():
        raise ApiError("ValidationException", f"The resource type {resource_type} is not supported.")


def check_type(resource_type: str) -> None:
    """Raises ValidationException for what is neither AWS's nor a third party's type."""
    if not is_third_party(resource_type):
        check_own_type(resource_type)


@cache
def _own_types() -> frozenset[str]:
    shape = load_service("config").operation("ListDiscoveredResources").input_shape
    assert shape is not None
    return frozenset({*shape.members["resourceType"].traits["enum"], *types()})
