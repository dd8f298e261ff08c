"""REMOVE_NULLS and REPLACE_NULLS: bytes of zero, at which many a server ends a string."""

from __future__ import annotations

from garrison.waf.transformations.registry import transformation


@transformation("REMOVE_NULLS", example=(b"/etc/pa\0sswd", b"/etc/passwd"))
def remove_nulls(value: bytes) -> bytes:
    """Removes all NULL bytes."""
    return value.replace(b"\0", b"") if b"\0" in value else value


@transformation("REPLACE_NULLS", example=(b"a.php\0.jpg", b"a.php .jpg"))
def replace_nulls(value: bytes) -> bytes:
    """Replaces each NULL byte with a space."""
    return value.replace(b"\0", b" ") if b"\0" in value else value
