"""Policy variables whose values are known put into the statements, so that nothing about them is left open.

A caller's own keys are known; of another key that policies also compare with plain texts, each such text is a world of its
own, and so is its absence. What remains, "any other value", stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from ..document import Condition
from ..glob import literal_of
from ..variables import Template, Variable, parse_template
from .callers import IDENTITY_KEYS
from .domains import Asked, variables_of
from .resources import ResourcePattern, shape_of
from .views import View

Known = Mapping[str, str | None]
"""Values of keys (in lower case); None where a key is known to be absent."""
MAX_WORLDS = 32


@dataclass(frozen=True, slots=True)
class World:
    """What is known of the keys that variables name."""

    known: Known
    other_than: Mapping[str, frozenset[str | None]]
    """Keys that have any value but these."""


def worlds(views: Sequence[View]) -> Iterator[World]:
    """The worlds that together are all; one where variables name no key that is also compared with plain texts."""
    named = {key for view in views for key in variable_keys(view)} - IDENTITY_KEYS
    plain: dict[str, set[str | None]] = {}
    for view in views:
        for asked in view.asked:
            key = asked[0].key.lower()
            if key in named:
                plain.setdefault(key, {None}).update(_plain_texts(asked))
    count = 1
    for values in plain.values():
        count *= len(values) + 1
    if count > MAX_WORLDS:
        plain = {}
    options = [[*values, ...] for values in plain.values()]
    for chosen in product(*options):
        pairs = list(zip(plain, chosen, strict=True))
        yield World(
            {key: value for key, value in pairs if value is not ...},
            {key: frozenset(plain[key]) for key, value in pairs if value is ...},
        )


def variable_keys(view: View) -> Iterator[str]:
    """The keys that a statement's variables name."""
    for pattern in view.patterns:
        yield from (variable.key for variable in pattern.variables)
    for asked in view.asked:
        yield from (variable.key for variable in variables_of(asked))


def _plain_texts(asked: Asked) -> Iterator[str]:
    condition, _, with_variables = asked
    if condition.operator in ("StringEquals", "StringNotEquals") and not variables_of(asked):
        for value in condition.values:
            static = parse_template(value, with_variables=with_variables).static
            yield literal_of(static or ())


def settled(views: Iterable[View], known: Known) -> tuple[View, ...]:
    """The statements with what is known put in; those that can then never apply are left out."""
    found = (_settled(view, known) if not known.keys().isdisjoint(variable_keys(view)) else view for view in views)
    return tuple(view for view in found if view is not None)


def _settled(view: View, known: Known) -> View | None:
    patterns: list[ResourcePattern] = []
    for pattern in view.patterns:
        resolved = _resolved(pattern, known)
        if resolved is not None:
            patterns.append(resolved)
        elif view.statement.not_resource and view.allows:
            return None
    asked = tuple((_condition(one, known), one[1], one[2]) for one in view.asked)
    return replace(view, patterns=tuple(patterns), asked=asked)


def _resolved(pattern: ResourcePattern, known: Known) -> ResourcePattern | None:
    """A pattern with known values; None where one of its variables has no value."""
    tokens = list(pattern.template.tokens)
    for number, token in enumerate(tokens):
        if isinstance(token, Variable) and token.key in known:
            value = known[token.key]
            value = token.default if value is None else value
            if value is None:
                return None
            tokens[number] = value
    template = Template(tuple(tokens))
    text = "".join(_spelled(token) for token in tokens)
    return ResourcePattern(text, template, shape_of(template.tokens))


def _spelled(token: object) -> str:
    if isinstance(token, str):
        return _escaped(token)
    if isinstance(token, Variable):
        return "${" + token.key + "}" if token.default is None else f"${{{token.key}, '{token.default}'}}"
    return str(token.value)  # type: ignore[attr-defined]


def _escaped(text: str) -> str:
    return "".join("${" + one + "}" if one in "*?$" else one for one in text)


def _condition(asked: Asked, known: Known) -> Condition:
    """A condition whose values are spelled out where all their variables are known."""
    condition = asked[0]
    if not any(known.get(variable.key) is not None for variable in variables_of(asked)):
        return condition
    return replace(condition, values=tuple(_spelled_out(value, known) for value in condition.values))


def _spelled_out(value: str, known: Known) -> str:
    tokens = parse_template(value, with_variables=True).tokens
    spelled: list[str] = []
    for token in tokens:
        text = known.get(token.key) if isinstance(token, Variable) else None
        spelled.append(_escaped(text) if text is not None else _spelled(token))
    return "".join(spelled)
