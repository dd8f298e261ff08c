"""Numbers and limits that all orders share."""

from __future__ import annotations

MOST_LENGTH = 240
"""Characters of a version; the longest of the OSV export is below 120. A number's length fits one byte by it."""


class Unordered(ValueError):
    """A version that its ecosystem's rules do not know."""

    def __init__(self, version: str) -> None:
        super().__init__(f"{version[:60]!r} is no version of its ecosystem")


def number(digits: str) -> bytes:
    """A natural number of any size: its count of digits, then the digits, without the zeros in front."""
    stripped = digits.lstrip("0")
    return bytes((len(stripped),)) + stripped.encode()
