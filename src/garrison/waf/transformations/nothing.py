"""NONE: the value as it came."""

from __future__ import annotations

from garrison.waf.transformations.registry import pre_parse, transformation


@pre_parse("NONE", example=(b"a=%26", b"a=%26"))
@transformation("NONE", example=(b"A%20b", b"A%20b"))
def unchanged(value: bytes) -> bytes:
    """Inspects the value as it was received."""
    return value
