"""Make a change once, however often it is tried: its name is kept in the transaction that makes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from garrison.store import Unit

REMEMBERED_FOR = timedelta(days=30)
_NAMESPACE = "made-once"


def is_first(unit: Unit, name: str) -> bool:
    """Whether nothing was done under this name yet; from now on, once the unit is committed, something was."""
    if unit.state_get(_NAMESPACE, name) is not None:
        return False
    unit.state_put(_NAMESPACE, name, b"", expires_at=unit.at + REMEMBERED_FOR)
    return True
