"""Does a policy allow anything that another does not? A proof, or a request that shows it."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..document import Document, PrincipalElement, Source
from .actions import classes
from .callers import IDENTITY_KEYS, Caller, Callers, callers_for
from .domains import Asked, Domain, domain_of, fixed_domain
from .effort import DEFAULT_STEPS, Effort, Exhausted
from .search import Case, Search
from .settling import variable_keys, worlds
from .sides import Sides
from .views import View, views
from .witness import CounterExample, Judge


class Result(enum.StrEnum):
    """What a check found."""

    PASS = "PASS"  # noqa: S105 - a verdict
    """Proved: there is no such access."""
    FAIL = "FAIL"
    """There is, and a request shows it."""
    UNKNOWN = "UNKNOWN"
    """Neither proved nor shown within the allowance of work."""


@dataclass(frozen=True, slots=True)
class NewAccess:
    """Access that a statement of the new policy gives beyond the old policy."""

    statement: int
    """Its position in the new document, from 0."""
    sid: str | None
    example: CounterExample


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a check."""

    result: Result
    reasons: tuple[NewAccess, ...] = ()
    """For FAIL: each statement that gives new access, with a request that the evaluator confirmed."""


def check_no_new_access(
    new: Document, old: Document, *, steps: int = DEFAULT_STEPS, every_statement: bool = True
) -> Verdict:
    """Whether `new` allows no request that `old` does not allow.

    Both are identity policies, or both policies of a resource. With `every_statement` off the first reason ends the check.
    """
    return Comparison(new, old, Effort(steps)).verdict(every_statement=every_statement)


class Audience(Protocol):
    """Whom a question is about, where it is not about everybody."""

    def callers(self, callers: Callers) -> Callers:
        """Those of them whom it is about."""

    def domain(self, domain: Domain) -> Domain:
        """What they can show of a key."""


class Comparison:
    """Two policies side by side."""

    def __init__(self, new: Document, old: Document, effort: Effort, audience: Audience | None = None) -> None:
        self.effort = effort
        self.audience = audience
        self.new = views(new)
        self.old = views(old)
        self.judge = Judge(Source(new.kind, "new", new), Source(old.kind, "old", old))
        self.has_resources = any(view.statement.resources for view in (*self.new, *self.old))
        self.domains: dict[tuple[str, tuple[Asked, ...]], Domain] = {}
        self.is_doubtful = False

    def verdict(self, *, every_statement: bool = True) -> Verdict:
        """The answer."""
        reasons: dict[int, NewAccess] = {}
        try:
            for case in self._cases():
                self._examine(case, reasons, every_statement=every_statement)
                if reasons and not every_statement:
                    break
        except Exhausted:
            self.is_doubtful = True
        if reasons:
            return Verdict(Result.FAIL, tuple(reasons[number] for number in sorted(reasons)))
        return Verdict(Result.UNKNOWN if self.is_doubtful else Result.PASS)

    def _examine(self, case: Case, reasons: dict[int, NewAccess], *, every_statement: bool) -> None:
        waiting = [view for view in case.sides.new_allows if view.statement.index not in reasons]
        if not waiting:
            return
        search = Search(case, self._domains_for(case), self.effort)
        for view in waiting:
            for found in search.found(view):
                example = self.judge.confirmed(found)
                if example is None:
                    self.is_doubtful = True
                    continue
                reasons[view.statement.index] = NewAccess(view.statement.index, view.statement.sid, example)
                break
            else:
                if any(not search.domains[key].is_complete for key in search.keys):
                    self.is_doubtful = True
            if reasons and not every_statement:
                return

    def _cases(self) -> Iterator[Case]:
        found = classes([view.statement for view in self.new], [view.statement for view in self.old], self.effort)
        if not found:
            return
        callers = self._callers()
        if self.audience is not None:
            callers = self.audience.callers(callers)
        self.is_doubtful = self.is_doubtful or not callers.are_complete
        for one in found:
            new, old = [self.new[number] for number in one.new], [self.old[number] for number in one.old]
            seen: set[object] = set()
            for caller in callers.members:
                sides = _sides(new, old, caller)
                signature = (tuple(map(id, sides.others())), _told_apart(sides, caller))
                if sides.new_allows and signature not in seen:
                    seen.add(signature)
                    for world in worlds(sides.others()):
                        known = {**_known_of(caller), **world.known}
                        yield Case(one.example, caller, sides.settled(known), world, self.has_resources)

    def _callers(self) -> Callers:
        elements: list[PrincipalElement] = []
        for view in (*self.new, *self.old):
            if view.principal is not None:
                elements.append(view.principal)
        return callers_for(elements, [one for view in (*self.new, *self.old) for one in view.asked], self.effort)

    def _domains_for(self, case: Case) -> dict[str, Domain]:
        asked: dict[str, list[Asked]] = {}
        for view in case.sides.others():
            for one in view.asked:
                asked.setdefault(one[0].key.lower(), []).append(one)
        return {key: self._domain(key, tuple(dict.fromkeys(ones)), case) for key, ones in asked.items()}

    def _domain(self, key: str, asked: tuple[Asked, ...], case: Case) -> Domain:
        if key in IDENTITY_KEYS:
            return fixed_domain(key, asked, case.caller.keys.get(key))
        if key in case.world.known:
            return fixed_domain(key, asked, case.world.known[key])
        domain = self.domains.get((key, asked))
        if domain is None:
            domain = domain_of(key, asked, self.effort)
            if self.audience is not None:
                domain = self.audience.domain(domain)
            self.domains[key, asked] = domain
        excluded = case.world.other_than.get(key)
        return domain if excluded is None else domain.without(excluded)


def _told_apart(sides: Sides, caller: Caller) -> object:
    """What of a caller's own keys the statements ask about: its values, where any do."""
    asked = {one[0].key.lower() for view in sides.others() for one in view.asked}
    asked |= {key for view in sides.others() for key in variable_keys(view)}
    return tuple((key, str(caller.keys.get(key))) for key in sorted(asked & IDENTITY_KEYS))


def _known_of(caller: Caller) -> dict[str, str | None]:
    """A caller's own keys, as far as policies cannot find the caller under another name."""
    known = {key: value if isinstance(value := caller.keys.get(key), str) else None for key in IDENTITY_KEYS}
    if caller.is_renamable and known["aws:username"] is not None:
        del known["aws:username"]
    return known


def _sides(new: Sequence[View], old: Sequence[View], caller: Caller) -> Sides:
    def reaching(views: Sequence[View], *, allows: bool) -> tuple[View, ...]:
        return tuple(
            view for view in views if view.allows is allows and caller.reached_by(view.principal, view.statement.effect)
        )

    return Sides(
        reaching(new, allows=True), reaching(new, allows=False), reaching(old, allows=True), reaching(old, allows=False)
    )
