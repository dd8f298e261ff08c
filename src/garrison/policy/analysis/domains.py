"""A context key as the search sees it: the choices it has, and for each condition the choices that satisfy it.

A choice is an absent key, a value, or for keys with several values a list; a condition whose values hold policy variables
may go either way, so a choice also says how each of those goes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from .. import actions as known
from ..conditions import NULL, OPERATORS, compile_condition
from ..context import AuthorizationRequest, ContextValue, Scope
from ..document import Condition, Effect, Quantifier
from ..variables import Variable, parse_template
from .effort import Effort
from .values import representatives

Asked = tuple[Condition, Effect, bool]
"""A condition, the effect of its statement, and whether its policy's version has variables: all that its answer depends on."""

ALWAYS_PRESENT = frozenset({"aws:currenttime", "aws:epochtime", "aws:securetransport", "aws:resourceaccount"})
"""AWS's page of global keys says "always included" of them."""
MAX_CHOICES = 8192


def variables_of(asked: Asked) -> tuple[Variable, ...]:
    """The policy variables in a condition's values."""
    condition, _, with_variables = asked
    if not with_variables or not condition.operator.startswith(("String", "Arn")):
        return ()
    return tuple(
        token
        for value in condition.values
        for token in parse_template(value, with_variables=True).tokens
        if isinstance(token, Variable)
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One way in which a key can stand in the request."""

    value: ContextValue | None
    holding: int = 0
    """Bit n is set where the nth condition with variables holds."""


@dataclass(frozen=True, slots=True)
class Domain:
    """All choices of one key."""

    key: str
    choices: tuple[Choice, ...]
    open_conditions: tuple[Asked, ...]
    """Those with variables, in the order of the bits of `Choice.holding`."""
    satisfying: dict[Asked, int]
    """Bit n is set where the nth choice satisfies the condition."""
    is_complete: bool
    """Whether the choices stand for every value."""

    @property
    def everything(self) -> int:
        """All choices."""
        return (1 << len(self.choices)) - 1

    def without(self, values: Collection[ContextValue | None]) -> Domain:
        """The same key with other values than these."""
        return self.keeping(lambda choice: _single(choice.value) not in values)

    def keeping(self, is_kept: Callable[[Choice], bool]) -> Domain:
        """The same key with fewer choices."""
        kept = [number for number, choice in enumerate(self.choices) if is_kept(choice)]
        satisfying = {
            asked: sum(1 << position for position, number in enumerate(kept) if held >> number & 1)
            for asked, held in self.satisfying.items()
        }
        choices = tuple(self.choices[number] for number in kept)
        return Domain(self.key, choices, self.open_conditions, satisfying, self.is_complete)


def _single(value: ContextValue | None) -> ContextValue | None:
    """A value that can be looked up; lists are never plain texts."""
    return None if value is None else value if isinstance(value, str) else "\0list"


def domain_of(key: str, asked: Iterable[Asked], effort: Effort) -> Domain:
    """The choices of a key (in lower case) about which these conditions ask."""
    asking = tuple(dict.fromkeys(asked))
    values, complete = _values(key, asking, effort)
    return _domain(key, asking, values, can_be_absent=key not in ALWAYS_PRESENT, complete=complete)


def fixed_domain(key: str, asked: Iterable[Asked], value: ContextValue | None) -> Domain:
    """The one choice of a key that follows from who asks."""
    values = [] if value is None else [value]
    return _domain(key, tuple(dict.fromkeys(asked)), values, can_be_absent=value is None, complete=True)


def _domain(
    key: str, asking: tuple[Asked, ...], values: Sequence[ContextValue], *, can_be_absent: bool, complete: bool
) -> Domain:
    still = tuple(one for one in asking if not variables_of(one))
    opened = tuple(one for one in asking if variables_of(one))
    choices = [Choice(None)] if can_be_absent else []
    if len(values) << len(opened) > MAX_CHOICES:
        complete = False
        opened_ways = [0, (1 << len(opened)) - 1]
    else:
        opened_ways = list(range(1 << len(opened)))
    choices += [Choice(value, holding) for value, holding in product(values, opened_ways)]
    satisfying = {one: _satisfying(one, key, choices) for one in still}
    for number, one in enumerate(opened):
        absent = _satisfying(one, key, choices[:1]) if choices[0].value is None else 0
        satisfying[one] = absent | sum(
            1 << position for position, choice in enumerate(choices) if choice.holding >> number & 1
        )
    return Domain(key, tuple(choices), opened, satisfying, complete)


def _values(key: str, asking: Sequence[Asked], effort: Effort) -> tuple[list[ContextValue], bool]:
    conditions = [condition for condition, _, _ in asking]
    kind = known.condition_key_type(key)
    single, complete = representatives([(condition, one) for condition, _, one in asking], kind, effort)
    effort.spend(len(single) * len(conditions) // 4)
    if not _is_list(kind, conditions):
        return list(single), complete
    lists = _lists(key, single, asking, effort)
    return lists[:MAX_CHOICES], complete and len(lists) <= MAX_CHOICES


def _lists(key: str, single: Sequence[str], asking: Sequence[Asked], effort: Effort) -> list[ContextValue]:
    """Lists for every combination of answers that lists can have.

    An answer about a list is the "and" or the "or" of the answers about its members, so that lists grow member by member and
    only those with new answers are kept.
    """
    each = [Choice([value]) for value in single]
    answers = [_satisfying(one, key, each) for one in asking]
    of_all = sum(1 << number for number, one in enumerate(asking) if _holds_of_all(one[0]))
    members: dict[int, str] = {}
    for position, value in enumerate(single):
        members.setdefault(sum(1 << number for number, held in enumerate(answers) if held >> position & 1), value)
    found: dict[int, list[str]] = {answer: [value] for answer, value in members.items()}
    waiting = list(found)
    while waiting and len(found) <= MAX_CHOICES:
        answer = waiting.pop()
        effort.spend(len(members) // 4)
        for other, value in members.items():
            joined = (answer & other & of_all) | ((answer | other) & ~of_all)
            if joined not in found:
                found[joined] = [*found[answer], value]
                waiting.append(joined)
    return list(found.values())


def _holds_of_all(condition: Condition) -> bool:
    """Whether a list satisfies the condition only where every member does."""
    if condition.quantifier is None:
        return condition.operator != NULL and OPERATORS[condition.operator].negated
    return condition.quantifier is Quantifier.ALL


def _is_list(kind: str | None, conditions: Iterable[Condition]) -> bool:
    """Whether a key has several values: as AWS declares it, else as the policies ask about it."""
    if kind is not None:
        return kind.startswith("ArrayOf")
    return any(condition.quantifier is not None for condition in conditions)


def _satisfying(asked: Asked, key: str, choices: Sequence[Choice]) -> int:
    condition, effect, with_variables = asked
    compiled = compile_condition(condition, effect, with_variables=with_variables)
    held = 0
    for number, choice in enumerate(choices):
        context = {} if choice.value is None else {key: choice.value}
        if compiled.holds(Scope({}, AuthorizationRequest("", context=context))):
            held |= 1 << number
    return held
