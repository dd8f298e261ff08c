"""Where compiled databases are kept, so that a web ACL that changed in one rule does not compile all others again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol


class PatternCache(Protocol):
    """Bytes by a key that says all they depend on. No method raises: what is not there is compiled again."""

    def get(self, key: str) -> bytes | None:
        """What was put under the key (hex digits); None where it is gone."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep it as long as there is room."""
        ...


class MemoryCache:
    """Within a process, up to a number of bytes; what was not asked for longest goes."""

    def __init__(self, most_bytes: int = 64 << 20) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """See `PatternCache.get`."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def put(self, key: str, value: bytes) -> None:
        """See `PatternCache.put`."""
        self._bytes += len(value) - len(self._kept.pop(key, b""))
        self._kept[key] = value
        while self._bytes > self._most_bytes and self._kept:
            self._bytes -= len(self._kept.popitem(last=False)[1])
