"""The search for a request that one policy allows and another does not, class by class of actions and caller by caller.

For each Allow of the new policy and each combination of resource patterns that one resource can match, what is left is a
question about context keys: the Allow's conditions hold, no Deny of the new policy applies, and in the old policy either no
Allow applies or some Deny does. `constraints` answers it. What has no answer anywhere is proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import actions as known
from .automaton import Product, Shape, includes
from .callers import Caller
from .constraints import Clause, solve
from .domains import Asked, Domain, variables_of
from .effort import Effort, Exhausted
from .patterns import Patterns
from .resources import ANY_ARN, ResourcePattern, example_of
from .settling import World
from .sides import Sides
from .views import View
from .ways import MATCHING, UNDEFINED, Templates, Way, templates_of, ways
from .witness import Found

INCLUSION_STEPS = 500
"""What one look at two patterns may cost before the search looks at all of them together."""
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
        self.patterns = Patterns(case.sides.others())
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
        """Whether the old policy plainly allows as much: most statements of most policies."""
        sides = self.case.sides
        if not all(any(deny.is_same_as(one) for one in sides.new_denies) for deny in sides.old_denies):
            return False
        wanted = frozenset(view.asked)
        allowing = {one for one in sides.old_allows if wanted.issuperset(one.asked)}
        if any(_says_the_same(one, view) for one in allowing):
            return True
        if own is None:
            return False
        larger = [
            pattern
            for old, pattern in self.patterns.possible_including(own.shape)
            if old in allowing and not old.statement.not_resource
        ]
        return any(pattern.text == own.text for pattern in larger) or any(
            not pattern.has_variables and self._includes(pattern.shape, own.shape) for pattern in larger
        )

    def _includes(self, larger: Shape, smaller: Shape) -> bool:
        """Whether a pattern plainly includes another one, at little cost."""
        allowance = Effort(INCLUSION_STEPS)
        try:
            return includes(larger, smaller, allowance)
        except Exhausted:
            return False
        finally:
            self.effort.spend(4 + INCLUSION_STEPS - max(allowance.left, 0))

    def _in_shape(self, view: View, shape: Shape | None, own: ResourcePattern | None) -> Iterator[Found]:
        unsatisfiable: set[object] = set()
        for resource, matched in self._resources(shape):
            asked = self._asked(view, own, matched)
            if asked is None or asked in unsatisfiable:
                continue
            templates, questions = asked
            is_possible = False
            for clauses in questions:
                choices = {key: self.domains[key].everything for key in self.keys} | templates.choices()
                left = solve(choices, clauses, self.effort)
                if left is not None:
                    is_possible = True
                    yield self._answer(resource, left, clauses, templates)
            if not is_possible:
                unsatisfiable.add(asked)

    def _resources(self, shape: Shape | None) -> Iterator[tuple[str, list[Shape]]]:
        """Resources of a shape, with the patterns that match each; likely ones first."""
        if shape is None:
            yield TRUSTED_ROLE, []
            return
        others = self.patterns.within_reach(shape)
        self.effort.spend(1 + len(others))
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
        self, view: View, own: ResourcePattern | None, matched: Sequence[Shape]
    ) -> tuple[Templates, tuple[tuple[Clause, ...], ...]] | None:
        """The clauses of each way to a counter-example on a resource that these shapes match."""
        sides = self.case.sides
        matching = self.patterns.matching(matched)
        templates = templates_of(
            (pattern for patterns in matching.values() for pattern in patterns),
            self.patterns.excluded_templates,
            self.effort,
        )
        at = _Place(self.conditions, matching, templates)
        if own is not None and own.has_variables:
            granted: tuple[Way, ...] = ((*self.conditions[view], templates.wanted(own, MATCHING)),)
        else:
            granted = at.ways(view)
        spared = self._none_of(sides.new_denies, at)
        if () in spared:
            return None
        uncovered = self._none_of(sides.old_allows, at)
        self.effort.spend(1 + len(sides.old_denies) // 4)
        questions: list[tuple[Clause, ...]] = []
        for way in granted:
            wanted = (*((literal,) for literal in way), *spared)
            questions += (
                (*wanted, *((literal,) for literal in denied)) for deny in sides.old_denies for denied in at.ways(deny)
            )
            if () not in uncovered:
                questions.append((*wanted, *uncovered))
        return (templates, tuple(questions)) if questions else None

    def _none_of(self, views: Sequence[View], at: _Place) -> tuple[Clause, ...]:
        """One clause for each way in which a statement could apply: something of it must fail."""
        choices = at.templates.choices()
        found: dict[Clause, None] = {}
        for view in views:
            for way in at.ways(view):
                clause = tuple(
                    (key, (choices[key] if key in choices else self.domains[key].everything) & ~wanted)
                    for key, wanted in way
                )
                found[clause] = None
        self.effort.spend(1 + len(views) // 4)
        return tuple(found)

    def _answer(self, resource: str, left: dict[str, int], clauses: tuple[Clause, ...], templates: Templates) -> Found:
        settled = templates.settled(left)
        asked = {key for clause in clauses for key, _ in clause if key in self.domains}
        matching = [pattern for pattern, state in settled if state == MATCHING]
        undefined = {
            variable.key
            for pattern, state in settled
            if state == UNDEFINED
            for variable in pattern.variables
            if variable.default is None
        } - {variable.key for pattern in matching for variable in pattern.variables}
        variables = {variable.key for pattern, _ in settled for variable in pattern.variables}
        for key in asked:
            variables.update(
                one.key for condition in self.domains[key].open_conditions for one in variables_of(condition)
            )
        return Found(
            caller=self.case.caller,
            known=self.case.world.known,
            action=self.case.action,
            resource=resource,
            chosen={key: mask for key, mask in left.items() if key in asked},
            domains=self.domains,
            matching=tuple(matching),
            undefined=frozenset(undefined),
            asked_variables=frozenset(variables),
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A resource, as far as patterns tell resources apart."""

    conditions: dict[View, Way]
    matching: dict[View, list[ResourcePattern]]
    templates: Templates

    def ways(self, view: View) -> tuple[Way, ...]:
        """The ways in which a statement can apply to it."""
        return ways(view, self.conditions[view], self.matching.get(view, ()), self.templates)


def _says_the_same(old: View, view: View) -> bool:
    """Whether an old statement is about all resources of a new one, by how both are written."""
    if old.is_everywhere:
        return True
    return old.statement.not_resource and view.statement.not_resource and old.patterns == view.patterns


def _shapes_of(matched: int, shape: Shape, others: Sequence[Shape]) -> list[Shape]:
    return [one for number, one in enumerate((shape, *others)) if matched >> number & 1]


_FIELDS = {"${Partition}": "aws", "${Region}": "us-east-1", "${Account}": "111122223333"}


def _examples_for(action: str) -> Iterator[str]:
    """Resources that AWS names for an action, those with the plainest names first: a bucket before an access point to it."""
    facts = known.action(action)
    kinds = [known.resource_type(action.partition(":")[0], use.name) for use in (facts.resources if facts else ())]
    formats = [kind.arn_format for kind in kinds if kind is not None]
    for plainest in sorted(formats, key=lambda one: one.count("${")):
        text = plainest
        for name, value in _FIELDS.items():
            text = text.replace(name, value)
        while "${" in text:
            start = text.index("${")
            text = f"{text[:start]}example{text[text.index('}', start) + 1 :]}"
        yield text


__all__ = ["Case", "Search"]
