"""Fit values as templates write them to the shapes of an operation: `"5"` is a number where one is wanted, `true` a text.

Templates name members with a capital where many APIs do not; both are found. What no shape has is refused by its place.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from garrison.errors import ApiError
from garrison.services.handlers.failures import InvalidProperties, expected
from garrison.wire import load_service
from garrison.wire.errors import refuse
from garrison.wire.validate import Failure

if TYPE_CHECKING:
    from garrison.wire.shapes import Shape

_TRUTHS = {"true": True, "false": False}


def fitted(service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an operation as its handler expects them from the wire; values of None are left out.

    Raises `InvalidProperties` for what no shape takes, and the service's own validation error.
    """
    wire = load_service(service)
    shape = wire.operation(operation).input_shape
    if shape is None:
        return {}
    with wire.compiling:
        values: dict[str, Any] = _structure(shape, dict(parameters), "#")
        validate = wire.validator(shape)
    failures: list[Failure] = []
    if validate is not None:
        validate(values, None, failures)
    if failures:
        raise refuse(wire.error_style, failures)
    return values


def _fit(shape: Shape, value: Any, place: str) -> Any:
    if shape.is_document:
        return value
    return _FITS[shape.type](shape, value, place)


def _structure(shape: Shape, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise expected(place, "JSONObject", value)
    found: dict[str, Any] = {}
    for name, item in value.items():
        member = name if name in shape.members else name[:1].lower() + name[1:]
        if member not in shape.members:
            raise InvalidProperties(f"{place}: extraneous key [{name}] is not permitted")
        if item is not None:
            found[member] = _fit(shape.members[member], item, f"{place}/{name}")
    return found


def _list(shape: Shape, value: Any, place: str) -> list[Any]:
    if isinstance(value, (str, int, float)):
        value = [value]  # one where many may be: templates are allowed to leave the brackets out
    if not isinstance(value, (list, tuple)):
        raise expected(place, "JSONArray", value)
    return [_fit(shape.element, item, f"{place}/{number}") for number, item in enumerate(value) if item is not None]


def _map(shape: Shape, value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise expected(place, "JSONObject", value)
    return {str(key): _fit(shape.element, item, f"{place}/{key}") for key, item in value.items() if item is not None}


def text_of(value: Any) -> str | None:
    """A scalar as a template's text; None for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, (int, float)) else None


def _string(_shape: Shape, value: Any, place: str) -> str:
    text = text_of(value)
    if text is None:
        raise expected(place, "String", value)
    return text


def _blob(_shape: Shape, value: Any, place: str) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(_string(_shape, value, place), validate=True)
    except binascii.Error:
        raise InvalidProperties(f"{place}: is not Base64") from None


def _boolean(_shape: Shape, value: Any, place: str) -> bool:
    found = value if isinstance(value, bool) else _TRUTHS.get(str(value).lower())
    if found is None:
        raise expected(place, "Boolean", value)
    return found


def _integer(_shape: Shape, value: Any, place: str) -> int:
    try:
        number = float(value)
        if isinstance(value, (bool, list, dict)) or number != int(number):
            raise expected(place, "Integer", value)
        return int(value) if isinstance(value, (int, str)) and str(value).strip("+-").isdigit() else int(number)
    except (TypeError, ValueError, OverflowError):
        raise expected(place, "Integer", value) from None


def _number(_shape: Shape, value: Any, place: str) -> float:
    try:
        if isinstance(value, bool):
            raise expected(place, "Number", value)
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise expected(place, "Number", value) from None


def _timestamp(_shape: Shape, value: Any, place: str) -> datetime:
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)  # seconds since 1970
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        raise InvalidProperties(f"{place}: is no time in the form of ISO 8601") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


_FITS: dict[str, Callable[[Any, Any, str], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "character": _string,
    "blob": _blob,
    "boolean": _boolean,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "timestamp": _timestamp,
}


def is_error_of(error: ApiError, codes: frozenset[str]) -> bool:
    """Whether an error has one of these codes, as the wire or as the model names it."""
    return error.code in codes or error.code.removesuffix("Exception") in codes
