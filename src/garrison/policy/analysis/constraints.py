"""A small constraint solver: each key has a finite set of choices, each clause wants one of several things.

Sets of choices are the bits of a number. Clauses are denials and alternatives of the two policies, so there are few, and
unit propagation settles nearly all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .effort import Effort

Literal = tuple[str, int]
"""A key and the choices of it that are wanted."""
Clause = tuple[Literal, ...]
"""One of the literals has to hold; an empty clause never does."""


def solve(choices: Mapping[str, int], clauses: Sequence[Clause], effort: Effort) -> dict[str, int] | None:
    """The choices that are left where every clause holds; None where that cannot be."""
    left = dict(choices)
    waiting = list(clauses)
    while True:
        still: list[Clause] = []
        changed = False
        effort.spend(1 + len(waiting))
        for clause in waiting:
            options = [(key, left[key] & wanted) for key, wanted in clause if left[key] & wanted]
            if not options:
                return None
            if any(option == left[key] for key, option in options):
                continue
            if len(options) == 1:
                left[options[0][0]] = options[0][1]
                changed = True
            else:
                still.append(tuple(options))
        if not still:
            return left
        waiting = still
        if not changed:
            break
    return _branch(left, waiting, effort)


def _branch(left: dict[str, int], waiting: list[Clause], effort: Effort) -> dict[str, int] | None:
    clause = min(waiting, key=len)
    rest = [one for one in waiting if one is not clause]
    for key, option in clause:
        found = solve({**left, key: left[key] & option}, rest, effort)
        if found is not None:
            return found
    return None
