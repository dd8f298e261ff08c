"""Values that stand for others: what is known only once a change is made, and what is as if it were not written."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""How AWS shows in a change set what is not yet known."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not yet known."""

    of: str
    """Whose: `Topic`, `Topic.Arn`."""


class Absent(enum.Enum):
    """What `AWS::NoValue` makes of a property."""

    NO_VALUE = "AWS::NoValue"


def unknown_in(value: Any) -> Unknown | None:
    """Something in a value that is not yet known; None where all of it is."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        return next((found for each in value.values() if (found := unknown_in(each)) is not None), None)
    if isinstance(value, list):
        return next((found for each in value if (found := unknown_in(each)) is not None), None)
    return None


def shown(value: Any) -> Any:
    """A value for people and JSON: what is not yet known as AWS writes it."""
    if isinstance(value, Unknown):
        return KNOWN_AFTER_APPLY
    if isinstance(value, dict):
        return {name: shown(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shown(each) for each in value]
    return value
