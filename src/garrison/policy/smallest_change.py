"""The smallest change that turns a decision: a best-first search over edits of policies, each result confirmed by `decide`."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from .decision import Decision
from .edits import towards_allow, towards_deny
from .malformed import MalformedPolicy
from .world import Edit, World

MOST_WORLDS = 2_000
"""Worlds that are decided before the search ends with what it has."""
MOST_EDITS = 6
"""Edits of one change: a grant, the ceilings over it, and a deny or two."""
MOST_EDITS_STRAIGHT_ON = 30
"""Edits of a change that is not searched for: as many statements as deny it, in as many policies."""


@dataclass(frozen=True, slots=True)
class Change:
    """Edits that together turn a decision."""

    edits: tuple[Edit, ...]
    decision: Decision
    """The decision after them."""

    @property
    def cost(self) -> tuple[int, int, int]:
        """What is compared: the number of edits, how much else they touch, how many lines they change."""
        return _cost(self.edits)


def smallest_changes(world: World, most: int = 3) -> list[Change]:
    """The smallest changes that turn the decision, smallest first; none where nothing here can turn it."""
    found: list[Change] = []
    for change in _search(world, wanted=not world.decide().is_allowed):
        if not any(_contains(change, other) for other in found):
            found.append(change)
        if len(found) >= most:
            break
    return found or list(_straight_on(world))


def _search(world: World, *, wanted: bool) -> Iterator[Change]:
    numbers = count()
    start = world.decide()
    waiting: list[tuple[tuple[int, int, int], int, World, Decision, tuple[Edit, ...]]] = []
    heapq.heappush(waiting, ((0, 0, 0), next(numbers), world, start, ()))
    decided = 0
    while waiting:
        _, _, here, decision, edits = heapq.heappop(waiting)
        if decision.is_allowed is wanted:
            yield Change(edits, decision)
            continue
        if len(edits) == MOST_EDITS:
            continue
        for edit, after, reached in _steps(here, decision, edits, wanted=wanted):
            decided += 1
            if decided > MOST_WORLDS:
                return
            path = (*edits, edit)
            heapq.heappush(waiting, (_cost(path), next(numbers), after, reached, path))


def _straight_on(world: World) -> Iterator[Change]:
    """A change of more edits than are searched through: at each obstacle the cheapest edit, without looking back."""
    decision = world.decide()
    wanted, edits = not decision.is_allowed, tuple[Edit, ...]()
    while decision.is_allowed is not wanted and len(edits) < MOST_EDITS_STRAIGHT_ON:
        steps = list(_steps(world, decision, edits, wanted=wanted))
        if not steps:
            return
        edit, world, decision = min(steps, key=lambda step: _cost((step[0],)))
        edits = (*edits, edit)
    if decision.is_allowed is wanted:
        yield Change(edits, decision)


def _steps(
    here: World, decision: Decision, edits: tuple[Edit, ...], *, wanted: bool
) -> Iterator[tuple[Edit, World, Decision]]:
    """The edits that get on from a world, with the world and the decision after each."""
    for edit in towards_allow(here, decision) if wanted else towards_deny(here, decision):
        try:
            after = here.changed(edit)
        except MalformedPolicy:
            continue
        reached = after.decide()
        if reached != decision or _is_progress(edits, edit):
            yield edit, after, reached


def _is_progress(edits: tuple[Edit, ...], edit: Edit) -> bool:
    """Whether the same words mean another obstacle: a second silent level, or the statement behind the one taken away."""
    if edit.level is not None:
        return all(other.level != edit.level for other in edits)
    return _statements(edit.after) < _statements(edit.before)


def _statements(document: str | None) -> int:
    if document is None:
        return 0
    written = json.loads(document)["Statement"]
    return len(written) if isinstance(written, list) else 1


def _cost(edits: tuple[Edit, ...]) -> tuple[int, int, int]:
    return len(edits), sum(edit.breadth for edit in edits), sum(edit.changed_lines for edit in edits)


def _contains(change: Change, other: Change) -> bool:
    """Whether a change is another one with more edits, and so says nothing new."""
    documents = {(edit.kind, edit.policy, edit.after) for edit in change.edits}
    return {(edit.kind, edit.policy, edit.after) for edit in other.edits} <= documents
