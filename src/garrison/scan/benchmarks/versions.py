"""Compare package versions well enough for "older than 7.0": Debian's and RPM's orders agree on what rules ask for.

Digits compare as numbers, the rest as text, `~` sorts before everything. Sources: deb-version(7), rpm-version(7).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

_PART = re.compile(r"[0-9]+|~|[A-Za-z]+|[+^]")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
MOST_VERSION = 256
"""Characters of a version that are looked at."""


def key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts as the versions do."""
    epoch, colon, rest = version[:MOST_VERSION].partition(":")
    if not colon:
        epoch, rest = "0", version[:MOST_VERSION]
    parts = (epoch, *_PART.findall(rest))
    return (*(_rank(part) for part in parts), (1, 0, ""))


def _rank(part: str) -> tuple[int, int, str]:
    if part == "~":
        return (0, 0, "")
    return (3, int(part), "") if part.isascii() and part.isdigit() else (2, 0, part)


def compare(version: str, sign: str, other: str) -> bool:
    """Whether `version` stands to `other` as the sign says: `<`, `<=`, `>`, `>=`, `==`. Epochs count only where both have one."""
    if ":" not in version or ":" not in other:
        version, other = version.rpartition(":")[2], other.rpartition(":")[2]
    return _OPERATORS[sign](key(version), key(other))
