"""TRIM, TRIM_LEFT and TRIM_RIGHT: white space at the ends (space, tab, newline, carriage return, vertical tab, form feed)."""

from __future__ import annotations

from garrison.waf.transformations.registry import transformation


@transformation("TRIM", example=(b" \tid \n", b"id"))
def trim(value: bytes) -> bytes:
    """Removes white space at both ends."""
    return value.strip()


@transformation("TRIM_LEFT", example=(b" id ", b"id "))
def trim_left(value: bytes) -> bytes:
    """Removes white space at the beginning."""
    return value.lstrip()


@transformation("TRIM_RIGHT", example=(b" id ", b" id"))
def trim_right(value: bytes) -> bytes:
    """Removes white space at the end."""
    return value.rstrip()
