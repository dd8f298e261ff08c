"""How a statement can apply to one resource: as clauses over context keys and over what its policy variables stand for.

A pattern with variables may match the resource or not, whatever the variables turn out to be; each such pattern is in one of
three states: not defined (a variable has no value), not matching, matching. A pattern that includes another one for every
value of the variables matches wherever that one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from ..glob import Wild
from ..variables import Variable
from .automaton import Accepts, Shape, Wildcard, includes
from .constraints import Literal
from .effort import Effort, Exhausted
from .resources import ResourcePattern
from .views import View

TEMPLATES = "\0templates"
"""Stands for the states of all patterns with variables, as if it were a context key."""
UNDEFINED, APART, MATCHING = range(3)
MAX_TEMPLATES = 6

Way = tuple[Literal, ...]
"""What has to hold, all of it, so that a statement applies."""


@dataclass(frozen=True, slots=True)
class Templates:
    """The patterns with variables that can match one resource, and the states that they can be in together."""

    patterns: tuple[ResourcePattern, ...]
    states: tuple[tuple[int, ...], ...]

    def wanted(self, pattern: ResourcePattern, *accepted: int) -> int:
        """The states in which a pattern is in one of the accepted states."""
        position = [one.text for one in self.patterns].index(pattern.text)
        return sum(1 << number for number, state in enumerate(self.states) if state[position] in accepted)


def templates_of(views: Iterable[View], matches: Callable[[ResourcePattern], bool], effort: Effort) -> Templates:
    """The states of the patterns with variables that these statements ask about.

    `matches` tells whether a pattern can match the resource at all. One that cannot is of interest only where an Allow with
    NotResource wants its variables to have values.
    """
    able: dict[str, ResourcePattern] = {}
    unable: dict[str, ResourcePattern] = {}
    for view in views:
        for pattern in view.patterns:
            if pattern.has_variables:
                if matches(pattern):
                    able[pattern.text] = pattern
                elif view.allows and view.statement.not_resource:
                    unable[pattern.text] = pattern
    if len(able) + len(unable) > MAX_TEMPLATES:
        raise Exhausted
    return _templates((*able.values(), *unable.values()), len(able), effort)


def _templates(patterns: tuple[ResourcePattern, ...], able: int, effort: Effort) -> Templates:
    pairs = [
        (one, other)
        for one in range(len(patterns))
        for other in range(len(patterns))
        if one != other and _follows(patterns[one], patterns[other])
    ]
    needed = [frozenset(one.key for one in pattern.variables if one.default is None) for pattern in patterns]
    states = []
    for state in product((UNDEFINED, APART, MATCHING), repeat=len(patterns)):
        effort.spend()
        if MATCHING in state[able:]:
            continue
        defined = frozenset().union(*(needed[number] for number, one in enumerate(state) if one != UNDEFINED))
        if any(one == UNDEFINED and needed[number] <= defined for number, one in enumerate(state)):
            continue
        if any(state[one] == MATCHING and state[other] != MATCHING for one, other in pairs):
            continue
        states.append(state)
    return Templates(patterns, tuple(states))


@lru_cache(maxsize=4096)
def _follows(smaller: ResourcePattern, larger: ResourcePattern) -> bool:
    """Whether the larger pattern matches wherever the smaller does, for every value of the variables."""
    variables = {one.key for one in (*smaller.variables, *larger.variables)}
    letters = {key: chr(0xE000 + number) for number, key in enumerate(sorted(variables))}
    if any(one.default is not None for one in (*smaller.variables, *larger.variables)):
        return False
    if any(isinstance(one, Wildcard) for one in larger.shape.positions):
        return False  # a `?` takes the letter of a variable, but not every value
    try:
        return includes(_lettered(larger, letters), _lettered(smaller, letters), Effort(20_000))
    except Exhausted:
        return False


def _lettered(pattern: ResourcePattern, letters: dict[str, str]) -> Shape:
    """A pattern whose variables are letters of their own."""
    variables = iter(pattern.variables)
    starts = _variable_positions(pattern)
    positions: list[Accepts] = []
    loops: list[tuple[int, Wildcard]] = []
    own = dict(pattern.shape.loops)
    for number in range(len(pattern.shape.positions) + 1):
        for is_variable in starts.get(number, (False,) if number in own else ()):
            if is_variable:
                positions.append(letters[next(variables).key])
            else:
                loops.append((len(positions), own[number]))
        if number < len(pattern.shape.positions):
            positions.append(pattern.shape.positions[number])
    return Shape(tuple(positions), tuple(loops))


def _variable_positions(pattern: ResourcePattern) -> dict[int, tuple[bool, ...]]:
    """At each place where a run may stand, whether it is a variable's value, in order."""
    places: dict[int, tuple[bool, ...]] = {}
    number = 0
    for token in pattern.template.tokens:
        if isinstance(token, str):
            number += len(token)
        elif token is Wild.ONE:
            number += 1
        else:
            places[number] = (*places.get(number, ()), isinstance(token, Variable))
    return places


def ways(
    view: View, conditions: Way, matches: Callable[[ResourcePattern], bool], templates: Templates
) -> tuple[Way, ...]:
    """The ways in which a statement can apply to a resource that these patterns can match."""
    if view.is_everywhere:
        return (conditions,)
    matching = [pattern for pattern in view.patterns if matches(pattern)]
    is_settled = any(not pattern.has_variables for pattern in matching)
    if view.statement.not_resource:
        if is_settled:
            return ()
        asked = [pattern for pattern in view.patterns if pattern.has_variables and (view.allows or matches(pattern))]
        return ((*conditions, *_outside(view, asked, templates)),)
    if is_settled:
        return (conditions,)
    return tuple((*conditions, (TEMPLATES, templates.wanted(pattern, MATCHING))) for pattern in matching)


def _outside(view: View, asked: Sequence[ResourcePattern], templates: Templates) -> Way:
    """An Allow with NotResource also wants its variables to have values; a Deny applies without."""
    apart = (APART,) if view.allows else (APART, UNDEFINED)
    return tuple((TEMPLATES, templates.wanted(pattern, *apart)) for pattern in asked)
