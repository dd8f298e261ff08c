"""Policy variables: `${aws:username}`, defaults `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`, `${?}`, `${$}`.

Source: IAM user guide, "IAM policy elements: Variables and tags". They exist in version 2012-10-17 only; in 2008-10-17 the
text means itself. A variable without a value and without a default makes the text that holds it match nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .context import ContextValue, Scope, text_of
from .glob import Token, tokenize

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_ESCAPES = frozenset("*?$")


@dataclass(frozen=True, slots=True)
class Variable:
    """A reference to a context key."""

    key: str
    """In lower case."""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """Text in which some tokens wait for the request's context."""

    tokens: tuple[Token | Variable, ...]

    @property
    def static(self) -> tuple[Token, ...] | None:
        """The tokens, where nothing waits for the request."""
        if any(isinstance(token, Variable) for token in self.tokens):
            return None
        return self.tokens  # type: ignore[return-value]

    def resolve(self, scope: Scope) -> tuple[Token, ...] | None:
        """The tokens with every variable replaced by literal text; None where one has no value."""
        resolved: list[Token] = []
        for token in self.tokens:
            if isinstance(token, Variable):
                value = _single_text(scope.get(token.key))
                if value is None:
                    value = token.default
                if value is None:
                    return None
                resolved.append(value)
            else:
                resolved.append(token)
        return tuple(resolved)


def parse_template(text: str, *, with_variables: bool) -> Template:
    """Split text into literals, wildcards and, where the policy's version has them, variables."""
    if not with_variables or "${" not in text:
        return Template(tokenize(text))
    tokens: list[Token | Variable] = []
    position = 0
    for reference in _REFERENCE.finditer(text):
        tokens += tokenize(text[position : reference.start()])
        tokens.append(_read(reference.group(1), reference.group(0)))
        position = reference.end()
    tokens += tokenize(text[position:])
    return Template(tuple(tokens))


def variables_in(text: str) -> Iterator[str]:
    """The keys of the variables in a text, as they are written there."""
    for reference in _REFERENCE.finditer(text):
        if isinstance(_read(reference.group(1), reference.group(0)), Variable):
            yield reference.group(1).partition(",")[0].strip()


def _read(inside: str, whole: str) -> Token | Variable:
    if inside in _ESCAPES:
        return inside
    key, comma, rest = inside.partition(",")
    key, default = key.strip().lower(), rest.strip()
    if not key:
        return whole
    if not comma:
        return Variable(key)
    quoted = len(default) > 1 and default[0] == default[-1] == "'"
    return Variable(key, default[1:-1]) if quoted else whole


def _single_text(value: ContextValue | None) -> str | None:
    """Only single-valued keys can be used as variables ("Where you can use policy variables")."""
    if value is None or isinstance(value, (list, tuple)):
        return None
    return text_of(value)  # type: ignore[arg-type]
