"""What a process has read and decoded, good for every snapshot in which its account has not changed since."""

from __future__ import annotations

from typing import Any, Final

MISSING: Final = object()
"""Says that the cache has nothing, as None may be something: that an item does not exist."""


_MOST_BYTES = 12 * 1024 * 1024
_ENTRY_BYTES = 400
"""What an entry takes beside its value."""


class Cache:
    """Values by key, each with its account's change count: counts only rise, so that an equal one means an equal state.

    Shared by threads: each step is one operation on a dict, and a lost entry is only read again.
    """

    __slots__ = ("_most", "_values", "_weight")

    def __init__(self, most: int = _MOST_BYTES) -> None:
        """Holds about `most` bytes of stored states; decoded they take two or three times that."""
        self._most = most
        self._values: dict[tuple[Any, ...], tuple[int, Any]] = {}
        self._weight = 0

    def get(self, key: tuple[Any, ...], changes: int) -> Any:
        """The value kept at this change count, else `MISSING`."""
        found = self._values.get(key)
        return found[1] if found is not None and found[0] == changes else MISSING

    def put(self, key: tuple[Any, ...], changes: int, value: Any, weight: int) -> None:
        """Keep a value of some bytes; a full cache starts anew, and what would fill an eighth of it is not kept."""
        weight += _ENTRY_BYTES
        if weight > self._most // 8:
            return
        if self._weight + weight > self._most:
            self._values = {}
            self._weight = 0
        self._weight += weight
        self._values[key] = (changes, value)
