"""How a statement can apply to one resource: as clauses over context keys and over what its policy variables stand for.

A pattern with variables may match the resource or not, whatever the variables turn out to be; each such pattern is in one of
three states: not defined (a variable has no value), not matching, matching. A pattern that includes another one for every
value of the variables matches wherever that one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
class Group:
    """Patterns with variables that can match one resource, and the states that they can be in together."""

    patterns: tuple[ResourcePattern, ...]
    states: tuple[tuple[int, ...], ...]

    @property
    def everything(self) -> int:
        """All states."""
        return (1 << len(self.states)) - 1


@dataclass(frozen=True, slots=True)
class Templates:
    """All patterns with variables that can match one resource.

    They are one group, unless they are many: then each is a group of its own, and what one says about another is left out,
    which can only keep a proof from being found.
    """

    groups: tuple[Group, ...]

    def choices(self) -> dict[str, int]:
        """All states of each group, by its key."""
        return {f"{TEMPLATES}{number}": group.everything for number, group in enumerate(self.groups)}

    def wanted(self, pattern: ResourcePattern, *accepted: int) -> Literal:
        """The states in which a pattern is in one of the accepted states."""
        for number, group in enumerate(self.groups):
            texts = [one.text for one in group.patterns]
            if pattern.text in texts:
                position = texts.index(pattern.text)
                states = enumerate(group.states)
                return f"{TEMPLATES}{number}", sum(1 << bit for bit, state in states if state[position] in accepted)
        raise KeyError(pattern.text)

    def settled(self, left: Mapping[str, int]) -> list[tuple[ResourcePattern, int]]:
        """Each pattern with a state that is left."""
        found: list[tuple[ResourcePattern, int]] = []
        for number, group in enumerate(self.groups):
            bits = left[f"{TEMPLATES}{number}"]
            found += zip(group.patterns, group.states[(bits & -bits).bit_length() - 1], strict=True)
        return found


def templates_of(matching: Iterable[ResourcePattern], excluded: Iterable[ResourcePattern], effort: Effort) -> Templates:
    """The states of patterns that can match a resource, and of those that only want their variables to have values."""
    able = {pattern.text: pattern for pattern in matching if pattern.has_variables}
    unable = {pattern.text: pattern for pattern in excluded if pattern.text not in able}
    if not able and not unable:
        return _NO_TEMPLATES
    if len(able) + len(unable) <= MAX_TEMPLATES:
        return Templates((_group((*able.values(), *unable.values()), len(able), effort),))
    alone = [_group((pattern,), 1, effort) for pattern in able.values()]
    return Templates((*alone, *(_group((pattern,), 0, effort) for pattern in unable.values())))


_NO_TEMPLATES = Templates(())


def _group(patterns: tuple[ResourcePattern, ...], able: int, effort: Effort) -> Group:
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
    return Group(patterns, tuple(states))


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


def ways(view: View, conditions: Way, matching: Sequence[ResourcePattern], templates: Templates) -> tuple[Way, ...]:
    """The ways in which a statement can apply to a resource that these of its patterns can match."""
    if view.is_everywhere:
        return (conditions,)
    is_settled = any(not pattern.has_variables for pattern in matching)
    if view.statement.not_resource:
        if is_settled:
            return ()
        return ((*conditions, *_outside(view, matching, templates)),)
    if is_settled:
        return (conditions,)
    return tuple((*conditions, templates.wanted(pattern, MATCHING)) for pattern in matching)


def _outside(view: View, matching: Sequence[ResourcePattern], templates: Templates) -> Way:
    """An Allow with NotResource also wants all its variables to have values; a Deny applies without."""
    if view.allows:
        return tuple(templates.wanted(pattern, APART) for pattern in view.patterns if pattern.has_variables)
    return tuple(templates.wanted(pattern, APART, UNDEFINED) for pattern in matching)
