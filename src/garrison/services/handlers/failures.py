"""What goes wrong with one resource of a stack, in the words that its events show."""

from __future__ import annotations

from garrison.errors import GarrisonError


class Failed(GarrisonError):
    """A resource that could not be made, changed or deleted; the message is its event's reason."""


class InvalidProperties(Failed):
    """Properties that are not as the resource's type has them; `message` names place and fault as a JSON schema would."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def expected(place: str, wanted: str, value: object) -> InvalidProperties:
    """A value of the wrong type at a place such as `#/Dimensions/0/Name`."""
    return InvalidProperties(f"{place}: expected type: {wanted}, found: {_found(value)}")


def _found(value: object) -> str:
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, dict):
        return "JSONObject"
    if isinstance(value, list):
        return "JSONArray"
    return {str: "String", int: "Integer", float: "Number"}.get(type(value), "null")
