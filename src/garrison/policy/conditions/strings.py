"""String operators: exact, exact without case, and with wildcards."""

from __future__ import annotations

from collections.abc import Sequence

from ..context import Scalar, text_of
from ..glob import compile_glob, has_wildcards, literal_of
from .operator import Tokens, ValueMatcher, pair


def _equals(values: Sequence[Tokens]) -> ValueMatcher:
    wanted = frozenset(map(literal_of, values))
    return lambda value: text_of(value) in wanted


def _equals_ignoring_case(values: Sequence[Tokens]) -> ValueMatcher:
    wanted = frozenset(literal_of(tokens).lower() for tokens in values)
    return lambda value: text_of(value).lower() in wanted


def _like(values: Sequence[Tokens]) -> ValueMatcher:
    exact = frozenset(literal_of(tokens) for tokens in values if not has_wildcards(tokens))
    globs = [compile_glob(tokens) for tokens in values if has_wildcards(tokens)]

    def matches(value: Scalar) -> bool:
        text = text_of(value)
        return text in exact or any(glob(text) for glob in globs)

    return matches


OPERATORS = (
    *pair("StringEquals", "StringNotEquals", _equals, takes_variables=True),
    *pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", _equals_ignoring_case, takes_variables=True),
    *pair("StringLike", "StringNotLike", _like, takes_variables=True),
)
