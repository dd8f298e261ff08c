"""What an item is made of while it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Made:
    """The two halves of an item that a template tells."""

    configuration: dict[str, Any]
    supplementary: dict[str, Any]


def listed(found: Any) -> Sequence[Any]:
    """A list, or nothing where there is none."""
    return found if isinstance(found, list) else ()
