"""Make a change once, however often it is tried: its name is kept in the transaction that makes it, and its answer where asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from garrison import codec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from garrison.store import RootKey, Unit

REMEMBERED_FOR = timedelta(days=30)
_NAMESPACE = "made-once"


def is_first(unit: Unit, name: str) -> bool:
    """Whether nothing was done under this name yet; from now on, once the unit is committed, something was."""
    if was_made(unit, name):
        return False
    unit.state_put(_NAMESPACE, name, b"", expires_at=unit.at + REMEMBERED_FOR)
    return True


def forget(unit: Unit, name: str) -> None:
    """Take back what `is_first` said: the change was refused."""
    unit.state_remove(_NAMESPACE, name)


def was_made(unit: Unit, name: str) -> bool:
    """Whether something was done under this name."""
    return unit.state_get(_NAMESPACE, name) is not None


def keep_answer(unit: Unit, root_key: RootKey, name: str, answer: Mapping[str, Any]) -> None:
    """Keep the answer of what is done under a name, sealed: it may hold a secret."""
    sealed = root_key.seal(codec.encode(answer), name.encode())
    unit.state_put(_NAMESPACE, name, sealed, expires_at=unit.at + REMEMBERED_FOR)


def earlier_answer(unit: Unit, root_key: RootKey, name: str) -> dict[str, Any]:
    """The answer of what was done under a name, times in it as texts; empty where it was not kept."""
    kept = unit.state_get(_NAMESPACE, name)
    if kept is None or not kept.value:
        return {}
    answer: dict[str, Any] = codec.decode(root_key.open(kept.value, name.encode()))
    return answer
