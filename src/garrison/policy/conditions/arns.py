"""ARN operators: the six parts of an ARN are compared one by one, each with wildcards.

`ArnEquals` and `ArnLike` behave the same ("Amazon Resource Name (ARN) condition operators"), so do their negations.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..context import Scalar, text_of
from ..glob import Matcher, Token, Wild, compile_glob
from .operator import Tokens, ValueMatcher, pair

PARTS = 6
"""arn:partition:service:region:account:resource; the resource may hold further colons."""


def _split(tokens: Tokens) -> list[list[Token]] | None:
    """The tokens of each part; a pattern that stops early with `*` covers the parts that are missing."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            parts[-1].append(token)
            continue
        first, *others = token.split(":", PARTS - len(parts))
        parts[-1].append(first)
        parts += ([text] for text in others)
    if len(parts) < PARTS:
        if not parts[-1] or parts[-1][-1] is not Wild.MANY:
            return None
        parts += ([Wild.MANY] for _ in range(PARTS - len(parts)))
    return parts


def _like(values: Sequence[Tokens]) -> ValueMatcher:
    patterns: list[list[Matcher]] = []
    for tokens in values:
        parts = _split(tokens)
        if parts is not None:
            patterns.append([compile_glob(part) for part in parts])

    def matches(value: Scalar) -> bool:
        parts = text_of(value).split(":", PARTS - 1)
        if len(parts) != PARTS:
            return False
        return any(all(glob(part) for glob, part in zip(pattern, parts, strict=True)) for pattern in patterns)

    return matches


OPERATORS = (
    *pair("ArnEquals", "ArnNotEquals", _like, takes_variables=True),
    *pair("ArnLike", "ArnNotLike", _like, takes_variables=True),
)
