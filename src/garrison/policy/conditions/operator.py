"""What a condition operator is: how its policy values become one question about one context value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..context import Scalar
from ..glob import Token

Tokens = tuple[Token, ...]
ValueMatcher = Callable[[Scalar], bool]


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator. Negated ones share their positive form's matcher; `quantify` turns the answer round."""

    name: str
    compile: Callable[[Sequence[Tokens]], ValueMatcher]
    """From the policy's values to "does this context value match one of them?"."""
    negated: bool = False
    takes_variables: bool = False
    """String and ARN operators only ("Where you can use policy variables")."""


def pair(
    positive: str, negative: str, compile: Callable[[Sequence[Tokens]], ValueMatcher], *, takes_variables: bool = False
) -> tuple[Operator, Operator]:
    """An operator and its negation."""
    return (
        Operator(positive, compile, takes_variables=takes_variables),
        Operator(negative, compile, negated=True, takes_variables=takes_variables),
    )
