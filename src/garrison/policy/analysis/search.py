"""The search for a request that one policy allows and another does not, class by class of actions and caller by caller.

For each Allow of the new policy and each combination of resource patterns that one resource can match, what is left is a
question about context keys: the Allow's conditions hold, no Deny of the new policy applies, and in the old policy either no
Allow applies or some Deny does. `constraints` answers it. What has no answer anywhere is proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import actions as known
from .automaton import Product, Shape
from .callers import Caller
from .constraints import Clause, solve
from .domains import Asked, Domain, variables_of
from .effort import Effort
from .resources import ANY_ARN, ResourcePattern, example_of
from .settling import World
from .sides import Sides
from .views import View
from .ways import MATCHING, TEMPLATES, UNDEFINED, Templates, Way, templates_of, ways
from .witness import Found

MAX_EXAMPLES = 8
"""Patterns that meet another one and are tried by a resource that looks like one."""
TRUSTED_ROLE = "arn:aws:iam::111122223333:role/example"
"""The resource of a trust policy, which names none: any role."""


@dataclass(frozen=True, slots=True)
class Case:
    """One class of actions asked of one caller."""

    action: str
    caller: Caller
    sides: Sides
    world: World
    has_resources: bool = True
    """Trust policies name none."""


class Search:
    """A case's statements, with the domains that all cases of a question share."""

    def __init__(self, case: Case, domains: dict[str, Domain], effort: Effort) -> None:
        self.case = case
        self.domains = domains
        self.effort = effort
        self.conditions: dict[View, Way] = {view: self._literals(view) for view in case.sides.others()}
        self.keys = sorted({key for way in self.conditions.values() for key, _ in way})

    def _literals(self, view: View) -> Way:
        return tuple((asked[0].key.lower(), self._satisfying(asked)) for asked in view.asked)

    def _satisfying(self, asked: Asked) -> int:
        return self.domains[asked[0].key.lower()].satisfying[asked]

    def found(self, view: View) -> Iterator[Found]:
        """What an Allow of the new policy may allow beyond the old policy; nothing where that is proved not to be."""
        for shape, own in self._own_shapes(view):
            if not self._is_covered(view, own):
                yield from self._in_shape(view, shape, own)

    def _own_shapes(self, view: View) -> Iterator[tuple[Shape | None, ResourcePattern | None]]:
        if not self.case.has_resources:
            yield None, None
        elif view.is_everywhere or view.statement.not_resource:
            yield ANY_ARN, None
        else:
            for pattern in view.patterns:
                yield pattern.shape, pattern

    def _is_covered(self, view: View, own: ResourcePattern | None) -> bool:
        """Whether the old policy plainly says the same: most statements of most policies."""
        sides = self.case.sides
        wanted = frozenset(view.asked)
        if not any(
            one.asked == () or wanted.issuperset(one.asked) for one in sides.old_allows if _holds(one, view, own)
        ):
            return False
        return all(any(deny.is_same_as(one) for one in sides.new_denies) for deny in sides.old_denies)

    def _in_shape(self, view: View, shape: Shape | None, own: ResourcePattern | None) -> Iterator[Found]:
        unsatisfiable: set[object] = set()
        for resource, matched in self._resources(shape):
            asked = self._asked(view, own, matched)
            if asked is None:
                continue
            templates, questions = asked
            if (templates.states, questions) in unsatisfiable:
                continue
            is_possible = False
            for clauses in questions:
                choices = {key: self.domains[key].everything for key in self.keys}
                choices[TEMPLATES] = (1 << len(templates.states)) - 1
                left = solve(choices, clauses, self.effort)
                if left is not None:
                    is_possible = True
                    yield self._answer(resource, left, clauses, templates)
            if not is_possible:
                unsatisfiable.add((templates.states, questions))

    def _resources(self, shape: Shape | None) -> Iterator[tuple[str, frozenset[Shape]]]:
        """Resources of a shape, with the other patterns that match each; likely ones first."""
        if shape is None:
            yield TRUSTED_ROLE, frozenset()
            return
        others = list(
            dict.fromkeys(
                pattern.shape
                for view in self.case.sides.others()
                for pattern in view.patterns
                if pattern.shape != shape and _may_meet(pattern.shape, shape)
            )
        )
        together = Product((shape, *others))
        seen: set[int] = set()
        for text in self._likely(shape, others):
            matched = together.matched(text)
            if (matched & 1 or text == "*") and matched not in seen:
                seen.add(matched)
                yield text, _shapes_of(matched, shape, others)
        if seen and (not others or shape.is_literal):
            return
        for found in together.combinations(self.effort):
            if found.matched not in seen:
                yield found.text, _shapes_of(found.matched, shape, others)

    def _likely(self, shape: Shape, others: Sequence[Shape]) -> Iterator[str]:
        if shape is ANY_ARN:
            yield from _examples_for(self.case.action)
            yield "*"
        yield example_of(shape)
        if not shape.is_literal:
            yield from map(example_of, others[:MAX_EXAMPLES])

    def _asked(
        self, view: View, own: ResourcePattern | None, matched: frozenset[Shape]
    ) -> tuple[Templates, tuple[tuple[Clause, ...], ...]] | None:
        """The clauses of each way to a counter-example on a resource that these shapes match."""

        def matches(pattern: ResourcePattern) -> bool:
            return pattern.shape in matched

        sides = self.case.sides
        templates = templates_of(sides.others(), matches, self.effort)
        if own is not None and own.has_variables:
            conditions = self.conditions[view]
            granted: tuple[Way, ...] = ((*conditions, (TEMPLATES, templates.wanted(own, MATCHING))),)
        else:
            granted = ways(view, self.conditions[view], matches, templates)
        spared = self._none_of(sides.new_denies, matches, templates)
        uncovered = self._none_of(sides.old_allows, matches, templates)
        questions: list[tuple[Clause, ...]] = []
        for way in granted:
            wanted = (*((literal,) for literal in way), *spared)
            if () in spared:
                continue
            questions += (
                (*wanted, *((literal,) for literal in denied))
                for deny in sides.old_denies
                for denied in ways(deny, self.conditions[deny], matches, templates)
            )
            if () not in uncovered:
                questions.append((*wanted, *uncovered))
        return (templates, tuple(questions)) if questions else None

    def _none_of(self, views: Sequence[View], matches: object, templates: Templates) -> tuple[Clause, ...]:
        """One clause for each way in which a statement could apply: something of it must fail."""
        return tuple(
            dict.fromkeys(
                tuple((key, self._all(key, templates) & ~wanted) for key, wanted in way)
                for view in views
                for way in ways(view, self.conditions[view], matches, templates)  # type: ignore[arg-type]
            )
        )

    def _all(self, key: str, templates: Templates) -> int:
        return (1 << len(templates.states)) - 1 if key == TEMPLATES else self.domains[key].everything

    def _answer(self, resource: str, left: dict[str, int], clauses: tuple[Clause, ...], templates: Templates) -> Found:
        states = templates.states[(left[TEMPLATES] & -left[TEMPLATES]).bit_length() - 1] if templates.patterns else ()
        asked = {key for clause in clauses for key, _ in clause}
        matching = [one for one, state in zip(templates.patterns, states, strict=False) if state == MATCHING]
        undefined = {
            variable.key
            for one, state in zip(templates.patterns, states, strict=False)
            if state == UNDEFINED
            for variable in one.variables
            if variable.default is None
        } - {variable.key for one in matching for variable in one.variables}
        variables = {variable.key for one in templates.patterns for variable in one.variables}
        variables |= {
            variable.key
            for key in asked
            if key in self.domains
            for one in self.domains[key].open_conditions
            for variable in variables_of(one)
        }
        return Found(
            caller=self.case.caller,
            known=self.case.world.known,
            action=self.case.action,
            resource=resource,
            chosen={key: mask for key, mask in left.items() if key in asked and key != TEMPLATES},
            domains=self.domains,
            matching=tuple(matching),
            undefined=frozenset(undefined),
            asked_variables=frozenset(variables),
        )


