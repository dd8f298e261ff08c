"""The Boolean operator: `true` and `false`, without case."""

from __future__ import annotations

from collections.abc import Sequence

from ..context import text_of
from ..glob import literal_of
from .operator import Operator, Tokens, ValueMatcher

TRUTH = frozenset({"true", "false"})


def _bool(values: Sequence[Tokens]) -> ValueMatcher:
    wanted = frozenset(literal_of(tokens).lower() for tokens in values) & TRUTH
    return lambda value: text_of(value).lower() in wanted


OPERATORS = (Operator("Bool", _bool),)
