"""LOWERCASE and UPPERCASE."""

from __future__ import annotations

from garrison.waf.transformations.registry import transformation


@transformation("LOWERCASE", example=(b"UniOn SELECT", b"union select"))
def lowercase(value: bytes) -> bytes:
    """Converts the letters A to Z to a to z. Other bytes stay, those of UTF-8 sequences too."""
    return value.lower()


@transformation("UPPERCASE", example=(b"UniOn select", b"UNION SELECT"))
def uppercase(value: bytes) -> bytes:
    """Converts the letters a to z to A to Z. Other bytes stay, those of UTF-8 sequences too."""
    return value.upper()