def _holds(old: View, view: View, own: ResourcePattern | None) -> bool:
    """Whether an old statement is plainly about all resources of a new one."""
    if old.is_everywhere:
        return True
    if view.statement.not_resource or old.statement.not_resource:
        return old.statement.not_resource == view.statement.not_resource and old.patterns == view.patterns
    return own is not None and any(own == pattern for pattern in old.patterns)


def _may_meet(one: Shape, other: Shape) -> bool:
    shorter = min(len(one.prefix), len(other.prefix))
    return one.prefix[:shorter] == other.prefix[:shorter]


def _shapes_of(matched: int, shape: Shape, others: Sequence[Shape]) -> frozenset[Shape]:
    return frozenset(one for number, one in enumerate((shape, *others)) if matched >> number & 1)


_FIELDS = {"${Partition}": "aws", "${Region}": "us-east-1", "${Account}": "111122223333"}


def _examples_for(action: str) -> Iterator[str]:
    """Resources that AWS names for an action."""
    facts = known.action(action)
    for use in facts.resources if facts else ():
        kind = known.resource_type(action.partition(":")[0], use.name)
        if kind is not None:
            text = kind.arn_format
            for name, value in _FIELDS.items():
                text = text.replace(name, value)
            while "${" in text:
                start = text.index("${")
                text = f"{text[:start]}example{text[text.index('}', start) + 1 :]}"
            yield text


__all__ = ["Case", "Search"]
