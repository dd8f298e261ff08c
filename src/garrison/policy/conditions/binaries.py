"""The binary operator: byte for byte, both sides in base64."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from ..context import Scalar, text_of
from ..glob import literal_of
from .operator import Operator, Tokens, ValueMatcher


def bytes_of(value: Scalar) -> bytes | None:
    """The bytes that a value holds; None where it is not base64."""
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(text_of(value), validate=True)
    except (binascii.Error, ValueError):
        return None


def _equals(values: Sequence[Tokens]) -> ValueMatcher:
    wanted = frozenset(held for held in map(bytes_of, map(literal_of, values)) if held is not None)

    def matches(value: Scalar) -> bool:
        held = bytes_of(value)
        return held is not None and held in wanted

    return matches


OPERATORS = (Operator("BinaryEquals", _equals),)
